package tui_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// slow is a store that takes its time over what an admin asks, until it is told to go on: once for each.
type slow struct {
	tui.Store
	goOn chan struct{}
}

func (s slow) Refunds(ctx context.Context, actor, id string) (model.Refunds, error) {
	<-s.goOn
	return s.Store.Refunds(ctx, actor, id)
}

func (s slow) Effect(ctx context.Context, actor string, q model.RawQuery) (model.Effect, error) {
	<-s.goOn
	return s.Store.Effect(ctx, actor, q)
}

func (s slow) CreateEvent(ctx context.Context, actor string, draft model.EventDraft) (model.Event, error) {
	<-s.goOn
	return s.Store.CreateEvent(ctx, actor, draft)
}

func (s slow) EditEvent(ctx context.Context, actor string, seen model.Event, draft model.EventDraft) (model.Event, error) {
	<-s.goOn
	return s.Store.EditEvent(ctx, actor, seen, draft)
}

// sitsAtASlowStore puts the admin in front of a shop whose store waits.
func (s *shop) sitsAtASlowStore() (admin *person, goOn chan struct{}) {
	s.t.Helper()
	goOn = make(chan struct{})
	admin = sit(s.t, "boss", tui.Config{Store: slow{s.store, goOn}, Live: s.live}, 80, 24)
	return admin.logsIn("boss", "boss-secret"), goOn
}

func TestNoEventIsRemovedByWhatIsTypedMeanwhile(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", magicID, "red", 1)
	admin, goOn := shop.sitsAtASlowStore()
	admin.presses("f6").sees("new event").presses("d").sees("Finding out who has bought The Vanishing Act")
	admin.presses("/").types("caf").sees("Search caf")
	goOn <- struct{}{}
	admin.sees("Not removed, because you went on: press d again on The Vanishing Act").types("y").sees("Search cafy")
	admin.presses("esc", "tab").sees("3 events").presses("d").sees("Finding out").presses("f2").sees("No notifications yet")
	goOn <- struct{}{}
	admin.sees("Not removed, because you went on").presses("f6").sees("Manage events").presses("d").sees("Finding out")
	goOn <- struct{}{}
	admin.sees("Remove The Vanishing Act?", "1 buyer gets the money back").presses("y").sees("Removed The Vanishing Act")
	shop.audit()
}

func TestNothingIsWrittenByWhatIsTypedMeanwhile(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin, goOn := shop.sitsAtASlowStore()
	admin.presses("f7").sees("Console").asks("del --prefix user:").sees("Finding out what this would do").types("y").sees("user:y")
	goOn <- struct{}{}
	admin.sees("Nothing was written, because you went on: enter asks you again").types("ly").seesRow("› del --prefix user:yly")
	require.NotEmpty(t, shop.value("user:ann"))
	admin.presses("ctrl+u").asks("del user:ann").sees("Finding out")
	goOn <- struct{}{}
	admin.sees("Removes the key user:ann").presses("y").sees("1 key removed")
	require.Empty(t, shop.value("user:ann"))
}

func TestAConflictIsNotDecidedByWhatIsTypedMeanwhile(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin, goOn := shop.sitsAtASlowStore()
	admin.presses("f6").sees("new event").presses("down", "e").sees("Edit event").types(" by")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Location = "Rome" })
	admin.presses("ctrl+s").sees("Saving Café Noir Jazz Night").types(" nigh").seesRow("Name", "Night by nigh")
	goOn <- struct{}{}
	admin.sees("Not saved: somebody else has changed it. Save again to see what is different").types("ts").seesRow("Name", "Night by nights")
	admin.presses("ctrl+s").sees("Saving")
	goOn <- struct{}{}
	admin.sees("Changed meanwhile", "“London” to “Rome”").presses("s").sees("Saving").presses("t").sees("Not yet: still saving")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Location = "York" })
	goOn <- struct{}{}
	admin.sees("Not saved: somebody else has changed it. Save again").sees("to “Rome”").presses("s").sees("Saving")
	goOn <- struct{}{}
	admin.sees("to “York”", "Not saved: somebody else has changed it once more").presses("t").seesRow("Where", "York").seesRow("Name", "Jazz Night").seesNo("nights")
	shop.audit()
}

// fillsTosca fills the form for a new event, and does not save it.
func (p *person) fillsTosca() *person {
	p.t.Helper()
	p.presses("f6").sees("new event").presses("n").sees("New event").types("Tosca").presses("down", "down").types("concert").seesRow("›", "concert").presses("enter")
	p.types("london").seesRow("›", "London").presses("enter").types("2027-06-01 20:00").presses("down", "enter").types("red").seesRow("›", "red").presses("enter").sees("In all")
	return p.types("23").presses("tab").types("50").seesRow("red", "23", "50")
}

func TestWhatIsTypedWhileAFormIsSavedIsKept(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin, goOn := shop.sitsAtASlowStore()
	admin.fillsTosca()
	admin.presses("ctrl+s").sees("Putting Tosca on sale").types("0").seesRow("red", "500")
	admin.presses("up", "up", "up", "up", "up").seesRow("› Name").types(", in Rome")
	goOn <- struct{}{}
	admin.sees("Saved Tosca, but not what you have typed since", "Edit event").seesRow("Name", "Tosca, in Rome").types("!").seesNo("removed this")
	admin.presses("esc").sees("What you changed of Tosca is not saved").presses("n", "ctrl+s").sees("Saving Tosca").presses("down").types("Love.").sees("Love.")
	goOn <- struct{}{}
	admin.sees("Saved Tosca, in Rome!, but not what you have typed since").presses("ctrl+s").sees("Saving Tosca, in Rome!")
	goOn <- struct{}{}
	admin.sees("Manage events", "✓ Saved Tosca, in Rome!").seesRow("› Tosca, in Rome!", "500")
	require.Eventually(t, func() bool { return len(shop.finds("tosca love")) == 1 }, patience, 10*time.Millisecond)
	admin.presses("e").sees("Edit event").types("?").presses("ctrl+s").sees("Saving Tosca").presses("esc", "y").sees("Manage events")
	goOn <- struct{}{}
	admin.sees("Saved Tosca, in Rome!?")
	shop.audit()
}
