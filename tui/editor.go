package tui

import (
	"context"
	"slices"
	"strings"

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
	inDoubt bool // whether the new event was made already is not known
}

// ticketFields are what can be said of one type of ticket.
type ticketFields struct {
	kind         string
	price, total *field
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
	for _, ticket := range byPrice(event.Tickets) {
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

// ticketFields makes the fields of a type of ticket, empty for a type that is new.
func (e *editor) ticketFields(s *Session, ticket model.Ticket) ticketFields {
	kind := ticket.Type
	fields := ticketFields{kind: kind}
	fields.price = newField("", "", func(text string) error {
		_, err := parsePrice(text)
		return err
	})
	fields.total = newField("", "", func(text string) error {
		total, err := parseTotal(text)
		if err != nil {
			return err
		}
		return e.sold(s, kind).CheckTotal(total)
	})
	for _, f := range []*field{fields.price, fields.total} {
		f.input.CharLimit = 12
	}
	if _, known := e.seen.Ticket(kind); known {
		fields.price.input.SetValue(strings.TrimPrefix(ticket.Price.String(), "£"))
		fields.total.input.SetValue(model.Thousands(ticket.Total))
	}
	fields.price.was, fields.total.was = fields.price.input.Value(), fields.total.input.Value()
	return fields
}

// sold is a type of ticket as it is now.
func (e *editor) sold(s *Session, kind string) model.Ticket {
	event, _ := e.now(s)
	ticket, _ := event.Ticket(kind)
	return ticket
}

// now is the event as it is now, and whether it still is. A new one is as it was begun.
func (e *editor) now(s *Session) (*model.Event, bool) {
	if e.isNew() {
		return &e.seen, true
	}
	event, ok := s.shop.Catalogue.Event(e.seen.ID)
	if !ok {
		return &e.seen, false
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

// addTicket asks for one more type of ticket.
func (e *editor) addTicket(s *Session) tea.Cmd {
	has := func(kind string) bool {
		return slices.ContainsFunc(e.tickets, func(t ticketFields) bool { return t.kind == kind })
	}
	options := slices.DeleteFunc(slices.Clone(s.shop.Catalogue.TicketTypes()), has)
	check := func(kind string) error {
		if has(strings.TrimSpace(kind)) {
			return model.Errorf(model.CodeRefused, "there are %s tickets already", model.Clean(strings.TrimSpace(kind)))
		}
		return model.CheckTicketType(kind)
	}
	return s.choose("Type of ticket", options, "", check, func(chosen string) tea.Cmd {
		e.tickets = append(e.tickets, e.ticketFields(s, model.Ticket{Type: chosen}))
		e.arrange(s)
		e.focusOn(editTickets + 2*len(e.tickets) - 2)
		return nil
	})
}

// ticketAt is which type of ticket has the focus; -1 for none.
func (e *editor) ticketAt() int {
	at := (e.focus - editTickets) / 2
	if e.focus < editTickets || at >= len(e.tickets) {
		return -1
	}
	return at
}

func (e *editor) removeTicket(s *Session, at int) tea.Cmd {
	e.tickets = slices.Delete(e.tickets, at, at+1)
	e.arrange(s)
	e.focus = min(e.focus, len(e.fields)-2) // the button that adds another, after the last
	e.fields[e.focus].input.Focus()
	return nil
}

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
	lines := e.lines()
	for i, line := range lines {
		if column := slices.Index(line, e.focus); column >= 0 {
			next := lines[(i+by+len(lines))%len(lines)]
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
		bind([]string{"down"}, "down", func() tea.Cmd { return e.moveLine(1) }).moving(),
		bind([]string{"up"}, "up", func() tea.Cmd { return e.moveLine(-1) }).moving(),
	)
}

func (e *editor) saveAction(s *Session) action {
	return bind([]string{"ctrl+s"}, "save", func() tea.Cmd { return e.askSave(s) }).unless(e.cannotSave(s))
}

// cannotSave is the reason why nothing can be saved now; empty if it can be tried.
func (e *editor) cannotSave(s *Session) string {
	_, still := e.now(s)
	switch {
	case !still:
		return "Somebody has removed this event meanwhile, so it cannot be changed"
	case !e.isNew() && !e.changed():
		return "Nothing is changed yet"
	}
	return s.stillBusy()
}

// changed says whether the form differs from what it was filled with.
func (e *editor) changed() bool {
	kept := 0
	for _, t := range e.tickets {
		if _, known := e.seen.Ticket(t.kind); known {
			kept++
		}
	}
	return len(e.tickets) != len(e.seen.Tickets) || kept != len(e.tickets) ||
		slices.ContainsFunc(e.fields, func(f *field) bool { return f.input.Value() != f.was })
}

func (e *editor) unsaved(*Session) string {
	switch {
	case !e.changed():
		return ""
	case e.isNew():
		return "The new event is not saved."
	}
	return "What you changed of " + e.seen.Name + " is not saved."
}

// draft is what the form says. What was not touched is as it was, even where it cannot be shown as it is.
func (e *editor) draft() model.EventDraft {
	draft := e.seen.Draft()
	for i, text := range []*string{&draft.Name, &draft.Description, &draft.Type, &draft.Location, &draft.Date} {
		if f := e.fields[i]; f.input.Value() != f.was {
			*text = f.input.Value()
		}
	}
	draft.Tickets = nil
	for _, t := range e.tickets {
		was, _ := e.seen.Ticket(t.kind)
		ticket := model.TicketDraft{Type: t.kind, Total: was.Total, Price: was.Price}
		if price, err := parsePrice(t.price.input.Value()); err == nil {
			ticket.Price = price
		}
		if total, err := parseTotal(t.total.input.Value()); err == nil {
			ticket.Total = total
		}
		draft.Tickets = append(draft.Tickets, ticket)
	}
	return draft
}

// checked says what is wrong with the form as a whole, and shows where.
func (e *editor) checked(s *Session) (model.EventDraft, error) {
	if !e.check() {
		return model.EventDraft{}, model.Errorf(model.CodeRefused, "%s", e.fields[e.focus].wrong)
	}
	draft := e.draft()
	event, _ := e.now(s)
	_, err := event.Edit(draft)
	if e.isNew() {
		err = draft.Check()
	}
	if err != nil {
		e.focusOn(len(e.fields) - 2)
	}
	return draft, err
}

// askSave saves, if all is well; first it asks where that could make an event twice.
func (e *editor) askSave(s *Session) tea.Cmd {
	draft, err := e.checked(s)
	switch {
	case err != nil:
		return s.say(warning, "Not saved: "+model.Sentence(err))
	case e.inDoubt:
		return s.open(&confirm{
			question: "Whether this event was made already is not known. Look into the list first: saving again could make it twice.",
			yes:      "save again", no: "not yet",
			deed: func() tea.Cmd { return e.create(s, draft) },
		})
	case e.isNew():
		return e.create(s, draft)
	}
	return e.save(s, e.seen, draft)
}

func (e *editor) create(s *Session, draft model.EventDraft) tea.Cmd {
	store, actor, name := s.cfg.Store, s.me.Username, model.Clean(strings.TrimSpace(draft.Name))
	return s.do("Putting "+name+" on sale", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		event, err := store.CreateEvent(ctx, actor, draft)
		if err != nil {
			return "", func() tea.Cmd { e.inDoubt = model.CodeOf(err) == model.CodeUnknown; return nil }, err
		}
		return event.Name + " is on sale, with " + model.Plural(event.Left, "ticket"), func() tea.Cmd {
			e.list.made(s, event)
			s.close(e)
			return nil
		}, nil
	})
}

// save changes the event as it was seen to what a draft says.
func (e *editor) save(s *Session, seen model.Event, draft model.EventDraft) tea.Cmd {
	store, actor := s.cfg.Store, s.me.Username
	return s.do("Saving "+seen.Name, patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		event, err := store.EditEvent(ctx, actor, seen, draft)
		switch model.CodeOf(err) {
		case "":
		case model.CodeConflict:
			return "", func() tea.Cmd { return e.conflicted(s, event, draft) }, nil
		case model.CodeNotFound:
			return "", nil, model.Wrap(model.CodeNotFound, err, "somebody has removed this event meanwhile: nothing was saved")
		default:
			return "", nil, err
		}
		return "Saved " + event.Name, func() tea.Cmd { s.close(e); return nil }, nil
	})
}
