package tui

import (
	"context"
	"slices"
	"sync"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// watching is a watch whose changes are shown as they happen.
type watching struct {
	stop    context.CancelFunc
	ctx     context.Context // ends with the watch, and with the session
	changed chan struct{}   // holds one token while there is something to take

	mu      sync.Mutex
	waiting model.Answer // changes that have not been shown
	missed  int          // changes that came faster than they could be shown
	ended   bool
	err     error
}

// maxWaiting is how many changes wait to be shown; of more than that the oldest are missed.
const maxWaiting = 500

// watchMsg brings what a watch has seen.
type watchMsg struct {
	screen *console
	watch  *watching
	seen   model.Answer
	missed int
	ended  bool
	err    error
}

// beginWatching shows what changes from now on, also while the person looks at something else, until they log out.
func (c *console) beginWatching(s *Session, text string, q model.RawQuery) tea.Cmd {
	ctx, stop := context.WithCancel(s.here)
	w := &watching{ctx: ctx, stop: stop, changed: make(chan struct{}, 1)}
	c.watch, c.rest = w, nil
	c.output.show(text, "beginning to watch "+q.Range.String()+" …")
	c.output.live, c.output.follows = true, true
	store, actor := s.cfg.Store, s.me.Username
	return tea.Batch(w.wait(c), func() tea.Msg {
		w.end(store.WatchAs(ctx, actor, q, w.take))
		return nil
	})
}

// take keeps what happened until it is shown.
func (w *watching) take(a model.Answer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.Changes = append(w.waiting.Changes, a.Changes...)
	if surplus := len(a.Changes) - maxWaiting; surplus > 0 {
		w.missed += surplus
		a.Changes = slices.Clone(a.Changes[surplus:])
	}
	w.waiting = a
	w.wake()
}

func (w *watching) end(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended, w.err = true, err
	w.wake()
}

func (w *watching) wake() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// wait waits until there is something to be shown.
func (w *watching) wait(c *console) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-w.changed:
		case <-w.ctx.Done():
			return nil
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		msg := watchMsg{c, w, w.waiting, w.missed, w.ended, w.err}
		w.waiting.Changes, w.missed = nil, 0
		return msg
	}
}

func (msg watchMsg) arrive(s *Session) tea.Cmd {
	if msg.screen.watch != msg.watch {
		return nil
	}
	return msg.screen.takeChanges(s, msg)
}

func (c *console) takeChanges(s *Session, msg watchMsg) tea.Cmd {
	if msg.seen.Query.Verb != "" {
		c.output.words = "watching " + msg.seen.Query.Range.String() + ", as of revision " + model.Thousands(int(msg.seen.Revision))
	}
	if msg.missed > 0 {
		c.output.fail(model.Plural(msg.missed, "change") + " came too fast to be shown")
	}
	c.output.add(msg.seen)
	if !msg.ended {
		return msg.watch.wait(c)
	}
	c.endWatch("the watch has seen as much as it was to see")
	if msg.err == nil {
		return nil
	}
	s.failed(msg.err)
	c.output.words = "the watch has ended"
	c.output.fail(model.Sentence(msg.err))
	if !s.holds(c) && s.me.Role == model.RoleAdmin {
		return s.say(warning, model.Sentence(msg.err))
	}
	return nil
}

// stopWatching ends the watch; what it has seen stays.
func (c *console) stopWatching() tea.Cmd {
	c.endWatch("stopped watching")
	return nil
}

func (c *console) endWatch(words string) {
	c.watch.stop()
	c.watch = nil
	c.output.words = words
	c.output.live, c.output.follows = false, false
}
