package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// picker is a box in which one of some values is chosen. Typing narrows it to those whose words begin with what was typed.
// The first value is always "no restriction", or a new one.
type picker struct {
	heading string
	options []string // "" stands for none
	none    string
	widens  bool // none stands for a new value, which is on offer whatever is typed
	input   textinput.Model
	at      int                  // which of those on offer the cursor is on
	page    int                  // rows on the screen when it was last drawn
	first   int                  // the one in the first of them
	chosen  func(string) tea.Cmd // is told when the picker is closed
}

func newPicker(heading, none string, options []string, current string, chosen func(string) tea.Cmd) *picker {
	p := &picker{heading: heading, none: none, options: append([]string{""}, options...), input: newInput(), chosen: chosen}
	p.at = max(slices.Index(p.options, current), 0)
	p.input.Focus()
	return p
}

func (p *picker) overlay() {}

func (p *picker) typing() bool { return true }

func (p *picker) title(*Session) string { return p.heading }

// typed is what the picker is narrowed by.
func (p *picker) typed() string { return strings.TrimSpace(p.input.Value()) }

// offered are the values on offer.
func (p *picker) offered() []string {
	wanted := model.Words(p.typed())
	if len(wanted) == 0 {
		return p.options
	}
	var offered []string
	for _, option := range p.options {
		if option == "" && p.widens || option != "" && matchesAll(wanted, model.Words(option)) {
			offered = append(offered, option)
		}
	}
	return offered
}

func (p *picker) actions(s *Session) []action {
	offered := p.offered()
	move := func(by int) func() tea.Cmd {
		return func() tea.Cmd { p.at = min(max(p.at+by, 0), max(len(offered)-1, 0)); return nil }
	}
	none := ""
	if len(offered) == 0 {
		none = "Nothing has these words"
	}
	return []action{
		bind([]string{"enter"}, "choose", func() tea.Cmd {
			s.close(p)
			return p.chosen(offered[min(p.at, len(offered)-1)])
		}).unless(none),
		bind([]string{"down"}, "down", move(1)).named("↓"),
		bind([]string{"up"}, "up", move(-1)).named("↑"),
		bind([]string{"pgdown"}, "a page down", move(max(p.page-1, 1))).inHelp(),
		bind([]string{"pgup"}, "a page up", move(-max(p.page-1, 1))).inHelp(),
	}
}

// listen narrows, and points at the first value that is left.
func (p *picker) listen(_ *Session, msg tea.Msg) (tea.Cmd, bool) {
	if press, ok := msg.(tea.KeyPressMsg); ok && !takes(p.input, press) {
		return nil, false
	}
	before := p.typed()
	cmd := edit(&p.input, msg)
	if p.typed() != before {
		p.at = 0
		if p.widens && len(p.offered()) > 1 {
			p.at = 1
		}
	}
	return cmd, true
}

// click points at the value that stands there.
func (p *picker) click(_ *Session, _, row int) bool {
	const top = 2 // below what is typed
	to, all := p.first+row-top, len(p.offered())
	if row < top || row >= top+p.page || to >= all || row == top+p.page-1 && to < all-1 {
		return false
	}
	p.at = to
	return true
}

func (p *picker) view(s *Session, width, height int) string {
	t, offered := s.theme, p.offered()
	rows := max(min(len(p.options), height-4), 1) // the box stays as large as it is, however little is left
	p.page = rows
	column := max(cells(p.heading), 22)
	for _, option := range append(p.options, p.none) {
		column = max(column, min(cells(model.Clean(option)), width-8))
	}
	column += 3
	p.input.SetWidth(column - 3)
	field := p.input.View()
	if p.input.Value() == "" {
		field = emptyInput(p.input, "type to narrow", t)
	}
	lines := []string{fit(t.accent.Render("› ")+field, column), ""}
	at := min(p.at, max(len(offered)-1, 0))
	p.first = windowFrom(p.first, at, rows-1, len(offered)-1) // more than they have room for hides the last of them
	first := p.first
	for i := first; i < first+rows; i++ {
		switch {
		case i < len(offered):
			lines = append(lines, p.row(t, offered[i], i == at, column))
		case len(offered) == 0 && i == 0:
			lines = append(lines, t.faint.Render(fit("Nothing has these words.", column)))
		default:
			lines = append(lines, "")
		}
	}
	if first+rows < len(offered) {
		lines[len(lines)-1] = t.faint.Render(fit("  ↓ more", column))
	}
	return box(p.heading, strings.Join(lines, "\n"), t)
}

func (p *picker) row(t theme, option string, chosen bool, width int) string {
	text := model.Clean(option)
	if text == "" {
		text = p.none
	}
	if chosen {
		return t.selected.Render(fit("› "+text, width))
	}
	return fit("  "+text, width)
}
