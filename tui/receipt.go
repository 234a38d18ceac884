package tui

import (
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// receipt shows an order that was placed.
type receipt struct {
	order model.Order
	event model.Event // as it was when the order was placed
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
	return []action{bind([]string{"enter"}, "done", s.back), s.copyAction(r.order.ID)}
}

func (r *receipt) view(s *Session, width, height int) string {
	t := s.theme
	column := min(width-8, 60)
	edge := t.accent
	row := func(text string) string { return edge.Render("│ ") + fit(text, column) + edge.Render(" │") }
	tear := edge.Render("├" + strings.Repeat("╌", column+2) + "┤")
	lines := []string{edge.Render("╭" + strings.Repeat("─", column+2) + "╮")}
	for line := range strings.SplitSeq(wrap(r.event.Name, column, 2), "\n") {
		lines = append(lines, row(t.strong.Render(line)))
	}
	lines = append(lines, row(r.event.Location+t.faint.Render(" · "+r.event.Date.String())), tear)
	for _, line := range boughtLines(t, r.order, column) {
		lines = append(lines, row(line))
	}
	lines = append(lines,
		row(t.strong.Render(spread("Paid for "+model.Plural(r.order.Quantity(), "ticket"), r.order.Total().String(), column))),
		tear,
		row(spread("Order "+t.accent.bold().Render(r.order.ID), t.faint.Render(r.order.Date.String()), column)),
		edge.Render("╰"+strings.Repeat("─", column+2)+"╯"),
		"",
		fit(t.good.Render("✓ ")+"Bought. Enjoy the show!", column),
	)
	return centred(strings.Join(lines, "\n"), width, height)
}
