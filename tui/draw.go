package tui

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// The functions here are pure: data, sizes and styles in, text out.

// fit cuts text to a width, marking the cut, and pads it with spaces to exactly that width.
func fit(text string, width int) string {
	text, padding := cut(text, width)
	return text + padding
}

// fitRight is fit for numbers: the padding comes first.
func fitRight(text string, width int) string {
	text, padding := cut(text, width)
	return padding + text
}

// cut returns as much of a text as there is room for, and the spaces that fill the rest. The library cuts where it takes a digit
// that is drawn as a key for one cell, and measures it as two: then it is cut once more.
func cut(text string, width int) (shown, padding string) {
	if width <= 0 {
		return "", ""
	}
	text = within(text, width)
	shown = text
	size := cells(shown)
	for room := width; size > width; room-- {
		shown = ansi.Truncate(text, room, "…")
		size = cells(shown)
	}
	return shown, strings.Repeat(" ", width-size)
}

// number is fitRight in a table: it never touches what stands to its left.
func number(text string, width int) string { return " " + fitRight(text, width-1) }

// roomFor is how wide a column of numbers is, in which some are wider than usual.
func roomFor(usual int, numbers ...string) int {
	for _, text := range numbers {
		usual = max(usual, cells(text)+1)
	}
	return usual
}

// spread puts one text at each end of a line. If they do not fit with a space between them, the left one is cut.
func spread(left, right string, width int) string {
	room := width - cells(right) - 1
	if room < 0 {
		return fit(right, width)
	}
	return fit(left, room) + " " + right
}

// block makes text exactly width by height: lines are cut or padded, missing ones added, surplus ones dropped.
func block(text string, width, height int) string {
	lines := strings.Split(text, "\n")
	out := make([]string, height)
	for i := range out {
		if i < len(lines) {
			out[i] = fit(lines[i], width)
		} else {
			out[i] = strings.Repeat(" ", max(width, 0))
		}
	}
	return strings.Join(out, "\n")
}

// beside puts two blocks of the same height next to each other with a rule between them.
func beside(left, right string, rule ink) string {
	l, r := strings.Split(left, "\n"), strings.Split(right, "\n")
	for i := range min(len(l), len(r)) {
		l[i] += rule.Render(" │ ") + r[i]
	}
	return strings.Join(l, "\n")
}

// indent moves every line to the right.
func indent(text string, by int) string {
	margin := strings.Repeat(" ", by)
	return margin + strings.ReplaceAll(text, "\n", "\n"+margin)
}

// wrap breaks text at words, and words that are longer than a line anywhere, into at most height lines; what is left out is
// marked.
func wrap(text string, width, height int) string {
	width = max(width, 1)
	if height > 0 {
		text = within(text, width*(height+1))
	}
	lines := strings.Split(ansi.Hardwrap(ansi.Wordwrap(text, width, ""), width, true), "\n")
	if len(lines) > height && height > 0 {
		lines = lines[:height]
		lines[height-1] = ansi.Truncate(lines[height-1]+" …", width, "…")
	}
	return strings.Join(lines, "\n")
}

// balanced is wrap with lines of about the same length, so that none of them is left with a word or two.
func balanced(text string, width, height int) string {
	best := wrap(text, width, height)
	for narrower := width - 1; narrower > 0; narrower-- {
		next := wrap(text, narrower, height+1)
		if strings.Count(next, "\n") > strings.Count(best, "\n") || lipgloss.Width(next) > narrower {
			break
		}
		best = next
	}
	return best
}

// wrapLists is wrap for what is a list: it breaks behind commas and semicolons, and nowhere else.
func wrapLists(text string, width, height int) string {
	const held = "\u00a0"
	text = strings.NewReplacer(", ", ", ", "; ", "; ", " ", held).Replace(text)
	return strings.ReplaceAll(wrap(text, width, height), held, " ")
}

// bar draws how much of a whole is left, to half a cell. Anything left shows at least that, and only all of it a full bar.
func bar(part, whole, width int, full, empty ink) string {
	if whole <= 0 || width <= 0 {
		return empty.Render(strings.Repeat("─", max(width, 0)))
	}
	part = min(max(part, 0), whole) // more may have been bought than is offered, where somebody wrote past the rules
	halves := part * width * 2 / whole
	if part > 0 {
		halves = max(halves, 1)
	}
	if part < whole {
		halves = min(halves, width*2-1)
	}
	solid := strings.Repeat("━", halves/2) + strings.Repeat("╸", halves%2)
	return full.Render(solid) + empty.Render(strings.Repeat("─", width-cells(solid)))
}

// levels are the heights of a sparkline's columns.
var levels = [...]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}

// sparkline draws how a number moved, oldest first, from nothing at the bottom to the highest value at the top. Many
// values are thinned to the width, always keeping the last; few are drawn as they are.
func sparkline(values []int, width int) string {
	return area(values, width, 1)[0]
}

