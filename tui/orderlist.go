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

// ordersOf is what the list of orders depends on.
type ordersOf struct {
	person    *model.Person
	catalogue *model.Catalogue // nil where they are not sorted by their shows
	now       time.Time        // likewise; to the minute
}

// listed are the person's orders as they are sorted now. They are sorted once for many frames: they may be thousands.
func (p *profile) listed(s *Session) []model.Order {
	of := ordersOf{person: s.person}
	if p.byShow {
		of.catalogue, of.now = s.shop.Catalogue, s.now().Truncate(time.Minute)
	}
	if of == p.listOf {
		return p.list
	}
	p.list, p.listOf = s.person.Orders(), of
	if p.byShow {
		shows := map[string]show{}
		for _, order := range p.list {
			if _, known := shows[order.EventID]; !known {
				shows[order.EventID] = s.showOf(order.EventID)
			}
		}
		slices.SortStableFunc(p.list, func(a, b model.Order) int { return shows[a.EventID].compare(shows[b.EventID]) })
	}
	return p.list
}

// show is where the show of an order stands among others: after those to come are those of which nobody knows when they are,
// then those that are over, the latest first, and last what is no longer in the shop.
type show struct {
	rank int
	at   int64
}

func (a show) compare(b show) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.at, b.at))
}

func (s *Session) showOf(eventID string) show {
	const toCome, anyTime, over, gone = 0, 1, 2, 3
	e, ok := s.shop.Catalogue.Event(eventID)
	if !ok {
		return show{rank: gone}
	}
	date, dated := e.Date.Time()
	switch {
	case !dated:
		return show{rank: anyTime}
	case e.IsPast(s.now()):
		return show{over, -date.Unix()}
	}
	return show{toCome, date.Unix()}
}

// orderSorting says how orders are sorted.
func orderSorting(byShow bool) string {
	if byShow {
		return "next show"
	}
	return "newest purchase"
}

func (p *profile) sort() tea.Cmd {
	p.byShow = !p.byShow
	p.orders.reset()
	return nil
}

// listOrders lists orders on so many rows below a heading.
func (p *profile) listOrders(s *Session, orders []model.Order, width, rows int) []string {
	t := s.theme
	brief := s.width >= wide // the tickets stand beside the list
	shown, sums := p.orders.shown(orderRows(orders), rows), 12
	for i := range shown {
		sums = roomFor(sums, orders[i].Paid())
	}
	lines := []string{t.faint.Render(orderLine(p.dates("Bought", "When", width), "Event", "Tickets", "Paid", width, sums, brief))}
	for i, selected := range shown {
		order := orders[i]
		style, pointer := t.text, "  "
		if cannotCancel(s, order) != "" && s.busy == "" {
			style = t.faint
		}
		if selected {
			style, pointer = t.on(style), "› "
		}
		lines = append(lines, style.Render(pointer+orderLine(p.dates(listDate(order.Date, s.now()), showDate(s, order.EventID), width),
			eventName(s, order.EventID), orderTickets(order), order.Paid(), width, sums, brief)[2:]))
	}
	for len(lines) < rows+1 {
		lines = append(lines, "")
	}
	return lines
}

const (
	dateCells = 16
	// roomForBoth is from what width on a list says when an order was placed and when its show is. Below, it has the date by which
	// it is sorted, and the other is told of the order under the cursor; up to noRoomForDetail only the show's is.
	roomForBoth, noRoomForDetail = 90, 60
)

// dates are those of an order for which there is room: always the one by which the list is sorted.
func (p *profile) dates(bought, show string, width int) string {
	switch {
	case width >= roomForBoth:
		return fit(bought, dateCells) + "  " + fit(show, dateCells)
	case p.byShow:
		return fit(show, dateCells)
	}
	return fit(bought, dateCells)
}

// showDate is when an event is, if it is in the shop.
func showDate(s *Session, id string) string {
	if e, ok := s.shop.Catalogue.Event(id); ok {
		return listDate(e.Date, s.now())
	}
	return ""
}

// orderLine puts texts into the columns, of which the last is for sums.
func orderLine(dates, event, tickets, paid string, width, sums int, brief bool) string {
	width -= cells(dates) - dateCells
	if brief {
		return "  " + dates + "  " + fit(event, width-sums-21) + number(paid, sums) + " "
	}
	names := max((width-sums-24)*60/100, 8)
	return "  " + dates + "  " + fit(event, names) + "  " + fit(tickets, max(width-names-sums-23, 6)) + number(paid, sums) + " "
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
	if width > noRoomForDetail {
		when = spread(when, "Bought "+order.Date.String(), width-3)
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
	key := s.keyOf("cancel-order", "c")
	words := wrap(key+" cancels it, and you get the money back.", width, 2)
	return append(lines, t.keys.Render(key)+t.faint.Render(strings.TrimPrefix(words, key)))
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
