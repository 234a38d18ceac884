package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
)

// part is a part of the shop, to which one goes from anywhere.
type part struct {
	key, words string // of the action that goes there
	title      string // of its screen
	short      string // its title where there is little room; empty where that is short
	enter      func() tea.Cmd
}

// parts are the parts of the shop for somebody who is logged in, the events first.
func (s *Session) parts() []part {
	if s.me.Username == "" {
		return nil
	}
	parts := []part{
		{"/", "search all events", "Events", "", s.toSearch},
		{"f2", "notifications", "Notifications", "", func() tea.Cmd { return s.goTo(s.theNotices()) }},
		{"f3", "profile and orders", "Profile", "", func() tea.Cmd { return s.goTo(s.theProfile()) }},
	}
	if s.me.Role == model.RoleAdmin {
		parts = append(parts, s.desk()...)
	}
	return parts
}

// desk are the admin's parts.
func (s *Session) desk() []part {
	return []part{
		{"f4", "cluster", "Cluster", "", func() tea.Cmd { return s.goTo(s.theMembers()) }},
		{"f5", "sales", "Sales", "", func() tea.Cmd { return s.goTo(s.theSales()) }},
		{"f6", "manage events", "Manage events", "Manage", func() tea.Cmd { return s.goTo(s.theManage()) }},
		{"f7", "console", "Console", "", func() tea.Cmd { return s.goTo(s.theConsole()) }},
	}
}

func (p part) action() action { return bind([]string{p.key}, p.words, p.enter).inHelp() }

// partIn is the part of the shop to which the open screens belong.
func (s *Session) partIn(parts []part) string {
	for _, open := range slices.Backward(s.stack) {
		for _, p := range parts {
			if p.title == open.title(s) {
				return p.title
			}
		}
	}
	return parts[0].title
}

// tab is a part of the shop as the header shows it.
type tab struct {
	key, title string // as they are drawn; either may be empty
	at         int    // its first column
	open       bool
	part       part
}

func (one tab) text() string {
	if one.key == "" || one.title == "" {
		return one.key + one.title
	}
	return one.key + " " + one.title
}

// way stands between a part and the screen that is open in it.
const way = " › "

// tabGap is the space between two tabs, in cells.
const tabGap = 2

// sign is the name of the shop, at the left of the header.
func (t theme) sign() string { return t.brand.Render(" TickETCD ") }

// breadth is how many cells some tabs take beside each other.
func breadth(tabs []tab) int {
	width := tabGap * max(len(tabs)-1, 0)
	for _, one := range tabs {
		width += cells(one.text())
	}
	return width
}

// headline is what the header says: the parts of the shop, and at the right how things stand. Where there is no room for all
// of it, it says the same in fewer words, and only then less: first the news are shortened, then titles, then titles are
// left out from the right while the keys stay, then the person's name is. What is left out at last is marked.
func (s *Session) headline() (tabs []tab, standing string) {
	from := cells(s.theme.sign()) + 1
	news, few, name, health := s.standing()
	if len(s.parts()) == 0 {
		return placed([]tab{{title: s.theme.strong.Render(s.base().title(s)), open: true}}, from), health
	}
	_, common := s.actionsOf(s.base())
	title, short := func(p part) string { return p.title }, func(p part) string { return cmp.Or(p.short, p.title) }
	full, brief, briefest := s.tabs(common, title, title), s.tabs(common, short, title), s.tabs(common, short, short)
	room := s.width - from - tabGap
	for _, one := range []struct {
		tabs     []tab
		standing string
	}{{full, news + name + health}, {full, few + name + health}, {brief, few + name + health}, {briefest, few + name + health}} {
		if breadth(one.tabs)+cells(one.standing) <= room {
			return placed(one.tabs, from), one.standing
		}
	}
	for _, standing := range []string{few + name + health, few + health} {
		if tabs := titled(brief, room-cells(standing)); tabs != nil {
			return placed(tabs, from), standing
		}
	}
	return placed(s.fewest(brief, room-cells(few+health)), from), few + health
}

// tabs are the parts of the shop by some titles, the open one by one of its own. It tells the screen that is open in it, too.
func (s *Session) tabs(common []action, title, open func(part) string) []tab {
	t, here, parts := s.theme, s.base().title(s), s.parts()
	in := s.partIn(parts)
	tabs := make([]tab, len(parts))
	for i, p := range parts {
		one := tab{key: s.tabKey(p, common), part: p, open: p.title == in}
		switch {
		case !one.open:
			one.title = t.faint.Render(title(p))
		case in == here:
			one.title = t.strong.Render(open(p))
		default:
			one.title = t.faint.Render(title(p)+way) + t.strong.Render(here)
		}
		tabs[i] = one
	}
	return tabs
}

