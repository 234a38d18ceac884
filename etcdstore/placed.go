package etcdstore

import (
	"context"
	"errors"
	"slices"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// findCancelled answers those customers of an unsuccessful round whose orders are gone, although a copy placed them.
func (v *service) findCancelled(r *round, now *sale, inDoubt bool) {
	if !v.seen.eventMoved(now) {
		return
	}
	var missing []*customer
	for _, c := range r.served {
		held := now.holdings[c.order.Username]
		if _, there := model.FindOrder(held.orders, c.order.ID); !there && !c.returns && (inDoubt || r.touched(c.order.Username, held)) {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return
	}
	var placed []bool
	err := v.persist(r, func(ctx context.Context) (err error) {
		placed, err = v.store.werePlaced(ctx, missing, r.seen.mods[model.EventKey(v.event)])
		return err
	})
	for i, c := range missing {
		switch {
		case c.done:
		case err != nil:
			c.giveUp(err)
		case placed[i]:
			c.answer(model.Order{}, model.Errorf(model.CodeConflict, "your order %s went through, but was cancelled from elsewhere", c.order.ID).Settled())
		}
	}
	r.served = slices.DeleteFunc(r.served, func(c *customer) bool { return c.done })
}

// werePlaced says which orders that were judged on an event of some revision have been placed since, even if they are gone
// again. Placing them compares and writes the event, so it can only have happened at the first change of the event after
// that. The error is [model.CodeUnknown] where ctx or the store ended before it was known.
func (s *Store) werePlaced(ctx context.Context, customers []*customer, judged int64) ([]bool, error) {
	for wait := firstWait; ; wait = longer(wait) {
		placed, err := s.placedAtFirstChange(context.WithoutCancel(ctx), customers, judged)
		if err == nil || isForgotten(err) {
			return placed, err
		}
		if !s.rest(ctx, wait) {
			return nil, model.Wrap(model.CodeUnknown, err, "the store's history cannot be read: it is not known yet whether the change was made")
		}
	}
}

func (s *Store) placedAtFirstChange(ctx context.Context, customers []*customer, judged int64) ([]bool, error) {
	ctx, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), attemptPatience)
	defer cancel()
	event := customers[0].order.EventID
	for change := range s.reads.Watch(ctx, model.EventKey(event), clientv3.WithRev(judged+1)) {
		if err := change.Err(); err != nil {
			return nil, err
		}
		if len(change.Events) == 0 {
			continue
		}
		var placed []bool
		for some := range slices.Chunk(customers, maxOps) {
			var lists []*pb.RequestOp
			for _, c := range some {
				lists = append(lists, getOpAt(model.PurchaseKey(c.order.Username, event), change.Events[0].Kv.ModRevision))
			}
			resp, err := s.send(ctx, s.reads, request{thens: lists})
			if err != nil {
				return nil, err
			}
			for i, c := range some {
				// A list that cannot be read is not one that an order of ours left behind.
				_, found := model.FindOrder(newHolding(c.order.Username, event, resp.Responses[i], time.Now()).orders, c.order.ID)
				placed = append(placed, found)
			}
		}
		return placed, nil
	}
	return nil, errors.Join(errors.New("the history ended before the change"), ctx.Err())
}
