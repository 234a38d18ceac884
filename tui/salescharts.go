package tui

import (
	"fmt"
	"math"

	"github.com/ticketcd/ticketcd/model"
)

// The widths of the numbers in tables of sales.
const (
	revenueCells = 14
	ticketCells  = 9
	shareCells   = 7
)

// charts draws what is sold by type of ticket and by type of event. Where rows are scarce, the types that sell least are
// drawn as one.
func charts(t theme, report model.SalesReport, width, height int) []string {
	names := len("By ticket type")
	for _, kind := range append(report.TicketTypes[:len(report.TicketTypes):len(report.TicketTypes)], report.EventTypes...) {
		names = max(names, min(cells(typeName(kind.Type)), 18))
	}
	names = min(names, width/3)
	tickets := min(len(report.TicketTypes), max(height-3-len(report.EventTypes), height/2-2, 1))
	lines := chart(t, "By ticket type", report.TicketTypes, t.ticket, width, names, tickets)
	lines = append(lines, "")
	return append(lines, chart(t, "By event type", report.EventTypes, func(string) ink { return t.accent }, width, names,
		max(height-len(lines)-1, 1))...)
}

// chart draws a bar for each type, by its revenue; the longest is that of the type with the most.
func chart(t theme, heading string, types []model.TypeSales, style func(string) ink, width, names, rows int) []string {
	top, others, more := model.TopTypes(types, rows)
	most := others.Revenue
	for _, kind := range top {
		most = max(most, kind.Revenue)
	}
	lines := []string{" " + t.strong.Render(fit(heading, names)) + t.faint.Render(fitRight("Revenue", width-names-2-ticketCells-shareCells)+
		fitRight("Tickets", ticketCells)+fitRight("Sold", shareCells))}
	row := func(name string, sold model.Sales, colour ink) {
		length := width - names - revenueCells - ticketCells - shareCells - 4
		lines = append(lines, " "+colour.Render(fit(name, names))+"  "+
			bar(int(sold.Revenue), int(most), length, colour, t.border)+
			fitRight(sold.Revenue.String(), revenueCells)+fitRight(model.Thousands(sold.Tickets), ticketCells)+
			t.faint.Render(fitRight(share(sold), shareCells)))
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
func (sc *sales) sellers(t theme, best []model.EventSales, width, height int) []string {
	bars := 0
	if width >= 62 {
		bars = 10
	}
	names := width - 3 - revenueCells - ticketCells - shareCells - bars
	lines := []string{t.strong.Render(fit("  Best sellers", names+2)) + t.faint.Render(fitRight("Revenue", revenueCells)+
		fitRight("Tickets", ticketCells)+fitRight("Sold", shareCells+bars))}
	list := sellerRows(best)
	first, at := sc.cursor.window(list, height-1)
	for i := first; i < min(first+height-1, len(list)); i++ {
		event, style, pointer := list[i], t.text, "  "
		if i == at {
			style, pointer = t.on(style), "› "
		}
		name := event.Name
		if name == "" {
			name = goneName
		}
		line := style.Render(pointer + fit(name, names) + fitRight(event.Revenue.String(), revenueCells) +
			fitRight(model.Thousands(event.Tickets), ticketCells))
		if bars > 0 {
			line += style.Render("  ") + bar(event.Tickets, event.Offered, bars-2,
				t.good.over(style), t.border.over(style))
		}
		lines = append(lines, line+style.Render(fitRight(share(event.Sales), shareCells)+" "))
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
