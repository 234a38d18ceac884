package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// clicker is a screen with rows that can be clicked.
type clicker interface {
	// click points at what stands at a place of the screen, and says whether anything does.
	click(s *Session, x, row int) bool
}

// presser is a screen with something like buttons, which one click presses.
type presser interface {
	// push does what stands at a place of the screen, and says whether anything does.
	push(s *Session, x, row int) (tea.Cmd, bool)
}

// labelled is a screen with fields that are known by the labels before them.
type labelled interface {
	// clickOn gives the focus to the field whose label stands on a line of the screen.
	clickOn(x int, line string) tea.Cmd
}

// scroller is a screen whose text the wheel scrolls, because up and down mean something else there.
type scroller interface {
	scroll(by int)
}

// twice is how quickly a second click makes a double click.
const twice = 400 * time.Millisecond

// click remembers the last click, to know a double one.
type click struct {
	row int
	at  time.Time
}

// wheelRows is how far one notch of the wheel goes.
const wheelRows = 3

// mouse turns the mouse into what the keyboard does: the wheel moves, a click points, a double click is enter, and a
// click on a key of the footer presses it, one on a part in the header goes there. It knows the actions by our own keys,
// whatever the person's keymap says. What looks like a button is one, and so are what a list is narrowed to, by what it is
// sorted, and a field.
func (s *Session) mouse(msg tea.MouseMsg) tea.Cmd {
	m := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		switch m.Button {
		case tea.MouseWheelUp:
			return s.wheel(tea.KeyUp, -wheelRows)
		case tea.MouseWheelDown:
			return s.wheel(tea.KeyDown, wheelRows)
		default: // sideways, where there is nothing
		}
	case tea.MouseClickMsg:
		if m.Button != tea.MouseLeft {
			return nil
		}
		switch m.Y {
		case 0:
			return s.clickHeader(m.X)
		case s.height - 1:
			return s.clickFooter(m.X)
		}
		return s.clickRow(m.X, m.Y-headerRows)
	}
	return nil
}

// wheel scrolls so many rows, or does as often what a key does; only once where that comes round at the end, for three steps
// among four are one back.
func (s *Session) wheel(code rune, rows int) tea.Cmd {
	if sc, ok := s.top().(scroller); ok {
		sc.scroll(rows)
		return nil
	}
	turned := tea.KeyPressMsg{Code: code}
	var cmds []tea.Cmd
	for range wheelRows {
		actions := s.top().actions(s)
		cmds = append(cmds, s.strike(turned, actions))
		if a, ok := find(actions, turned); ok && a.round {
			break
		}
	}
	return tea.Batch(cmds...)
}

func (s *Session) clickRow(x, row int) tea.Cmd {
	line, at := s.drawnLine(row+headerRows), x
	x, row, ok := s.inBox(x, row)
	if !ok {
		return nil
	}
	if l, has := s.top().(labelled); has {
		if c, rows := s.top().(clicker); rows && c.click(s, x, row) {
			return nil // a second click is none of the field's: enter would leave it
		}
		return l.clickOn(x, ansi.Cut(line, at-x, s.width)) // of a box what is in it
	}
	if p, presses := s.top().(presser); presses {
		if cmd, pressed := p.push(s, x, row); pressed {
			s.clicked = click{}
			return cmd
		}
	}
	c, ok := s.top().(clicker)
	if !ok || !c.click(s, x, row) {
		return nil
	}
	now := s.cfg.Now()
	double := s.clicked.row == row && now.Sub(s.clicked.at) < twice
	s.clicked = click{row, now}
	if !double {
		return nil
	}
	s.clicked = click{}
	return s.strike(tea.KeyPressMsg{Code: tea.KeyEnter}, s.top().actions(s))
}

// drawnLine is the text of a line of the window as it was last drawn.
func (s *Session) drawnLine(y int) string {
	lines := strings.Split(s.drawn.Content, "\n")
	if y >= len(lines) {
		return ""
	}
	return ansi.Strip(lines[y])
}

// inBox is a place of the screen as a box knows it that is open there: by the line and the column of its text. Other screens
// begin where the place is counted from.
func (s *Session) inBox(x, row int) (column, line int, ok bool) {
	if _, isBox := s.top().(overlay); !isBox {
		return x, row, true
	}
	height := s.height - frameRows
	drawn := s.boxed(s.top(), height)
	left, top := boxCorner(drawn, s.width, height)
	w, h := lipgloss.Size(drawn)
	column, line = x-left-2, row-top-1 // beyond its frame
	return column, line, column >= 0 && column < w-4 && line >= 0 && line < h-2
}

// isBeside says whether a column is not the list's, but of what stands beside it.
func (s *Session) isBeside(x int) bool { return x >= s.listCells() }

// listCells is how wide a list is that takes all of the window, or has beside it what is selected in it.
func (s *Session) listCells() int {
	if s.width < wide {
		return s.width
	}
	return listWidth(s.width)
}

func (s *Session) clickFooter(x int) tea.Cmd {
	left, right := s.footerHints()
	at := 1
	for _, h := range left {
		if width := cells(h.text); x >= at && x < at+width {
			return s.act(h.action)
		}
		at += cells(h.text) + hintGap
	}
	at = s.width - 1
	for i := len(right) - 1; i >= 0; i-- {
		at -= cells(right[i].text)
		if x >= at && x < at+cells(right[i].text) {
			return s.act(right[i].action)
		}
		at -= hintGap
	}
	return nil
}

// clickOn gives the focus to the field whose label begins a line, whose text is given with the column that was clicked. What is
// pressed or chosen there is, once it has the focus; a button at once, but only on its words.
func (f *form) clickOn(x int, line string) tea.Cmd {
	text := strings.TrimLeft(line, " ›>│|")
	from := cells(line) - cells(text)
	text = strings.TrimRight(text, " │|")
	at := slices.IndexFunc(f.fields, func(field *field) bool {
		if field.button {
			return text == capital(field.label) && x >= from-1 && x <= from+cells(text)
		}
		return field.label != "" && strings.HasPrefix(text+"  ", field.label+"  ")
	})
	if at < 0 {
		return nil
	}
	clicked, had := f.fields[at], f.focus == at
	f.move(at - f.focus)
	if clicked.pick != nil && (had || clicked.button) {
		return clicked.pick()
	}
	return nil
}
