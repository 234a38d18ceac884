package tui_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// broken is a store that loses the answer of an order for a while.
type broken struct {
	tui.Store
	release chan struct{}
}

func (b broken) Buy(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error) {
	inDoubt()
	<-b.release
	return b.Store.Buy(ctx, order, inDoubt)
}

func TestALostAnswerIsLookedIntoAndASecondEnterBuysNothing(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	release := make(chan struct{})
	ann := sit(t, "ann", tui.Config{Store: broken{shop.store, release}, Live: shop.live}, 80, 24)
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right", "enter", "y")
	ann.sees("Checking whether your order went through")
	ann.presses("enter").sees("Not yet: still buying 1 red ticket")
	ann.presses("esc", "esc").sees("Search")
	ann.presses("ctrl+c").sees("If you leave now you will not see how it ends").presses("n")
	close(release)
	ann.sees("Bought 1 red ticket: order").seesRow("Café Noir", "339")
	shop.audit()
}

func TestADoubtThatComesLateIsNotTold(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Bought 1 red ticket: order")
	for deed := range 4 { // one of them is the order
		ann.program.Send(tui.Doubt(deed))
	}
	ann.presses("esc").sees("buy tickets", "✓ Bought 1 red ticket: order")
	caller := shop.calls().logsIn("bob")
	for deed := range 4 {
		caller.program.Send(tui.Doubt(deed))
	}
	caller.says("quit")
	require.NotContains(t, caller.all(), "Checking")
}
