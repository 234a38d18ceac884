package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestATicketIsOpenedAgainFromTheOrders(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	jazz := shop.buys("ann", jazzID, "red", 2)
	shop.buys("ann", magicID, "red", 1)
	for _, size := range sizes() {
		ann := shop.sitsAt("ann", size.width, size.height).logsIn("ann", "ann-secret").presses("f3").sees("2 orders", "enter open ticket")
		ann.presses("down").seesRow("›", "Café Noir").presses("enter").sees("Your tickets", "Café Noir Jazz Night", "London · Fri 5 Mar 2027, 20:30")
		ann.seesRow("2 × red at £60.00", "£120.00").seesRow("Paid for 2 tickets", "£120.00").seesRow("Order "+jazz.ID, "Mon 1 Mar 2027, 09:30")
		ann.sees("✓ Enjoy the show!").seesNo("Bought").presses("esc").sees("2 orders").seesRow("›", "Café Noir")
		ann.presses("v").sees("Smoke, brass").presses("esc").seesRow("›", "Café Noir")
		ann.presses("enter", "v").sees("Smoke, brass").presses("esc").sees("Enjoy the show!").presses("enter").seesRow("›", "Café Noir").leaves()
	}
}

func TestAnOpenTicketSaysThatItsOrderWasCancelledElsewhere(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	order := shop.buys("ann", jazzID, "red", 3)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("f3").sees("1 order").presses("enter").sees("✓ Enjoy the show!")
	_, err := shop.store.Cancel(t.Context(), order, nil)
	require.NoError(t, err)
	ann.sees("✗ This order was cancelled: £180.00 comes back to you.", "Café Noir", "Order "+order.ID).seesNo("Enjoy")
	ann.presses("esc").sees("No orders yet")
	shop.audit()
}

func TestATicketThatWasJustBoughtSaysThatItsOrderWasCancelledElsewhere(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann, elsewhere := shop.sits("ann"), shop.sits("ann elsewhere")
	elsewhere.logsIn("ann", "ann-secret").presses("f3").sees("No orders yet")
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("✓ Bought. Enjoy the show!")
	ann.presses("v").seesRow("red", "299 of 300").presses("esc").sees("✓ Bought. Enjoy the show!") // her list has it, too
	elsewhere.sees("1 order").presses("c", "y").sees("Cancelled order")
	ann.sees("✗ This order was cancelled: £60.00 comes back to you.").seesNo("Enjoy")
}

func TestAnOpenTicketSaysThatItsEventWasCalledOff(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 2)
	ann := shop.sitsAt("ann", 60, 20).logsIn("ann", "ann-secret").presses("f3").sees("1 order").presses("enter").sees("Enjoy the show!")
	_, err := shop.store.RemoveEvent(t.Context(), "boss", jazzID, true)
	require.NoError(t, err)
	ann.sees("! Café Noir Jazz Night was called off: £120.00 comes back", "✗ Café Noir Jazz Night was called", "Fri 5 Mar 2027").seesNo("Enjoy")
	ann.presses("v").sees("! This event is no longer in the shop").presses("esc").sees("0 orders")
}

func TestATicketFollowsItsEvent(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 2)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("f3").sees("1 order").presses("enter").sees("London · Fri 5 Mar 2027")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Location = "Rome" })
	ann.sees("Rome · Fri 5 Mar 2027", "Enjoy the show!")
	shop.puts(model.EventKey(jazzID), "{")
	ann.sees("Café Noir", "! This event is no longer in the shop, or cannot be read.").seesNo("Enjoy")
}

func TestATicketOfWhatIsOverGoneOrDamagedSaysSo(t *testing.T) {
	t.Parallel()
	records := append(programme(),
		model.Record{Key: model.PurchaseKey("ann", pastID), Value: []byte(`[{"date":"2027-02-01 10:00:00","tickets":[{"type":"red","quantity":"2"}]}]`)},
		model.Record{Key: model.PurchaseKey("ann", "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0dead"), Value: []byte(
			`[{"date":"2027-01-01 10:00:00","tickets":[{"type":"red","quantity":1,"price":5}]}]`)},
		model.Record{Key: model.PurchaseKey("ann", magicID), Value: []byte(`[{"date":"2026-01-01 10:00:00","tickets":[{"type":"red","quantity":null}]}]`)},
		model.Record{Key: model.PurchaseKey("ann", jazzID), Value: []byte(`{`)})
	shop := openShop(t, records...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("f3").sees("4 orders")
	ann.presses("enter").sees("Yesterday's Circus", "This event is over.").seesRow("Paid for 2 tickets", "not recorded").presses("esc", "down")
	ann.seesRow("›", "(removed event)").presses("enter").sees("! This event is no longer in the shop, or cannot be read.").seesRow("Paid for 1 ticket", "£5.00")
	ann.presses("v").sees("! This event is no longer in the shop").presses("esc", "down").seesRow("›", "Vanishing").presses("enter")
	ann.sees("! This order cannot be read: ", "the quantity of red").seesRow("Paid ", "unreadable").seesNo("£0.00").presses("esc", "down")
	ann.seesRow("›", "Café Noir").presses("enter").sees("! This order cannot be read: ", "the value is not a").presses("esc").seesRow("›", "Café Noir")
}
