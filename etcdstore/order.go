package etcdstore

import (
	"context"
	"crypto/rand"
	"errors"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// Buy places an order: so many tickets of these types, of one event, for one user. It returns the order as it stands in
// the store, with its id, date and prices.
//
// An order without an id is given one. The same id sent again is the same order: it is bought once, and the stored order
// is returned each time while it stands. (Once it is cancelled, its id is free again.)
//
// An error says that nothing was bought and why, by its code: [model.CodeRefused] for a rule ("only 3 red tickets are
// left"), [model.CodeNotFound] for an unknown event, ticket type or user, [model.CodeConflict] for a price that is no
// longer the agreed one, [model.CodeUnavailable] where nothing was sent because etcd does not answer,
// [model.CodeDenied] and [model.CodeFailed]. There are two exceptions. An order that did go through, and was cancelled
// from elsewhere before its answer came, is a [model.CodeConflict] that says so. And [model.CodeUnknown] is said where
// ctx ended before the outcome was known.
//
// Where an answer is lost, Buy goes on until it knows, for as long as ctx allows, and calls onDoubt once, from its own
// goroutine: the order is being checked. onDoubt may be nil.
func (s *Store) Buy(ctx context.Context, order model.Order, onDoubt func()) (model.Order, error) {
	order, err := newOrder(order)
	if err != nil {
		return model.Order{}, err
	}
	soon, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	release, err := s.turns.take(soon, order.EventID)
	if err != nil {
		return model.Order{}, model.Wrap(model.CodeUnavailable, err,
			"too many orders for this event are waiting: yours was not sent, nothing was charged")
	}
	defer release()
	seen, err := s.readSale(soon, order)
	if err != nil {
		return model.Order{}, nothingCharged(err)
	}
	p := purchase{store: s, order: order, seen: seen}
	p.doubt.tell = func() {
		release() // others need not wait for the outcome: what they buy settles it
		if onDoubt != nil {
			onDoubt()
		}
	}
	return p.place(ctx)
}

// newOrder takes from an order what the buyer decides, and completes it with an id.
func newOrder(order model.Order) (model.Order, error) {
	fresh := model.Order{ID: order.ID, Username: order.Username, EventID: order.EventID, Lines: order.Lines}
	if fresh.ID == "" {
		fresh.ID = NewOrderID()
	}
	if len(fresh.ID) > 64 || model.Clean(fresh.ID) != fresh.ID {
		return model.Order{}, model.Errorf(model.CodeUsage, "an order id has at most 64 printable characters")
	}
	if !isEventID(fresh.EventID) {
		return model.Order{}, noSuchEvent(fresh.EventID)
	}
	if !isUsername(fresh.Username) {
		return model.Order{}, noSuchUser(fresh.Username)
	}
	return fresh, nil
}

// NewOrderID returns a new random id: twelve digits and capitals that cannot be taken for one another when read aloud.
func NewOrderID() string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	id := make([]byte, 12)
	rand.Read(id) // never fails: the process ends first
	for i, b := range id {
		id[i] = digits[int(b)%len(digits)]
	}
	return string(id)
}

// readSale reads what an order is judged on, and refuses one of a user who does not exist.
func (s *Store) readSale(ctx context.Context, order model.Order) (sale, error) {
	buyer := clientv3.OpGet(model.UserKey(order.Username), clientv3.WithCountOnly())
	resp, err := s.read(ctx, append(saleReads(order), buyer)...)
	if err != nil {
		return sale{}, err
	}
	if resp.Responses[3].GetResponseRange().Count == 0 {
		return sale{}, noSuchUser(order.Username)
	}
	return newSale(order, resp.Header.Revision, resp.Responses), nil
}

// purchase is an order on its way.
type purchase struct {
	store *Store
	order model.Order
	seen  sale  // what it was judged on
	doubt doubt // of copies that were sent on what was seen
}

