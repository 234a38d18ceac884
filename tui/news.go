package tui

import (
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// settle is how long a session waits after a change before it draws, so that a burst of changes is one frame.
	settle = 15 * time.Millisecond
	// newsEvery is how often a session draws at most because the shop has changed. One process may have hundreds of
	// sessions, and while tickets sell fast nobody reads faster than this. Keys are answered at once all the same.
	newsEvery = 50 * time.Millisecond
)

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

// waitForShop waits for a newer shop that concerns the session. It ends with the session.
func (s *Session) waitForShop() tea.Cmd {
	shown, ctx, live, mine := s.shop, s.ctx, s.cfg.Live, s.mine
	next := s.renewedAt.Add(newsEvery)
	return func() tea.Msg {
		for newest, changed := live.Shop(); !mine.concerns(shown, newest); newest, changed = live.Shop() {
			select {
			case <-changed:
			case <-ctx.Done():
				return nil
			}
		}
		timer := time.NewTimer(max(settle, time.Until(next)))
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
