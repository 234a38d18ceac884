package model

import (
	"cmp"
	"slices"
	"time"
)

// CannotCancel is the reason why an order of an event cannot be cancelled at now (a wall-clock time); empty if it can.
func (e Event) CannotCancel(now time.Time) string {
	if e.IsPast(now) {
		return "too late to cancel: the event was on " + e.Date.String()
	}
	return ""
}

// MoneyBack is what comes back to the buyer of an order that is cancelled, in words where that is not recorded.
func (o Order) MoneyBack() string {
	if o.Damage != "" || o.Unpriced() {
		return "what you paid"
	}
	return o.Total().String()
}

// Return judges the cancelling of an order on the state of its event at now (a wall-clock time), and returns the event
// with the order's tickets back. The event passed in is not changed.
//
// Tickets of a type that the event no longer has are not given back, and never more than there ever were: where the
// store's counts are damaged, cancelling does not make them worse.
func (e Event) Return(order Order, now time.Time) (Event, error) {
	if why := e.CannotCancel(now); why != "" {
		return Event{}, Errorf(CodeRefused, "%s", why)
	}
	if order.Damage != "" {
		return Event{}, Errorf(CodeFailed, "this order's record cannot be read, so it cannot be cancelled: %s", order.Damage)
	}
	after := e
	after.Tickets = slices.Clone(e.Tickets)
	for _, line := range order.Lines {
		for i := range after.Tickets {
			if ticket := &after.Tickets[i]; ticket.Type == line.Type {
				ticket.Left = min(ticket.Left+line.Quantity, ticket.Total)
			}
		}
	}
	after.Left = e.leftWith(after.Tickets)
	after.Changed = OrderDate(now)
	return after, nil
}

// TakeOrder returns a buyer's list without the order that has an id, and that order. Where it stands there more than
// once, all of that is one order, so that what is given back is what is removed.
//
// Orders that were stored without an id and look the same are told apart by their places, which the removal of one would
// change. Those that stay are therefore given their ids for good: nobody who asks for the removed one a second time may
// meet another under its id.
func TakeOrder(orders []Order, id string) (Order, []Order, bool) {
	taken, found := FindOrder(orders, id)
	if !found {
		return Order{}, orders, false
	}
	taken.Lines = nil
	looks := compact(taken.stored)
	rest := make([]Order, 0, len(orders))
	for _, order := range orders {
		switch {
		case order.ID == id:
			taken.Lines = append(taken.Lines, order.Lines...)
			taken.Damage = cmp.Or(taken.Damage, order.Damage)
		case compact(order.stored) == looks:
			rest = append(rest, order.named())
		default:
			rest = append(rest, order)
		}
	}
	return taken, rest, true
}

// named returns the order with its id as part of what is stored.
func (o Order) named() Order {
	if fields, err := decodeRecord(o.stored); err == nil {
		fields.set("id", o.ID)
		o.stored = fields.encode("date", "tickets", "id")
	}
	return o
}
