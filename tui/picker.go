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
	choose := func() tea.Cmd {
		s.close(p)
		return p.chosen(offered[min(p.at, len(offered)-1)])
	}
	actions := []action{bind([]string{"enter"}, "choose", choose).unless(none)}
	if p.widens { // it stands in a form, where tab goes on to the next field
		actions = append(actions, bind([]string{"tab"}, "choose, and go on", choose).inHelp().called("entry-after").unless(none))
	}
	return append(actions,
		bind([]string{"down"}, "down", move(1)).named("↓"),
		bind([]string{"up"}, "up", move(-1)).named("↑"),
		bind([]string{"pgdown"}, "a page down", move(max(p.page-1, 1))).inHelp(),
		bind([]string{"pgup"}, "a page up", move(-max(p.page-1, 1))).inHelp(),
	)
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
	to, ok := choiceAt(row, p.first, p.page, len(p.offered()))
	if ok {
		p.at = to
	}
	return ok
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
	p.first = firstChoice(p.first, at, rows, len(offered))
	lines = append(lines, choices(t, len(offered), p.first, rows, column, func(i int) string {
		return p.row(t, offered[i], i == at, column)
	})...)
	return box(p.heading, strings.Join(lines, "\n"), t)
}

// firstChoice is the first of some values that is shown in so many rows when the cursor is at one: the same as before, unless
// the cursor would be out of sight, or rows would be empty while there are others above. Where there are more than have room,
// the mark that says so hides the last of them.
func firstChoice(first, at, rows, n int) int { return max(min(max(first, at-rows+2), at, n-rows), 0) }

// choiceAt is which of some values stands on a row of a box in which one types above them.
func choiceAt(row, first, rows, n int) (at int, ok bool) {
	const top = 2 // what is typed, and a space
	at = first + row - top
	hidden := row == top+rows-1 && at < n-1
	return at, row >= top && row < top+rows && at < n && !hidden
}

// choices draws those of some values that have room, in always as many rows, and marks that there are more.
func choices(t theme, n, first, rows, width int, row func(i int) string) []string {
	lines := make([]string, rows)
	for i := range min(rows, n) {
		lines[i] = row(first + i)
	}
	if n == 0 {
		lines[0] = t.faint.Render(fit("Nothing has these words.", width))
	}
	if first+rows < n {
		lines[rows-1] = t.faint.Render(fit("  ↓ more", width))
	}
	return lines
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
