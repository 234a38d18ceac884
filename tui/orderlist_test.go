package tui_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// seesInOrder waits for lines below each other of which each has one of the texts.
func (p *person) seesInOrder(texts ...string) *person {
	p.t.Helper()
	p.until(strings.Join(texts, " above "), func(frame string) bool {
		for _, text := range texts {
			_, below, found := strings.Cut(frame, text)
			if !found {
				return false
			}
			frame = below
		}
		return true
	})
	return p
}

// bought are orders of ann's for what is to come, over, of no known date, and gone, in which nothing is sorted.
func bought() []model.Record {
	riddle := model.Event{ID: "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0beef", Name: "The Riddle", Date: model.ParseDate("soon")}
	order := func(eventID, date string) model.Record {
		return model.Record{Key: model.PurchaseKey("ann", eventID), Value: []byte(
			`[{"date":"` + date + `","tickets":[{"type":"red","quantity":1,"price":5}]}]`)}
	}
	return append(programme(), model.Record{Key: model.EventKey(riddle.ID), Value: riddle.Encode()},
		order("0b9c2c5e-93a5-4f0e-8f43-6b6a55d0dead", "2027-02-15 10:00:00"), order(pastID, "2027-02-14 10:00:00"),
		order(jazzID, "2027-02-13 10:00:00"), order(riddle.ID, "2027-02-12 10:00:00"), order(magicID, "2027-02-11 10:00:00"))
}

func TestOrdersAreSortedByTheNextShow(t *testing.T) {
	t.Parallel()
	shop := openShop(t, bought()...)
	for _, size := range sizes()[:2] {
		ann := shop.sitsAt("ann", size.width, size.height).logsIn("ann", "ann-secret").presses("f3").sees("5 orders", "Sorted by newest purchase")
		ann.seesInOrder("› ", "(removed event)", "Yesterday's Circus", "Café Noir", "The Riddle", "The Vanishing Act").presses("down", "s")
		ann.sees("Sorted by next show").seesInOrder("› ", "The Vanishing Act", "Café Noir", "The Riddle", "Yesterday's Circus", "(removed event)")
		ann.presses("down").seesRow("› ", "Café Noir").presses("enter").sees("Enjoy the show!").presses("esc").seesRow("› ", "Café Noir")
		ann.presses("s").seesRow("› ", "(removed event)").presses("tab").sees("No favourites yet").seesNo("Sorted by").leaves()
	}
}

func TestAnOrderSaysWhenItsShowIs(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	shop.buys("ann", jazzID, "red", 2)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("f3")
	ann.seesRow("Bought", "Event", "Tickets", "Paid").seesRow("› today 09:30", "Café Noir Jazz Night", "2 red", "£120.00")
	ann.seesRow("Fri 5 Mar 2027, 20:30, London", "Bought Mon 1 Mar 2027, 09:30").resizes(100, 24)
	ann.seesRow("Bought", "When", "Event", "Tickets", "Paid").seesRow("› today 09:30", "Fri  5 Mar 20:30", "Café Noir", "2 red", "£120.00")
	ann.resizes(120, 40).seesRow("› today 09:30", "Café Noir Jazz Night", "£120.00").seesRow("Fri 5 Mar 2027, 20:30 · in 4 days")
	ann.resizes(60, 20).seesRow("› today 09:30", "Café Noir", "2 red", "£120.00").seesRow("Fri 5 Mar 2027, 20:30, London")
	require.NotContains(t, ann.frame(), "When")
	ann.presses("s").sees("Sorted by next show", "When").seesRow("› Fri  5 Mar 20:30", "Café Noir").seesNo("Bought")
}

func TestOrdersAlwaysShowTheDateByWhichTheyAreSorted(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	shop.buys("ann", jazzID, "red", 2)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("f3")
	for _, width := range []int{60, 80, 89, 90, 119, 120, 159, 160, 200} {
		ann.resizes(width, 30).sees("Sorted by newest purchase").seesRow("› today 09:30", "Café Noir")
		ann.presses("s").sees("Sorted by next show").seesRow("› ", "Fri  5 Mar 20:30", "Café Noir").presses("s")
	}
}
