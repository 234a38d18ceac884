package tui

import (
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// The columns of the form, in cells: what the labels take, and the numbers of a ticket.
const (
	editorLabels = 15
	editorTypes  = 24 // more where one is longer, and there is room
	editorPrice  = 13
	editorTotal  = 11
	editorSold   = 9
)

// page gathers the lines of the form, and remembers where the focus is.
type page struct {
	lines []string
	focus int
	airy  bool // there is room for an empty line below every field

	tickets []int // the line of each type of ticket
}

// add puts lines on the page, and below them what is to be said of them.
func (p *page) add(focused bool, lines []string, below string) {
	if focused {
		p.focus = len(p.lines) + len(lines) - 1
		if below != "" {
			p.focus++
		}
	}
	p.lines = append(p.lines, lines...)
	if below != "" || p.airy {
		p.lines = append(p.lines, below)
	}
}

func (e *editor) view(s *Session, width, height int) string {
	column := min(width-2, 98)
	p := page{airy: height >= 2*editTickets+len(e.tickets)+9}
	p.lines = []string{s.theme.warning.Render(fit(e.news(s), width))}
	for i, f := range e.fields[:editTickets] {
		e.addField(s, &p, i, f, column)
	}
	if !p.airy {
		p.lines = append(p.lines, "")
	}
	p.airy = false
	counts := e.addTickets(s, &p, column)
	e.addButtons(s, &p)
	shown, rows := p.around(s.theme, height)
	e.rows, e.drawn = height, ticketPlaces{rows: rows, counts: counts}
	return strings.Join(shown, "\n")
}

// around are the lines around the focus that have room, with a mark where there are more; and on which row of the screen each
// type of ticket is to be seen, -1 for one that is not.
func (p *page) around(t theme, height int) (shown []string, tickets []int) {
	first := min(max(p.focus-height+2, 0), max(len(p.lines)-height, 0)) // the last line may be the mark
	if p.focus < height-1 {
		first = 0
	}
	shown = clipped(t, p.lines, first, height)
	top, bottom := 0, height-1
	if first > 0 {
		shown[0] = indent(shown[0], 2)
		top++
	}
	if first+height < len(p.lines) {
		shown[height-1] = indent(shown[height-1], 2)
		bottom--
	}
	for _, line := range p.tickets {
		row := line - first
		if row < top || row > bottom {
			row = -1
		}
		tickets = append(tickets, row)
	}
	return shown, tickets
}

// news says what has become of the event since the form was filled, if that is more than that tickets were sold. A shop
// that has yet to catch up with the form has no news.
func (e *editor) news(s *Session) string {
	now, still := e.now(s)
	switch {
	case !still:
		return " ! Somebody has removed this event."
	case len(model.Differences(e.seen, *now)) > 0 && len(model.Differences(e.shown, *now)) > 0:
		return " ! Somebody else has changed it: saving will show what."
	}
	return ""
}

// problem says what is wrong with a field, as soon as it has been left.
func (f *field) problem() string {
	if !f.left || f.check == nil {
		return ""
	}
	return model.Sentence(f.check(f.input.Value()))
}

// label draws what stands before a field.
func (e *editor) label(t theme, i int, words string) string {
	if i == e.focus {
		return t.accent.Render("› ") + t.strong.Render(fit(words, editorLabels-2))
	}
	return "  " + t.faint.Render(fit(words, editorLabels-2))
}

func (e *editor) addField(s *Session, p *page, i int, f *field, column int) {
	t, focused, room := s.theme, i == e.focus, column-editorLabels
	var lines []string
	switch {
	case i == editDescription:
		rows := 2
		if p.airy {
			rows = 3
		}
		lines = f.viewLong(t, focused, room, rows)
	case i == editDate && f.input.Value() != "":
		const date = 18
		lines = []string{f.view(t, focused, date) + t.faint.Render(fit(e.dateWords(s, room-date), room-date))}
	case f.pick != nil:
		lines = []string{f.viewChoice(s, focused, room)}
	default:
		lines = []string{f.view(t, focused, room)}
	}
	for n := range lines {
		if n == 0 {
			lines[n] = e.label(t, i, f.label) + lines[n]
		} else {
			lines[n] = strings.Repeat(" ", editorLabels) + lines[n]
		}
	}
	p.add(focused, lines, below(f.problem(), t.bad, column))
}

// below draws what is to be said of a field: under it, or further left if it is long.
func below(words string, style ink, column int) string {
	if words == "" {
		return ""
	}
	margin := min(max(column-cells(words)-2, 2), editorLabels)
	return strings.Repeat(" ", margin) + style.Render(fit("↑ "+words, column-margin))
}

// dateWords says how a date is understood.
func (e *editor) dateWords(s *Session, width int) string {
	date := model.ParseDate(e.fields[editDate].input.Value())
	if _, ok := date.Time(); !ok {
		return ""
	}
	words := date.String()
	if date.IsPast(s.now()) {
		words = "over: " + words
	}
	if longer := words + " · " + relativeDay(date, s.now()); cells(longer) <= width {
		return longer
	}
	return words
}

// viewChoice draws a field whose value is chosen.
func (f *field) viewChoice(s *Session, focused bool, width int) string {
	value := f.input.Value()
	if !focused {
		return f.view(s.theme, false, width)
	}
	hint := s.theme.faint.Render(s.keyOf("accept", "enter") + " chooses")
	if value == "" {
		return fit(hint, width)
	}
	return fit(s.theme.strong.Render(model.Clean(value))+"  "+hint, width)
}

// addTickets draws a row for each type of ticket, and tells the column from which on its count stands.
func (e *editor) addTickets(s *Session, p *page, column int) (counts int) {
	t := s.theme
	names := editorTypes
	for _, ticket := range e.tickets {
		names = max(names, cells(model.Clean(ticket.kind))+1)
	}
	names = min(names, column-editorLabels-editorPrice-editorTotal-editorSold)
	heading := fit("Type", names) + fitRight("Price in £", editorPrice) + fitRight("In all", editorTotal) + fitRight("Sold", editorSold)
	if len(e.tickets) == 0 {
		heading = "none yet"
	}
	p.lines = append(p.lines, e.label(t, -1, "Tickets")+t.faint.Render(heading))
	for n, ticket := range e.tickets {
		at := editTickets + 2*n
		onPrice, onTotal := at == e.focus, at+1 == e.focus
		now := e.sold(s, ticket.kind)
		row := pointerAt(t, onPrice || onTotal) + t.ticket(ticket.kind).Render(fit(model.Clean(ticket.kind), names)) +
			ticket.price.viewNumber(t, onPrice, editorPrice) + ticket.total.viewNumber(t, onTotal, editorTotal-1) +
			t.faint.Render(fitRight(model.Thousands(now.Sold()), editorSold-1))
		p.tickets = append(p.tickets, len(p.lines))
		p.add(onPrice || onTotal, []string{row}, e.belowTicket(t, ticket, now, column))
	}
	return editorLabels + names + editorPrice + 1
}

// belowTicket says what is wrong with a type of ticket, or what its new price means.
func (e *editor) belowTicket(t theme, ticket ticketFields, now model.Ticket, column int) string {
	for _, f := range []*field{ticket.price, ticket.total} {
		if problem := f.problem(); problem != "" {
			return below(problem, t.bad, column)
		}
	}
	was, known := e.seen.Ticket(ticket.kind)
	price, err := parsePrice(ticket.price.input.Value())
	if !known || err != nil || price == was.Price || now.Sold() == 0 {
		return ""
	}
	return below("for later orders only: "+soldKeep(now.Sold()), t.accent, column)
}

func soldKeep(n int) string {
	if n == 1 {
		return "the one sold keeps its"
	}
	return "the " + model.Thousands(n) + " sold keep theirs"
}

// viewNumber draws a number so that it ends after so many cells, and behind it one for the cursor, so that it stays where it
// is when it gets the focus.
func (f *field) viewNumber(t theme, focused bool, width int) string {
	input := f.input
	input.SetWidth(0)
	switch {
	case focused && input.Position() == len([]rune(input.Value())):
		return fitRight(input.View(), width+1)
	case focused:
		return fitRight(input.View(), width) + " "
	case input.Value() == "":
		return fitRight(t.border.Render("──────"), width) + " "
	}
	return fitRight(input.Value(), width) + " "
}

// addButtons draws what is pressed with enter, below all fields.
func (e *editor) addButtons(s *Session, p *page) {
	t := s.theme
	add, save := len(e.fields)-2, len(e.fields)-1
	style := t.faint
	if add == e.focus {
		style = t.strong
	}
	p.add(add == e.focus, []string{pointerAt(t, add == e.focus) + style.Render(e.fields[add].label)}, "")
	p.lines = append(p.lines, "")
	p.add(save == e.focus, []string{pointerAt(t, save == e.focus) + t.button(capital(e.fields[save].label), save == e.focus)}, "")
}

// pointerAt draws what stands before a line without a label of its own.
func pointerAt(t theme, focused bool) string {
	margin := strings.Repeat(" ", editorLabels-2)
	if focused {
		return margin + t.accent.Render("› ")
	}
	return margin + "  "
}
