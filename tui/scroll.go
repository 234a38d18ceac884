package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// scroll is how far somebody has gone down a list that nothing is chosen from, where it is longer than its place.
type scroll struct {
	first int // the line at the top
	page  int // lines on the screen when it was last drawn
}

// view draws the lines that have room, and marks what is above and below them.
func (sc *scroll) view(t theme, lines []string, height int) []string {
	sc.first, sc.page = min(sc.first, max(len(lines)-height, 0)), max(height, 0)
	return clipped(t, lines, sc.first, height)
}

// actions are the keys that scroll.
func (sc *scroll) actions() []action {
	by := func(lines int) func() tea.Cmd {
		return func() tea.Cmd { sc.first = max(sc.first+lines, 0); return nil }
	}
	const all = 1 << 20
	return []action{
		bind([]string{"down", "j"}, "down", by(1)).moving(),
		bind([]string{"up", "k"}, "up", by(-1)).moving(),
		bind([]string{"pgdown", "ctrl+d"}, "a page down", by(max(sc.page-2, 1))).moving(),
		bind([]string{"pgup", "ctrl+u"}, "a page up", by(-max(sc.page-2, 1))).moving(),
		bind([]string{"home", "g"}, "to the top", by(-all)).moving(),
		bind([]string{"end", "G"}, "to the end", by(all)).moving(),
	}
}

// clipped are the lines from one on that have room. Where there are more, a mark stands in the place of the first or the
// last: how many more there are.
func clipped(t theme, lines []string, first, height int) []string {
	if height < 1 {
		return nil
	}
	last := min(first+height, len(lines))
	shown := append([]string{}, lines[first:last]...)
	mark := func(sign string, more int) string {
		return t.faint.Render(sign + " " + model.Thousands(more) + " more")
	}
	if first > 0 {
		shown[0] = mark("↑", first+1)
	}
	if last < len(lines) {
		shown[len(shown)-1] = mark("↓", len(lines)-last+1)
	}
	return shown
}