// tabKey is the key that goes to a part: dim where it does nothing now, and not to be seen where it does something else. It
// keeps its place, so that the titles stay where they are.
func (s *Session) tabKey(p part, common []action) string {
	name := p.action().id()
	usual := s.keyOf(name, p.key)
	if s.base().title(s) == p.title {
		return s.theme.faint.Render(usual)
	}
	style := s.theme.keys
	if _, isBox := s.top().(overlay); isBox {
		style = s.theme.faint
	}
	for _, a := range common {
		if key := a.binding.Help().Key; a.id() == name && key != "" {
			return style.Render(key)
		}
	}
	return strings.Repeat(" ", cells(usual))
}

// keyless says whether no key goes to the part now.
func (one tab) keyless() bool { return strings.TrimSpace(one.key) == "" }

// titled are the tabs with as many titles, from the left, as there is room for: of the others the keys; nil where there is no
// room for those. The open one always has its title, and so has one without a key.
func titled(tabs []tab, room int) []tab {
	bare := slices.Clone(tabs)
	for i, one := range bare {
		switch {
		case one.keyless():
			bare[i].key = ""
		case !one.open:
			bare[i].title = ""
		}
	}
	if breadth(bare) > room {
		return nil
	}
	for i := range bare {
		before := bare[i]
		if bare[i] = tabs[i]; breadth(bare) > room {
			bare[i] = before
			break
		}
	}
	return bare
}

// fewest are the screen that is open, the keys of as many parts as there is room for, and a mark that there are more.
func (s *Session) fewest(tabs []tab, room int) []tab {
	more := tab{title: s.theme.faint.Render("…")}
	room -= tabGap + cells(more.text())
	for _, one := range tabs {
		if one.open {
			room -= cells(s.base().title(s))
		}
	}
	var few []tab
	for _, one := range tabs {
		switch {
		case one.open:
			few = append(few, tab{title: s.theme.strong.Render(s.base().title(s)), open: true, part: one.part})
		case !one.keyless() && room >= cells(one.key)+tabGap:
			room -= cells(one.key) + tabGap
			few = append(few, tab{key: one.key, part: one.part})
		}
	}
	if room < 0 {
		return few
	}
	return append(few, more)
}

// placed puts tabs one behind the other.
func placed(tabs []tab, from int) []tab {
	for i := range tabs {
		tabs[i].at = from
		from += cells(tabs[i].text()) + tabGap
	}
	return tabs
}

// standing tells what the person has to know, in words and in short, who they are, and how fresh the data is.
func (s *Session) standing() (news, short, name, health string) {
	health = s.health() + " "
	if who := model.Clean(s.me.Username) + "  "; s.me.Username != "" && cells(who+health) <= max(s.width/2, 40) {
		name = s.theme.faint.Render(who)
	}
	if n := s.fresh(); n > 0 {
		news = s.theme.warning.Render("! " + model.Plural(n, "notification") + "  ")
		short = s.theme.warning.Render("! " + model.Thousands(n) + "  ")
	}
	return news, short, name, health
}

// header tells where the person is and may go. The rule below it is heavier under the part that is open.
func (s *Session) header() []string {
	line, rule := s.theme.sign(), ""
	tabs, standing := s.headline()
	for _, one := range tabs {
		if one.open {
			rule = s.theme.border.Render(strings.Repeat("─", one.at)) + s.theme.accent.Render(strings.Repeat("━", cells(one.text())))
		}
		line += strings.Repeat(" ", one.at-cells(line)) + one.text()
	}
	rule = ansi.Truncate(rule, s.width, "")
	return []string{
		spread(line, standing, s.width),
		rule + s.theme.border.Render(strings.Repeat("─", s.width-cells(rule))),
	}
}

// clickHeader goes to the part whose tab is clicked. While a box is open, its keys come first.
func (s *Session) clickHeader(x int) tea.Cmd {
	if _, isBox := s.top().(overlay); isBox {
		return nil
	}
	tabs, _ := s.headline()
	for _, one := range tabs {
		if !one.open && one.part.enter != nil && x >= one.at && x < one.at+cells(one.text()) {
			return s.act(one.part.action())
		}
	}
	return nil
}
