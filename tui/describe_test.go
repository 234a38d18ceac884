package tui_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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

func TestWhatHasNoRoomBesideAListSaysWhichKeyOpensIt(t *testing.T) {
	t.Parallel()
	e := model.Event{ID: jazzID, Name: "Café Noir Jazz Night", Left: 60, Description: strings.Repeat("Smoke, brass and a double bass. ", 30) + "That is the end."}
	records := employs(manyTypes(6))
	records[2].Value = e.Encode()
	shop := openShop(t, records...)
	ann := shop.sitsAt("ann", 120, 24).logsIn("ann", "ann-secret").presses("tab").seesRow("› Café Noir").sees("bass. …", "row06", "There is more: enter opens it.")
	ann.resizes(160, 50).sees("That is the end.").seesNo("There is more").resizes(120, 24).sees("There is more: enter opens it.")
	ann.presses("f").sees("Added to your favourites").presses("f3", "tab").sees("1 favourite", "★ Café", "There is more: enter opens it.")
	ann.presses("enter").sees("Profile › Event").seesNo("There is more")
	boss := shop.sitsAt("boss", 120, 24).logsIn("boss", "boss-secret").presses("f6").sees("There is more: o opens it.")
	boss.presses("/").sees("There is more.").seesNo("opens it").presses("esc").sees("There is more: o opens it.").presses("o").sees("Smoke, brass")
}

func TestAnOrderThatHasNoRoomBesideTheListSaysWhichKeyOpensIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, manyTypes(21)...)
	lines := make([]model.Line, 21)
	for i := range lines {
		lines[i] = model.Line{Type: fmt.Sprintf("row%02d", i+1), Quantity: 1}
	}
	_, err := shop.store.Buy(t.Context(), model.Order{Username: "ann", EventID: jazzID, Lines: lines}, nil)
	require.NoError(t, err)
	ann := shop.sitsAt("ann", 120, 24).logsIn("ann", "ann-secret").presses("f3").sees("1 order", "row01 at £10.00", "There is more: enter opens it.").seesNo("row21")
	ann.presses("enter").sees("Your tickets", "row01").presses("end").sees("row21").presses("esc").sees("1 order")
	ann.resizes(120, 50).sees("row21", "cancels it, and you get the money", "back.").seesNo("There is more")
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
