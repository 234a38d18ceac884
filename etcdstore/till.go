package etcdstore

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// tills are where the customers of this process queue: one till for each event that somebody wants to order for, with a
// service of its own for as long as anybody waits. Those who wait at the same moment are served together.
//
// Nothing relies on it: the transaction alone keeps an order sound, against this process and all others.
//
// When a till closes, the state that it left is kept for the next one. If somebody else has sold since, the next
// transaction says so.
//
// The zero value is ready.
type tills struct {
	mu    sync.Mutex
	open  map[string]*till
	left  map[string]*sale    // of events whose till is closed
	known map[string]struct{} // users who were found to exist: only who writes to etcd itself can make them cease to
}

// So much is remembered, before all of it is forgotten: it takes a few megabytes.
const keptSales = 2000

// KeptUsers is how many users a process remembers that they exist.
const KeptUsers = 100_000

// remember adds to what is remembered.
func remember[V any](memory *map[string]V, limit int, key string, value V) {
	if _, known := (*memory)[key]; *memory == nil || !known && len(*memory) >= limit {
		*memory = map[string]V{}
	}
	(*memory)[key] = value
}

// noteKnown remembers that users exist.
func (t *tills) noteKnown(usernames ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, username := range usernames {
		remember(&t.known, KeptUsers, username, struct{}{})
	}
}

// forget takes note that a user is there no more.
func (t *tills) forget(username string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, username)
}

// isKnown says whether a user was found to exist.
func (t *tills) isKnown(username string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, known := t.known[username]
	return known
}

// till is one queue.
type till struct {
	tills   *tills
	eventID string
	waiting []*customer
}

// serve queues a customer, and returns when they are answered. It is false where soon ended before it was their turn: then
// nothing was sent, and nothing will be.
func (s *Store) serve(soon context.Context, c *customer, onDoubt func()) (ok bool) {
	if soon.Err() != nil { // they left before they came, and might be served before anybody notices
		return false
	}
	s.join(c)
	return c.await(soon, onDoubt)
}

// join queues a customer, and opens the till if it is the first.
func (s *Store) join(c *customer) {
	s.tills.mu.Lock()
	defer s.tills.mu.Unlock()
	t := s.tills.open[c.order.EventID]
	if t == nil {
		t = &till{tills: &s.tills, eventID: c.order.EventID}
		if s.tills.open == nil {
			s.tills.open = map[string]*till{}
		}
		s.tills.open[t.eventID] = t
		go newService(s, t, s.tills.left[t.eventID]).run()
		delete(s.tills.left, t.eventID)
	}
	t.waiting = append(t.waiting, c)
}

// linger lets those come who are about to: whoever was answered with others often orders again with them, and would find
// the first of them gone. With 64 buyers on five members that sells half as many more.
func (t *till) linger() {
	untilNobodyComes(MaxOrderOps, func() int {
		t.tills.mu.Lock()
		defer t.tills.mu.Unlock()
		return len(t.waiting)
	})
}

// untilNobodyComes gives way to all goroutines that are ready to run, for as long as that has more of them wait, and until
// there are enough. It takes no time where there is nobody to give way to.
func untilNobodyComes(enough int, waiting func() int) {
	for before, now := -1, waiting(); before < now && now < enough; before, now = now, waiting() {
		runtime.Gosched()
	}
}

// next returns everybody who waits. If that is nobody, the till closes, and leaves the state that was seen last.
func (t *till) next(seen *sale) []*customer {
	t.tills.mu.Lock()
	defer t.tills.mu.Unlock()
	customers := t.waiting
	t.waiting = nil
	if len(customers) == 0 {
		delete(t.tills.open, t.eventID)
		if seen != nil {
			remember(&t.tills.left, keptSales, t.eventID, seen.with(nil))
		}
	}
	return customers
}

// arrived returns those who have come since.
func (t *till) arrived() []*customer {
	t.tills.mu.Lock()
	defer t.tills.mu.Unlock()
	customers := t.waiting
	t.waiting = nil
	return customers
}

// handOver gives the till to another service, with customers who were first in the queue.
func (t *till) handOver(s *Store, first []*customer) {
	t.tills.mu.Lock()
	defer t.tills.mu.Unlock()
	t.waiting = slices.Concat(first, t.waiting)
	if len(t.waiting) == 0 {
		delete(t.tills.open, t.eventID)
		return
	}
	go newService(s, t, nil).run()
}
