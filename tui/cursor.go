package tui

import (
	"iter"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// cursor points at an element of a list: an event, an order, a notification. It is an id and not an index, so that it
// stays on the element, and the element on its row of the screen, while the list changes.
type cursor struct {
	id    string
	index int // where the element was last; used when it is gone
	row   int // the row of the screen that it stands on
	page  int // rows on the screen when it was last drawn
}

// rows is a list of elements with ids.
type rows interface {
	len() int
	id(i int) string
}

// find returns the index of the cursor's element in a list, or of its nearest neighbour if it has gone; -1 in an empty
// list.
func (c *cursor) find(list rows) int {
	n := list.len()
	if n == 0 {
		return -1
	}
	if c.index < n && list.id(c.index) == c.id {
		return c.index
	}
	for i := range n {
		if list.id(i) == c.id {
			c.index = i
			return i
		}
	}
	return min(c.index, n-1)
}

// move goes down or up the list and stops at its ends.
func (c *cursor) move(list rows, by int) {
	at := c.find(list)
	if at < 0 {
		return
	}
	c.put(list, min(max(at+by, 0), list.len()-1), c.row-at)
}

// put points at the element with an index; the row moves along.
func (c *cursor) put(list rows, to, rowOfFirst int) {
	c.id, c.index = list.id(to), to
	c.row = min(max(rowOfFirst+to, 0), max(c.page-1, 0))
}

// click points at the element that stands on a row of the screen, and says whether one does.
func (c *cursor) click(list rows, row int) bool {
	to := c.index - c.row + row
	if row < 0 || row >= c.page || to >= list.len() || to < 0 {
		return false
	}
	c.put(list, to, c.row-c.index)
	return true
}

// reset goes to the top.
func (c *cursor) reset() { c.id, c.index, c.row = "", 0, 0 }

// resume goes on where somebody left a list that begins with what matters most: whoever stood at the top sees what is new there.
func (c *cursor) resume() {
	if c.index == 0 {
		c.reset()
	}
}

// window returns the part of the list that is on the screen: the index of its first row, and the cursor's index.
func (c *cursor) window(list rows, height int) (first, at int) {
	c.page = height
	at = c.find(list)
	if at < 0 {
		return 0, -1
	}
	c.id, c.index = list.id(at), at
	c.row = min(c.row, at, max(height-1, 0))
	c.row = max(c.row, at-max(list.len()-height, 0)) // no empty rows below the end while there are events above
	return at - c.row, at
}

// shown yields the index of each element that is on the screen, and whether the cursor is on it.
func (c *cursor) shown(list rows, height int) iter.Seq2[int, bool] {
	first, at := c.window(list, height)
	return func(yield func(index int, selected bool) bool) {
		for i := first; i < min(first+height, list.len()); i++ {
			if !yield(i, i == at) {
				return
			}
		}
	}
}

// actions are the keys that move the cursor. While somebody is typing, letters are text.
func (c *cursor) actions(list rows, typing bool) []action {
	jump := func(by int) func() tea.Cmd {
		return func() tea.Cmd { c.move(list, by); return nil }
	}
	up, down := []string{"up", "k"}, []string{"down", "j"}
	if typing {
		up, down = []string{"up"}, []string{"down"}
	}
	all := list.len()
	moves := []action{
		bind(down, "down", jump(1)).moving(),
		bind(up, "up", jump(-1)).moving(),
		bind([]string{"pgdown", "ctrl+d"}, "a page down", jump(max(c.page-1, 1))).moving(),
		bind([]string{"pgup", "ctrl+u"}, "a page up", jump(-max(c.page-1, 1))).moving(),
	}
	if typing {
		return moves
	}
	return append(moves,
		bind([]string{"home", "g"}, "to the top", jump(-all)).moving(),
		bind([]string{"end", "G"}, "to the end", jump(all)).moving(),
	)
}

// eventRows are events as rows.
type eventRows []*model.Event

func (r eventRows) len() int        { return len(r) }
func (r eventRows) id(i int) string { return r[i].ID }
