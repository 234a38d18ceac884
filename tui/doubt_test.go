package tui_test

import (
	"context"
	"testing"
	"time"

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

func (b broken) Cancel(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error) {
	inDoubt()
	<-b.release
	return b.Store.Cancel(ctx, order, inDoubt)
}

// sitsAtABrokenStore puts ann in front of a shop whose store loses what it answers about orders until it is told to go on.
func (s *shop) sitsAtABrokenStore(linger time.Duration) (ann *person, release chan struct{}) {
	s.t.Helper()
	release = make(chan struct{})
	ann = sit(s.t, "ann", tui.Config{Store: broken{s.store, release}, Live: s.live, Linger: linger}, 80, 24)
	return ann.logsIn("ann", "ann-secret"), release
}

func TestALostAnswerIsLookedIntoAndASecondEnterBuysNothing(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann, release := shop.sitsAtABrokenStore(0)
	ann.opens("jazz", "Café Noir").presses("b", "right", "enter", "y")
	ann.sees("Checking whether your order went through")
	ann.presses("enter").sees("Not yet: still buying 1 red ticket")
	ann.presses("esc", "esc").sees("Search")
	ann.presses("ctrl+c").sees("If you leave now you will not see how it ends").presses("n")
	close(release)
	ann.sees("Bought 1 red ticket: order").seesRow("Café Noir", "339")
	shop.audit()
}

func TestWhoAsksToLeaveIsToldWhenWhatWasUnderWayHasEnded(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann, release := shop.sitsAtABrokenStore(0)
	ann.opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Checking whether your order went through")
	ann.presses("ctrl+c").sees("Still busy: Buying 1 red ticket.", "you will not see how it ends")
	close(release)
	ann.sees("✓ Bought 1 red ticket", "What was under way has ended.").seesNo("Still busy").seesNo("you will not see").presses("y").hasLeft()
	shop.audit()
}

func TestALostAnswerOfACancellationIsNotSaidToBeThatOfAPurchase(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	order := shop.buys("ann", jazzID, "red", 2)
	ann, release := shop.sitsAtABrokenStore(0)
	ann.presses("f3").sees("1 order").presses("c", "y").sees("Checking whether your order is cancelled")
	close(release)
	ann.sees("Cancelled order " + order.ID)
	shop.audit()
}

func TestWhatIsUnderWayIsSaidAgainAfterANotification(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	_, err := shop.store.Notify(t.Context(), model.Notification{Username: "ann", EventID: magicID, Limit: 1})
	require.NoError(t, err)
	ann, release := shop.sitsAtABrokenStore(time.Millisecond)
	ann.opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Checking whether your order went through")
	shop.buys("bob", magicID, "red", 1)
	ann.mayBeTold("The Vanishing Act ran low").mayBeTold("You have 1 notification to read").sees("! 1  ann", "Checking whether your order went through")
	close(release)
	ann.seesNo("Checking")
}

func TestHowADoubtEndedIsSaidUntilSomebodyIsThereToReadIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann, release := shop.sitsAtABrokenStore(time.Millisecond)
	ann.opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Checking whether your order went through")
	ann.presses("esc", "esc").seesRow("Café Noir", "340")
	close(release)
	ann.seesRow("Café Noir", "339")
	shop.buys("bob", jazzID, "red", 1)
	ann.seesRow("Café Noir", "338").sees("✓ Bought 1 red ticket: order").presses("down").seesNo("Bought")
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
