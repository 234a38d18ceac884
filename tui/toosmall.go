package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"
)

// The smallest window in which the shop can be used, in cells.
const (
	minWidth  = 60
	minHeight = 20
)

// tooSmall says whether the window is too small for the shop to be drawn. A size that is not known yet is none.
func (s *Session) tooSmall() bool {
	known := s.width > 0 || s.height > 0
	return known && (s.width < minWidth || s.height < minHeight)
}

// unseen is what the person does while the shop cannot be drawn: nobody buys, cancels or types what they do not see, so
// all that works is to leave.
func (s *Session) unseen(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	return s.strike(press, []action{s.quitAction()})
}

// quitAction is the action that leaves, on the keys that do so now.
func (s *Session) quitAction() action {
	_, common := s.actionsOf(s.top())
	return common[slices.IndexFunc(common, func(a action) bool { return a.id() == quitName })]
}

// viewTooSmall says what is needed, what leaves, and, if somebody has asked to, what would be lost. What matters most comes
// first, for there may be room for nothing else.
func (s *Session) viewTooSmall() string {
	if s.width < 1 || s.height < 1 {
		return ""
	}
	words := "Please make this window larger,\nor press " + s.quitAction().binding.Help().Key + " to leave."
	if c, ok := s.top().(*confirm); ok && c.leaves {
		words = c.asked() + "\n\n" + words
	}
	words += fmt.Sprintf("\n\nThe shop needs %d × %d characters,\nthis window has %d × %d.", minWidth, minHeight, s.width, s.height)
	return block(centred(wrap(words, s.width, s.height), s.width, s.height), s.width, s.height)
}
