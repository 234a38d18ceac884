package tui_test

import (
	"strings"
	"testing"

	"github.com/ticketcd/ticketcd/model"
)

func TestADayFarAwayIsAsFarAwayAsItIs(t *testing.T) {
	t.Parallel()
	far := model.Event{ID: magicID, Name: "Far Away", Date: model.ParseDate("3000-01-01 20:00")}
	gone := model.Event{ID: pastID, Name: "Long Gone", Date: model.ParseDate("1066-10-14 09:00")}
	shop := openShop(t, user("ann", "Ann Lee"), model.Record{Key: model.EventKey(magicID), Value: far.Encode()},
		model.Record{Key: model.EventKey(pastID), Value: gone.Encode()})
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("tab").seesRow("› Far Away").presses("enter").sees("1 Jan 3000, 20:00 · in 973 years")
	ann.presses("esc", "down").seesRow("› Long Gone").presses("enter").sees("14 Oct 1066, 09:00 · 961 years ago")
}

func TestALongPlaceNeverHidesTheDateOfWhatIsBought(t *testing.T) {
	t.Parallel()
	place := "The Very Old Opera House " + strings.Repeat("upon the River ", 6)
	far := model.Event{ID: magicID, Name: "Far Away", Location: place, Date: model.ParseDate("2027-03-05 20:30"), Left: 9}
	shop := openShop(t, user("ann", "Ann Lee"),
		model.Record{Key: model.EventKey(magicID), Value: far.Encode()},
		model.Record{Key: model.TicketKey(magicID, "red"), Value: model.Ticket{Left: 9, Total: 9, Price: 1000}.Encode()})
	const date = "Fri 5 Mar 2027, 20:30"
	for _, size := range sizes() {
		ann := shop.sitsAt("ann", size.width, size.height)
		ann.logsIn("ann", "ann-secret").opens("far", "Far Away").sees(date, "in 4 days")
		ann.presses("b").sees("You pay", "Choose how many first", date, "The Very Old Opera House").presses("right", "enter", "y")
		ann.sees("Bought 1 red ticket", date, "The Very Old Opera House", "Enjoy the show")
	}
}
