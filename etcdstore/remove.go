package etcdstore

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// refundsAtOnce is how many buyers are refunded in one transaction: each takes two of its operations.
const refundsAtOnce = 30

// RemoveEvent takes an event out of the shop, for an admin, with its tickets and off all lists of the search index, also those
// on which only the prototype would have put it. If anybody has bought, that is refused ([model.CodeRefused]) unless refund
// says that all are to be refunded: their orders are removed, and each buyer, and everybody who waits for the event, finds a
// notification that tells that it is gone.
//
// An event with few buyers is gone at once. One with many is first closed, so that nothing more of it is sold, and then
// refunded in several transactions; at each moment every count is right, and the event goes last. What is interrupted is
// taken up again by whoever asks next; so is what is over, with the same answer.
//
// There being no such event is [model.CodeNotFound]; an actor who is no admin [model.CodeDenied], even halfway; orders
// that cannot be read, or of which nobody knows the price, are [model.CodeFailed]. Lost answers are treated as [Store.Buy]
// treats them.
func (s *Store) RemoveEvent(ctx context.Context, actor, id string, refund bool) (model.Removal, error) {
	if !isEventID(id) {
		return model.Removal{}, noSuchEvent(id)
	}
	soon, stop := context.WithTimeout(ctx, patience)
	defer stop()
	release, err := s.turns.take(soon, id)
	if err != nil {
		return model.Removal{}, turnFailure(err, "nothing was changed, try again")
	}
	defer release()
	seen, err := s.readDesk(soon, actor, id)
	if err != nil {
		return model.Removal{}, nothingChanged(err)
	}
	r := removing{store: s, refund: refund, seen: seen, release: release}
	r.doubt.tell = release
	if err = r.carryOut(ctx); err != nil {
		if r.begun || r.isHalfway() {
			s.noteEvent("the removal of an event is not complete", actor, id, seen.event.Name, "error", err)
		}
		return model.Removal{}, err
	}
	done, err := r.finish(ctx)
	if seen.eventErr == nil { // or it was gone already
		s.noteEvent("an event was removed", actor, id, seen.event.Name,
			"orders", done.Orders, "tickets", done.Tickets, "refunded", done.Refunded.String())
	}
	return done, err
}

// removing is the removal of an event, under way.
type removing struct {
	store   *Store
	refund  bool
	release func() // lets others order
	seen    desk   // what the next step is judged on
	doubt   doubt

	lists   []orderList // of the event, if known
	known   bool
	listed  []string // the lists of the search index that have it, once they were looked for
	pressed bool     // others were faster: the event has to be closed before anything else
	indexed bool     // the search index does not list it any more
	begun   bool     // a step was carried out
}

// carryOut goes step by step until the event is gone.
func (r *removing) carryOut(ctx context.Context) error {
	var lost time.Duration
	for {
		began := time.Now()
		if over, err := r.judge(ctx); over || err != nil {
			return err
		}
		step, err := r.plan(ctx)
		if err != nil {
			return r.failure(err)
		}
		write := r.store.askingForGap(r.seen.request(step.records), r.seen.id, lost)
		if step.last {
			write.thens = append(write.thens, r.clearing()...)
		}
		resp, err := r.store.insist(ctx, write, &r.doubt)
		if err != nil {
			return r.failure(err)
		}
		if !resp.Succeeded {
			lost = time.Since(began)
			next, over := r.seen.after(write, resp)
			r.seen, r.doubt.open = next, r.doubt.open && !over
			r.known, r.pressed = false, true
			continue
		}
		r.doubt.open = false
		r.indexed, r.begun = r.indexed || step.last && step.indexed, true
		next, err := r.store.readDesk(context.WithoutCancel(ctx), r.seen.actor, r.seen.id)
		if err != nil {
			return howFar(err)
		}
		r.seen = next
		r.lists = r.lists[step.refunded:]
		r.known = r.known && r.seen.mods[model.EventKey(r.seen.id)] == resp.Header.Revision
	}
}

// judge says whether the event is gone, or why it cannot be removed. It learns who has bought.
func (r *removing) judge(ctx context.Context) (over bool, err error) {
	switch {
	case r.seen.denied != nil && r.doubt.open:
		return false, r.failure(r.seen.denied)
	case r.seen.denied != nil:
		return false, r.seen.denied
	case model.CodeOf(r.seen.eventErr) == model.CodeNotFound && r.seen.removal != nil:
		return true, nil
	case r.seen.eventErr != nil:
		return false, r.seen.eventErr
	case ctx.Err() != nil && r.begun:
		return false, r.failure(model.Wrap(model.CodeUnavailable, ctx.Err(), "stopped in the midst of it"))
	case ctx.Err() != nil && !r.doubt.open:
		return false, model.Wrap(model.CodeUnavailable, ctx.Err(), "others kept changing this event: it is not removed, try again")
	case r.mustClose():
		return false, nil
	}
	if !r.known {
		if r.lists, err = r.store.orderListsOf(ctx, r.seen.id); err != nil {
			return false, r.failure(err)
		}
		r.known = true
	}
	if err = appraise(r.lists, r.seen.event); err != nil {
		return false, r.failure(err)
	}
	if orders := refundsOf(r.lists).Orders; orders > 0 && !r.refund {
		return false, model.Errorf(model.CodeRefused, "%s has %s: it can only be removed if they are refunded",
			r.seen.event.Title(), model.Plural(orders, "order"))
	}
	return false, nil
}

// mustClose says whether nothing more may be sold before anything else is done.
func (r *removing) mustClose() bool {
	return r.refund && r.sells() && (r.pressed || len(r.lists) > r.atOnce())
}

