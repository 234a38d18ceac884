package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
)

// palette finds an action by its words. It offers what the keyboard offers, from the same tables.
type palette struct {
	input  textinput.Model
	about  screen
	first  int    // the command in the first row
	chosen string // the name of the command under the cursor; empty for the first that there is
	page   int    // rows on the screen when it was last drawn
}

func newPalette(_ *Session, about screen) *palette {
	p := &palette{input: newInput(), about: about}
	p.input.Focus()
	return p
}

func (p *palette) overlay() {}

func (p *palette) typing() bool { return true }

func (p *palette) title(*Session) string { return "Commands" }

// commands are all there are: those of the screen, by its keys, and what can be done from anywhere.
func (p *palette) commands(s *Session) []action {
	own, common := s.actionsOf(p.about)
	all := append(own, common...)
	for _, a := range s.accountActions() {
		all = append(all, a.on(nil))
	}
	var commands []action
	for _, a := range all {
		words := a.binding.Help().Desc
		listed := slices.ContainsFunc(commands, func(other action) bool { return other.binding.Help().Desc == words })
		if !a.motion && !listed && a.id() != "all-commands" {
			commands = append(commands, a)
		}
	}
	return commands
}

// matching returns the commands whose words begin with what was typed, word for word; first those that begin with it themselves.
func (p *palette) matching(s *Session) []action {
	wanted := model.Words(p.input.Value())
	var first, others []action
	for _, a := range p.commands(s) {
		switch words := model.Words(a.binding.Help().Desc); {
		case beginsWith(wanted, words):
			first = append(first, a)
		case matchesAll(wanted, words):
			others = append(others, a)
		}
	}
	return append(first, others...)
}

// beginsWith says whether each of the first words begins with what is wanted of it.
func beginsWith(wanted, words []string) bool {
	if len(wanted) > len(words) {
		return false
	}
	for i, w := range wanted {
		if !strings.HasPrefix(words[i], w) {
			return false
		}
	}
	return true
}

// at is where the chosen command stands among those found; -1 where it has gone, for then enter would do another.
func (p *palette) at(found []action) int {
	if p.chosen == "" && len(found) > 0 {
		p.chosen = found[0].id()
	}
	return slices.IndexFunc(found, func(a action) bool { return a.id() == p.chosen })
}

// move goes down or up the commands and stops at the ends.
func (p *palette) move(found []action, by int) tea.Cmd {
	if len(found) > 0 {
		p.chosen = found[min(max(p.at(found)+by, 0), len(found)-1)].id()
	}
	return nil
}

func matchesAll(wanted, words []string) bool {
	for _, w := range wanted {
		found := false
		for _, word := range words {
			found = found || strings.HasPrefix(word, w)
		}
		if !found {
			return false
		}
	}
	return true
}

func (p *palette) actions(s *Session) []action {
	found := p.matching(s)
	return []action{
		bind([]string{"enter"}, "do it", func() tea.Cmd { return p.run(s, found) }),
		bind([]string{"down"}, "down", func() tea.Cmd { return p.move(found, 1) }),
		bind([]string{"up"}, "up", func() tea.Cmd { return p.move(found, -1) }),
		bind([]string{"pgdown"}, "a page down", func() tea.Cmd { return p.move(found, max(p.page-1, 1)) }).inHelp(),
		bind([]string{"pgup"}, "a page up", func() tea.Cmd { return p.move(found, -max(p.page-1, 1)) }).inHelp(),
	}
}

func (p *palette) run(s *Session, found []action) tea.Cmd {
	if len(found) == 0 {
		return s.refuse("No command has these words")
	}
	at := p.at(found)
	if at < 0 {
		return s.refuse("The command that you chose is no longer there")
	}
	s.close(p)
	return s.act(found[at])
}

func (p *palette) listen(_ *Session, msg tea.Msg) (tea.Cmd, bool) {
	if press, ok := msg.(tea.KeyPressMsg); ok && !takes(p.input, press) {
		return nil, false
	}
	p.chosen = ""
	return edit(&p.input, msg), true
}

// click points at the command that stands there.
func (p *palette) click(s *Session, _, row int) bool {
	found := p.matching(s)
	to, ok := choiceAt(row, p.first, p.page, len(found))
	if ok {
		p.chosen = found[to].id()
	}
	return ok
}

func (p *palette) view(s *Session, width, height int) string {
	t := s.theme
	column := min(width-8, 44)
	p.input.SetWidth(column - 4)
	lines := []string{t.accent.Render("› ") + p.input.View(), ""}
	if p.input.Value() == "" {
		lines[0] = t.accent.Render("› ") + emptyInput(p.input, "what do you want to do?", t)
	}
	found := p.matching(s)
	at := p.at(found)
	p.page = max(min(len(p.commands(s)), height-4), 1) // the box stays as large as it is, however little is found
	p.first = firstChoice(p.first, at, p.page, len(found))
	lines = append(lines, choices(t, len(found), p.first, p.page, column, func(i int) string {
		h := found[i].binding.Help()
		switch {
		case i == at:
			return t.selected.Render(spread("› "+capital(h.Desc), s.spelled(h.Key)+" ", column))
		case found[i].why != "":
			return t.faint.Render(spread("  "+capital(h.Desc), s.spelled(h.Key)+" ", column))
		}
		return spread("  "+capital(h.Desc), t.keys.Render(s.spelled(h.Key))+" ", column)
	})...)
	for i := range lines {
		lines[i] = fit(ansi.Truncate(lines[i], column, "…"), column)
	}
	return box("Commands", strings.Join(lines, "\n"), t)
}
