package tui_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

func TestWhyAKeyDidNothingIsNotSaidOnAnotherScreen(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	shop.buys("bob", magicID, "red", 1)
	const soldOut, none = "! This event is sold out", "! No event is selected"
	ann := shop.sits("ann").logsIn("ann", "ann-secret")
	ann.types("vanishing").seesRow("›", "The Vanishing Act").presses("enter").sees("tell me when tickets come back").presses("b").sees(soldOut)
	ann.presses("esc").sees("1 of 3 events").seesNo(soldOut).opens("jazz", "Café Noir").seesNo(soldOut)
	ann.presses("/", "esc").types("zzzz").sees("Nothing found").presses("enter").sees(none).presses("f3").sees("No orders yet").seesNo(none)
	ann.presses("esc").sees("Nothing found").presses("enter").sees(none).presses("f1").sees("Keys: Events").seesNo(none)
	ann.presses("esc", "esc").opens("jazz", "Café Noir").presses("f").sees("✓ Added to your favourites").presses("b", "esc", "f3").sees("No orders yet", "✓ Added to your favourites")
}

// pensive is a store that answers no query before it is told to.
type pensive struct {
	tui.Store
	goOn chan struct{}
}

func (p pensive) QueryAs(ctx context.Context, actor string, q model.RawQuery) (model.Answer, error) {
	<-p.goOn
	return p.Store.QueryAs(ctx, actor, q)
}

func TestANotificationIsNotWipedByWhatEndsMeanwhile(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	_, err := shop.store.Notify(t.Context(), model.Notification{Username: "boss", EventID: jazzID, Limit: 340})
	require.NoError(t, err)
	goOn := make(chan struct{})
	admin := sit(t, "boss", tui.Config{Store: pensive{shop.store, goOn}, Live: shop.live}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f7").sees("Console").asks("get user:ann").sees("… Asking the store")
	shop.buys("bob", jazzID, "red", 1)
	admin.sees("! Café Noir Jazz Night ran low")
	goOn <- struct{}{}
	admin.sees("Ann Lee", "! Café Noir Jazz Night ran low").asks("get user:bob").sees("… Asking the store")
	goOn <- struct{}{}
	admin.sees("Bob Ray").seesNo("Asking the store")
}

func TestANotificationIsSeenOnlyWhenItIsShown(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	_, err := shop.store.Notify(t.Context(), model.Notification{Username: "boss", EventID: magicID, Limit: 1})
	require.NoError(t, err)
	admin := shop.manages(120, 40)
	admin.presses("f2").seesRow("· The Vanishing Act", "fewer than 1").presses("f6") // the records are here
	admin.seesRow("› The Vanishing Act").presses("down", "e").sees("Edit event").types("!")
	shop.buys("bob", magicID, "red", 1)
	admin.sees("! The Vanishing Act ran low", "! 1  boss").presses("f2").sees("is not saved").presses("n")
	admin.seesNo("Leave without saving").sees("! 1  boss").presses("f2", "y").seesRow("! The Vanishing Act", "told").seesNo("! 1  boss")
}
