package tui

import (
	"fmt"
	"math"

	"github.com/ticketcd/ticketcd/model"
)

// salesCells are the widths of the numbers in tables of sales.
type salesCells struct{ revenue, tickets, share int }

// cellsFor has room for the sums of a report, and so for all that they are made of.
func cellsFor(report model.SalesReport) salesCells {
	total := report.Total
	return salesCells{roomFor(14, total.Revenue.String()), roomFor(9, model.Thousands(total.Tickets)), 7}
}

// numbers puts what is told of sales into the columns.
func (c salesCells) numbers(sold model.Sales) (revenue, tickets, part string) {
	return number(sold.Revenue.String(), c.revenue), number(model.Thousands(sold.Tickets), c.tickets), number(share(sold), c.share)
}

// heading is what stands above them.
func (c salesCells) heading(left, right int) string {
	return fitRight("Revenue", left+c.revenue) + fitRight("Tickets", c.tickets) + fitRight("Sold", c.share+right)
}

// charts draws what is sold by type of ticket and by type of event. Where rows are scarce, the types that sell least are
// drawn as one.
func charts(t theme, report model.SalesReport, width, height int) []string {
	names := len("By ticket type")
	for _, kind := range append(report.TicketTypes[:len(report.TicketTypes):len(report.TicketTypes)], report.EventTypes...) {
		names = max(names, min(cells(typeName(kind.Type)), 18))
	}
	names = min(names, width/3)
	tickets := min(len(report.TicketTypes), max(height-3-len(report.EventTypes), height/2-2, 1))
	c := cellsFor(report)
	lines := chart(t, c, "By ticket type", report.TicketTypes, t.ticket, width, names, tickets)
	lines = append(lines, "")
	return append(lines, chart(t, c, "By event type", report.EventTypes, func(string) ink { return t.accent }, width, names,
		max(height-len(lines)-1, 1))...)
}

// chart draws a bar for each type, by its revenue; the longest is that of the type with the most.
func chart(t theme, c salesCells, heading string, types []model.TypeSales, style func(string) ink, width, names, rows int) []string {
	top, others, more := model.TopTypes(types, rows)
	most := others.Revenue
	for _, kind := range top {
		most = max(most, kind.Revenue)
	}
	length := max(width-names-c.revenue-c.tickets-c.share-4, 0)
	lines := []string{" " + t.strong.Render(fit(heading, names)) + t.faint.Render(c.heading(length+2, 0))}
	row := func(name string, sold model.Sales, colour ink) {
		revenue, tickets, part := c.numbers(sold)
		lines = append(lines, " "+colour.Render(fit(name, names))+"  "+
			bar(int(sold.Revenue), int(most), length, colour, t.border)+revenue+tickets+t.faint.Render(part))
	}
	for _, kind := range top {
		row(typeName(kind.Type), kind.Sales, style(kind.Type))
	}
	if more > 0 {
		row(model.Plural(more, "other"), others, t.faint)
	}
	return lines
}

// typeName names a type; the orders of events that are gone have none.
func typeName(kind string) string {
	if kind == "" {
		return "(gone)"
	}
	return model.Clean(kind)
}

// sellers lists the events with the most revenue, and how much of each is sold.
func (sc *sales) sellers(t theme, report model.SalesReport, width, height int) []string {
	c, bars := cellsFor(report), 0
	if width >= 62 {
		bars = 10
	}
	names := width - 3 - c.revenue - c.tickets - c.share - bars
	lines := []string{t.strong.Render(fit("  Best sellers", names+2)) + t.faint.Render(c.heading(0, bars))}
	list := sellerRows(report.Best)
	for i, selected := range sc.cursor.shown(list, height-1) {
		event, style, pointer := list[i], t.text, "  "
		if selected {
			style, pointer = t.on(style), "› "
		}
		name := event.Name
		if name == "" {
			name = goneName
		}
		revenue, tickets, part := c.numbers(event.Sales)
		line := style.Render(pointer + fit(name, names) + revenue + tickets)
		if bars > 0 {
			line += style.Render("  ") + bar(event.Tickets, event.Offered, bars-2,
				t.good.over(style), t.border.over(style))
		}
		lines = append(lines, line+style.Render(part+" "))
	}
	return lines
}

// share says how much of what was offered is sold. Only what is sold out is 100 %.
func share(s model.Sales) string {
	part := s.SellThrough()
	switch {
	case s.Offered == 0:
		return "–"
	case s.Tickets > 0 && part < 0.005:
		return "<1 %"
	case part < 1:
		return fmt.Sprintf("%d %%", min(int(math.Round(part*100)), 99))
	}
	return "100 %"
}
