package tui

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// settle is how long a session waits after a change before it draws, so that a burst of changes is one frame.
	settle = 15 * time.Millisecond
	// newsEvery is how often a session draws at most because the shop has changed: often enough that what was bought
	// elsewhere shows within two frames, at 30 a second.
	newsEvery = 20 * time.Millisecond
	// newsPerSession is how much less often it draws for each session of the process that is drawn for the same news, up to
	// newsSlowest: hundreds share the processor, and nobody reads that fast. Keys are answered at once all the same.
	newsPerSession = newsEvery / 75
	newsSlowest    = 100 * time.Millisecond
)

// Sessions are those of a process, which share the processor.
//
// The zero value is ready. Any number of goroutines may use it.
type Sessions struct {
	mu      sync.Mutex
	sees    map[*Session]bool // whether the last news made them look otherwise
	looking int               // how many it did
}

// join adds a session until it ends.
func (all *Sessions) join(s *Session) {
	if all != nil {
		all.note(s, false)
		context.AfterFunc(s.ctx, func() { all.note(s, false) })
	}
}

// note takes down whether the last news made a session look otherwise.
func (all *Sessions) note(s *Session, sees bool) {
	if all == nil {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.sees[s] {
		all.looking--
	}
	if s.ctx.Err() != nil {
		delete(all.sees, s)
		return
	}
	if all.sees == nil {
		all.sees = map[*Session]bool{}
	}
	if all.sees[s] = sees; sees {
		all.looking++
	}
}

// pace is how long a session waits after it was drawn for news until it is drawn for news again. Those who see nothing of what
// changes are woken as if all were: it costs little, but they are many.
func (all *Sessions) pace(sees bool) time.Duration {
	if all == nil {
		return newsEvery
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	others := len(all.sees)
	if sees {
		others = all.looking
	}
	return min(newsEvery+time.Duration(others)*newsPerSession, newsSlowest)
}

// mine is whose records a session shows, for those who wait for news beside the loop; "" for nobody's.
type mine struct{ username atomic.Pointer[string] }

func (m *mine) is(username string) { m.username.Store(&username) }

// concerns says whether a session that shows one shop has to draw because of a newer one. That other people come, go and
// mark their favourites happens all the time where many share a process; and who has not logged in sees no counts.
func (m *mine) concerns(shown, newest model.Shop) bool {
	username := ""
	if known := m.username.Load(); known != nil {
		username = *known
	}
	before, _ := shown.People.Person(username)
	after, _ := newest.People.Person(username)
	shown.People = newest.People
	if username == "" && shown.Catalogue.Len() == newest.Catalogue.Len() {
		shown.Catalogue, shown.Statistics = newest.Catalogue, newest.Statistics
	}
	return before != after || shown != newest
}

// looksLike says whether the session is known to look as it did with another shop. Hundreds of sessions may look at other
// events than those that sell at the moment; none of them has to be drawn for that.
func (s *Session) looksLike(before model.Shop) bool {
	top, ok := s.top().(glancer)
	if !ok || len(s.stack) > 1 || s.shop.Stale || before.Catalogue == nil {
		return false
	}
	now, _ := s.shop.People.Person(s.me.Username)
	then, _ := before.People.Person(s.me.Username)
	catalogue := before.Catalogue
	before.Catalogue, before.Statistics, before.People = s.shop.Catalogue, s.shop.Statistics, s.shop.People
	return now == then && before == s.shop && top.looksLike(s, catalogue)
}

// waitForShop waits for a newer shop that concerns the session, which saw something of the last one or not. It ends with the
// session.
func (s *Session) waitForShop(sees bool) tea.Cmd {
	shown, ctx, live, mine := s.shop, s.ctx, s.cfg.Live, s.mine
	pace := s.cfg.Sessions.pace(sees)
	next := s.renewedAt.Add(pace)
	apart := rand.N(pace - newsEvery + 1) // so that many who have the same news are not all drawn at the same moment
	return func() tea.Msg {
		for newest, changed := live.Shop(); !mine.concerns(shown, newest); newest, changed = live.Shop() {
			select {
			case <-changed:
			case <-ctx.Done():
				return nil
			}
		}
		timer := time.NewTimer(max(settle+apart, time.Until(next)))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
		newest, _ := live.Shop()
		return shopMsg(newest)
	}
}
