package tui

import (
	"math/rand/v2"
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
	// newsPerSession is how much less often it draws for each session of the process, up to newsSlowest: hundreds share
	// the processor, and nobody reads that fast. Keys are answered at once all the same.
	newsPerSession = newsEvery / 75
	newsSlowest    = 100 * time.Millisecond
)

// pace is how long a session waits after it was drawn for news until it is drawn for news again.
func (s *Session) pace() time.Duration {
	if s.cfg.Sessions == nil {
		return newsEvery
	}
	return min(newsEvery+time.Duration(s.cfg.Sessions())*newsPerSession, newsSlowest)
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

// waitForShop waits for a newer shop that concerns the session. It ends with the session.
func (s *Session) waitForShop() tea.Cmd {
	shown, ctx, live, mine := s.shop, s.ctx, s.cfg.Live, s.mine
	pace := s.pace()
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
