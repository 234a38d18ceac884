package tui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// wide is the width from which a list and what is selected in it stand side by side.
const wide = 110

// search is the home screen: all events, found as you type.
type search struct {
	input    textinput.Model
	inField  bool // keys go to the search field
	kind     string
	location string
	sorting  model.Sorting
	cursor   cursor
	found    model.Results
	foundFor searchKey
}

// searchKey is what results depend on; while it stands they are not computed again.
type searchKey struct {
	catalogue *model.Catalogue
	query     model.Query
}

func newSearch() *search {
	sc := &search{input: newInput(), inField: true}
	sc.input.Focus()
	return sc
}

func (sc *search) title(*Session) string { return "Events" }

func (sc *search) typing() bool { return sc.inField }

// results returns the events that are shown now.
func (sc *search) results(s *Session) model.Results {
	key := searchKey{s.shop.Catalogue, model.Query{
		Text: sc.input.Value(), Type: sc.kind, Location: sc.location, Sort: sc.sorting,
		Now: s.now().Truncate(time.Minute),
	}}
	if key != sc.foundFor {
		sc.found, sc.foundFor = key.catalogue.Search(key.query), key
	}
	return sc.found
}

// selected returns the event under the cursor.
func (sc *search) selected(s *Session) (*model.Event, bool) {
	events := sc.results(s).Events
	at := sc.cursor.find(eventRows(events))
	if at < 0 {
		return nil, false
	}
	return events[at], true
}

func (sc *search) selectedID(s *Session) (string, bool) {
	event, ok := sc.selected(s)
	if !ok {
		return "", false
	}
	return event.ID, true
}

func (sc *search) actions(s *Session) []action {
	events := sc.results(s).Events
	why := ""
	if len(events) == 0 {
		why = "No event is selected"
	}
	actions := []action{
		bind([]string{"enter"}, "open", func() tea.Cmd { return sc.openSelected(s) }).unless(why),
	}
	if sc.inField {
		actions = append(actions, bind([]string{"tab"}, "to the list", sc.leaveField))
		if sc.input.Value() != "" {
			actions = append(actions, bind([]string{"esc"}, "clear", func() tea.Cmd { return sc.clear() }))
		} else {
			actions = append(actions, bind([]string{"esc"}, "to the list", sc.leaveField).inHelp())
		}
	} else {
		actions = append(actions,
			bind([]string{"/", "tab"}, "search", sc.enterField),
			bind([]string{"t"}, "choose type", func() tea.Cmd { return sc.pickType(s) }),
			bind([]string{"w"}, "choose place", func() tea.Cmd { return sc.pickLocation(s) }),
			s.favouriteAction(sc.selectedID(s)),
			bind([]string{"s"}, "sort by "+sc.sorting.Next().String(), func() tea.Cmd { return sc.sort() }).called("sort"),
			bind([]string{"n"}, "notifications", func() tea.Cmd { return s.goTo(&notices{}) }),
			bind([]string{"p"}, "profile and orders", func() tea.Cmd { return s.goTo(&profile{}) }),
		)
		if sc.filtered() {
			actions = append(actions, bind([]string{"x"}, "show all", func() tea.Cmd { return sc.clear() }))
		}
	}
	return append(actions, sc.cursor.actions(eventRows(events), sc.inField)...)
}

// listTop is how many rows stand above the list.
const listTop = 4

func (sc *search) click(s *Session, row int) bool {
	return sc.cursor.click(eventRows(sc.results(s).Events), row-listTop)
}

func (sc *search) filtered() bool {
	return sc.input.Value() != "" || sc.kind != "" || sc.location != ""
}

func (sc *search) openSelected(s *Session) tea.Cmd {
	event, ok := sc.selected(s)
	if !ok {
		return nil
	}
	return s.open(&eventScreen{id: event.ID})
}

func (sc *search) enterField() tea.Cmd {
	sc.inField = true
	return sc.input.Focus()
}

func (sc *search) leaveField() tea.Cmd {
	sc.inField = false
	sc.input.Blur()
	return nil
}

func (sc *search) clear() tea.Cmd {
	if !sc.inField {
		sc.kind, sc.location = "", ""
	}
	sc.input.SetValue("")
	sc.cursor.reset()
	return nil
}

func (sc *search) sort() tea.Cmd {
	sc.sorting = sc.sorting.Next()
	sc.cursor.reset()
	return nil
}

func (sc *search) pickType(s *Session) tea.Cmd {
	return s.open(newPicker("Type of event", "all types", s.shop.Catalogue.Types(), sc.kind, func(kind string) {
		sc.kind = kind
		sc.cursor.reset()
	}))
}

