package tui

import (
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
	enter      func() tea.Cmd
}

// parts are the parts of the shop for somebody who is logged in, the events first.
func (s *Session) parts() []part {
	if s.me.Username == "" {
		return nil
	}
	parts := []part{
		{"/", "search", "Events", s.toSearch},
		{"f2", "notifications", "Notifications", func() tea.Cmd { s.see(); return s.goTo(&notices{}) }},
		{"f3", "profile and orders", "Profile", func() tea.Cmd { return s.goTo(&profile{}) }},
	}
	if s.me.Role == model.RoleAdmin {
		parts = append(parts, s.desk()...)
	}
	return parts
}

// desk are the admin's parts.
func (s *Session) desk() []part {
	return []part{
		{"f4", "cluster", "Cluster", func() tea.Cmd { return s.goTo(&members{}) }},
		{"f5", "sales", "Sales", func() tea.Cmd { return s.goTo(s.theSales()) }},
		{"f6", "manage events", "Manage events", func() tea.Cmd { return s.goTo(s.theManage()) }},
		{"f7", "console", "Console", func() tea.Cmd { return s.goTo(s.theConsole()) }},
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
	text string
	at   int // its first column
	open bool
	part part
}

// way stands between a part and the screen that is open in it.
const way = " › "

// tabGap is the space between two tabs, in cells.
const tabGap = 2

// sign is the name of the shop, at the left of the header.
func (t theme) sign() string { return t.brand.Render(" TickETCD ") }

// tabs are the parts of the shop, as many as there is room for beside what stands at the right. The open one, with the
// screen that is open in it, is always among them.
func (s *Session) tabs(beside string) []tab {
	t, here, parts := s.theme, s.base().title(s), s.parts()
	from := cells(t.sign()) + 1
	if len(parts) == 0 {
		return []tab{{text: t.strong.Render(here), at: from, open: true}}
	}
	in, room := s.partIn(parts), s.width-from-tabGap-cells(beside)
	tabs := make([]tab, len(parts))
	for i, p := range parts {
		one := tab{part: p, open: p.title == in}
		switch {
		case !one.open:
			one.text = s.tabKey(p) + t.faint.Render(p.title)
		case in == here, cells(in+way+here) > room:
			one.text = t.strong.Render(here)
		default:
			one.text = t.faint.Render(in+way) + t.strong.Render(here)
		}
		tabs[i] = one
	}
	return fitting(tabs, from, room)
}

// tabKey is the key that goes to a part, if one does so now.
func (s *Session) tabKey(p part) string {
	key, top := p.key, s.top()
	if s.cfg.Keys != nil {
		key = s.keyOf(p.action().id(), key)
	}
	if _, isBox := top.(overlay); isBox || isTyping(top) && isForText(key) {
		return ""
	}
	return s.theme.keys.Render(key) + " "
}

// fitting puts the open tab, and as many of the others as there is room for, one behind the other.
func fitting(tabs []tab, from, room int) []tab {
	for _, one := range tabs {
		if one.open {
			room -= cells(one.text)
		}
	}
	var fit []tab
	for _, one := range tabs {
		width := cells(one.text)
		if !one.open {
			if room -= width + tabGap; room < 0 {
				continue
			}
		}
		one.at = from
		fit = append(fit, one)
		from += width + tabGap
	}
	return fit
}

// standing tells who the person is, what they have to know, and how fresh the data is: in fewer words where there would be
// no room to say where they are.
func (s *Session) standing() string {
	health, name, news, short := s.health()+" ", "", "", ""
	if who := model.Clean(s.me.Username) + "  "; s.me.Username != "" && cells(who+health) <= max(s.width/2, 40) {
		name = s.theme.faint.Render(who)
	}
	if n := s.fresh(); n > 0 {
		news = s.theme.warning.Render("! " + model.Plural(n, "notification") + "  ")
		short = s.theme.warning.Render("! " + model.Thousands(n) + "  ")
	}
	room := s.width - cells(s.theme.sign()) - 1 - tabGap - cells(s.path())
	for _, words := range []string{news + name + health, short + name + health} {
		if cells(words) <= room {
			return words
		}
	}
	return short + health
}

// path is where the person is: the part of the shop, and the screen that is open in it.
func (s *Session) path() string {
	here, parts := s.base().title(s), s.parts()
	if len(parts) == 0 || s.partIn(parts) == here {
		return here
	}
	return s.partIn(parts) + way + here
}

// header tells where the person is and may go. The rule below it is heavier under the part that is open.
func (s *Session) header() []string {
	line, rule, standing := s.theme.sign(), "", s.standing()
	for _, one := range s.tabs(standing) {
		if one.open {
			rule = s.theme.border.Render(strings.Repeat("─", one.at)) + s.theme.accent.Render(strings.Repeat("━", cells(one.text)))
		}
		line += strings.Repeat(" ", one.at-cells(line)) + one.text
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
	for _, one := range s.tabs(s.standing()) {
		if !one.open && x >= one.at && x < one.at+cells(one.text) {
			return s.act(one.part.action())
		}
	}
	return nil
}
