package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

func (s *Session) top() screen { return s.stack[len(s.stack)-1] }

// holds says whether a screen is open, even if others cover it.
func (s *Session) holds(sc screen) bool { return slices.Contains(s.stack, sc) }

// open puts a screen on top of the others.
func (s *Session) open(next screen) tea.Cmd {
	if len(s.stack) == 0 || s.top() != next {
		s.stack = append(s.stack, next)
		s.moved()
	}
	if o, ok := next.(opener); ok {
		return o.opened(s)
	}
	return nil
}

// home closes all screens and opens another one.
func (s *Session) home(first screen) tea.Cmd {
	s.stack = nil
	return s.open(first)
}

// back closes the top screen, but never the last one.
func (s *Session) back() tea.Cmd {
	if len(s.stack) == 1 {
		return nil
	}
	top := s.top()
	return s.leaving(s.stack[len(s.stack)-1:], func() tea.Cmd {
		s.close(top)
		if c, asked := top.(*confirm); asked && c.spared != "" {
			return s.say(good, c.spared)
		}
		return nil
	})
}

// leaving does what closes some screens. It asks first where that would lose what somebody typed.
func (s *Session) leaving(closed []screen, deed func() tea.Cmd) tea.Cmd {
	for _, open := range closed {
		k, ok := open.(keeper)
		if !ok || k.unsaved(s) == "" {
			continue
		}
		return s.open(&confirm{
			step:     "Leave without saving",
			question: k.unsaved(s) + "\n\nIf you leave now, that is lost.",
			yes:      "discard it", no: "stay",
			deed: deed, leaves: true,
		})
	}
	return deed()
}

// close closes a screen wherever it is in the stack, with everything above it.
func (s *Session) close(done screen) {
	if i := slices.Index(s.stack, done); i > 0 {
		s.stack = s.stack[:i]
		s.moved()
	}
}

// moved is for when another screen is open than before: why a key did nothing on the one before is not true of this one, and
// notifications are seen when they are on the screen.
func (s *Session) moved() {
	if s.toast.why {
		s.hush()
	}
	if _, shown := s.base().(*notices); shown {
		s.see()
	}
}

// quit ends the session. It asks first if an order is under way whose fate the person would not learn, or if what somebody
// typed would be lost; whoever quits that question means it.
func (s *Session) quit() tea.Cmd {
	if c, asked := s.top().(*confirm); asked && c.leaves {
		if c.asks != nil { // it asked about what is under way, and not about a form
			return c.agree(s)
		}
		return tea.Quit
	}
	leave := func() tea.Cmd { return tea.Quit }
	if s.busy == "" {
		return s.leaving(s.stack, leave)
	}
	return s.open(&confirm{
		step: "Leave the shop",
		asks: s.whatLeavingMisses,
		yes:  "leave now", no: "stay",
		deed: func() tea.Cmd { return s.leaving(s.stack, leave) }, leaves: true,
	})
}

// whatLeavingMisses says what is under way, or that it has ended while the question stood there.
func (s *Session) whatLeavingMisses() string {
	if s.busy == "" {
		return "What was under way has ended.\nDo you want to leave nevertheless?"
	}
	return "Still busy: " + s.busy + ".\nIf you leave now you will not see how it ends."
}

// common are the actions that every screen has besides its own.
func (s *Session) common(of screen) []action {
	if _, isBox := of.(overlay); isBox {
		return s.commonOfBox()
	}
	common := []action{bind([]string{"?", "f1"}, "help", func() tea.Cmd { return s.open(&help{about: of}) })}
	common = append(common, s.elsewhere(of)...)
	common = append(common, redraw())
	if len(s.stack) > 1 && of != s.stack[0] {
		common = append(common, bind([]string{"esc"}, "back", s.back))
	}
	return append(common, bind([]string{"q", quitKey}, quitName, s.quit))
}

// commonOfBox are the few actions of a box over a screen.
func (s *Session) commonOfBox() []action {
	return []action{bind([]string{"esc"}, "back", s.back), bind([]string{quitKey}, quitName, s.quit), redraw()}
}

// redraw draws all of the screen, on which something else may have written.
func redraw() action {
	return bind([]string{"ctrl+l"}, "draw the screen anew", func() tea.Cmd { return tea.ClearScreen }).called("redraw").moving()
}

// elsewhere are the ways to the other parts of the shop, for somebody who is logged in.
func (s *Session) elsewhere(of screen) []action {
	if s.me.Username == "" {
		return nil
	}
	actions := []action{
		bind([]string{":", "ctrl+p"}, "all commands", func() tea.Cmd { return s.open(newPalette(s, of)) }).inHelp(),
	}
	for _, p := range s.parts() {
		actions = append(actions, p.action())
	}
	return actions
}

// toSearch goes to the search field from anywhere.
func (s *Session) toSearch() tea.Cmd {
	return s.leaving(s.stack[1:], func() tea.Cmd {
		s.stack = s.stack[:1]
		s.moved()
		if home, ok := s.top().(*search); ok {
			return home.searchAnew()
		}
		return nil
	})
}

// goTo opens a part of the shop above what the person was looking at or ordering, unless it is open already.
func (s *Session) goTo(part screen) tea.Cmd {
	if s.top().title(s) == part.title(s) {
		return nil
	}
	below := s.below(part)
	closed := slices.DeleteFunc(slices.Clone(s.stack), func(open screen) bool { return slices.Contains(below, open) })
	return s.leaving(closed, func() tea.Cmd {
		s.stack = s.below(part)
		return s.open(part)
	})
}

// below is what stays open below a part of the shop, so that back leads there: what it was opened from, if it is open already,
// or else the last event that is open, with its order. An order that is begun is kept rather than an event that is only looked
// at. It is no more than that: whoever goes to and fro between the parts piles nothing up.
func (s *Session) below(part screen) []screen {
	if i := slices.Index(s.stack, part); i > 0 && !isOrdering(s.stack[i:]) {
		return slices.Clone(s.stack[:i])
	}
	var kept, run []screen
	for _, open := range s.stack[1:] {
		switch open.(type) {
		case *eventScreen, *purchase, *receipt:
			if run = append(run, open); isOrdering(run) || !isOrdering(kept) {
				kept = run
			}
		default:
			run = nil
		}
	}
	return append([]screen{s.stack[0]}, kept...)
}

// isOrdering says whether there is an order among some screens for which tickets have been chosen.
func isOrdering(screens []screen) bool {
	return slices.ContainsFunc(screens, func(open screen) bool {
		p, ok := open.(*purchase)
		return ok && p.choosing()
	})
}
