package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// maxOutput is how many lines of answers are kept; the oldest go first.
	maxOutput = 20_000
	// maxOutputLine is how many characters of one line are shown.
	maxOutputLine = 4_000
)

// output is the answer to a query, through which somebody scrolls.
type output struct {
	heading string // the query
	words   string // what came of it
	done    bool   // something was written
	lines   []outputLine
	first   int  // the first row that is shown
	rows    int  // that there is room for
	live    bool // more is added by itself
	follows bool // the end is shown, whatever is added
	dropped bool // lines have been dropped at the top

	drawn      []string // the lines broken into rows of a width
	drawnLines int      // how many of them are
	drawnWidth int
}

// outputLine is a line of an answer, fit for a terminal.
type outputLine struct {
	model.AnswerLine
	failed bool // it tells what went wrong
}

// show replaces what is there.
func (o *output) show(heading, words string) {
	*o = output{heading: heading, words: words, rows: o.rows}
}

// add puts an answer below what is there.
func (o *output) add(a model.Answer) {
	for _, line := range a.Lines(true) {
		line.Text = model.Clean(model.Truncate(line.Text, maxOutputLine))
		o.lines = append(o.lines, outputLine{AnswerLine: line})
	}
	if a.Cut != "" {
		o.fail(a.Cut)
	}
	if len(o.lines) > maxOutput+maxOutput/10 {
		o.lines, o.dropped = slices.Clone(o.lines[len(o.lines)-maxOutput:]), true
		o.drawnWidth = 0
	}
}

// fail says below everything else what went wrong.
func (o *output) fail(words string) {
	o.lines = append(o.lines, outputLine{model.AnswerLine{Text: "✗ " + capital(model.Clean(words))}, true})
}

// quote repeats the part of a text that could not be read.
func (o *output) quote(err error, text string) {
	if from, to, ok := model.Misread(err); ok {
		o.lines = append(o.lines, outputLine{AnswerLine: model.AnswerLine{Kind: model.AnswerValue, Text: "here: " + model.Clean(text[from:to])}})
	}
}

// vacant says whether nothing is there.
func (o *output) vacant() bool { return o.heading == "" && o.words == "" && len(o.lines) == 0 }

// examples says which queries there are.
func (o *output) examples() {
	o.words = "In etcdctl's words:"
	for _, usage := range model.QueryUsage() {
		o.lines = append(o.lines, outputLine{AnswerLine: model.AnswerLine{Kind: model.AnswerValue, Text: usage}})
	}
}

func (o *output) scroll(by int) {
	o.first = min(max(o.first+by, 0), o.last())
	o.follows = o.live && o.atEnd()
}

// last is the first row when the end is shown.
func (o *output) last() int { return max(len(o.drawn)-o.room(), 0) }

func (o *output) atEnd() bool { return o.first >= o.last() }

// room is how many rows there are for lines, below heading and words.
func (o *output) room() int { return max(o.rows-o.above()-1, 1) }

func (o *output) above() int {
	above := 0
	for _, text := range []string{o.heading, o.words} {
		if text != "" {
			above++
		}
	}
	return above
}

func (o *output) view(t theme, width int) []string {
	o.draw(t, width)
	if o.follows {
		o.first = o.last()
	}
	o.first = min(o.first, o.last())
	var lines []string
	if o.heading != "" {
		lines = append(lines, t.strong.Render(fit(" "+model.Clean(o.heading), width)))
	}
	if o.words != "" {
		style, sign := t.faint, " "
		if o.done {
			style, sign = t.good, " ✓ "
		}
		lines = append(lines, style.Render(fit(sign+capital(o.words), width)))
	}
	end := min(o.first+o.room(), len(o.drawn))
	lines = append(lines, o.drawn[o.first:end]...)
	return append(lines, t.faint.Render(o.position(end)))
}

// position says how much is above and below.
func (o *output) position(end int) string {
	var parts []string
	if o.first > 0 || o.dropped {
		parts = append(parts, "↑ "+model.Plural(o.first, "line"))
	}
	if below := len(o.drawn) - end; below > 0 {
		parts = append(parts, "↓ "+model.Plural(below, "more line"))
	}
	return " " + strings.Join(parts, "  ")
}

// draw breaks the lines into rows, each line once for each width.
func (o *output) draw(t theme, width int) {
	if o.drawnWidth != width {
		o.drawnWidth, o.drawnLines, o.drawn = width, 0, nil
	}
	for _, line := range o.lines[o.drawnLines:] {
		style, margin := o.style(t, line)
		for _, row := range rowsOf(line.Text, width-margin-1) {
			o.drawn = append(o.drawn, strings.Repeat(" ", margin)+style.Render(row))
		}
	}
	o.drawnLines = len(o.lines)
}

// rowsOf breaks a line at its spaces, or where it must. The rows after the first stand further in than the first.
func rowsOf(text string, width int) []string {
	in := strings.Repeat(" ", min(len(text)-len(strings.TrimLeft(text, " "))+2, max(width/2, 0)))
	var rows []string
	row := ""
	for i, word := range strings.Split(text, " ") {
		switch {
		case i == 0:
			row = word
		case cells(row)+1+cells(word) <= width:
			row += " " + word
		default:
			rows, row = append(rows, row), in+word
		}
		if cells(row) > width {
			parts := strings.Split(ansi.Hardwrap(row, max(width, 1), true), "\n")
			rows, row = append(rows, parts[:len(parts)-1]...), parts[len(parts)-1]
		}
	}
	return append(rows, row)
}

func (o *output) style(t theme, line outputLine) (style ink, margin int) {
	switch {
	case line.failed:
		return t.bad, 1
	case line.Kind == model.AnswerKey:
		return t.accent, 1
	case line.Kind == model.AnswerStatus:
		return t.strong, 1
	default:
		return t.text, 3
	}
}
