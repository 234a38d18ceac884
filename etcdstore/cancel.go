package etcdstore

import (
	"cmp"
	"context"
	"errors"
	"slices"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// Cancel takes an order back: one transaction returns its tickets and removes its record. The order is named by its id,
// its user and, where the caller knows it, its event. It returns the order as it stood, with [model.Order.Gone] if it was
// cancelled before and nothing was changed; if it may have been cancelled by this very call, it is not said to be so.
//
// Its goal is that the order is gone, and it is sound to ask for it again: of two that cancel at once, or one after the
// other, both are told that it is cancelled, and the tickets come back once. An order that is not there, and was not
// there lately, is [model.CodeNotFound]; one of an event that is over, or gone, [model.CodeRefused]; one that cannot be
// read, or whose event or tickets cannot, [model.CodeFailed]. Lost answers are treated as [Store.Buy] treats them.
func (s *Store) Cancel(ctx context.Context, order model.Order, onDoubt func()) (model.Order, error) {
	soon, stop := context.WithTimeout(ctx, patience)
	defer stop()
	order, err := s.findOrder(soon, order)
	if err != nil {
		return model.Order{}, err
	}
	c := newCustomer(ctx, order, true)
	if !s.serve(soon, c, onDoubt) {
		return model.Order{}, turnFailure(soon.Err(), "nothing was cancelled, try again")
	}
	if model.CodeOf(c.err) == model.CodeNotFound {
		return s.cancelledBefore(soon, order, c.err)
	}
	return c.result, c.err
}

// cancelledBefore looks for an order that is not there among those that were there lately.
func (s *Store) cancelledBefore(ctx context.Context, order model.Order, missing error) (model.Order, error) {
	resp, err := s.read(ctx, getOp(model.PurchaseKey(order.Username, order.EventID)))
	if err != nil {
		return model.Order{}, nothingCancelled(err)
	}
	for _, list := range resp.Responses[0].GetResponseRange().Kvs {
		if was, ok := s.wasCancelled(ctx, order, list); ok {
			was.Gone = true
			return was, nil
		}
	}
	return model.Order{}, missing
}

// findOrder completes an order that is named by its id and user alone.
func (s *Store) findOrder(ctx context.Context, order model.Order) (model.Order, error) {
	if !isUsername(order.Username) {
		return model.Order{}, noSuchUser(order.Username)
	}
	if order.EventID != "" {
		if !isEventID(order.EventID) {
			return model.Order{}, noSuchEvent(order.EventID)
		}
		return order, nil
	}
	lists, err := s.orderLists(ctx, order.Username)
	if err != nil {
		return model.Order{}, nothingCancelled(err)
	}
	if found, ok := model.FindOrder(s.ordersIn(order.Username, lists), order.ID); ok {
		return found, nil
	}
	slices.SortFunc(lists, func(a, b *mvccpb.KeyValue) int { return cmp.Compare(b.ModRevision, a.ModRevision) })
	for _, list := range lists[:min(len(lists), formerLists)] {
		order.EventID = model.ParseKey(string(list.Key)).EventID
		if _, was := s.wasCancelled(ctx, order, list); was {
			return order, nil
		}
	}
	return model.Order{}, noSuchOrder(order)
}

// An order that is gone is looked for in what so many lists, those that changed last, held in so many states before.
const (
	formerLists  = 5
	formerStates = 50
)

// wasCancelled looks for an order in what its list held before.
func (s *Store) wasCancelled(ctx context.Context, order model.Order, list *mvccpb.KeyValue) (found model.Order, was bool) {
	err := s.past(ctx, list, 0, formerStates, func(before *mvccpb.KeyValue) {
		if orders, unreadable := model.DecodeOrders(order.Username, order.EventID, before.Value); unreadable == nil && !was {
			found, _, was = model.TakeOrder(orders, order.ID)
		}
	})
	if err != nil {
		s.log.Warn("former orders could not be read", "key", string(list.Key), "error", err)
	}
	return found, was
}

func noSuchOrder(order model.Order) error {
	return model.Errorf(model.CodeNotFound, "%s has no order %s",
		model.Excerpt(order.Username, 60), model.Excerpt(order.ID, 60))
}

// Orders reads all of a user's orders, newest first. There being no such user is [model.CodeNotFound].
func (s *Store) Orders(ctx context.Context, username string) ([]model.Order, error) {
	lists, err := s.orderLists(ctx, username)
	if err != nil {
		return nil, err
	}
	return s.ordersIn(username, lists), nil
}

// orderLists reads all lists of a user's orders as they are stored, one for each event.
func (s *Store) orderLists(ctx context.Context, username string) ([]*mvccpb.KeyValue, error) {
	if !isUsername(username) {
		return nil, noSuchUser(username)
	}
	resp, err := s.read(ctx, countOp(model.UserKey(username)),
		listOp(model.PrefixPurchase+username+":"))
	if err != nil {
		return nil, err
	}
	lists := resp.Responses[1].GetResponseRange().Kvs
	if resp.Responses[0].GetResponseRange().Count == 0 && len(lists) == 0 {
		return nil, noSuchUser(username)
	}
	return lists, nil
}

func (s *Store) ordersIn(username string, lists []*mvccpb.KeyValue) []model.Order {
	person, problems := model.NewPerson(username).With(listed(lists))
	for _, problem := range problems {
		s.log.Warn("a list of orders cannot be read", "key", problem.Key, "error", problem.Err)
	}
	return person.Orders()
}

// nothingCancelled adds to a failure what the user wants to know first.
func nothingCancelled(err error) error {
	failure, ok := errors.AsType[*model.Error](err)
	if !ok || failure.Code == model.CodeNotFound {
		return err
	}
	return model.Wrap(failure.Code, failure.Err, "%s: nothing was cancelled", failure.Message)
}
