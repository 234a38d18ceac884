package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// orderQuestion asks whether to place an order, word for word as it will be placed. Where a price changes while it stands there
// it asks anew, at the new one: what is bought is bought at the price that was read.
type orderQuestion struct {
	form    *purchase
	first   []model.Line // as they were asked about first
	order   model.Order  // as it is asked about now
	barred  bool         // it could not be placed when it was last looked at
	changes int          // how often it was asked anew
	read    int          // how often there was the time to read it since
}

// readMsg says that there was the time to read a question that was asked anew.
type readMsg struct {
	question *orderQuestion
	change   int
}

func (msg readMsg) take(*Session) { msg.question.read = max(msg.question.read, msg.change) }

// question is the box that asks whether to order what is on some lines.
func (p *purchase) question(s *Session, lines []model.Line) *confirm {
	q := &orderQuestion{form: p, first: lines, order: model.Order{Username: s.me.Username, EventID: p.id, Lines: lines}}
	return &confirm{
		step: "Confirm the order",
		asks: func() string { return q.words(s) },
		yes:  "buy", no: "not yet", spared: "Nothing was bought",
		only:   func() (answer, why string) { return q.only(s) },
		renews: func() (anew bool, then tea.Cmd) { return q.renewed(s) },
		deed:   func() tea.Cmd { return p.buy(s, q.order) },
	}
}

// words ask whether to place the order, or say why that has become impossible.
func (q *orderQuestion) words(s *Session) string {
	event, why := q.noEvent(s)
	switch short := q.tooFew(event); {
	case why != "":
		return why + "."
	case short != "":
		return short + ".\n\nYou asked for " + q.order.String() + "."
	}
	return fmt.Sprintf("Buy %s for %s?\n\nYou pay %s.%s", q.order, event.Title(), q.order.Total(), q.news(event))
}

// noEvent is the event, and the reason why no ticket of it can be bought any more; empty if some can.
func (q *orderQuestion) noEvent(s *Session) (event *model.Event, why string) {
	event, ok := s.shop.Catalogue.Event(q.order.EventID)
	switch why := notForSale(s, event, ok); {
	case !ok:
		return &model.Event{ID: q.order.EventID}, q.form.removed()
	case why != "":
		return event, why + ". Nothing was charged"
	}
	return event, ""
}

// tooFew is the reason why some of the tickets cannot be bought any more; empty if all can.
func (q *orderQuestion) tooFew(event *model.Event) string {
	for _, line := range q.order.Lines {
		switch ticket, ok := event.Ticket(line.Type); {
		case !ok:
			return fmt.Sprintf("The %s tickets are no longer on sale", model.Ticket{Type: line.Type}.Name())
		case line.Quantity > ticket.Left:
			return onlyLeft(ticket)
		}
	}
	return ""
}

// news says which prices are not those any more that were asked about first, a line for each; for many there would be no room.
func (q *orderQuestion) news(event *model.Event) string {
	const most = 2
	var changes []string
	for i, line := range q.order.Lines {
		if was := q.first[i].Price; was != line.Price {
			ticket, _ := event.Ticket(line.Type)
			changes = append(changes, fmt.Sprintf("\nThe price of the %s tickets is now %s, it was %s.", ticket.Name(), line.Price, was))
		}
	}
	if len(changes) > most {
		return fmt.Sprintf("\nThe prices of %d types have changed: the order form shows them.", len(changes))
	}
	return strings.Join(changes, "")
}

// only is the one answer that is left where there is no buying, and why that is; empty where there is a choice.
func (q *orderQuestion) only(s *Session) (answer, why string) {
	event, why := q.noEvent(s)
	switch short := q.tooFew(event); {
	case why != "":
		return "back", why
	case short != "":
		return "choose again", short
	case q.read < q.changes:
		return "not yet", "The price has just changed: please read the new one first"
	}
	return "", ""
}

// renewed takes the prices of a newer shop. Nobody has read them yet, so for a moment they cannot be agreed to.
func (q *orderQuestion) renewed(s *Session) (anew bool, then tea.Cmd) {
	event, why := q.noEvent(s)
	if why != "" || q.tooFew(event) != "" {
		q.barred = true
		return true, nil
	}
	lines := slices.Clone(q.order.Lines)
	for i := range lines {
		ticket, _ := event.Ticket(lines[i].Type)
		lines[i].Price = ticket.Price
	}
	if !q.barred && slices.Equal(lines, q.order.Lines) {
		return false, nil
	}
	q.order.Lines, q.barred = lines, false
	q.changes++
	return true, s.after(cmp.Or(s.cfg.Reading, time.Second), readMsg{q, q.changes})
}