// place judges the order, sends it, and does so again while others come first.
func (p *purchase) place(ctx context.Context) (model.Order, error) {
	if bought, ok := model.FindOrder(p.seen.orders, p.order.ID); ok {
		return bought, nil
	}
	for {
		placed, write, err := p.seen.judge(p.order, p.store.wallClock())
		switch {
		case err != nil && p.doubt.open:
			return model.Order{}, p.unknown(err)
		case err != nil:
			return model.Order{}, err
		case ctx.Err() != nil && !p.doubt.open:
			return model.Order{}, model.Wrap(model.CodeUnavailable, ctx.Err(), "others were always faster: nothing was charged, try again")
		}
		resp, err := p.store.insist(ctx, write, &p.doubt)
		switch {
		case model.CodeOf(err) == model.CodeUnknown:
			return model.Order{}, p.unknown(err)
		case err != nil:
			return model.Order{}, nothingCharged(err)
		case resp.Succeeded:
			return placed, nil
		}
		bought, ok, err := p.settle(ctx, placed, newSale(p.order, resp.Header.Revision, resp.Responses))
		if err != nil || ok {
			return bought, err
		}
	}
}

// settle looks at the state that an unsuccessful transaction found. Either the order is part of it: an earlier copy did
// it. Or it is not, and what the copies compare has moved: then none of them will ever do it, and the order may be judged
// anew. It is not enough that the order is absent, since a copy may have placed it before it was cancelled from elsewhere.
func (p *purchase) settle(ctx context.Context, placed model.Order, now sale) (model.Order, bool, error) {
	if bought, ok := model.FindOrder(now.orders, p.order.ID); ok {
		return bought, true, nil
	}
	if p.seen.eventMoved(now, p.order) && (p.doubt.open || p.seen.ordersMoved(now, p.order)) {
		was, err := p.store.wasPlaced(ctx, p.order, p.seen.revision)
		switch {
		case err != nil:
			return model.Order{}, false, p.unknown(err)
		case was:
			return model.Order{}, false, model.Errorf(model.CodeConflict,
				"your order %s went through, but was cancelled from elsewhere", p.order.ID)
		}
	}
	p.doubt.open = p.doubt.open && !p.seen.isOver(now, placed)
	p.seen = now
	return model.Order{}, false, nil
}

// wasPlaced says whether an order that was judged at a revision has been placed since, even if it is gone again. Placing
// it compares and writes the event, so it can only have happened at the first change of the event after that revision.
func (s *Store) wasPlaced(ctx context.Context, order model.Order, judged int64) (bool, error) {
	for wait := firstWait; ; wait = longer(wait) {
		was, err := s.placedAtFirstChange(context.WithoutCancel(ctx), order, judged)
		if err == nil || isForgotten(err) || !s.rest(ctx, wait) {
			return was, err
		}
	}
}

func (s *Store) placedAtFirstChange(ctx context.Context, order model.Order, judged int64) (bool, error) {
	ctx, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), attemptPatience)
	defer cancel()
	for change := range s.reads.Watch(ctx, model.EventKey(order.EventID), clientv3.WithRev(judged+1)) {
		if err := change.Err(); err != nil {
			return false, err
		}
		if len(change.Events) == 0 {
			continue
		}
		list, err := s.reads.Get(ctx, model.PurchaseKey(order.Username, order.EventID),
			clientv3.WithRev(change.Events[0].Kv.ModRevision))
		if err != nil || len(list.Kvs) == 0 {
			return false, err
		}
		orders, err := model.DecodeOrders(order.Username, order.EventID, list.Kvs[0].Value)
		if err != nil {
			return false, nil //nolint:nilerr // a list that cannot be read is not one that an order of ours left behind
		}
		_, was := model.FindOrder(orders, order.ID)
		return was, nil
	}
	return false, errors.Join(errors.New("the history ended before the change"), ctx.Err())
}

// unknown says that the order's outcome could not be learnt.
func (p *purchase) unknown(err error) error {
	return model.Wrap(model.CodeUnknown, err,
		"whether your order went through is not known yet: order %s will be shown under your orders if it did", p.order.ID)
}

// nothingCharged adds to a failure what the buyer wants to know first.
func nothingCharged(err error) error {
	var failure *model.Error
	switch {
	case !errors.As(err, &failure):
		return model.Wrap(model.CodeFailed, err, "nothing was charged")
	case failure.Code == model.CodeNotFound:
		return err
	case isNoLeader(err):
		return model.Wrap(failure.Code, failure.Err, "%s: sales are paused, nothing was charged", failure.Message)
	}
	return model.Wrap(failure.Code, failure.Err, "%s: nothing was charged", failure.Message)
}
