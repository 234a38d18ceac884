package etcdstore

import (
	"context"
	"slices"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// orderList is what one user holds of the event, read not before the desk.
type orderList struct {
	username string
	orders   []model.Order
	revision int64
	paid     model.Cents // once it is appraised
}

// appraise adds up what the orders of each list cost, or says which cannot be refunded.
func appraise(lists []orderList, event model.Event) (err error) {
	for i := range lists {
		l := &lists[i]
		if slices.ContainsFunc(l.orders, func(o model.Order) bool { return o.Damage != "" }) {
			return model.Errorf(model.CodeFailed, "an order of %s's cannot be read, so it cannot be refunded", model.Clean(l.username))
		}
		if l.paid, err = event.Paid(l.orders); err != nil {
			return err
		}
	}
	return nil
}

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
