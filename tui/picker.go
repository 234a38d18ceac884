package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// picker is a box in which one of a few values is chosen. The first is always "no restriction".
type picker struct {
	heading string
	options []string // "" stands for none
	none    string
	at      int
	chosen  func(string) tea.Cmd // is told when the picker is closed
}

func newPicker(heading, none string, options []string, current string, chosen func(string) tea.Cmd) *picker {
	p := &picker{heading: heading, none: none, options: append([]string{""}, options...), chosen: chosen}
	p.at = max(slices.Index(p.options, current), 0)
	return p
}

func (p *picker) overlay() {}

func (p *picker) title(*Session) string { return p.heading }

func (p *picker) actions(s *Session) []action {
	move := func(by int) func() tea.Cmd {
		return func() tea.Cmd { p.at = min(max(p.at+by, 0), len(p.options)-1); return nil }
	}
	return []action{
		bind([]string{"enter"}, "choose", func() tea.Cmd {
			s.close(p)
			return p.chosen(p.options[p.at])
		}),
		bind([]string{"down", "j"}, "down", move(1)).named("↓"),
		bind([]string{"up", "k"}, "up", move(-1)).named("↑"),
		bind([]string{"home", "g"}, "to the top", move(-len(p.options))).inHelp(),
		bind([]string{"end", "G"}, "to the end", move(len(p.options))).inHelp(),
	}
}

func (p *picker) view(s *Session, width, height int) string {
	rows := min(len(p.options), height-2)
	first := min(max(p.at-rows/2, 0), len(p.options)-rows)
	column := cells(p.heading)
	for _, option := range append(p.options, p.none) {
		column = max(column, min(cells(model.Clean(option)), width-8))
	}
	var lines []string
	for i := first; i < first+rows; i++ {
		text := model.Clean(p.options[i])
		if text == "" {
			text = p.none
		}
		line := fit("  "+text, column+3)
		if i == p.at {
			line = s.theme.selected.Render(fit("› "+text, column+3))
		}
		lines = append(lines, line)
	}
	if first+rows < len(p.options) {
		lines[rows-1] = s.theme.faint.Render(fit("  ↓ more", column+3))
	}
	return box(p.heading, strings.Join(lines, "\n"), s.theme)
}
