package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// conflict shows an admin what somebody else has made of an event while they edited it, and what their own form would make
// of it now. They decide: nothing is saved before that.
type conflict struct {
	editor *editor
	now    model.Event // as the others left it
	draft  model.EventDraft
	first  int // the line at the top
}

// conflicted shows a conflict, if the form is still open and nothing was typed since it was to be saved: each letter would
// decide something, and the draft would not be what the form says.
func (e *editor) conflicted(s *Session, now model.Event, draft model.EventDraft, since waiting) tea.Cmd {
	switch {
	case !s.holds(e):
		return s.say(bad, "Not saved: somebody else has changed "+now.Title()+" meanwhile")
	case !since.still(s):
		return s.say(bad, "Not saved: somebody else has changed it. Save again to see what is different")
	}
	for _, open := range s.stack {
		if c, ok := open.(*conflict); ok {
			c.now, c.draft, c.first = now, draft, 0
			return s.say(warning, "Not saved: somebody else has changed it once more")
		}
	}
	return s.open(&conflict{editor: e, now: now, draft: draft})
}

func (c *conflict) title(*Session) string { return "Changed meanwhile" }

func (c *conflict) forAdmins() {}

// mine is the event as it would be with what the form says, or why that cannot be.
func (c *conflict) mine() (model.Event, error) { return c.now.Edit(c.draft) }

func (c *conflict) actions(s *Session) []action {
	why := s.stillBusy()
	if _, err := c.mine(); err != nil {
		why = capital(model.Sentence(err))
	}
	move := func(by int) func() tea.Cmd {
		return func() tea.Cmd { c.first = max(c.first+by, 0); return nil }
	}
	return []action{
		bind([]string{"s"}, "save mine over theirs", func() tea.Cmd { return c.editor.askMove(s, c.now, c.draft) }).unless(why),
		bind([]string{"t"}, "take theirs", func() tea.Cmd { return c.takeTheirs(s) }).unless(s.stillBusy()),
		bind([]string{"e"}, "go on editing", s.back),
		bind([]string{"down", "j"}, "down", move(1)).moving(),
		bind([]string{"up", "k"}, "up", move(-1)).moving(),
	}
}

// takeTheirs gives up what the form says for what the event is now.
func (c *conflict) takeTheirs(s *Session) tea.Cmd {
	c.editor.fill(s, c.now)
	s.close(c)
	return s.say(good, "The form now shows the event as they saved it")
}

func (c *conflict) view(s *Session, width, height int) string {
	t, column := s.theme, min(width-4, 96)
	choices := fmt.Sprintf("Nothing of yours is saved yet: %s saves it over theirs, %s takes theirs, %s goes on editing.",
		s.keyOf("save-mine-over-theirs", "s"), s.keyOf("take-theirs", "t"), s.keyOf("go-on-editing", "e"))
	heading := t.strong.Render(wrap("Somebody else has changed "+c.now.Title()+" while you edited it.", column, 3))
	lines := strings.Split("\n"+heading+"\n"+t.faint.Render(wrap(choices, column, 3))+"\n", "\n")
	lines = append(lines, t.faint.Render("What they changed:"))
	lines = append(lines, sentences(model.Differences(c.editor.seen, c.now), column)...)
	lines = append(lines, "", t.faint.Render("What saving yours would change:"))
	if mine, err := c.mine(); err != nil {
		lines = append(lines, strings.Split(t.bad.Render(wrap("It cannot be saved: "+model.Sentence(err), column, 3)), "\n")...)
	} else {
		lines = append(lines, sentences(model.Differences(c.now, mine), column)...)
	}
	c.first = min(c.first, max(len(lines)-height, 0))
	return indent(strings.Join(lines[c.first:min(c.first+height, len(lines))], "\n"), 2)
}

// sentences draws a list of them.
func sentences(list []string, width int) []string {
	var lines []string
	for _, sentence := range list {
		for n, line := range strings.Split(wrap(capital(sentence), width-2, 0), "\n") {
			sign := "· "
			if n > 0 {
				sign = "  "
			}
			lines = append(lines, sign+line)
		}
	}
	return lines
}
