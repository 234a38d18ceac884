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
	// only is the one answer that is left while the deed cannot be done, and why it cannot; nil where both always are.
	only func() (answer, why string)
	// renews looks at what has changed, and says whether it is another question by now; nil where that cannot be.
	renews  func() (anew bool, then tea.Cmd)
	buttons int    // the line of the box that the answers were last drawn on
	leaves  bool   // it asks whether to leave, and so to lose something
	spared  string // what is said after a no, where the screen below looks as it did before; empty for nothing
}

func (c *confirm) overlay() {}

func (c *confirm) title(*Session) string { return c.step }

func (c *confirm) actions(s *Session) []action {
	agree := func() tea.Cmd { return c.agree(s) }
	if answer, why := c.lone(); answer != "" {
		return []action{
			bind([]string{"y"}, c.yes, agree).called("yes").unless(why).inHelp(),
			bind([]string{"n"}, answer, s.back).called("no").inHelp(),
			bind([]string{"enter"}, answer, s.back).called("answer"),
		}
	}
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

// lone is the one answer that is left, and why; empty where both are.
func (c *confirm) lone() (answer, why string) {
	if c.only == nil {
		return "", ""
	}
	return c.only()
}

// reread takes back the yes that somebody was about to give to another question.
func (c *confirm) reread(*Session) tea.Cmd {
	if c.renews == nil {
		return nil
	}
	anew, then := c.renews()
	c.onYes = c.onYes && !anew
	return then
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
	answers := c.button(s, false)
	if answer, _ := c.lone(); answer == "" {
		answers += "  " + c.button(s, true)
	}
	return box(c.step, strings.Join([]string{top, question, "", answers, ""}, "\n"), s.theme)
}

// button draws one of the two answers.
func (c *confirm) button(s *Session, yes bool) string {
	words, _ := c.lone()
	switch {
	case yes:
		words = c.yes
	case words == "":
		words = c.no
	}
	return s.theme.button(capital(words), c.onYes == yes)
}

// push gives the answer that was clicked.
func (c *confirm) push(s *Session, x, row int) (tea.Cmd, bool) {
	no, yes := cells(c.button(s, false)), cells(c.button(s, true))
	lone, _ := c.lone()
	switch {
	case row != c.buttons:
	case x < no:
		return s.back(), true
	case x >= no+2 && x < no+2+yes && lone == "":
		return c.agree(s), true
	}
	return nil, false
}

// agree does what was asked about.
func (c *confirm) agree(s *Session) tea.Cmd {
	if answer, why := c.lone(); answer != "" {
		return s.refuse(why)
	}
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
