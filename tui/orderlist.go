package tui

import (
	"fmt"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// listOrders lists orders on so many rows below a heading.
func (p *profile) listOrders(s *Session, orders []model.Order, width, rows int) []string {
	t := s.theme
	brief := s.width >= wide // the tickets stand beside the list
	shown, sums := p.orders.shown(orderRows(orders), rows), 12
	for i := range shown {
		sums = roomFor(sums, orders[i].Paid())
	}
	lines := []string{t.faint.Render(orderLine("Bought", "Event", "Tickets", "Paid", width, sums, brief))}
	for i, selected := range shown {
		order := orders[i]
		style, pointer := t.text, "  "
		if cannotCancel(s, order) != "" && s.busy == "" {
			style = t.faint
		}
		if selected {
			style, pointer = t.on(style), "› "
		}
		lines = append(lines, style.Render(pointer+orderLine(listDate(order.Date, s.now()), eventName(s, order.EventID),
			orderTickets(order), order.Paid(), width, sums, brief)[2:]))
	}
	for len(lines) < rows+1 {
		lines = append(lines, "")
	}
	return lines
}

// orderLine puts texts into the columns, of which the last is for sums.
func orderLine(date, event, tickets, paid string, width, sums int, brief bool) string {
	if brief {
		return "  " + fit(date, 16) + "  " + fit(event, width-sums-21) + number(paid, sums) + " "
	}
	names := max((width-sums-24)*60/100, 8)
	return "  " + fit(date, 16) + "  " + fit(event, names) + "  " + fit(tickets, max(width-names-sums-23, 6)) + number(paid, sums) + " "
}

func orderTickets(order model.Order) string {
	if order.Damage != "" {
		return "unreadable"
	}
	var parts []string
	for _, line := range order.Lines {
		parts = append(parts, model.Thousands(line.Quantity)+" "+model.Clean(line.Type))
	}
	return strings.Join(parts, ", ")
}

// eventName names an event that may be gone.
func eventName(s *Session, id string) string {
	if e, ok := s.shop.Catalogue.Event(id); ok {
		return e.Title()
	}
	return goneName
}

// detail tells all about one order.
func (p *profile) detail(s *Session, order model.Order, width int) []string {
	t := s.theme
	when := "This event has been removed."
	if e, ok := s.shop.Catalogue.Event(order.EventID); ok {
		when = e.Date.String() + ", " + e.Location
	}
	lines := []string{
		" " + t.strong.Render(fit(eventName(s, order.EventID), max(width-32, 8))) + fitRight("Order "+order.ID, 29),
		" " + t.faint.Render(fit(when, max(width-2, 1))),
	}
	if order.Damage != "" {
		return append(lines, " "+t.bad.Render(fit("This order cannot be read: "+model.Clean(order.Damage), width-2)))
	}
	for _, line := range order.Lines {
		price := "price not recorded"
		if !line.Unpriced {
			price = "at " + line.Price.String()
		}
		lines = append(lines, fmt.Sprintf(" %s × %s %s", model.Thousands(line.Quantity),
			t.ticket(line.Type).Render(model.Clean(line.Type)), t.faint.Render(price)))
	}
	if len(lines) > detailRows-1 {
		lines = append(lines[:detailRows-2], t.faint.Render(" …"))
	}
	return lines
}

// slip tells all about one order, beside the list.
func (p *profile) slip(s *Session, order model.Order, width int) []string {
	t := s.theme
	lines := []string{t.strong.Render(wrap(eventName(s, order.EventID), width, 2))}
	if e, ok := s.shop.Catalogue.Event(order.EventID); ok {
		when := e.Date.String()
		if relative := relativeDay(e.Date, s.now()); relative != "" {
			when += " · " + relative
		}
		lines = append(lines, t.accent.Render(fit(e.Location, width)), fit(when, width))
	}
	lines = append(lines, "")
	if order.Damage != "" {
		return append(lines, t.bad.Render(wrap("This order cannot be read: "+model.Clean(order.Damage), width, 4)))
	}
	lines = append(lines, boughtLines(t, order, width)...)
	lines = append(lines, t.strong.Render(spread("Paid", order.Paid(), width)), "",
		spread(t.faint.Render("Order"), order.ID, width), spread(t.faint.Render("Bought"), order.Date.String(), width), "")
	if why := cannotCancel(s, order); why != "" {
		return append(lines, t.faint.Render(wrap(why+".", width, 2)))
	}
	return append(lines, t.keys.Render(s.keyOf("cancel-order", "c"))+t.faint.Render(" cancels it, and the money comes back to you."))
}

// boughtLines are the lines of an order, each with what was paid for it.
func boughtLines(t theme, order model.Order, width int) []string {
	lines := make([]string, 0, len(order.Lines))
	for _, line := range order.Lines {
		price, sum := " at "+line.Price.String(), (line.Price * model.Cents(line.Quantity)).String()
		if line.Unpriced {
			price, sum = "", "not recorded"
		}
		what := t.badge(line.Type, line.Name()) + model.Thousands(line.Quantity) + " × " + t.ticket(line.Type).Render(line.Name()) + t.faint.Render(price)
		lines = append(lines, spread(what, sum, width))
	}
	return lines
}
