package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// search is the home screen: all events, found as you type.
type search struct {
	filter
	sorting  model.Sorting
	found    model.Results
	foundFor searchKey
}

// searchKey is what results depend on; while it stands they are not computed again.
type searchKey struct {
	catalogue *model.Catalogue
	query     model.Query
}

// foundEvents are results as rows.
type foundEvents struct{ model.Results }

func (f foundEvents) len() int        { return f.Len() }
func (f foundEvents) id(i int) string { return f.At(i).ID }

func newSearch() *search { return &search{filter: newFilter(true)} }

func (sc *search) title(*Session) string { return "Events" }

// results returns the events that are shown now.
func (sc *search) results(s *Session) model.Results {
	now := s.now().Truncate(time.Minute)
	query := sc.query(now)
	query.Sort, query.Now = sc.sorting, now
	key := searchKey{s.shop.Catalogue, query}
	if key == sc.foundFor {
		return sc.found
	}
	found, same := sc.found.In(key.catalogue, query.Sort)
	if !same || query != sc.foundFor.query {
		found = key.catalogue.Search(query)
	}
	sc.found, sc.foundFor = found, key
	return found
}

// sorted is how they are sorted: as the person chose, or else the best matches first.
func (sc *search) sorted() model.Sorting { return sc.comesTo(sc.sorting) }

// comesTo is what a sorting comes to with what is typed now.
func (sc *search) comesTo(by model.Sorting) model.Sorting {
	return model.Query{Text: sc.input.Value(), Sort: by}.Sorted()
}

// looksLike compares the rows on the screen. Beside them is what is selected, which is one of them.
func (sc *search) looksLike(s *Session, before *model.Catalogue) bool {
	then, ok := sc.found.In(before, sc.sorting)
	now := sc.results(s)
	if !ok || then.Len() != now.Len() {
		return false
	}
	first := sc.cursor.index - sc.cursor.row
	for i := max(first, 0); i < min(first+sc.cursor.page, now.Len()); i++ {
		if then.At(i) != now.At(i) {
			return false
		}
	}
	return true
}

// selected returns the event under the cursor.
func (sc *search) selected(s *Session) (*model.Event, bool) {
	found := sc.results(s)
	at := sc.cursor.find(foundEvents{found})
	if at < 0 {
		return nil, false
	}
	return found.At(at), true
}

func (sc *search) selectedID(s *Session) (string, bool) {
	event, ok := sc.selected(s)
	if !ok {
		return "", false
	}
	return event.ID, true
}

func (sc *search) actions(s *Session) []action {
	found := sc.results(s)
	why := ""
	if found.Len() == 0 {
		why = "No event is selected"
	}
	actions := []action{
		bind([]string{"enter"}, "open", func() tea.Cmd { return sc.openSelected(s) }).unless(why),
	}
	if sc.inField {
		actions = append(actions, sc.fieldActions()...)
	} else {
		actions = append(actions, bind([]string{"/"}, "search", sc.searchAnew),
			bind([]string{"tab"}, "edit the search", sc.enterField).moving())
		actions = append(actions, sc.allActions()...)
		actions = append(actions, sc.pickActions(s)...)
		actions = append(actions,
			s.favouriteAction(sc.selectedID(s)),
			bind([]string{"s"}, "sort by "+sc.named(sc.sorted().Next()), func() tea.Cmd { return sc.sort() }).called("sort"),
			s.tellMeAction(sc.selectedID(s)),
		)
	}
	return append(actions, sc.cursor.actions(foundEvents{found}, sc.inField)...)
}

// listTop is how many rows stand above the list.
const listTop = 4

func (sc *search) click(s *Session, x, row int) bool {
	return !s.isBeside(x) && sc.cursor.click(foundEvents{sc.results(s)}, row-listTop)
}

// push is that of the filter, and sorts by the column whose heading was clicked, or by what comes next.
func (sc *search) push(s *Session, x, row int) (tea.Cmd, bool) {
	return sc.pushIn(s, listColumns(s.listCells()), sc.sort, x, row)
}

