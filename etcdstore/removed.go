package etcdstore

import (
	"context"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// orderListsOf reads what everybody holds of an event. The layout has no index for that: it looks at all orders there are.
func (s *Store) orderListsOf(ctx context.Context, id string) ([]orderList, error) {
	var lists []orderList
	err := s.eachAbout(ctx, model.PrefixPurchase, id, func(username string, kv *mvccpb.KeyValue) error {
		orders, err := model.DecodeOrders(username, id, kv.Value)
		if err != nil {
			return model.Wrap(model.CodeFailed, err, "the orders of %s cannot be read, so they cannot be refunded",
				model.Clean(username))
		}
		lists = append(lists, orderList{username: username, orders: orders, revision: kv.ModRevision})
		return nil
	})
	return lists, err
}

// Refunds tells an admin what [Store.RemoveEvent] would give back now. It changes nothing; like the removal, it looks at all
// orders there are. There being no such event is [model.CodeNotFound]; an actor who is no admin [model.CodeDenied]; orders
// that cannot be read, or of which nobody knows the price, are [model.CodeFailed].
func (s *Store) Refunds(ctx context.Context, actor, id string) (model.Refunds, error) {
	if !isEventID(id) {
		return model.Refunds{}, noSuchEvent(id)
	}
	seen, err := s.readDesk(ctx, actor, id)
	switch {
	case err != nil:
		return model.Refunds{}, err
	case seen.denied != nil:
		return model.Refunds{}, seen.denied
	case seen.eventErr != nil:
		return model.Refunds{}, seen.eventErr
	}
	lists, err := s.orderListsOf(ctx, id)
	if err != nil {
		return model.Refunds{}, err
	}
	if err := appraise(lists, seen.event); err != nil {
		return model.Refunds{}, err
	}
	return refundsOf(lists), nil
}

// refundsOf adds up what lists that are appraised give back.
func refundsOf(lists []orderList) model.Refunds {
	var back model.Refunds
	for _, list := range lists {
		if len(list.orders) > 0 {
			back.Buyers++
		}
		back.Orders += len(list.orders)
		back.Money = back.Money.Plus(list.paid)
		for _, order := range list.orders {
			back.Tickets += order.Quantity()
		}
	}
	return back
}

// eachAbout visits the records of one family that users have about an event, at one revision.
func (s *Store) eachAbout(ctx context.Context, prefix, id string, visit func(username string, kv *mvccpb.KeyValue) error) error {
	reading := scan{store: s, prefix: prefix}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return err
		}
		for _, kv := range kvs {
			key := model.ParseKey(string(kv.Key))
			if key.EventID != id || key.Username == "" {
				continue
			}
			if err := visit(key.Username, kv); err != nil {
				return err
			}
		}
	}
	return nil
}

// notificationIn reads the answer to a get of a notification. One that cannot be read told nobody anything.
func notificationIn(username, id string, found []*mvccpb.KeyValue) model.Notification {
	none := model.Notification{Username: username, EventID: id}
	if len(found) == 0 {
		return none
	}
	if n, err := model.DecodeNotification(username, id, found[0].Value); err == nil {
		return n
	}
	return none
}

// finish clears away what an event that is gone has left: its place in the search index, and notifications that still wait.
// An interrupted finish is made up for by the next.
func (r *removing) finish(ctx context.Context) (model.Removal, error) {
	done := r.seen.removal
	event, err := model.DecodeEvent(r.seen.id, done.Event)
	removal := model.Removal{
		EventID: r.seen.id, Name: event.Name, Orders: done.Orders, Tickets: done.Tickets, Refunded: done.Refunded,
	}
	if !r.indexed {
		listed, err := r.store.listsWith(ctx, r.seen.id)
		if err != nil {
			return removal, unfinished(err)
		}
		if err := r.store.tidyIndex(ctx, r.seen.id, listed); err != nil {
			return removal, unfinished(err)
		}
	}
	if err != nil {
		return removal, nil //nolint:nilerr // the event is gone, and nobody knows what it was
	}
	if err := r.store.tellWaiting(ctx, event); err != nil {
		return removal, unfinished(err)
	}
	return removal, nil
}

func unfinished(err error) error {
	return model.Wrap(model.CodeOf(err), err, "the event is removed, but not all traces of it are: remove it again to finish that")
}

// tellWaiting tells everybody who waits for an event that it is gone.
func (s *Store) tellWaiting(ctx context.Context, event model.Event) error {
	for again := true; again; {
		again = false
		var waiting batch
		var seen []int64 // the revisions of their records
		err := s.eachAbout(ctx, model.PrefixNotification, event.ID, func(username string, kv *mvccpb.KeyValue) error {
			n := notificationIn(username, event.ID, []*mvccpb.KeyValue{kv})
			if n.Gone == "" {
				waiting = append(waiting, model.Record{Key: string(kv.Key), Value: n.Told(event.Name, 0).Encode()})
				seen = append(seen, kv.ModRevision)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, some := range split(waiting, maxOps) {
			resp, err := s.insist(ctx, some.request(seen[:len(some)]), &doubt{})
			if err != nil {
				return err
			}
			again, seen = again || !resp.Succeeded, seen[len(some):]
		}
	}
	return nil
}
