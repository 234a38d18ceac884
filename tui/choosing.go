package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// choose has one of some values chosen, or a new one entered.
func (s *Session) choose(heading string, options []string, current string, check func(string) error, chosen func(string) tea.Cmd) tea.Cmd {
	enter := func(begun string) tea.Cmd { return s.open(newNaming(heading, begun, check, chosen)) }
	if len(options) == 0 {
		return enter("")
	}
	var p *picker
	p = newPicker(heading, "a new one …", options, current, func(value string) tea.Cmd {
		if value == "" {
			return enter(p.typed())
		}
		return chosen(value)
	})
	p.widens = true
	if current == "" {
		p.at = 1
	}
	return s.open(p)
}

// naming is a box in which a value is entered that no list has yet.
type naming struct {
	form
	heading string
	chosen  func(string) tea.Cmd // is told when the box is closed
}

func newNaming(heading, begun string, check func(string) error, chosen func(string) tea.Cmd) *naming {
	n := &naming{newForm(newField("A new one", "its name", check)), heading, chosen}
	n.set(0, begun)
	return n
}

func (n *naming) overlay() {}

func (n *naming) title(*Session) string { return "A new value" }

func (n *naming) actions(s *Session) []action {
	accept := n.form.actions("add", "", func() tea.Cmd {
		s.close(n)
		return n.chosen(strings.TrimSpace(model.Clean(n.value(0))))
	})[0]
	return []action{accept, bind([]string{"tab"}, "add, and go on", accept.do).inHelp().called("entry-after")}
}

func (n *naming) view(s *Session, width, _ int) string {
	return box(n.heading, "\n"+n.form.view(s.theme, min(width-8, 56)), s.theme)
}
