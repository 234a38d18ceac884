package etcdstore

import (
	"context"
	"slices"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"golang.org/x/sync/errgroup"
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

	todo      []*customer
	seen      *sale         // the state that the store was last known to be in; nil if it must be read
	losses    int           // how often in a row others came first
	lost      time.Duration // how long it took to lose to others; 0 after a round that came first
	lostAt    time.Time     // when the last of those rounds failed
	contested int           // in how many more rounds others may want to come first
	spoilt    bool          // the last round failed because of what was assumed of some: now those come first of whom all is known
}

func newService(s *Store, t *till, seen *sale) *service {
	return &service{store: s, till: t, event: t.eventID, seen: seen}
}

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
	if v.till != nil {
		v.till.linger()
		if len(v.todo) == 0 {
			v.todo = v.till.next(v.seen)
		} else {
			v.todo = append(v.todo, v.till.arrived()...)
		}
	}
	return len(v.todo) > 0
}

// serve makes one round.
func (v *service) serve(release func()) {
	v.todo = slices.DeleteFunc(v.todo, func(c *customer) bool { return c.stage.Load() == gone })
	if len(v.todo) == 0 {
		return
	}
	if v.till != nil && v.seen != nil && v.seen.hidden && v.seen.isOld() { // what is in doubt is settled on what it was judged on
		v.seen = nil
	}
	if v.mustLook() {
		if err := v.look(); err != nil {
			for _, c := range v.todo {
				if c.take() {
					c.refuse(err)
				}
			}
			v.todo, v.seen = nil, nil
			return
		}
	}
	v.store.wantRoom(len(v.todo))
	if r := v.judge(); len(r.served) > 0 {
		v.carryOut(r, release)
	}
}

// next are the customers who may be part of the next round.
func (v *service) next() []*customer { return v.todo[:min(len(v.todo), v.store.room.ops())] }

// mustLook says whether any of the next customers can only be served after a look at the store. To place an order it is
// not needed: the transaction itself looks.
func (v *service) mustLook() bool {
	return v.seen == nil || slices.ContainsFunc(v.next(), func(c *customer) bool {
		return c.unsure || c.returns && v.seen.holdings[c.order.Username].assumed()
	})
}

// look reads what the next customers are judged on, as far as it is not known, or was known before an unsure one came. Only for
// an unsure one it has to be what most members agree on. For the others it may be what any one member knows, which is much
// sooner there, without a disk or other members being waited for: if that is old, the transaction says so.
func (v *service) look() error {
	withEvent := v.seen == nil
	agreed := slices.ContainsFunc(v.next(), func(c *customer) bool { return c.unsure })
	holdings := map[string]holding{}
	var unknown []string
	for _, c := range v.next() {
		username := c.order.Username
		var known holding
		if v.seen != nil {
			known = v.seen.holdings[username]
			withEvent = withEvent || c.unsure && v.seen.asOf.Before(c.came)
		}
		if known.assumed() || c.unsure && known.asOf.Before(c.came) {
			known = holding{}
			unknown = append(unknown, username)
		}
		holdings[username] = known
	}
	slices.Sort(unknown)
	unknown = slices.Compact(unknown)
	if withEvent && len(unknown) == 0 {
		unknown = []string{v.next()[0].order.Username}
	}
	var mu sync.Mutex
	var all errgroup.Group
	for i, some := range slices.Collect(slices.Chunk(unknown, (maxOps-2)/2)) {
		all.Go(func() error {
			seen, found, err := v.read(some, i == 0 && withEvent, agreed)
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

// anyTime is since when something is known that one member told without asking the others: it is not zero, and before anybody
// came.
var anyTime = time.Unix(0, 0)

// read reads what users hold of the event and, if asked to, the event.
func (v *service) read(users []string, withEvent, agreed bool) (seen *sale, holdings []holding, err error) {
	var ops []*pb.RequestOp
	if withEvent {
		ops = eventReads(v.event)
	}
	skip := len(ops)
	for _, username := range users {
		ops = append(ops, holdingReads(username, v.event)...)
	}
	began := time.Now()
	if !agreed {
		began = anyTime
		for _, op := range ops {
			op.GetRequestRange().Serializable = true
		}
	}
	ctx, cancel := context.WithTimeout(v.store.reads.Ctx(), lookPatience)
	defer cancel()
	answers, err := v.store.readTogether(ctx, ops...)
	if err != nil {
		return nil, nil, err
	}
	if withEvent {
		seen = newSale(v.event, answers, began)
	}
	for i, username := range users {
		h := firstHolding(username, v.event, answers[skip+2*i:], began)
		if !h.nobody {
			v.store.tills.meet(username)
		}
		holdings = append(holdings, h)
	}
	return seen, holdings, nil
}

// judge makes up the next round. Those for whom there is nothing to write are answered, unless it is only because of
// those before them in the round, which is not carried out yet: they are the first of the round after it.
func (v *service) judge() *round {
	r, now := newRound(v.seen, v.store.tills.hasMet, v.store.room.ops()), v.store.wallClock()
	var later []*customer
	for i, c := range v.todo {
		if len(r.served) > 0 && v.spoilt && r.assumes(c.order.Username) {
			later = append(later, c)
			continue
		}
		effect, decided, err := c.judge(r, now)
		nothing := decided || err != nil
		c.unsure = nothing && !v.seen.tells(c)
		switch {
		case len(r.served) > 0 && (c.alone || r.served[0].alone || !nothing && !r.hasRoomFor(effect)):
			v.todo = slices.Concat(later, v.todo[i:])
			return r
		case nothing && (len(r.served) > 0 || c.unsure):
			later = append(later, c)
		case !c.take():
		case nothing:
			c.decide(effect.order, err)
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
