package tui

import (
	"cmp"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
)

// glow remembers catalogues of a moment ago, so that a count that has just fallen can be seen to have fallen. Nothing else
// on the screen moves by itself.
type glow struct {
	before *model.Catalogue // with which counts are compared; nil while nothing glows
	later  *model.Catalogue // with which they are compared next
	shown  bool             // something on the screen glows
}

// glowMsg says that half the time is over for which a count glows.
type glowMsg struct{}

// usualGlow is how long a count glows at most; half of it at least.
const usualGlow = time.Second

// changed begins to compare with the catalogue that has just been replaced.
func (s *Session) changed(old *model.Catalogue) tea.Cmd {
	if s.cfg.Still || s.glow.before != nil || old == nil || old == s.shop.Catalogue {
		return nil
	}
	s.glow = glow{before: old, later: s.shop.Catalogue}
	return s.after(cmp.Or(s.cfg.Glow, usualGlow)/2, glowMsg{})
}

// dim ends the glow of what fell some time ago.
func (s *Session) dim() tea.Cmd {
	s.due = s.due || s.glow.shown
	if s.glow.before = s.glow.later; s.glow.before == s.shop.Catalogue {
		s.glow = glow{}
		return nil
	}
	s.glow.later = s.shop.Catalogue
	return s.after(cmp.Or(s.cfg.Glow, usualGlow)/2, glowMsg{})
}

// fell says whether the count of an event has just fallen.
func (s *Session) fell(e *model.Event) bool {
	if s.glow.before == nil {
		return false
	}
	old, ok := s.glow.before.Event(e.ID)
	fell := ok && e.OnSale() < old.OnSale()
	s.glow.shown = s.glow.shown || fell
	return fell
}

// ticketFell says whether fewer tickets of a type are left than just now.
func (s *Session) ticketFell(eventID string, ticket model.Ticket) bool {
	if s.glow.before == nil {
		return false
	}
	old, ok := s.glow.before.Event(eventID)
	if !ok {
		return false
	}
	was, ok := old.Ticket(ticket.Type)
	fell := ok && ticket.Left < was.Left
	s.glow.shown = s.glow.shown || fell
	return fell
}

// count draws a count at the right of a column; one that has just fallen glows.
func (t theme) count(text string, width int, style ink, fell bool) string {
	text = ansi.Truncate(text, width, "…")
	pad := style.Render(strings.Repeat(" ", max(width-cells(text), 0)))
	if fell {
		style = t.fell
	}
	return pad + style.Render(text)
}
