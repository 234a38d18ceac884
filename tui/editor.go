package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// editor is the form in which an admin makes or changes an event. What is sold, and what others make of the event
// meanwhile, is always that of the newest catalogue.
type editor struct {
	form
	seen    model.Event // with what the form was filled; without an id for an event that is new
	shown   model.Event // what the shop showed at that moment, which may have been older
	tickets []ticketFields
	list    *manage
	rows    int // lines on the screen when it was last drawn
	drawn   ticketPlaces
	inDoubt bool // whether the new event was made already is not known
}

// The fields that every event has, in their order. Two for each type of ticket follow, and two buttons.
const (
	editName = iota
	editDescription
	editType
	editLocation
	editDate
	editTickets
)

// longText is how many characters the field for a description takes: more than it may have, so that it can say so.
const longText = 2 * model.MaxDescription

// newEditor returns the form for an event, or, of one without an id, for a new one.
func newEditor(s *Session, event model.Event, list *manage) *editor {
	e := &editor{list: list}
	e.fill(s, event)
	return e
}

// fill puts an event into the form.
func (e *editor) fill(s *Session, event model.Event) {
	e.seen, e.tickets = event, nil
	if now, ok := e.now(s); ok {
		e.shown = *now
	}
	name := newField("Name", "what it is called", model.CheckEventName)
	about := newField("Description", "what there is to see; its words are found too", model.CheckDescription)
	about.input.CharLimit = longText
	kind := e.choice(s, "Type", "Type of event", s.shop.Catalogue.Types, model.CheckEventType)
	place := e.choice(s, "Where", "Where", s.shop.Catalogue.Locations, model.CheckLocation)
	date := newField("Date", "2027-06-01 20:00", model.CheckEventDate)
	e.form = form{fields: []*field{name, about, kind, place, date}}
	for i, text := range []string{event.Name, event.Description, event.Type, event.Location, event.Date.Raw()} {
		f := e.fields[i]
		e.set(i, text)
		f.was = f.input.Value()
		if check := f.check; !e.isNew() {
			f.check = func(text string) error {
				if text == f.was {
					return nil
				}
				return check(text)
			}
		}
	}
	for _, ticket := range event.ByPrice() {
		e.tickets = append(e.tickets, e.ticketFields(s, ticket))
	}
	e.arrange(s)
	e.fields[0].input.Focus()
}

func (e *editor) isNew() bool { return e.seen.ID == "" }

// choice is a field whose value is one of a list, or one to be added to it.
func (e *editor) choice(s *Session, label, heading string, options func() []string, check func(string) error) *field {
	f := newField(label, "", check)
	f.pick = func() tea.Cmd {
		return s.choose(heading, options(), f.input.Value(), check, func(chosen string) tea.Cmd {
			f.input.SetValue(chosen)
			e.move(1)
			return nil
		})
	}
	return f
}

// now is the event as it is now, and whether it still is. A new one is as it was begun, and one that was just made as it was
// made.
func (e *editor) now(s *Session) (*model.Event, bool) {
	if e.isNew() {
		return &e.seen, true
	}
	event, ok := s.shop.Catalogue.Event(e.seen.ID)
	if !ok {
		return &e.seen, e.list.awaited == e.seen.ID
	}
	return event, true
}

// arrange puts all fields in their order, the buttons last.
func (e *editor) arrange(s *Session) {
	fields := slices.Clone(e.fields[:editTickets])
	for _, t := range e.tickets {
		fields = append(fields, t.price, t.total)
	}
	add := &field{label: "+ a type of ticket", input: newInput(), button: true, pick: func() tea.Cmd { return e.addTicket(s) }}
	if len(e.tickets) > 0 {
		add.label = "+ another type of ticket"
	}
	save := &field{label: "save", input: newInput(), button: true, pick: func() tea.Cmd { return s.act(e.saveAction(s)) }}
	if e.isNew() {
		save.label = "put on sale"
	}
	e.fields = append(fields, add, save)
}

// focusOn gives the focus to a field.
func (e *editor) focusOn(i int) { e.move(i - e.focus) }

// lines are the fields as they stand on the screen, from top to bottom and from left to right.
func (e *editor) lines() [][]int {
	var lines [][]int
	for i := 0; i < len(e.fields); i++ {
		if i >= editTickets && i < editTickets+2*len(e.tickets) {
			lines = append(lines, []int{i, i + 1})
			i++
			continue
		}
		lines = append(lines, []int{i})
	}
	return lines
}

// moveLine gives the focus to a field further down or up, in the same column where there are two.
func (e *editor) moveLine(by int) tea.Cmd {
	return e.toLine(func(at, all int) int { return (at + by + all) % all })
}

// movePage is moveLine for many lines at once, and stops at the first and the last.
func (e *editor) movePage(by int) tea.Cmd {
	return e.toLine(func(at, all int) int { return min(max(at+by*max(e.rows-3, 1), 0), all-1) })
}

// toLine gives the focus to a field in another line, by the line that has it now and how many there are.
func (e *editor) toLine(to func(at, all int) int) tea.Cmd {
	lines := e.lines()
	for i, line := range lines {
		if column := slices.Index(line, e.focus); column >= 0 {
			next := lines[to(i, len(lines))]
			e.focusOn(next[min(column, len(next)-1)])
			break
		}
	}
	return nil
}

func (e *editor) title(*Session) string {
	if e.isNew() {
		return "New event"
	}
	return "Edit event"
}

func (e *editor) forAdmins() {}

func (e *editor) actions(s *Session) []action {
	words, at := "next field", e.ticketAt()
	switch e.focus {
	case editType, editLocation:
		words = "choose"
	case len(e.fields) - 2:
		words = "add a type of ticket"
	case len(e.fields) - 1:
		words = e.fields[e.focus].label
	}
	actions := []action{e.saveAction(s)}
	if at >= 0 {
		kind := e.tickets[at].kind
		actions = append(actions, bind([]string{"ctrl+x"}, "remove this type", func() tea.Cmd { return e.removeTicket(s, at) }).
			unless(capital(model.Sentence(e.sold(s, kind).CheckRemoval()))))
	}
	return append(actions,
		bind([]string{"enter"}, words, func() tea.Cmd { return e.enter(nil) }).called("accept"),
		bind([]string{"tab"}, "next field", func() tea.Cmd { e.move(1); return nil }).inHelp().called("entry-after"),
		bind([]string{"shift+tab"}, "field before", func() tea.Cmd { e.move(-1); return nil }).inHelp().called("entry-before"),
		bind([]string{"down"}, "down", func() tea.Cmd { return e.moveLine(1) }).moving().around(),
		bind([]string{"up"}, "up", func() tea.Cmd { return e.moveLine(-1) }).moving().around(),
		bind([]string{"pgdown"}, "a page down", func() tea.Cmd { return e.movePage(1) }).moving(),
		bind([]string{"pgup"}, "a page up", func() tea.Cmd { return e.movePage(-1) }).moving(),
	)
}
