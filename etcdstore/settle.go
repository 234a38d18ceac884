package etcdstore

import (
	"context"
	"slices"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// contestedFor is in how many rounds after a lost race others are still expected to want the same event.
const contestedFor = 4

// lossesUnseen is how many lost races in a row are put down to the event, if that has changed, before the lists are read
// as well: one that has changed too would lose every race.
const lossesUnseen = 3

// carryOut sends a round, and answers its customers or puts those first in the next round who must be judged anew.
func (v *service) carryOut(r *round, release func()) {
	copies := doubt{open: slices.ContainsFunc(r.served, func(c *customer) bool { return c.inDoubt })}
	copies.tell = func() {
		release()
		v.leaveTill()
		for _, c := range r.served {
			c.tellDoubt()
		}
	}
	began := time.Now()
	var resp *pb.TxnResponse
	write := v.store.askingForGap(r.request(), v.event, v.lost)
	readsGap := v.store.looksForAsking(r.seen)
	if readsGap {
		write.thens = append(write.thens, getOp(gapKey(v.event)))
	}
	err := v.persist(r, func(ctx context.Context) (err error) {
		send := v.store.sendStraight
		switch {
		case copies.open:
			send = v.store.sendWrite
		case v.losses == 0: // who is likely to fail should not make others fail
			send = v.store.shares(r.size)
		}
		resp, err = v.store.insistAfter(ctx, send, write, &copies)
		return err
	})
	switch {
	case err != nil:
		v.refused(r, err)
	case len(r.served) == 0: // nobody is there any more to hear the answer
		v.seen = nil
	case resp.Succeeded:
		var asked time.Duration
		if readsGap {
			asked = gapAsked(resp.Responses[len(write.thens)-1], r.seen.heard)
		}
		v.seen, v.spoilt = v.seen.sold(r, resp.Header.Revision, began), false
		v.store.tills.noteKnown(r.strangers...)
		for _, c := range r.served {
			c.answer(c.outcome, nil)
		}
		for _, c := range v.todo {
			c.inDoubt = false // what it was part of compared the event, which has changed since it was not found there
		}
		v.giveWay(release, time.Since(began), asked)
	default:
		v.settle(r, resp, began, copies.open)
	}
}

// leaveTill lets another service go on with everybody whose order is not in doubt.
func (v *service) leaveTill() {
	if v.till != nil {
		v.till.handOver(v.store, v.todo)
		v.till, v.todo = nil, nil
	}
}

// refused deals with a refusal of etcd's: nothing was done. A refusal to one should not be one to all.
func (v *service) refused(r *round, err error) {
	if v.store.room.shrink(err, r.room) {
		v.again(r.served)
		return
	}
	v.seen = nil
	if len(r.served) == 1 || model.CodeOf(err) == model.CodeUnavailable {
		for _, c := range r.served {
			c.refuse(err)
		}
		return
	}
	for _, c := range r.served {
		c.alone = true
	}
	v.again(r.served)
}

// again puts customers first who have to be judged anew.
func (v *service) again(customers []*customer) { v.todo = slices.Concat(customers, v.todo) }

// persist tries something for the customers of a round until it is known. Those who run out of patience before that are
// told that it is not, and leave the round, though their orders stay a part of what was sent; without anybody left it
// ends. The error is a definite one.
func (v *service) persist(r *round, try func(context.Context) error) error {
	for len(r.served) > 0 {
		ctx, stop := untilFirstLeaves(r.served)
		err := try(ctx)
		stop()
		if model.CodeOf(err) != model.CodeUnknown {
			return err
		}
		closed := v.store.writes.Ctx().Err() != nil
		r.served = slices.DeleteFunc(r.served, func(c *customer) bool {
			leaves := closed || c.ctx.Err() != nil
			if leaves {
				c.giveUp(err)
			}
			return leaves
		})
	}
	return nil
}

// settle looks at the state that an unsuccessful transaction found. Either the orders are part of it: an earlier copy did
// it, as the next judgement will find. Or they are not, and what the copies compare has moved: then none of them will ever
// do it, and the orders may be judged anew. It is not enough that an order is absent, since a copy may have placed it
// before it was cancelled from elsewhere.
func (v *service) settle(r *round, resp *pb.TxnResponse, began time.Time, inDoubt bool) {
	since := began
	if v.losses > 0 {
		since = v.lostAt
	}
	now := newSale(v.event, resp.Responses, began).with(r.seen.holdings)
	if v.seen.eventMoved(now) { // else something was assumed that is not so
		v.lost = time.Since(since)
	}
	v.losses, v.contested, v.lostAt = v.losses+1, contestedFor, time.Now()
	if inDoubt || r.firstListMoved(resp) || !v.seen.eventMoved(now) || v.losses%lossesUnseen == 0 {
		if now = v.lookAgain(r); now == nil {
			v.seen = nil
			return
		}
	}
	now.won, now.heard = r.seen.won, r.seen.heard
	v.spoilt = slices.ContainsFunc(r.lists, func(l list) bool { return r.assumes(l.username) && !now.holdings[l.username].assumed() })
	over := r.isOver(now)
	v.findCancelled(r, now, inDoubt)
	for _, c := range r.served {
		// A list that cannot be read does not tell whether an earlier copy changed it before that.
		c.inDoubt = inDoubt && (!over || c.returns && now.holdings[c.order.Username].err != nil)
	}
	v.seen = now
	v.again(r.served)
}

// lookAgain reads the event and the lists that a round would have written, all at one revision; nil if nobody is left who
// wants to know.
func (v *service) lookAgain(r *round) (now *sale) {
	v.persist(r, func(ctx context.Context) error { //nolint:errcheck // it tries until it can be read
		began := time.Now()
		resp, err := v.store.readUntil(ctx, r.reads()...)
		if err != nil {
			return err
		}
		now = r.found(resp.Responses, began)
		return nil
	})
	return now
}
