package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// help lists every key of the screen below it. It reads the same tables as the keyboard does, so it cannot lie.
type help struct {
	about screen
	first int // the first line that is shown
}

func (h *help) overlay() {}

func (h *help) title(*Session) string { return "Help" }

func (h *help) actions(s *Session) []action {
	scroll := func(by int) func() tea.Cmd {
		return func() tea.Cmd { h.first = min(max(h.first+by, 0), max(len(h.lines(s))-1, 0)); return nil }
	}
	return []action{
		bind([]string{"enter", "?", "f1"}, "close", s.back),
		bind([]string{"down", "j"}, "more", scroll(1)),
		bind([]string{"up", "k"}, "back up", scroll(-1)).inHelp(),
		bind([]string{"pgdown", "space"}, "a page on", scroll(10)).inHelp(),
		bind([]string{"pgup"}, "a page back", scroll(-10)).inHelp(),
	}
}

// lines are the keys of the screen, the reasons of those that do not work now, and where to read more.
func (h *help) lines(s *Session) []string {
	own, common := s.actionsOf(h.about)
	actions := listed(append(own, common...))
	names := 0
	for _, a := range actions {
		names = max(names, cells(s.spelled(keyNames(a))))
	}
	var lines []string
	for _, a := range actions {
		words, name, style := a.binding.Help().Desc, s.theme.keys, s.theme.text
		if a.why != "" {
			words, name, style = words+" ("+lower(a.why)+")", s.theme.faint, s.theme.faint
		}
		keys := fit(s.spelled(keyNames(a)), names)
		for _, line := range strings.Split(wrap(words, s.width-names-boxed, 0), "\n") {
			lines = append(lines, name.Render(keys)+"  "+style.Render(line))
			keys = strings.Repeat(" ", names)
		}
	}
	return append(lines, "", s.theme.faint.Render("More: ")+dip(s.theme.accent.style.Hyperlink(homepage)).Render(homepage))
}

func (h *help) view(s *Session, width, height int) string {
	lines := h.lines(s)
	rows := max(min(len(lines), height-2), 1)
	h.first = min(h.first, len(lines)-rows)
	shown := lines[h.first : h.first+rows]
	column := 0
	for i := range lines {
		column = max(column, min(cells(lines[i]), width-6))
	}
	for i := range shown {
		shown[i] = fit(shown[i], column)
	}
	if h.first+rows < len(lines) {
		shown[rows-1] = s.theme.faint.Render(fit("↓ more", column))
	}
	return box("Keys: "+h.about.title(s), strings.Join(shown, "\n"), s.theme)
}

// homepage is where the documents are.
const homepage = "https://github.com/ticketcd/ticketcd"

// boxed is what of a line is not for words or keys: the box, the margins around it, and the space between the two.
const boxed = 12

// listed are the actions that help tells of: each once, if it is on several keys by one name, such as "0-9". What can only be
// reached through the list of commands here has no key to be told.
func listed(actions []action) []action {
	var found []action
	for _, a := range actions {
		twice := a.fixed && slices.ContainsFunc(found, func(other action) bool { return keyNames(other) == keyNames(a) })
		if !twice && len(a.binding.Keys()) > 0 {
			found = append(found, a)
		}
	}
	return found
}

// keyNames lists all the keys of an action, "↓ j", or what they are called together.
func keyNames(a action) string {
	if a.fixed {
		return a.binding.Help().Key
	}
	var names []string
	for _, k := range a.binding.Keys() {
		names = append(names, keyName(k))
	}
	return strings.Join(names, " ")
}
