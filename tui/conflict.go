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
	seen   model.Event      // with what the form was filled
	draft  model.EventDraft // what the form said
	now    model.Event      // as the others left it
	first  int              // the line at the top
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
			c.now, c.first = now, 0 // the form has been filled with more than what was typed, if it was to be saved before
			return s.say(warning, "Not saved: somebody else has changed it once more")
		}
	}
	return s.open(&conflict{editor: e, seen: e.seen, draft: draft, now: now})
}

func (c *conflict) title(*Session) string { return "Changed meanwhile" }

func (c *conflict) forAdmins() {}

// merge is what comes of both.
func (c *conflict) merge() model.Merge { return c.draft.Merge(c.seen, c.now) }

// mine is the event as it would be with what the form changes, or why that cannot be.
func (c *conflict) mine() (model.Event, error) { return c.now.Edit(c.merge().Mine) }

func (c *conflict) actions(s *Session) []action {
	save, why := "save both", s.stillBusy()
	if len(c.merge().Both) > 0 {
		save = "save mine"
	}
	if _, err := c.mine(); err != nil {
		why = capital(model.Sentence(err))
	}
	move := func(by int) func() tea.Cmd {
		return func() tea.Cmd { c.first = max(c.first+by, 0); return nil }
	}
	return []action{
		bind([]string{"s"}, save, func() tea.Cmd { return c.save(s) }).called("save-mine-over-theirs").unless(why),
		bind([]string{"t"}, "take theirs", func() tea.Cmd { return c.takeTheirs(s) }).unless(s.stillBusy()),
		bind([]string{"e"}, "go on editing", func() tea.Cmd { return c.goOn(s) }).unless(s.stillBusy()),
		bind([]string{"down", "j"}, "down", move(1)).moving(),
		bind([]string{"up", "k"}, "up", move(-1)).moving(),
	}
}

// save puts both into the form, too: what is typed while it is saved changes the event as it then is.
func (c *conflict) save(s *Session) tea.Cmd {
	draft := c.merge().Mine
	c.editor.refill(s, c.now, draft)
	return c.editor.askMove(s, c.now, draft)
}

// goOn puts both into the form, whose event has been seen as it is now.
func (c *conflict) goOn(s *Session) tea.Cmd {
	c.editor.refill(s, c.now, c.merge().Mine)
	s.close(c)
	return s.say(good, "The form now shows both: what you changed is not saved yet")
}

// takeTheirs gives up what the form changes; where others have changed the same, only that.
func (c *conflict) takeTheirs(s *Session) tea.Cmd {
	theirs := c.now.Draft()
	if merge := c.merge(); len(merge.Both) > 0 {
		theirs = merge.Theirs
	}
	c.editor.refill(s, c.now, theirs)
	s.close(c)
	if c.editor.changed() {
		return s.say(good, "The form now shows theirs there: the rest of yours is not saved yet")
	}
	return s.say(good, "The form now shows the event as they saved it")
}

// choices says what can be done, by what both have changed.
func (c *conflict) choices(s *Session, both []string) string {
	save, theirs, edit := s.keyOf("save-mine-over-theirs", "s"), s.keyOf("take-theirs", "t"), s.keyOf("go-on-editing", "e")
	if len(both) == 0 {
		return fmt.Sprintf("Nothing of yours is saved yet: %s saves both, %s takes theirs and drops yours, %s goes on editing.", save, theirs, edit)
	}
	return fmt.Sprintf("Nothing of yours is saved yet: %s saves yours there, %s takes theirs there, %s goes on editing. "+
		"What only one of you changed is kept.", save, theirs, edit)
}

func (c *conflict) view(s *Session, width, height int) string {
	t, column, both := s.theme, min(width-4, 96), c.merge().Both
	paragraph := func(style ink, text string, rows int) []string {
		return strings.Split(style.Render(wrap(text, column, rows)), "\n")
	}
	lines := append([]string{""}, paragraph(t.strong, "Somebody else has changed "+c.now.Title()+" while you edited it.", 3)...)
	if len(both) > 0 {
		lines = append(lines, paragraph(t.warning, "Both of you have changed "+enumerated(both)+".", 3)...)
	}
	lines = append(lines, paragraph(t.faint, c.choices(s, both), 4)...)
	lines = append(lines, "", t.faint.Render("What they changed:"))
	lines = append(lines, sentences(model.Differences(c.seen, c.now), column)...)
	lines = append(lines, "", t.faint.Render("What saving yours would change:"))
	if mine, err := c.mine(); err != nil {
		lines = append(lines, paragraph(t.bad, "It cannot be saved: "+model.Sentence(err), 3)...)
	} else if changes := model.Differences(c.now, mine); len(changes) > 0 {
		lines = append(lines, sentences(changes, column)...)
	} else {
		lines = append(lines, sentences([]string{"nothing: they have saved the same"}, column)...)
	}
	c.first = min(c.first, max(len(lines)-height, 0))
	return indent(strings.Join(lines[c.first:min(c.first+height, len(lines))], "\n"), 2)
}

// enumerated writes some things as one reads them: "the name, the place and the date".
func enumerated(things []string) string {
	last := len(things) - 1
	if last < 1 {
		return strings.Join(things, "")
	}
	return strings.Join(things[:last], ", ") + " and " + things[last]
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