// pushIn is push where the list has its own columns, and its own way to go on to the next sorting.
func (sc *search) pushIn(s *Session, cols columns, next func() tea.Cmd, x, row int) (tea.Cmd, bool) {
	if s.isBeside(x) {
		return nil, false
	}
	if row == partsRow && sc.drawn.at(x) == len(sc.pickActions(s)) { // after what it is narrowed to
		return next(), true
	}
	by, sorts := cols.sortingAt(x)
	if row == listTop-1 && sorts && sc.results(s).Len() > 0 {
		sc.sorting = by
		sc.cursor.reset()
		return nil, true
	}
	return sc.filter.push(s, x, row)
}

// named names what a sorting comes to with what is typed now.
func (sc *search) named(by model.Sorting) string { return sc.comesTo(by).String() }

func (sc *search) openSelected(s *Session) tea.Cmd {
	event, ok := sc.selected(s)
	if !ok {
		return nil
	}
	return s.open(&eventScreen{id: event.ID})
}

func (sc *search) sort() tea.Cmd {
	sc.sorting = sc.sorted().Next()
	sc.cursor.reset()
	return nil
}

func (sc *search) view(s *Session, width, height int) string {
	list := func(width, height int) string { return sc.viewList(s, width, height) }
	return abreast(s.theme, width, height, list, func(width, height int) string {
		event, ok := sc.selected(s)
		if !ok {
			return ""
		}
		return describe(s, event, width, height)
	})
}

func (sc *search) viewList(s *Session, width, height int) string {
	cols := listColumns(width)
	return sc.listed(s, width, height, cols.heading(), sc.nothing, func(event *model.Event, marks []int, selected bool) string {
		return cols.row(s, event, marks, selected)
	})
}

// listed draws what was found, row by row, or says why that is nothing.
func (sc *search) listed(s *Session, width, height int, heading string, nothing func(*Session) (what, todo string),
	row func(*model.Event, []int, bool) string,
) string {
	t := s.theme
	results := sc.results(s)
	lines := []string{
		sc.viewField(t, sc.tally(s, results), width),
		" " + sc.viewFilters(t, width, sc.sorted().String()),
		"",
	}
	rows := height - len(lines) - 1
	if results.Len() == 0 {
		what, todo := nothing(s)
		return strings.Join(append(lines, vacant(t, what, todo, width, rows)), "\n")
	}
	lines = append(lines, t.faint.Render(heading))
	for i, selected := range sc.cursor.shown(foundEvents{results}, rows) {
		marks := model.WordMarks
		if i >= results.Exact {
			marks = model.Marks
		}
		event := results.At(i)
		lines = append(lines, row(event, marks(sc.input.Value(), within(event.Name, width)), selected))
	}
	return strings.Join(lines, "\n")
}

// firstEvents says how there come to be events in an empty shop, to whoever can do something about it.
func (s *Session) firstEvents() string {
	first := "To make the first, use " + s.keyOf("manage-events", "f6") + "."
	switch {
	case s.cfg.Fill != "" && s.me.Role == model.RoleAdmin: // the demo's accounts are open to all
		return first + " Or fill the shop with a demo: leave it and run: " + model.Clean(s.cfg.Fill)
	case s.cfg.Fill != "":
		return "To have a look around, leave the shop and run: " + model.Clean(s.cfg.Fill)
	case s.me.Role == model.RoleAdmin:
		return first
	}
	return "They show up here as soon as they go on sale."
}

// nothing says why the list is empty, and what to do.
func (sc *search) nothing(s *Session) (what, todo string) {
	switch {
	case !s.shop.Loaded && s.shop.Why != "":
		return "The shop cannot reach its store yet.", "It keeps trying, and opens when the store answers."
	case !s.shop.Loaded:
		return "Loading " + s.shop.Arrival.String() + " …", ""
	case s.shop.Catalogue.Len() == 0:
		return "There are no events yet.", s.firstEvents()
	}
	if sc.wordless() {
		return "Nothing found.", "Type letters or digits."
	}
	if none := sc.noneOf(); none != "" {
		return none, sc.widening(s)
	}
	if sc.inField {
		return "Nothing found.", "Try fewer letters, or press " + s.keyOf("clear", "esc") + " to start again."
	}
	return "Nothing found.", "Press " + s.keyOf("show-all", "x") + " to show all events."
}
