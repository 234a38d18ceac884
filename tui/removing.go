package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// longRemoval is how long the removal of an event may take: an event may have many buyers, and each is told. What is not
// done by then is taken up again by whoever asks next.
const longRemoval = 5 * time.Minute

// askRemove finds out who has bought, and asks whether the event is to be removed at that price.
func (s *Session) askRemove(event *model.Event) tea.Cmd {
	store, actor, since := s.cfg.Store, s.me.Username, s.waiting()
	return s.do("Finding out who has bought "+event.Name, longRemoval, func(ctx context.Context) (string, func() tea.Cmd, error) {
		refunds, err := store.Refunds(ctx, actor, event.ID)
		if err != nil {
			return "", nil, err
		}
		return "", func() tea.Cmd { return s.confirmRemoval(event, refunds, since) }, nil
	})
}

// confirmRemoval asks, if the person has waited for it.
func (s *Session) confirmRemoval(event *model.Event, refunds model.Refunds, since waiting) tea.Cmd {
	if !since.still(s) {
		return s.say(warning, "Not removed, because you went on: press "+s.keyOf("remove-event", "d")+" again on "+event.Name)
	}
	money, yes := "Nobody has bought tickets for it, so no money goes back.", "remove it"
	if refunds.Orders > 0 {
		money = fmt.Sprintf("%s for %s: %s back in all, and they find it under their notifications.",
			getBack(refunds.Buyers), model.Plural(refunds.Tickets, "ticket"), refunds.Money)
		yes = "remove and refund"
	}
	return s.open(&confirm{
		step:     "Remove an event",
		question: fmt.Sprintf("Remove %s?\n\n%s\n\nThis cannot be undone.", event.Name, money),
		yes:      yes, no: "keep it",
		deed: func() tea.Cmd { return s.removeEvent(event, refunds.Orders > 0) },
	})
}

func getBack(buyers int) string {
	if buyers == 1 {
		return "1 buyer gets the money back"
	}
	return model.Thousands(buyers) + " buyers get the money back"
}

func (s *Session) removeEvent(event *model.Event, refund bool) tea.Cmd {
	store, actor := s.cfg.Store, s.me.Username
	return s.do("Removing "+event.Name, longRemoval, func(ctx context.Context) (string, func() tea.Cmd, error) {
		done, err := store.RemoveEvent(ctx, actor, event.ID, refund)
		if err != nil {
			return "", nil, err
		}
		said := "Removed " + done.Name
		if done.Orders > 0 {
			said += fmt.Sprintf(": %s refunded, %s in all", model.Plural(done.Orders, "order"), done.Refunded)
		}
		return said, nil, nil
	})
}
