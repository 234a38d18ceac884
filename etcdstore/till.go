package etcdstore

import (
	"slices"
	"sync"
)

// tills are where the customers of this process queue: one till for each event that somebody wants to order for, with a
// service of its own for as long as anybody waits. Those who wait at the same moment are served together.
//
// Nothing relies on it: the transaction alone keeps an order sound, against this process and all others.
//
// The zero value is ready.
type tills struct {
	mu   sync.Mutex
	open map[string]*till
}

// till is one queue.
type till struct {
	tills   *tills
	eventID string
	waiting []*customer
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
		s.tills.open[c.order.EventID] = t
		go newService(s, t).run()
	}
	t.waiting = append(t.waiting, c)
}

// next returns everybody who waits. If that is nobody, the till closes.
func (t *till) next() []*customer {
	t.tills.mu.Lock()
	defer t.tills.mu.Unlock()
	customers := t.waiting
	t.waiting = nil
	if len(customers) == 0 {
		delete(t.tills.open, t.eventID)
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
	go newService(s, t).run()
}