// sells says whether anything can be bought still. The event's count does not tell where the record of a ticket is damaged.
func (r *removing) sells() bool {
	return slices.ContainsFunc(r.seen.event.Tickets, func(t model.Ticket) bool { return t.Left > 0 })
}

// atOnce is how many buyers a transaction can refund that also changes all types of tickets.
func (r *removing) atOnce() int {
	const forEvent = 2 // and the record of its removal
	return min(max((maxOps-deskOps-forEvent-len(r.seen.event.Tickets))/2, 1), refundsAtOnce)
}

// step is one transaction of a removal.
type step struct {
	records  batch
	refunded int  // how many buyers
	last     bool // the event goes
	indexed  bool // its place in the search index too
}

func (r *removing) plan(ctx context.Context) (step, error) {
	if r.mustClose() {
		records, err := r.seen.rewritten(r.seen.event.Closed())
		return step{records: records}, err
	}
	if !r.sells() {
		r.release() // nobody has to wait to learn that it is sold out
	}
	some := r.lists[:min(len(r.lists), r.atOnce())]
	records, err := r.refunds(ctx, some)
	if err != nil {
		return step{}, err
	}
	done := r.progress(some, len(some) == len(r.lists))
	records = append(records, model.Record{Key: removedKey(r.seen.id), Value: done})
	if len(some) < len(r.lists) {
		var orders []model.Order
		for _, list := range some {
			orders = append(orders, list.orders...)
		}
		after, err := r.seen.rewritten(r.seen.event.Refund(orders))
		return step{records: append(records, after...), refunded: len(some)}, err
	}
	records = append(records, model.Record{Key: model.EventKey(r.seen.id)})
	if r.listed == nil {
		listed, err := r.store.listsWith(ctx, r.seen.id)
		if err != nil {
			return step{}, err
		}
		r.listed = listed
	}
	places := memberships(r.seen.id, slices.Concat(r.listed, missingIn(r.listed, r.seen.event.Lists())))
	if err := r.store.readLists(ctx, r.seen, places); err != nil {
		return step{}, err
	}
	var leaving batch
	for _, m := range places {
		leaving = append(leaving, r.seen.lists.without(m)...)
	}
	last := step{records: records, refunded: len(some), last: true}
	if all := slices.Concat(leaving, records); len(split(all, maxOps-deskOps-leftovers)) == 1 {
		last.records, last.indexed = all, true
	}
	return last, nil
}

// leftovers is how many operations take away what else there is of an event.
const leftovers = 2

// clearing takes away the event's tickets, whatever they are, and who asked for a gap in its orders.
func (r *removing) clearing() []*pb.RequestOp {
	tickets := model.TicketPrefix(r.seen.id)
	return []*pb.RequestOp{deleteRangeOp(tickets, endOf(tickets)), deleteOp(gapKey(r.seen.id))}
}

// refunds returns the records that take orders off their buyers and tell them.
func (r *removing) refunds(ctx context.Context, lists []orderList) (batch, error) {
	if len(lists) == 0 {
		return nil, nil
	}
	var reads []*pb.RequestOp
	for _, list := range lists {
		reads = append(reads, getOp(model.NotificationKey(list.username, r.seen.id)))
	}
	resp, err := r.store.read(ctx, reads...)
	if err != nil {
		return nil, err
	}
	var records batch
	for i, list := range lists {
		key := model.PurchaseKey(list.username, r.seen.id)
		r.seen.mods[key] = list.revision
		records = append(records, model.Record{Key: key})
		if len(list.orders) == 0 {
			continue
		}
		n := notificationIn(list.username, r.seen.id, resp.Responses[i].GetResponseRange().Kvs)
		records = append(records, model.Record{
			Key: model.NotificationKey(list.username, r.seen.id), Value: n.Told(r.seen.event.Name, list.paid).Encode(),
		})
	}
	return records, nil
}

// progress returns the record of the removal as it is after some more refunds.
func (r *removing) progress(lists []orderList, gone bool) []byte {
	var now removalRecord
	if r.seen.removal != nil && !r.seen.removal.Gone { // or it is of an event that was loaded again since
		now = *r.seen.removal
	}
	now.Event, now.Gone = r.seen.event.Encode(), gone
	back := refundsOf(lists)
	now.Orders, now.Tickets = now.Orders+back.Orders, now.Tickets+back.Tickets
	now.Refunded = now.Refunded.Plus(back.Money)
	raw, err := json.Marshal(now)
	if err != nil {
		return []byte(`{"gone":true}`) // cannot be: it holds JSON and numbers
	}
	return raw
}

// isHalfway says whether some are refunded, by this removal or by one that was broken off, and the event is there still.
func (r *removing) isHalfway() bool { return r.seen.removal.isHalfway() }

// howFar says that it is not known.
func howFar(err error) error {
	return model.Wrap(model.CodeUnknown, err, "it is not known yet how far the removal came: remove the event again to be sure")
}

// failure says how far the removal came.
func (r *removing) failure(err error) error {
	switch {
	case model.CodeOf(err) == model.CodeUnknown, r.doubt.open:
		return howFar(err)
	case !r.isHalfway() && !r.begun:
		return nothingChanged(err)
	case !r.isHalfway():
		return model.Wrap(model.CodeOf(err), err, "%s: nothing is sold any more; remove the event again to go on", model.Sentence(err))
	}
	return model.Wrap(model.CodeOf(err), err, "%s: %s refunded so far, nothing is sold any more; remove the event again to go on",
		model.Sentence(err), model.Plural(r.seen.removal.Orders, "order"))
}
