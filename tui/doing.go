package tui

import (
	"cmp"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// mood is the tone of what is said.
type mood int

const (
	doing mood = iota // something is under way; stays until it ends
	good
	warning
	bad
)

// toast is the one line above the footer that says what is happening or what happened.
type toast struct {
	text  string
	mood  mood
	tag   int  // a fading toast knows by it whether it is still the one on the screen
	stays bool // it does not fade before a key is pressed
	why   bool // it says why a key did nothing
}

type fadeMsg struct{ tag int }

// say shows a sentence on whatever screen is open. What is under way stays; the rest fades, problems later.
func (s *Session) say(m mood, text string) tea.Cmd {
	s.toast = toast{text: capital(model.Clean(text)), mood: m, tag: s.toast.tag + 1}
	if m == doing {
		s.underWay = s.toast.text
	}
	return s.fade()
}

// goOn says how far what is under way has come; or, where something else was said meanwhile, only when that has been read.
func (s *Session) goOn(text string) tea.Cmd {
	if s.toast.text != "" && s.toast.mood != doing {
		s.underWay = capital(model.Clean(text))
		return nil
	}
	return s.say(doing, text)
}

// fade takes away what was just said when the person has had the time to read it.
func (s *Session) fade() tea.Cmd {
	if s.cfg.Still {
		return nil
	}
	stay := cmp.Or(s.cfg.Linger, 5*time.Second)
	switch s.toast.mood {
	case doing:
		return nil
	case warning, bad:
		stay *= 2
	case good:
	}
	return s.after(stay, fadeMsg{s.toast.tag})
}

// noticed has what waited for a key fade from now on.
func (s *Session) noticed() tea.Cmd {
	if !s.toast.stays {
		return nil
	}
	s.toast.stays = false
	return s.fade()
}

// refuse says why a key did nothing, for as long as the screen is open on which it was pressed.
func (s *Session) refuse(why string) tea.Cmd {
	said := s.say(warning, why)
	s.toast.why = true
	return said
}

// hush takes away what was said. What is under way is said again, whatever was said meanwhile.
func (s *Session) hush() {
	s.toast.text = ""
	if s.busy != "" {
		s.toast.text, s.toast.mood = s.underWay, doing
	}
}

// deed is something that may take time: it runs off the loop, with nothing of the session but what it captured. It
// returns what to say and what to do on the loop afterwards; either may be empty.
type deed func(ctx context.Context) (said string, then func() tea.Cmd, err error)

type doneMsg struct {
	said string
	then func() tea.Cmd
	err  error
}

// doubtMsg says, in words, that the fate of an order is being looked into: of the one that is moved by the deed with a number.
type doubtMsg struct {
	deed  int
	words string
}

// doubt says so, unless the fate is known by now.
func (s *Session) doubt(msg doubtMsg) tea.Cmd {
	if s.busy == "" || msg.deed != s.deeds {
		return nil
	}
	s.doubted = msg.deed
	return s.say(doing, msg.words+" …")
}

// do starts a deed and says so. While one is under way no other is started.
func (s *Session) do(words string, limit time.Duration, run deed) tea.Cmd {
	if why := s.stillBusy(); why != "" {
		return s.refuse(why)
	}
	s.busy = words
	s.deeds++
	parent := s.ctx
	cmd := func() tea.Msg {
		ctx, cancel := parent, context.CancelFunc(func() {})
		if limit > 0 {
			ctx, cancel = context.WithTimeout(parent, limit)
		}
		defer cancel()
		said, then, err := run(ctx)
		return doneMsg{said: said, then: then, err: err}
	}
	return tea.Batch(s.say(doing, words+" …"), cmd)
}

// doOrCheck is do for what moves tickets: it takes as long as it needs to know how it ended, and says in words of its own
// when it has to find out whether it went through.
func (s *Session) doOrCheck(words, checking string, run func(ctx context.Context, inDoubt func()) (string, func() tea.Cmd, error)) tea.Cmd {
	ctx, doubt, settled := s.ctx, make(chan struct{}, 1), make(chan struct{})
	if why := s.stillBusy(); why != "" {
		return s.refuse(why)
	}
	started := s.do(words, 0, func(ctx context.Context) (string, func() tea.Cmd, error) {
		defer close(settled)
		return run(ctx, func() {
			select {
			case doubt <- struct{}{}:
			default:
			}
		})
	})
	number := s.deeds
	return tea.Batch(started, func() tea.Msg {
		select {
		case <-doubt:
			return doubtMsg{number, checking}
		case <-settled:
		case <-ctx.Done():
		}
		return nil
	})
}

// stillBusy is the reason why no other deed can be started now; empty if one can.
func (s *Session) stillBusy() string {
	if s.ending.why != "" {
		return "The shop is closing: nothing new can be started"
	}
	if s.busy == "" {
		return ""
	}
	return "Not yet: still " + lower(s.busy) + " …"
}

// done says how a deed ended, on whatever screen is open by then. What was in doubt may end long after the person has stopped
// looking, so that is said until they are back.
func (s *Session) done(msg doneMsg) tea.Cmd {
	s.busy = ""
	var said, followed tea.Cmd
	switch {
	case msg.err != nil:
		s.failed(msg.err)
		said = s.say(bad, model.Sentence(msg.err))
	case msg.said != "":
		said = s.say(good, msg.said)
	case s.toast.mood == doing: // what else was said meanwhile is left to be read
		s.toast.text = ""
	}
	if s.doubted == s.deeds {
		said, s.toast.stays = nil, true
	}
	if msg.then != nil {
		followed = msg.then()
	}
	return tea.Batch(said, followed, s.over(msg))
}

// failed has an error counted that the person is told of.
func (s *Session) failed(err error) {
	if s.cfg.Failed != nil {
		s.cfg.Failed(err)
	}
}
