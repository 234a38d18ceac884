package tui

import (
	"cmp"
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// manage is the admin's list of events, where they are made, changed and removed. It finds what the home screen finds, and
// tells what is sold.
type manage struct {
	search
	awaited string // the id of an event that was made, and that the catalogue does not show yet
}

func newManage() *manage { return &manage{search: search{filter: newFilter(false)}} }

// theManage is the one of this person's, which is as they left it.
func (s *Session) theManage() *manage {
	if s.manage == nil {
		s.manage = newManage()
	}
	s.manage.renewed(s)
	return s.manage
}

func (m *manage) title(*Session) string { return "Manage events" }

func (m *manage) forAdmins() {}

// looksLike compares nothing: few look at this screen, and it shows what is sold as well.
func (m *manage) looksLike(*Session, *model.Catalogue) bool { return false }

func (m *manage) actions(s *Session) []action {
	list := foundEvents{m.results(s)}
	event, ok := m.selected(s)
	why := ""
	if !ok {
		why = "No event is selected"
	}
	edit := bind([]string{"enter", "e"}, "edit", func() tea.Cmd { return m.edit(s, event) }).unless(cmp.Or(why, s.stillBusy()))
	if m.inField {
		return append(append([]action{edit}, m.fieldActions()...), m.cursor.actions(list, true)...)
	}
	actions := []action{
		edit,
		bind([]string{"n"}, "new event", func() tea.Cmd { return s.open(newEditor(s, m.proposed(), m)) }),
		bind([]string{"/"}, "search", m.enterField),
	}
	actions = append(actions, m.allActions()...)
	actions = append(actions, bind([]string{"d", "delete"}, "remove", func() tea.Cmd { return s.askRemove(event, 0) }).
		called("remove-event").unless(cmp.Or(why, s.stillBusy())))
	actions = append(actions, m.pickActions(s)...)
	actions = append(actions,
		bind([]string{"s"}, "sort by "+m.named(m.sorted().NextForAdmins()), m.sort).called("sort").inHelp(),
		bind([]string{"o"}, "see it as shoppers do", func() tea.Cmd { return m.openSelected(s) }).unless(why).inHelp(),
	)
	return append(actions, m.cursor.actions(list, false)...)
}

func (m *manage) sort() tea.Cmd {
	m.sorting = m.sorted().NextForAdmins()
	m.cursor.reset()
	return nil
}

// edit opens the form for an event as the store has it: what the shop shows may be a moment older.
func (m *manage) edit(s *Session, event *model.Event) tea.Cmd {
	store := s.cfg.Store
	return s.do("Opening "+event.Title(), patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		now, err := store.Event(ctx, event.ID)
		if err != nil {
			return "", nil, err
		}
		return "", func() tea.Cmd {
			if s.top() != m {
				return nil
			}
			return s.open(newEditor(s, now, m))
		}, nil
	})
}

func (m *manage) push(s *Session, x, row int) (tea.Cmd, bool) {
	return m.pushIn(s, manageColumns(s.listCells()), m.sort, x, row)
}

// manageColumns are the columns of the admin's list: what is sold takes the place of the price.
func manageColumns(width int) columns {
	c := columns{when: 16, price: 8, left: 8}
	if width >= 84 {
		c.where = 12
	}
	return c.within(width)
}

func (m *manage) view(s *Session, width, height int) string {
	list := func(width, height int) string { return m.viewList(s, width, height) }
	return abreast(s.theme, width, height, list, func(width, height int) string {
		event, ok := m.selected(s)
		if !ok {
			return ""
		}
		opens := s.keyOf("see-it-as-shoppers-do", "o")
		if m.inField { // it would be typed
			opens = ""
		}
		return describeUnder(s, event, opens, width, height-2) + "\n\n" + s.theme.faint.Render(fit(soldWords(s, event), width))
	})
}

// soldWords says what is sold of an event, and for how much.
func soldWords(s *Session, event *model.Event) string {
	words := model.Plural(event.Sold(), "ticket") + " sold"
	if event.Sold() == 0 {
		return "None of its tickets are sold yet"
	}
	if s.shop.Statistics == nil {
		return words
	}
	sales := s.shop.Statistics.Event(event)
	return fmt.Sprintf("%s for %s, in %s", words, sales.Revenue, model.Plural(sales.Orders, "order"))
}

func (m *manage) viewList(s *Session, width, height int) string {
	cols := manageColumns(width)
	heading := "  " + cols.line("Event", "When", "Where", "Sold", "Left")
	return m.listed(s, width, height, heading, m.nothing, func(event *model.Event, marks []int, selected bool) string {
		return cols.rowWith(s, event, model.Thousands(event.Sold()), marks, selected)
	})
}

// nothing says why the list is empty and what to do.
func (m *manage) nothing(s *Session) (what, todo string) {
	if s.shop.Loaded && s.shop.Catalogue.Len() == 0 {
		return "There are no events yet.", "Press " + s.keyOf("new-event", "n") + " to make the first."
	}
	return m.search.nothing(s)
}

// proposed is what a new event begins with: what the list is narrowed to.
func (m *manage) proposed() model.Event { return model.Event{Type: m.kind, Location: m.location} }

// made points at an event that has just been made, as soon as it is there.
func (m *manage) made(s *Session, event model.Event) {
	m.awaited = event.ID
	m.renewed(s)
}

func (m *manage) renewed(s *Session) {
	if _, there := s.shop.Catalogue.Event(m.awaited); there {
		m.cursor.id, m.awaited = m.awaited, ""
	}
}
