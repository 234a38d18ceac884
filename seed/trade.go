package seed

import (
	"context"
	"slices"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// trade is what the users do with the programme: browse, buy, mark, and ask to be told.
type trade struct {
	cfg     Config
	dice    dice
	day     time.Time
	users   []model.User
	events  []model.Event // as they are left
	records []model.Record
}

const (
	// maxBrowsed is how many events a user looks at: nobody reads a programme of 100,000.
	maxBrowsed = 60
	// maxCrowd is how many users rush for the tickets of a popular event, and minCrowd how few cannot sell one out.
	maxCrowd = 200
	minCrowd = 5
	// maxPerLine is how many tickets of a type an ordinary order has.
	maxPerLine = 4
	// season is how many days before today the first orders were placed.
	season = 60
)

func (t *trade) run(ctx context.Context) error {
	popular, err := t.rushes()
	if err != nil {
		return err
	}
	for _, user := range t.users {
		if err := ctx.Err(); err != nil {
			return err
		}
		var favourites []string
		for _, i := range t.browsed() {
			if t.dice.chance(t.cfg.FavouriteProbability) {
				favourites = append(favourites, t.events[i].ID)
			}
			if !popular[i] && t.dice.chance(t.cfg.EventPurchaseProbability) {
				if err := t.shop(user, i); err != nil {
					return err
				}
			}
		}
		if len(favourites) > 0 {
			t.add(model.FavouriteKey(user.Username), model.EncodeList(favourites))
		}
	}
	return t.notify(ctx)
}

func (t *trade) add(key string, value []byte) {
	t.records = append(t.records, model.Record{Key: key, Value: value})
}

// browsed returns the indexes of the events that a user looks at.
func (t *trade) browsed() []int {
	if len(t.events) <= maxBrowsed {
		all := make([]int, len(t.events))
		for i := range all {
			all[i] = i
		}
		return all
	}
	var some []int
	for len(some) < maxBrowsed {
		if i := t.dice.IntN(len(t.events)); !slices.Contains(some, i) {
			some = append(some, i)
		}
	}
	return some
}

// shop lets a user order a few tickets for an event, some of the times that the limit allows.
func (t *trade) shop(user model.User, i int) error {
	var orders []model.Order
	for range t.orders() {
		var cart []model.Line
		for _, ticket := range t.events[i].Tickets {
			quantity := min(t.dice.between(1, maxPerLine), ticket.Left)
			if t.dice.chance(t.cfg.TicketPurchaseProbability) && quantity > 0 {
				cart = append(cart, model.Line{Type: ticket.Type, Quantity: quantity})
			}
		}
		if len(cart) == 0 {
			continue
		}
		order, err := t.sell(i, cart)
		if err != nil {
			return err
		}
		orders = append(orders, order)
	}
	t.record(user, i, orders)
	return nil
}

// orders returns how many times a user orders for an event.
func (t *trade) orders() int {
	if t.cfg.EventPurchaseLimit == 0 {
		return 0
	}
	return t.dice.between(1, t.cfg.EventPurchaseLimit)
}

// sell sells a cart by the rule that sells every ticket of the shop.
func (t *trade) sell(i int, cart []model.Line) (model.Order, error) {
	after, lines, err := t.events[i].Sell(cart, t.day)
	if err != nil {
		return model.Order{}, err
	}
	after.Changed = t.events[i].Changed // the order is dated later
	t.events[i] = after
	return model.Order{ID: model.OrderID(t.dice.IntN), Lines: lines}, nil
}

// record dates a user's orders for an event, earliest first, and writes them down.
func (t *trade) record(user model.User, i int, orders []model.Order) {
	if len(orders) == 0 {
		return
	}
	dates := make([]time.Time, len(orders))
	for n := range dates {
		ago := time.Duration(t.dice.between(1, season)) * 24 * time.Hour
		dates[n] = t.day.Add(-ago).Add(time.Duration(t.dice.between(7*3600, 24*3600-1)) * time.Second)
	}
	slices.SortFunc(dates, time.Time.Compare)
	for n := range orders {
		orders[n].Date = model.OrderDate(dates[n])
	}
	if last := orders[len(orders)-1].Date; last.Raw() > t.events[i].Changed.Raw() { // our form sorts as text
		t.events[i].Changed = last
	}
	t.add(model.PurchaseKey(user.Username, t.events[i].ID), model.EncodeOrders(orders))
}

// notify lets users ask to be told about events, now that it is known what is left of each.
func (t *trade) notify(ctx context.Context) error {
	for _, user := range t.users {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, i := range t.browsed() {
			limit := pick(t.dice, []int{10, 25, 50, 100, 250, 500})
			if !t.dice.chance(t.cfg.NotificationProbability) {
				continue
			}
			event := t.events[i]
			asked := model.Notification{Username: user.Username, EventID: event.ID, Limit: limit, Active: event.Left < limit}
			t.add(model.NotificationKey(user.Username, event.ID), asked.Encode())
		}
	}
	return nil
}
