package etcdstore

import (
	"context"
	"slices"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"golang.org/x/sync/errgroup"

	"github.com/ticketcd/ticketcd/model"
)

// lookPatience is shorter than a customer's patience: who waits learns that the store does not answer.
const lookPatience = patience - time.Second

// service serves the customers of one event, round by round. Those who have queued while one round was on its way are the
// next, which is judged on the state that the last one left: nothing has to be read again but what newcomers hold.
//
// When an answer is lost, the service leaves the till to another one and goes on alone with those whose orders are in
// doubt, until they are settled. The others need not wait for that: what they buy settles it.
type service struct {
	store *Store
	till  *till // nil once it was left
	event string

	todo  []*customer
	seen  *sale // the state that the store was last known to be in; nil if it must be read
	alone bool  // etcd refused a round, perhaps because of one customer: serve them one at a time
	lost  bool  // others came first in the last round
}

func newService(s *Store, t *till) *service { return &service{store: s, till: t, event: t.eventID} }

func (v *service) run() {
	for v.nextRound() {
	}
}

// nextRound serves some of those who wait, and says whether there were any. It has its turn as an admin's change of the
// event has.
func (v *service) nextRound() bool {
	release := func() {}
	if v.till != nil {
		if got, err := v.store.turns.take(v.store.writes.Ctx(), v.event); err == nil { // or the store is closed
			release = got
		}
	}
	defer release()
	if !v.gather() {
		return false
	}
	v.serve(release)
	return true
}

// gather takes in those who wait, and says whether there is anybody to serve.
func (v *service) gather() bool {
	switch {
	case v.till != nil && len(v.todo) == 0:
		v.todo = v.till.next()
	case v.till != nil:
		v.todo = append(v.todo, v.till.arrived()...)
	}
	return len(v.todo) > 0
}

// serve makes one round.
func (v *service) serve(release func()) {
	v.todo = slices.DeleteFunc(v.todo, func(c *customer) bool { return c.stage.Load() == gone })
	if len(v.todo) == 0 {
		return
	}
	if err := v.look(); err != nil {
		for _, c := range v.todo {
			if c.take() {
				c.refuse(err)
			}
		}
		v.todo, v.seen = nil, nil
		return
	}
	if r := v.judge(); len(r.served) > 0 {
		v.carryOut(r, release)
	}
}

// look reads what the next customers are judged on, as far as it is not known.
func (v *service) look() error {
	holdings := map[string]holding{}
	var unknown []string
	for _, c := range v.todo[:min(len(v.todo), maxOps)] {
		username := c.order.Username
		if _, asked := holdings[username]; asked {
			continue
		}
		var known bool
		if v.seen != nil {
			holdings[username], known = v.seen.holdings[username]
		}
		if !known {
			holdings[username] = holding{}
			unknown = append(unknown, username)
		}
	}
	var mu sync.Mutex
	var all errgroup.Group
	for i, some := range slices.Collect(slices.Chunk(unknown, (maxOps-2)/2)) {
		all.Go(func() error {
			seen, found, err := v.read(some, i == 0 && v.seen == nil)
			mu.Lock()
			defer mu.Unlock()
			if seen != nil {
				v.seen = seen
			}
			for i, h := range found {
				holdings[some[i]] = h
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	v.seen = v.seen.with(holdings)
	return nil
}

// read reads what users hold of the event and, if asked to, the event.
func (v *service) read(users []string, withEvent bool) (seen *sale, holdings []holding, err error) {
	var ops []clientv3.Op
	if withEvent {
		ops = saleReads(v.event)
	}
	skip := len(ops)
	for _, username := range users {
		ops = append(ops, clientv3.OpGet(model.UserKey(username), clientv3.WithCountOnly()),
			clientv3.OpGet(model.PurchaseKey(username, v.event)))
	}
	ctx, cancel := context.WithTimeout(v.store.reads.Ctx(), lookPatience)
	defer cancel()
	resp, err := v.store.read(ctx, ops...)
	if err != nil {
		return nil, nil, err
	}
	if withEvent {
		seen = newSale(v.event, resp.Responses)
	}
	for i, username := range users {
		answers := resp.Responses[skip+2*i:]
		h := newHolding(username, v.event, answers[1])
		h.nobody = answers[0].GetResponseRange().Count == 0
		holdings = append(holdings, h)
	}
	return seen, holdings, nil
}

// judge makes up the next round. Those for whom there is nothing to write are answered, unless it is only because of
// those before them in the round, which is not carried out yet: they are the first of the round after it.
func (v *service) judge() *round {
	r, now := newRound(v.seen), v.store.wallClock()
	var later []*customer
	for i, c := range v.todo {
		if _, known := v.seen.holdings[c.order.Username]; !known || v.alone && len(r.served) > 0 {
			later = append(later, v.todo[i:]...)
			break
		}
		effect, decided, err := c.judge(r, now)
		switch {
		case (decided || err != nil) && len(r.served) > 0, !r.hasRoomFor(effect):
			later = append(later, c)
		case !c.take():
		case err != nil && c.inDoubt:
			c.giveUp(err)
		case decided || err != nil:
			c.answer(effect.order, err)
		case c.tried && !c.inDoubt && c.ctx.Err() != nil:
			c.tooLate()
		default:
			c.tried, c.outcome = true, effect.order
			r.add(c, effect)
		}
	}
	v.todo = later
	return r
}
