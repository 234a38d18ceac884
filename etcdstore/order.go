package etcdstore

import (
	"context"
	"crypto/rand"
	"errors"

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
	c := newCustomer(ctx, order, false)
	if !s.serve(soon, c, onDoubt) {
		return model.Order{}, turnFailure(soon.Err(), "your order was not sent, nothing was charged")
	}
	return c.result, c.err
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

// NewOrderID returns a new random id.
func NewOrderID() string {
	return model.OrderID(func(n int) int {
		var random [1]byte
		rand.Read(random[:]) // never fails: the process ends first
		return int(random[0]) % n
	})
}

// nothingCharged adds to a failure what the buyer wants to know first, which settles it.
func nothingCharged(err error) error {
	failure, ok := errors.AsType[*model.Error](err)
	switch {
	case !ok:
		return model.Wrap(model.CodeFailed, err, "nothing was charged").Settled()
	case failure.Code == model.CodeNotFound:
		return err
	case isNoLeader(err):
		return model.Wrap(failure.Code, failure.Err, "%s: sales are paused, nothing was charged", failure.Message).Settled()
	}
	return model.Wrap(failure.Code, failure.Err, "%s: nothing was charged", failure.Message).Settled()
}
