package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// cursor points at an event of a list. It is an id and not an index, so that it stays on the event, and the event on its
// row of the screen, while the list changes.
type cursor struct {
	id    string
	index int // where the event was last; used when it is gone
	row   int // the row of the screen that it stands on
	page  int // rows on the screen when it was last drawn
}

// find returns the index of the cursor's event in a list, or of its nearest neighbour if it has gone; -1 in an empty one.
func (c *cursor) find(events []*model.Event) int {
	if len(events) == 0 {
		return -1
	}
	if c.index < len(events) && events[c.index].ID == c.id {
		return c.index
	}
	for i, e := range events {
		if e.ID == c.id {
			c.index = i
			return i
		}
	}
	return min(c.index, len(events)-1)
}

// move goes down or up the list and stops at its ends.
func (c *cursor) move(events []*model.Event, by int) {
	at := c.find(events)
	if at < 0 {
		return
	}
	to := min(max(at+by, 0), len(events)-1)
	c.id, c.index = events[to].ID, to
	c.row = min(max(c.row+to-at, 0), max(c.page-1, 0))
}

// reset goes to the top.
func (c *cursor) reset() { c.id, c.index, c.row = "", 0, 0 }

// window returns the part of the list that is on the screen: the index of its first row, and the cursor's index.
func (c *cursor) window(events []*model.Event, rows int) (first, at int) {
	c.page = rows
	at = c.find(events)
	if at < 0 {
		return 0, -1
	}
	c.id, c.index = events[at].ID, at
	c.row = min(c.row, at, max(rows-1, 0))
	c.row = max(c.row, at-max(len(events)-rows, 0)) // no empty rows below the end while there are events above
	return at - c.row, at
}

// actions are the keys that move the cursor. While somebody is typing, letters are text.
func (c *cursor) actions(events []*model.Event, typing bool) []action {
	jump := func(by int) func() tea.Cmd {
		return func() tea.Cmd { c.move(events, by); return nil }
	}
	up, down := []string{"up", "k"}, []string{"down", "j"}
	if typing {
		up, down = []string{"up"}, []string{"down"}
	}
	all := len(events)
	moves := []action{
		on(down, "down", jump(1)).inHelp(),
		on(up, "up", jump(-1)).inHelp(),
		on([]string{"pgdown", "ctrl+d"}, "a page down", jump(max(c.page-1, 1))).inHelp(),
		on([]string{"pgup", "ctrl+u"}, "a page up", jump(-max(c.page-1, 1))).inHelp(),
	}
	if typing {
		return moves
	}
	return append(moves,
		on([]string{"home", "g"}, "to the top", jump(-all)).inHelp(),
		on([]string{"end", "G"}, "to the end", jump(all)).inHelp(),
	)
}