func (sc *search) pickLocation(s *Session) tea.Cmd {
	return s.open(newPicker("Where", "everywhere", s.shop.Catalogue.Locations(), sc.location, func(location string) {
		sc.location = location
		sc.cursor.reset()
	}))
}

func (sc *search) listen(_ *Session, msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if ok && !takes(sc.input, press) {
		return nil, false
	}
	if ok && press.Text == "/" && sc.input.Value() == "" {
		return nil, true // it goes to the search field from anywhere, also from there
	}
	if _, pasted := msg.(tea.PasteMsg); pasted && !sc.inField {
		sc.inField = true
		sc.input.Focus()
	}
	before := sc.input.Value()
	var cmd tea.Cmd
	sc.input, cmd = sc.input.Update(msg)
	cleanInput(&sc.input)
	if sc.input.Value() != before {
		sc.cursor.reset()
	}
	return cmd, true
}

func (sc *search) view(s *Session, width, height int) string {
	if width < wide {
		return sc.viewList(s, width, height)
	}
	left := width * 58 / 100
	right := width - left - 3
	preview := ""
	if event, ok := sc.selected(s); ok {
		preview = describe(s, event, right-1, height)
	}
	return beside(block(sc.viewList(s, left, height), left, height), block(preview, right, height), s.theme.border)
}

func (sc *search) viewList(s *Session, width, height int) string {
	t := s.theme
	results := sc.results(s)
	lines := []string{
		spread(" "+sc.viewField(t, width-24), t.faint.Render(sc.tally(s, results)+" "), width),
		" " + sc.viewFilters(t),
		"",
	}
	rows := height - len(lines) - 1
	if len(results.Events) == 0 {
		return strings.Join(append(lines, "", indent(wrap(t.faint.Render(sc.nothing(s)), width-8, rows), 4)), "\n")
	}
	cols := listColumns(width)
	lines = append(lines, t.faint.Render(cols.heading()))
	first, at := sc.cursor.window(eventRows(results.Events), rows)
	for i := first; i < min(first+rows, len(results.Events)); i++ {
		marks := model.WordMarks
		if i >= results.Exact {
			marks = model.Marks
		}
		event := results.Events[i]
		lines = append(lines, cols.row(s, event, marks(sc.input.Value(), event.Name), i == at))
	}
	return strings.Join(lines, "\n")
}

func (sc *search) viewField(t theme, width int) string {
	prompt := t.faint.Render("Search ")
	if sc.inField {
		prompt = t.accent.Bold(true).Render("Search ")
	}
	sc.input.SetWidth(max(width-8, 8))
	if sc.input.Value() != "" {
		return prompt + sc.input.View()
	}
	if sc.inField {
		return prompt + emptyInput(sc.input, "a name, a place, any words", t)
	}
	return prompt + t.faint.Render("press / and type")
}

func (sc *search) viewFilters(t theme) string {
	part := func(label, value, none string) string {
		if value == "" {
			return t.faint.Render(label + " " + none)
		}
		return t.faint.Render(label+" ") + t.accent.Render(model.Clean(value))
	}
	return strings.Join([]string{
		part("Type", sc.kind, "all"),
		part("Where", sc.location, "everywhere"),
		t.faint.Render("Sorted by " + sc.sorting.String()),
	}, t.border.Render("  ·  "))
}

// tally says how many events are shown, of how many.
func (sc *search) tally(s *Session, results model.Results) string {
	all := s.shop.Catalogue.Len()
	switch {
	case !s.shop.Loaded:
		return "loading"
	case !sc.filtered():
		return model.Plural(all, "event")
	case len(results.Events) > results.Exact && results.Exact > 0:
		return fmt.Sprintf("%s found, %s similar", model.Thousands(results.Exact),
			model.Thousands(len(results.Events)-results.Exact))
	case len(results.Events) > results.Exact:
		return model.Thousands(len(results.Events)) + " similar"
	}
	return fmt.Sprintf("%s of %s", model.Thousands(len(results.Events)), model.Plural(all, "event"))
}

// nothing says why the list is empty and what to do.
func (sc *search) nothing(s *Session) string {
	switch {
	case !s.shop.Loaded && s.shop.Why != "":
		return "The shop cannot reach its store yet. It keeps trying; nothing needs to be done here."
	case !s.shop.Loaded:
		return "Loading the events …"
	case s.shop.Catalogue.Len() == 0:
		return "There are no events yet. To have a look around, leave the shop and run: ticketcd seed"
	}
	if sc.inField {
		return "Nothing found. Try fewer letters, or press esc to start again."
	}
	return "Nothing found. Press x to show all events."
}
