package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// help lists every key of the screen below it. It reads the same tables as the keyboard does, so it cannot lie.
type help struct{ about screen }

func (h *help) overlay() {}

func (h *help) title(*Session) string { return "Help" }

func (h *help) actions(s *Session) []action {
	return []action{on([]string{"esc", "?", "f1", "enter"}, "close", func() tea.Cmd { return s.back() })}
}

func (h *help) view(s *Session, width, height int) string {
	var lines []string
	actions := append(h.about.actions(s), s.common(h.about)...)
	names, words := 0, 0
	for _, a := range actions {
		names = max(names, ansi.StringWidth(keyNames(a)))
		words = max(words, ansi.StringWidth(a.binding.Help().Desc))
	}
	for _, a := range actions {
		line := s.theme.keys.Render(fit(keyNames(a), names)) + "  " + a.binding.Help().Desc
		if a.why != "" {
			line = s.theme.faint.Render(fit(keyNames(a), names) + "  " + a.binding.Help().Desc + " (" + lower(a.why) + ")")
		}
		lines = append(lines, ansi.Truncate(line, width-6, "…"))
	}
	if len(lines) > height-2 {
		lines = append(lines[:height-3], s.theme.faint.Render("…"))
	}
	return box("Keys: "+h.about.title(s), strings.Join(lines, "\n"), s.theme)
}

// keyNames lists all the keys of an action: "↓ j".
func keyNames(a action) string {
	var names []string
	for _, k := range a.binding.Keys() {
		names = append(names, keyName(k))
	}
	return strings.Join(names, " ")
}
