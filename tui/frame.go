package tui

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// The rows of a frame that are not the screen's own: header and rule above it, message and footer below.
const (
	headerRows = 2
	frameRows  = headerRows + 2
)

// View draws the frame: header, the top screen, what is being said, and the keys that work now.
func (s *Session) View() tea.View {
	if s.due {
		s.glow.shown, s.due = false, false
		s.drawn = s.draw()
	}
	return s.drawn
}

func (s *Session) draw() tea.View {
	view := tea.NewView(s.frame())
	view.AltScreen = true
	view.WindowTitle = "TickETCD: " + s.base().title(s)
	if s.cfg.Mouse {
		view.MouseMode = tea.MouseModeCellMotion
	}
	return view
}

// frame draws all of it, as the terminal can spell it.
func (s *Session) frame() string { return spell(s.rows(), s.cfg.ASCII) }

func (s *Session) rows() string {
	if s.width < minWidth || s.height < minHeight {
		return s.viewTooSmall()
	}
	body := strings.Split(s.body(s.height-frameRows), "\n")
	message := strings.Split(s.message(s.width-4), "\n")
	// A long message covers the end of the body rather than making everything jump.
	body = body[:len(body)-len(message)+1]
	for i := range message {
		message[i] = fit(" "+message[i], s.width)
	}
	return strings.Join(slices.Concat(s.header(), body, message, []string{s.footer()}), "\n")
}

// body draws the topmost full screen, and the boxes that are open over it.
func (s *Session) body(height int) string {
	base := s.baseAt()
	body := block(s.stack[base].view(s, s.width, height), s.width, height)
	for _, top := range s.stack[base+1:] {
		body = block(over(recede(body, s.theme.border), s.boxed(top, height), s.width, height), s.width, height)
	}
	return body
}

// boxed draws a box that is open over a screen of a height.
func (s *Session) boxed(top screen, height int) string { return top.view(s, s.width-4, height-2) }

// base is the topmost screen that is no box.
func (s *Session) base() screen { return s.stack[s.baseAt()] }

// baseAt is where it is in the stack.
func (s *Session) baseAt() int {
	for i, open := range slices.Backward(s.stack) {
		if _, isBox := open.(overlay); !isBox {
			return i
		}
	}
	return 0
}

// health says in a word whether tickets are sold and the counts are live, and if not, how old they are.
func (s *Session) health() string {
	age := model.Span(s.cfg.Now().Sub(s.shop.Since))
	switch {
	case s.shop.NoLeader && s.shop.Stale:
		return s.theme.bad.Render("○ sales paused, counts " + age + " old")
	case s.shop.NoLeader:
		return s.theme.bad.Render("○ sales paused")
	case s.shop.Stale:
		return s.theme.warning.Render("○ counts are " + age + " old")
	case !s.shop.Loaded && s.shop.Why != "":
		return s.theme.warning.Render("○ not connected")
	case !s.shop.Loaded:
		return s.theme.faint.Render("○ loading …")
	case s.shop.Full:
		return s.theme.bad.Render("○ sales paused")
	}
	return s.theme.good.Render("● live")
}

// databaseFull is what everybody is told while nothing can be sold for lack of room.
const databaseFull = "The database is full: sales are paused until an admin makes room"

// maxMessage is how many lines a message may take.
const maxMessage = 3

// message is what stands above the footer: the toast, or else why the counts are not live.
func (s *Session) message(width int) string {
	say := func(sign string, style ink, text string) string {
		lines := strings.Split(wrap(text, width, maxMessage), "\n")
		for i := range lines {
			lines[i] = style.Render(sign + " " + lines[i])
			sign = " "
		}
		return strings.Join(lines, "\n")
	}
	t := s.theme
	switch {
	case s.toast.text == "" && s.shop.Why != "":
		return say("!", t.warning, capital(model.Clean(s.shop.Why)))
	case s.toast.text == "" && s.shop.Full:
		return say("!", t.warning, databaseFull)
	case s.toast.text == "":
		return ""
	}
	switch s.toast.mood {
	case good:
		return say("✓", t.good, s.toast.text)
	case warning:
		return say("!", t.warning, s.toast.text)
	case bad:
		return say("✗", t.bad, s.toast.text)
	case doing:
	}
	return say("…", t.accent, strings.TrimSuffix(s.toast.text, " …"))
}

// hint is an action as the footer shows it.
type hint struct {
	action action
	text   string
}

// hintGap is the space between two hints, in cells.
const hintGap = 2

// footerHints are the keys that work now, as many as fit: the screen's own on the left, help and the ways out, which are
// always there, on the right.
func (s *Session) footerHints() (left, right []hint) {
	room := s.width - 2
	own, common := s.actionsOf(s.top())
	for _, a := range common {
		if !a.quiet && a.binding.Help().Key != "" {
			right = append(right, s.hint(a))
			room -= cells(right[len(right)-1].text) + hintGap
		}
	}
	for _, a := range own {
		if a.quiet || a.binding.Help().Key == "" {
			continue
		}
		h := s.hint(a)
		if room -= cells(h.text) + hintGap; room < 0 {
			break
		}
		left = append(left, h)
	}
	return left, right
}

func (s *Session) hint(a action) hint {
	h, style := a.binding.Help(), s.theme.keys
	if a.why != "" {
		style = s.theme.faint
	}
	return hint{a, style.Render(h.Key) + " " + s.theme.faint.Render(h.Desc)}
}

// footer shows the keys that work now.
func (s *Session) footer() string {
	line := func(hints []hint) string {
		var texts []string
		for _, h := range hints {
			texts = append(texts, h.text)
		}
		return strings.Join(texts, strings.Repeat(" ", hintGap))
	}
	left, right := s.footerHints()
	return spread(" "+line(left), line(right)+" ", s.width)
}

// capital starts a sentence with a capital letter.
func capital(text string) string {
	if text == "" {
		return ""
	}
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

func lower(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(r)) + text[size:]
}
