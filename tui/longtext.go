package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// breakLines breaks text at words into lines no wider than width. Nothing is lost: a line ends with its spaces, the last
// of which may stand beyond the width.
func breakLines(text []rune, width int) [][]rune {
	var lines [][]rune
	start, space, used := 0, -1, 0
	for i := 0; i < len(text); i++ {
		w := cells(string(text[i]))
		if text[i] == ' ' {
			space = i
		} else if used+w > width && i > start {
			end := i
			if space >= start {
				end = space + 1
			}
			lines = append(lines, text[start:end])
			start, space = end, -1
			used = cells(string(text[start:i]))
		}
		used += w
	}
	return append(lines, text[start:])
}

// viewLong draws a field of long text in several lines, those around the cursor if it has the focus.
func (f *field) viewLong(t theme, focused bool, width, rows int) []string {
	out := make([]string, rows)
	value := []rune(f.input.Value())
	if len(value) == 0 {
		out[0] = f.view(t, focused, width)
		return out
	}
	lines := breakLines(value, width-1)
	first, at, column := 0, -1, 0
	if focused {
		at, column = lineOf(lines, f.input.Position())
		first = max(at-rows+1, 0)
	}
	for n := range min(rows, len(lines)-first) {
		line := string(lines[first+n])
		if first+n == at {
			line = withCursor(lines[at], column)
		}
		out[n] = fit(line, width)
	}
	if last := first + rows; last < len(lines) && !focused {
		out[rows-1] = fit(strings.TrimRight(string(lines[last-1]), " ")+" …", width)
	}
	return out
}

// lineOf tells in which line a character stands, and where there. Behind the last is the end of the last line.
func lineOf(lines [][]rune, position int) (line, column int) {
	for line < len(lines)-1 && position >= len(lines[line]) {
		position -= len(lines[line])
		line++
	}
	return line, min(position, len(lines[line]))
}

// withCursor draws a line with the cursor on one of its characters, or behind the last.
func withCursor(line []rune, at int) string {
	reverse := dip(lipgloss.NewStyle().Reverse(true))
	if at == len(line) {
		return string(line) + reverse.Render(" ")
	}
	return string(line[:at]) + reverse.Render(string(line[at])) + string(line[at+1:])
}
