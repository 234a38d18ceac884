package seed

import "github.com/ticketcd/ticketcd/model"

// rushes lets crowds buy out a few events, and nearly buy out a few more, so that the shop has some that are sold out and
// some that are about to be. It returns which ones.
func (t *trade) rushes() (popular map[int]bool, err error) {
	popular = map[int]bool{}
	if len(t.events) < 5 || t.cfg.Users < minCrowd || t.cfg.EventPurchaseLimit == 0 ||
		t.cfg.EventPurchaseProbability == 0 || t.cfg.TicketPurchaseProbability == 0 {
		return popular, nil
	}
	soldOut := min(max(len(t.events)/60, 1), 12)
	nearly := min(max(len(t.events)/25, 1), 24)
	for n, i := range t.dice.Perm(len(t.events))[:soldOut+nearly] {
		popular[i] = true
		if err := t.rush(i, n >= soldOut); err != nil {
			return nil, err
		}
	}
	return popular, nil
}

// rush sells an event in a small venue to a crowd; it may spare a few tickets of each type.
func (t *trade) rush(i int, spare bool) error {
	t.moveToSmallVenue(i)
	crowd := t.crowd()
	carts := make([][]model.Line, len(crowd))
	for _, ticket := range t.events[i].Tickets {
		left := ticket.Left
		if spare {
			left -= min(left, t.dice.between(0, 5))
		}
		for n := range carts {
			quantity := left // the last one takes what is left
			if others := len(carts) - n - 1; others > 0 {
				quantity = min(left, t.dice.between(0, 2*left/(others+1)+1))
			}
			if quantity > 0 {
				carts[n] = append(carts[n], model.Line{Type: ticket.Type, Quantity: quantity})
			}
			left -= quantity
		}
	}
	var orders []model.Order
	for n, cart := range carts {
		if len(cart) > 0 {
			order, err := t.sell(i, cart)
			if err != nil {
				return err
			}
			orders = append(orders, order)
		}
		if n+1 == len(carts) || crowd[n+1] != crowd[n] {
			t.record(t.users[crowd[n]], i, orders)
			orders = nil
		}
	}
	return nil
}

// crowd returns the indexes of the users who rush, each as often as they order, one after the other.
func (t *trade) crowd() []int {
	var crowd []int
	for _, user := range t.dice.Perm(len(t.users))[:min(len(t.users), maxCrowd)] {
		for range t.orders() {
			crowd = append(crowd, user)
		}
	}
	return crowd
}

// moveToSmallVenue leaves an event as few tickets of each type as the configuration allows.
func (t *trade) moveToSmallVenue(i int) {
	event := &t.events[i]
	event.Left = 0
	for n := range event.Tickets {
		ticket := &event.Tickets[n]
		for _, bounds := range t.cfg.TicketTypes {
			if bounds.Name == ticket.Type {
				ticket.Total, ticket.Left = bounds.MinQuantity, bounds.MinQuantity
			}
		}
		event.Left += ticket.Left
	}
}
