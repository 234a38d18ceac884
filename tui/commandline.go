package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// maxLine is how many characters a query may have that is typed or pasted; files have no such limit.
const maxLine = 8192

// commandLine is a line in which queries are typed, with those that were given before.
type commandLine struct {
	input textinput.Model
	known []string // earlier lines, the oldest first
	at    int      // which of them is shown; len(known) for the one being typed
	draft string   // what was being typed before an earlier one was shown
	wrong error    // why the line cannot be read
}

func newCommandLine() commandLine {
	l := commandLine{input: newInput()}
	l.input.CharLimit = maxLine
	l.input.Focus()
	return l
}

func (l *commandLine) text() string { return l.input.Value() }

func (l *commandLine) empty() bool { return strings.TrimSpace(l.text()) == "" }

// mark shows where the line is wrong.
func (l *commandLine) mark(err error) { l.wrong = err }

func (l *commandLine) clear() tea.Cmd {
	l.set("")
	l.at, l.draft = len(l.known), ""
	return nil
}

func (l *commandLine) set(text string) {
	l.input.SetValue(text)
	l.input.CursorEnd()
	l.wrong = nil
}

// remember puts what was given before, elsewhere too, in front of what was given here.
func (l *commandLine) remember(known []string) {
	fresh := slices.DeleteFunc(slices.Clone(known), func(text string) bool { return slices.Contains(l.known, text) })
	for i := range fresh {
		fresh[i] = model.Clean(fresh[i])
	}
	l.at += len(fresh)
	l.known = append(fresh, l.known...)
}

// add puts a line last.
func (l *commandLine) add(text string) {
	l.known = append(slices.DeleteFunc(l.known, func(other string) bool { return other == text }), text)
	l.at = len(l.known)
}

// noEarlier is the reason why no earlier line can be shown; empty if one can.
func (l *commandLine) noEarlier() string {
	if l.at == 0 {
		return "There is no earlier query"
	}
	return ""
}

func (l *commandLine) earlier() tea.Cmd { return l.walk(-1) }

func (l *commandLine) later() tea.Cmd { return l.walk(1) }

func (l *commandLine) walk(by int) tea.Cmd {
	to := min(max(l.at+by, 0), len(l.known))
	if l.at == len(l.known) {
		l.draft = l.text()
	}
	switch {
	case to == l.at:
		return nil
	case to == len(l.known):
		l.set(l.draft)
	default:
		l.set(l.known[to])
	}
	l.at = to
	return nil
}

func (l *commandLine) listen(s *Session, msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if !takes(l.input, msg) {
			return nil, false
		}
	case tea.PasteMsg:
		if len([]rune(msg.Content))+len([]rune(l.text())) > maxLine {
			return s.say(warning, "This is too long for the line, which takes "+model.Plural(maxLine, "character")+": ticketcd query takes more"), true
		}
	}
	l.wrong = nil
	return edit(&l.input, msg), true
}

// complete adds what can only follow, as far as that is sure.
func (l *commandLine) complete(s *Session) tea.Cmd {
	text := l.text()
	offers := model.QueryWords(text)
	if len(offers) == 0 {
		return s.say(warning, "There is nothing to complete here")
	}
	begun := text[strings.LastIndexByte(text, ' ')+1:]
	sure := offers[0]
	for _, offer := range offers[1:] {
		for !strings.HasPrefix(offer, sure) {
			sure = sure[:len(sure)-1]
		}
	}
	if len(offers) == 1 {
		sure += " "
	}
	l.set(strings.TrimSuffix(text, begun) + sure)
	return nil
}

// view draws the line, or a hint while it is empty, and below it where it is wrong, or which words may follow.
func (l *commandLine) view(t theme, hint string, width int) []string {
	prompt := t.prompt.Render(" › ")
	l.input.SetWidth(width - 5)
	line := prompt + l.input.View()
	if l.text() == "" {
		line = prompt + emptyInput(l.input, hint, t)
	}
	return []string{fit(line, width), fit("   "+l.below(t, width-5), width)}
}

func (l *commandLine) below(t theme, width int) string {
	if l.wrong == nil {
		return t.faint.Render(fit(strings.Join(l.offers(), "  "), width))
	}
	from, to, ok := model.Misread(l.wrong)
	text := l.text()
	if !ok || cells(text) >= width { // the line has moved below the cursor, and the mark would lie
		return ""
	}
	return strings.Repeat(" ", cells(text[:from])) + t.bad.Render(strings.Repeat("^", max(cells(text[from:to]), 1)))
}

// offers are the words that may follow.
func (l *commandLine) offers() []string {
	if l.empty() {
		return nil
	}
	return model.QueryWords(l.text())
}
