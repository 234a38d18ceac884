package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// confirm is a box that asks before something happens. It defaults to no.
type confirm struct {
	step     string // what is about to be done, as a title
	question string
	yes, no  string // what the two answers do, in words
	deed     func() tea.Cmd
	onYes    bool          // the button that enter presses
	asks     func() string // the question as it is now, where that changes while it is open; nil where it does not
	buttons  int           // the line of the box that the answers were last drawn on
	leaves   bool          // it asks whether to leave, and so to lose something
	spared   string        // what is said after a no, where the screen below looks as it did before; empty for nothing
}

func (c *confirm) overlay() {}

func (c *confirm) title(*Session) string { return c.step }

func (c *confirm) actions(s *Session) []action {
	agree := func() tea.Cmd { return c.agree(s) }
	enter := bind([]string{"enter"}, c.no, s.back)
	if c.onYes {
		enter = bind([]string{"enter"}, c.yes, agree)
	}
	return []action{
		bind([]string{"y"}, c.yes, agree).called("yes"),
		bind([]string{"n"}, c.no, s.back).called("no"),
		enter.called("answer"),
		bind([]string{"left", "right", "tab", "shift+tab", "h", "l"}, "other answer", func() tea.Cmd {
			c.onYes = !c.onYes
			return nil
		}).named("←→"),
	}
}

// asked is the question as it is now: what a deed costs may have changed while somebody read it.
func (c *confirm) asked() string {
	if c.asks != nil {
		return c.asks()
	}
	return c.question
}

func (c *confirm) view(s *Session, width, height int) string {
	column, top := min(width-8, 64), ""
	question := c.words(column, max(height-6, 8))
	c.buttons = strings.Count(question, "\n") + 3
	if c.asks != nil { // it may change under somebody's hand: the answers stay in their columns
		top = strings.Repeat(" ", column)
	}
	return box(c.step, strings.Join([]string{top, question, "", c.button(s, false) + "  " + c.button(s, true), ""}, "\n"), s.theme)
}

// button draws one of the two answers.
func (c *confirm) button(s *Session, yes bool) string {
	words := c.no
	if yes {
		words = c.yes
	}
	return s.theme.button(capital(words), c.onYes == yes)
}

// push gives the answer that was clicked.
func (c *confirm) push(s *Session, x, row int) (tea.Cmd, bool) {
	no, yes := cells(c.button(s, false)), cells(c.button(s, true))
	switch {
	case row != c.buttons:
	case x < no:
		return s.back(), true
	case x >= no+2 && x < no+2+yes:
		return c.agree(s), true
	}
	return nil, false
}

// agree does what was asked about.
func (c *confirm) agree(s *Session) tea.Cmd {
	s.close(c)
	return c.deed()
}

// waiting is where somebody was, and how much they had pressed, when a question began to be found out.
type waiting struct {
	on      screen
	pressed int
}

func (s *Session) waiting() waiting { return waiting{s.top(), s.pressed} }

// still says whether they have only waited since. Whoever went on is not asked, for what they type would be the answer to a
// question that they have not seen yet.
func (w waiting) still(s *Session) bool { return w == s.waiting() }

// words are the question. Where it is too long, what it is about is cut, and not what it costs.
func (c *confirm) words(width, height int) string {
	asked := c.asked()
	about, costs, found := strings.Cut(asked, "\n\n")
	if whole := wrap(asked, width, height+1); !found || strings.Count(whole, "\n") < height {
		return wrap(asked, width, height)
	}
	costs = wrap(costs, width, height-2)
	return wrap(about, width, height-2-strings.Count(costs, "\n")) + "\n\n" + costs
}
