package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// narrowing is a part of the line that says what a list is narrowed to.
type narrowing struct {
	label  string
	words  string
	chosen bool // by the person: it narrows
}

// narrowedTo is the part for what was chosen, or else for that nothing was.
func narrowedTo(label, chosen, none string) narrowing {
	if chosen == "" {
		return narrowing{label, none, false}
	}
	return narrowing{label, model.Clean(chosen), true}
}

func (n narrowing) cells() int { return cells(n.label + n.words) }

// filterLine are the parts of the line, and what stands between them.
type filterLine struct {
	parts   []narrowing
	between string
}

// viewFilters says what the list is narrowed to, and how it is sorted where more than one order is on offer: in fewer words
// where there is little room, and then with what is long cut.
func (f *filter) viewFilters(t theme, width int, sorting string) string {
	const margins = 2
	room := width - margins
	f.drawn = f.line(width, sorting)
	if f.drawn.cells() > room {
		f.drawn = f.shortLine(width, sorting)
		shorten(f.drawn.parts[:2], f.drawn.cells()-room) // the others are short
	}
	return f.drawn.view(t)
}

// line has the parts in the order of the keys for them, and then how the list is sorted.
func (f *filter) line(width int, sorting string) filterLine {
	parts := []narrowing{
		narrowedTo("Type ", within(f.kind, width), "all"),
		narrowedTo("Where ", within(f.location, width), "everywhere"),
		narrowedTo("", capital(string(f.dates)), "Any date"),
	}
	if sorting != "" {
		parts = append(parts, narrowing{words: "Sorted by " + sorting})
	}
	return filterLine{parts, "  ·  "}
}

// shortLine is the same in so few words that the smallest window has room for all but a long type or place.
func (f *filter) shortLine(width int, sorting string) filterLine {
	parts := []narrowing{
		narrowedTo("", within(f.kind, width), "all types"),
		narrowedTo("", within(f.location, width), "everywhere"),
		narrowedTo("", string(f.dates), "any date"),
	}
	if sorting != "" {
		parts = append(parts, narrowing{words: "by " + sorting})
	}
	return filterLine{parts, " · "}
}

func (l filterLine) cells() int {
	sum := (len(l.parts) - 1) * cells(l.between)
	for _, part := range l.parts {
		sum += part.cells()
	}
	return sum
}

func (l filterLine) view(t theme) string {
	var parts []string
	for _, part := range l.parts {
		style := t.faint
		if part.chosen {
			style = t.accent
		}
		parts = append(parts, t.faint.Render(part.label)+style.Render(part.words))
	}
	return strings.Join(parts, t.border.Render(l.between))
}

// at is which of the parts stands at a column; -1 if none does.
func (l filterLine) at(x int) int {
	const margin = 1
	from := margin
	for i, part := range l.parts {
		if x >= from && x < from+part.cells() {
			return i
		}
		from += part.cells() + cells(l.between)
	}
	return -1
}

// shorten cuts the words of parts, the longest first, until they take so many cells less.
func shorten(parts []narrowing, excess int) {
	widths := make([]int, len(parts))
	for i, part := range parts {
		widths[i] = cells(part.words)
	}
	for ; excess > 0; excess-- {
		longest := 0
		for i := range widths {
			if widths[i] > widths[longest] {
				longest = i
			}
		}
		widths[longest]--
	}
	for i := range parts {
		parts[i].words, _ = cut(parts[i].words, widths[i])
	}
}

// The rows of the screen on which a filter stands.
const (
	fieldRow = iota
	partsRow
)

// push goes to the field that was clicked, or opens what the list is narrowed to.
func (f *filter) push(s *Session, x, row int) (tea.Cmd, bool) {
	picks, at := f.pickActions(s), f.drawn.at(x)
	switch {
	case row == fieldRow:
		return f.enterField(), true
	case row == partsRow && at >= 0 && at < len(picks):
		return s.act(picks[at]), true
	}
	return nil, false
}