// area draws the same in several lines.
func area(values []int, width, height int) []string {
	top := 1
	for _, v := range values {
		top = max(top, v)
	}
	columns, steps := max(min(len(values), width), 0), height*len(levels)
	lines := make([]string, height)
	for i := range columns {
		v := values[len(values)-1-(columns-1-i)*len(values)/columns]
		level := 1 + min(max(v*(steps-1)/top, 0), steps-1)
		for n := range lines {
			switch above := level - (height-1-n)*len(levels); {
			case above <= 0:
				lines[n] += " "
			default:
				lines[n] += levels[min(above, len(levels))-1]
			}
		}
	}
	return lines
}

// marked renders text with some of its characters (counted in runes) in another style. What is drawn as one is not parted.
func marked(text string, marks []int, plain, mark ink) string {
	if len(marks) == 0 {
		return plain.Render(text)
	}
	is := make(map[int]bool, len(marks))
	for _, m := range marks {
		is[m] = true
	}
	var out, run strings.Builder
	inMark, n := false, 0
	flush := func() {
		if run.Len() == 0 {
			return
		}
		if inMark {
			out.WriteString(mark.Render(run.String()))
		} else {
			out.WriteString(plain.Render(run.String()))
		}
		run.Reset()
	}
	for text != "" {
		if is[n] != inMark {
			flush()
			inMark = is[n]
		}
		one := firstOf(text)
		run.WriteString(one)
		text, n = text[len(one):], n+utf8.RuneCountInString(one)
	}
	flush()
	return out.String()
}

// firstOf is what is drawn as the first character of a text.
func firstOf(text string) string {
	if text[0] < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
		return text[:1]
	}
	first, _ := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
	return first
}

// box draws a titled frame around text.
func box(title, text string, t theme) string {
	lines := strings.Split(text, "\n")
	width := cells(title) + 2
	for _, line := range lines {
		width = max(width, cells(line))
	}
	edge := t.accent
	var out strings.Builder
	out.WriteString(edge.Render("╭─ ") + t.strong.Render(title) +
		edge.Render(" "+strings.Repeat("─", width-cells(title)-1)+"╮") + "\n")
	for _, line := range lines {
		out.WriteString(edge.Render("│ ") + fit(line, width) + edge.Render(" │") + "\n")
	}
	out.WriteString(edge.Render("╰" + strings.Repeat("─", width+2) + "╯"))
	return out.String()
}

// ticket draws parts of a ticket below each other, with a perforation between them.
func ticket(t theme, width int, parts ...[]string) string {
	edge := func(left, line, right string) string {
		return t.accent.Render(left + strings.Repeat(line, width+2) + right)
	}
	lines := []string{edge("╭", "─", "╮")}
	for i, part := range parts {
		if i > 0 {
			lines = append(lines, edge("├", "╌", "┤"))
		}
		for _, line := range part {
			lines = append(lines, t.accent.Render("│ ")+fit(line, width)+t.accent.Render(" │"))
		}
	}
	return strings.Join(append(lines, edge("╰", "─", "╯")), "\n")
}

// recede takes the colours from a screen over which a box is open, so that the box stands out and nothing else calls.
func recede(screen string, shade ink) string { return shade.Render(ansi.Strip(screen)) }

// over draws a box in the middle of a screen, with a moat that keeps letters off its sides.
func over(base, top string, width, height int) string {
	x, y := boxCorner(top, width, height)
	top = " " + strings.ReplaceAll(top, "\n", " \n ") + " "
	layer := lipgloss.NewLayer(top).X(x - 1).Y(y)
	return lipgloss.NewCompositor(lipgloss.NewLayer(base), layer).Render()
}

// boxCorner is where the upper left corner of a box is that is drawn over a screen.
func boxCorner(box string, width, height int) (x, y int) {
	w, h := lipgloss.Size(box)
	return max((width-w-2)/2, 0) + 1, max((height-h)/2, 0)
}

// centred puts text in the middle of an otherwise empty screen.
func centred(text string, width, height int) string {
	return lipgloss.Place(width, height, lipgloss.Center, lipgloss.Center, text)
}

// inTheMiddle puts what is narrow into the middle of a large window, a little above it, and says how far it was moved for that.
// In a window of 80 by 24 it stands at the top.
func inTheMiddle(text string, column, width, height int) (placed string, left, top int) {
	const usual = 24 - frameRows
	left = max((width-column)/2, 0)
	top = max(min((height-usual)/2, height-strings.Count(text, "\n")-1), 0)
	return strings.Repeat("\n", top) + indent(text, left), left, top
}

// vacant is what a screen shows that has nothing to show: what is the matter, and what to do.
func vacant(t theme, what, todo string, width, height int) string {
	text := t.strong.Render(wrap(what, width-8, 2))
	if todo != "" {
		text += "\n\n" + t.faint.Render(balanced(todo, min(width-8, 62), 4))
	}
	return lipgloss.Place(width, height, lipgloss.Center, lipgloss.Center, lipgloss.NewStyle().Align(lipgloss.Center).Render(text))
}
