package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// sales is the admin's view of what is sold, live: of all events, or of those that pass a filter.
type sales struct {
	filter
	best      bool // in a window too small for all of it: the best sellers are shown, not the charts
	paced     bool // it is told that time passes
	top       int  // the row at which the list of best sellers was last drawn
	report    model.SalesReport
	found     model.Results // only where there is a filter
	reportFor salesKey
}

// salesKey is what a report depends on; while it stands nothing is added up again.
type salesKey struct {
	statistics *model.Statistics
	catalogue  *model.Catalogue
	query      model.Query
}

// bestSellers is how many of them are listed.
const bestSellers = 100

// paceEvery is how often the number of orders per minute is looked at while none come.
const paceEvery = 5 * time.Second

// theSales is the screen of this person's, which is as they left it.
func (s *Session) theSales() *sales {
	if s.sales == nil {
		s.sales = newSales()
	}
	return s.sales
}

func newSales() *sales { return &sales{filter: newFilter(false)} }

func (sc *sales) title(*Session) string { return "Sales" }

func (sc *sales) forAdmins() {}

func (sc *sales) opened(s *Session) tea.Cmd {
	if sc.paced {
		return nil
	}
	sc.paced = true
	return s.after(paceEvery, paceMsg{sc})
}

// paceMsg says that time has passed while the screen was open.
type paceMsg struct{ screen *sales }

func (msg paceMsg) arrive(s *Session) tea.Cmd {
	if !s.holds(msg.screen) {
		msg.screen.paced = false
		return nil
	}
	return s.after(paceEvery, msg)
}

// sums returns what is shown. Without a filter everything is added up already, however many events there are.
func (sc *sales) sums(s *Session) model.SalesReport {
	key := salesKey{s.shop.Statistics, s.shop.Catalogue, sc.query(s.now())}
	if key == sc.reportFor || key.statistics == nil {
		return sc.report
	}
	sc.reportFor, sc.found = key, model.Results{}
	if sc.filtered() {
		sc.found = key.catalogue.Search(key.query)
		sc.report = key.statistics.ReportOn(sc.found.Events()[:sc.found.Exact], bestSellers) // what is only similar was not asked for
	} else {
		sc.report = key.statistics.Report(key.catalogue, bestSellers)
	}
	return sc.report
}

// sellerRows are best sellers as rows.
type sellerRows []model.EventSales

func (r sellerRows) len() int        { return len(r) }
func (r sellerRows) id(i int) string { return r[i].ID }

func (sc *sales) actions(s *Session) []action {
	list := sellerRows(sc.sums(s).Best)
	actions := []action{sc.openAction(s, list)}
	if sc.inField {
		actions = append(actions, sc.fieldActions()...)
		return append(actions, sc.cursor.actions(list, true)...)
	}
	if sc.paged(s) {
		words := "best sellers"
		if sc.best {
			words = "charts"
		}
		actions = append(actions, bind([]string{"tab"}, words, func() tea.Cmd { sc.best = !sc.best; return nil }))
	}
	actions = append(actions, bind([]string{"/"}, "search", sc.searchAnew))
	actions = append(actions, sc.allActions()...)
	actions = append(actions, sc.pickActions(s)...)
	return append(actions, sc.cursor.actions(list, false)...)
}

// openAction opens the best seller under the cursor, where the best sellers can be seen.
func (sc *sales) openAction(s *Session, list sellerRows) action {
	if sc.paged(s) && !sc.best {
		return bind([]string{"enter"}, "best sellers", func() tea.Cmd { sc.best = true; return sc.leaveField() }).inHelp()
	}
	at := sc.cursor.find(list)
	why := ""
	switch {
	case at < 0:
		why = "No event is selected"
	case list[at].Name == "":
		why = "This event is no longer in the shop"
	}
	return bind([]string{"enter"}, "open event", func() tea.Cmd { return s.open(&eventScreen{id: list[at].ID}) }).unless(why)
}

func (sc *sales) click(s *Session, x, row int) bool {
	charts := s.width >= wide && x < s.width/2 || sc.paged(s) && !sc.best
	return !charts && sc.top > 0 && sc.cursor.click(sellerRows(sc.sums(s).Best), row-sc.top)
}

// The rows of the screen that are always there, and the least that the best sellers need.
const (
	salesTop    = 6
	leastSeller = 8
)

