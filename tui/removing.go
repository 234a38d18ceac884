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

// askRemove finds out who has bought, and asks whether the event is to be removed at that price. Whoever was asked already, for
// fewer tickets, is told how many more there are.
func (s *Session) askRemove(event *model.Event, asked int) tea.Cmd {
	store, actor, since := s.cfg.Store, s.me.Username, s.waiting()
	return s.do("Finding out who has bought "+event.Title(), longRemoval, func(ctx context.Context) (string, func() tea.Cmd, error) {
		refunds, err := store.Refunds(ctx, actor, event.ID)
		if err != nil {
			return "", nil, err
		}
		return "", func() tea.Cmd { return s.confirmRemoval(event, refunds, asked, since) }, nil
	})
}

// confirmRemoval asks, if the person has waited for it.
func (s *Session) confirmRemoval(event *model.Event, refunds model.Refunds, asked int, since waiting) tea.Cmd {
	if !since.still(s) {
		return s.say(warning, "Not removed, because you went on: press "+s.keyOf("remove-event", "d")+" again on "+event.Title())
	}
	yes := "remove it"
	if refunds.Orders > 0 {
		yes = "remove and refund"
	}
	sold := max(refunds.Tickets, s.soldOf(event))
	return s.open(&confirm{
		step:     "Remove an event",
		question: fmt.Sprintf("Remove %s?\n\n%s\n\nThis cannot be undone.", event.Title(), whatGoesBack(refunds, asked)),
		yes:      yes, no: "keep it",
		deed: func() tea.Cmd {
			if refunds.Orders > 0 && s.soldOf(event) > sold { // this would refund more than was agreed to
				return s.askRemove(event, refunds.Tickets)
			}
			return s.removeEvent(event, refunds.Orders > 0)
		},
	})
}

// soldOf is how many tickets of an event are sold now.
func (s *Session) soldOf(event *model.Event) int {
	now, ok := s.shop.Catalogue.Event(event.ID)
	if !ok {
		return 0
	}
	return now.Sold()
}

// whatGoesBack says what a removal gives back, and how many more tickets that is for than when somebody was asked before.
func whatGoesBack(refunds model.Refunds, asked int) string {
	if refunds.Orders == 0 {
		return "Nobody has bought tickets for it, so no money goes back."
	}
	more := ""
	if asked > 0 && refunds.Tickets > asked {
		more = fmt.Sprintf(" (%s more sold since you were asked)", model.Thousands(refunds.Tickets-asked))
	}
	return fmt.Sprintf("%s for %s%s: %s back in all, and they find it under their notifications.",
		getBack(refunds.Buyers), model.Plural(refunds.Tickets, "ticket"), more, refunds.Money)
}

func getBack(buyers int) string {
	return model.Plural(buyers, "buyer") + model.OneOrMany(buyers, " gets", " get") + " the money back"
}

func (s *Session) removeEvent(event *model.Event, refund bool) tea.Cmd {
	store, actor := s.cfg.Store, s.me.Username
	return s.do("Removing "+event.Title(), longRemoval, func(ctx context.Context) (string, func() tea.Cmd, error) {
		done, err := store.RemoveEvent(ctx, actor, event.ID, refund)
		if err != nil {
			return "", nil, err
		}
		said := "Removed " + model.TitleOf(done.Name)
		if done.Orders > 0 {
			said += fmt.Sprintf(": %s refunded, %s in all", model.Plural(done.Orders, "order"), done.Refunded)
		}
		return said, nil, nil
	})
}
