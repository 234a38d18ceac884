package tui

import (
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// receipt shows an order that was placed.
type receipt struct {
	order model.Order
	event model.Event // as it was when the order was placed
	lines scroll
}

func newReceipt(s *Session, order model.Order) *receipt {
	r := &receipt{order: order}
	if e, ok := s.shop.Catalogue.Event(order.EventID); ok {
		r.event = *e
	}
	return r
}

func (r *receipt) title(*Session) string { return "Your tickets" }

func (r *receipt) actions(s *Session) []action {
	return append([]action{bind([]string{"enter"}, "done", s.back), s.copyAction(r.order.ID)}, r.lines.actions()...)
}

func (r *receipt) view(s *Session, width, height int) string {
	t := s.theme
	column := min(width-8, 60)
	where := strings.Split(t.strong.Render(wrap(r.event.Title(), column, 2)), "\n")
	where = append(where, placeAndDate(&r.event, column)...)
	const besides = 9 // the edges of the ticket, what is paid, who bought it, the order, and that it is bought
	what := append(r.lines.view(t, boughtLines(t, r.order, column), height-len(where)-besides),
		t.strong.Render(spread("Paid for "+model.Plural(r.order.Quantity(), "ticket"), r.order.Total().String(), column)))
	order := []string{spread("Order "+t.accent.bold().Render(r.order.ID), t.faint.Render(r.order.Date.String()), column)}
	if name := model.Clean(s.me.Name); name != "" {
		order = append([]string{name}, order...)
	}
	return centred(ticket(t, column, where, what, order)+
		"\n\n  "+t.good.Render("✓ ")+"Bought. Enjoy the show!", width, height)
}