// chartRows is how many rows the charts take if they are shown in full.
func chartRows(report model.SalesReport) int {
	return len(report.EventTypes) + len(report.TicketTypes) + 5
}

// paged says whether the window is too small for charts and best sellers at once.
func (sc *sales) paged(s *Session) bool {
	return s.width < wide && s.height-frameRows-salesTop < chartRows(sc.sums(s))+leastSeller
}

func (sc *sales) view(s *Session, width, height int) string {
	t := s.theme
	if s.shop.Statistics == nil {
		return centred(t.faint.Render("Adding up all orders …"), width, height)
	}
	report := sc.sums(s)
	tally := model.Plural(s.shop.Catalogue.Len(), "event")
	if sc.filtered() {
		tally = model.Thousands(sc.found.Exact) + " of " + tally
	}
	lines := append([]string{
		sc.viewField(t, tally, width),
		" " + sc.viewFilters(t, width, ""),
		"",
	}, sc.figures(s, report.Total, width)...)
	room := height - len(lines)
	switch {
	case report.Total.Orders == 0:
		lines = append(lines, "    "+t.faint.Render(sc.nothingSold(s)))
	case width >= wide:
		left := width / 2
		right := width - left - 3
		sc.top = len(lines) + 1
		lines = append(lines, beside(block(strings.Join(charts(t, report, left, room), "\n"), left, room),
			block(strings.Join(sc.sellers(t, report, right, room), "\n"), right, room), t.border))
	case !sc.paged(s):
		lines = append(append(lines, charts(t, report, width, room-leastSeller)...), "")
		sc.top = len(lines) + 1
		lines = append(lines, sc.sellers(t, report, width, height-len(lines))...)
	default:
		sc.top = len(lines) + 1
		lines = append(lines, sc.page(t, report, width, room)...)
	}
	return strings.Join(lines, "\n")
}

// page draws the charts or the best sellers, where there is no room for both.
func (sc *sales) page(t theme, report model.SalesReport, width, height int) []string {
	if sc.best {
		return sc.sellers(t, report, width, height)
	}
	return charts(t, report, width, height)
}

// nothingSold says why there is nothing to add up.
func (sc *sales) nothingSold(s *Session) string {
	switch {
	case s.shop.Loaded && s.shop.Catalogue.Len() == 0:
		return "There are no events yet, so nothing is sold."
	case sc.filtered() && sc.found.Exact == 0:
		return "Nothing found, so there is nothing to add up."
	}
	return "None of these tickets are sold yet."
}

// paceWords say of what the orders a minute are, which is always the whole shop, and how many minutes their chart shows. Where
// there is little room, the first goes before the second.
func (sc *sales) paceWords(room, minutes int) string {
	span := ", last " + model.Plural(minutes, "minute")
	choices := []string{"Orders a minute" + span, "Orders a minute"}
	if sc.filtered() {
		choices = []string{"Orders a minute in the whole shop" + span, "Orders a minute in the whole shop", "All orders/minute"}
	}
	for _, words := range choices {
		if cells(words) <= room {
			return words
		}
	}
	return "All orders/min"
}

// figures are the sums: labels above numbers.
func (sc *sales) figures(s *Session, total model.Sales, width int) []string {
	t := s.theme
	const minutes = 60
	fixed := []struct {
		label, value string
		width        int
	}{
		{"Revenue", total.Revenue.String(), roomFor(16, s.spared(total.Revenue))},
		{"Tickets", model.Thousands(total.Tickets), 10},
		{"Orders", model.Thousands(total.Orders), 9},
		{"Sold", share(total), 8},
	}
	labels, values := " ", " "
	used := 1
	for _, f := range fixed {
		f.width = roomFor(f.width, f.value)
		labels += fit(f.label, f.width)
		values += fit(f.value, f.width)
		used += f.width
	}
	pace := " " + model.Thousands(s.shop.Statistics.Pace(s.now()))
	shown := min(width-used-len(pace)-1, minutes)
	line := sparkline(s.shop.Statistics.PerMinute(s.now(), minutes), shown)
	out := []string{
		t.faint.Render(fit(labels+sc.paceWords(width-used, shown), width)),
		t.strong.Render(values) + t.accent.Render(line) + t.strong.Render(pace),
		"",
	}
	if total.Estimated > 0 {
		out = append(out[:2], " "+t.faint.Render(fit(total.Estimated.String()+" of it estimated, where the price paid was not recorded", width-2)), "")
	}
	return out
}
