package crowd

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// afterTrouble is how long a shopper waits, on average, before it tries again in a shop that does not work.
	afterTrouble = 500 * time.Millisecond
	// considered is how many events a shopper looks at, at most, before it finds one that has tickets left.
	considered = 12
	// longestThought is more than anybody has: a pace that no duration can hold is not to become none at all.
	longestThought = 100 * 365 * 24 * time.Hour
)

// howMany are the numbers of tickets that people buy at once, as often as they do: mostly two.
var howMany = [...]int{1, 1, 1, 2, 2, 2, 2, 2, 3, 4}

// shopper is one of the crowd.
type shopper struct {
	username string
	shop     Shop
	cfg      Config
	tally    *tally
	dice     *rand.Rand
	taste    uint64 // which events are in fashion, the same for all
	regrets  []model.Order

	seen   *model.Catalogue // of which these are the events, those in fashion first
	events []string
	stale  bool // one of them was not there any more, over or sold out
}

// run shops until ctx ends. What is asked of the shop may take longer, until answers ends.
func (s *shopper) run(ctx, answers context.Context) {
	for s.think(ctx, s.pace()) {
		if s.act(answers) {
			continue
		}
		if !s.think(ctx, afterTrouble) {
			return
		}
	}
}

// pace is how long one shopper thinks between two orders, on average, so that all together keep to the rate.
func (s *shopper) pace() time.Duration {
	if s.cfg.Rate <= 0 {
		return 0
	}
	return thought(float64(len(s.cfg.Buyers)) / s.cfg.Rate * float64(time.Second))
}

// thought is so many nanoseconds, of which there may be more than a duration can hold.
func thought(nanoseconds float64) time.Duration {
	return time.Duration(min(nanoseconds, float64(longestThought)))
}

// think waits a time that differs as people's do, and says whether there is time left to shop.
func (s *shopper) think(ctx context.Context, average time.Duration) bool {
	if average <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(thought(s.dice.ExpFloat64() * float64(average)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// act gives back an order that the shopper regrets, or places a new one. It says whether the shop works.
func (s *shopper) act(ctx context.Context) bool {
	if len(s.regrets) > 0 {
		order := s.regrets[0]
		s.regrets = s.regrets[1:]
		return s.tell(Cancelled, order, time.Now(), func() (model.Order, error) { return s.shop.Cancel(ctx, order, nil) })
	}
	event, ok := s.choose()
	if !ok {
		return false // nothing is on sale
	}
	order := model.Order{Username: s.username, EventID: event.ID, Lines: s.wish(event)}
	return s.tell(Bought, order, time.Now(), func() (model.Order, error) {
		bought, err := s.shop.Buy(ctx, order, nil)
		if err == nil && s.dice.Float64() < s.cfg.CancelRatio {
			s.regrets = append(s.regrets, bought)
		}
		return bought, err
	})
}

// tell does something in the shop, and counts what came of it.
func (s *shopper) tell(success Kind, order model.Order, began time.Time, do func() (model.Order, error)) bool {
	done, err := do()
	o := Outcome{Kind: success, Order: done, Took: time.Since(began), Err: err}
	if err != nil {
		o.Order, o.Kind = order, kindOf(err)
	}
	s.tally.count(o)
	return o.Kind != Failed && o.Kind != Unknown
}

// choose picks an event. A few are in fashion, and most have some friends.
func (s *shopper) choose() (*model.Event, bool) {
	shop, _ := s.cfg.Live.Shop()
	s.look(shop.Catalogue)
	now := model.WallClock(s.cfg.Now())
	var last *model.Event
	for range min(considered, 3*len(s.events)) {
		fashion := s.dice.Float64()
		id := s.events[int(fashion*fashion*fashion*float64(len(s.events)))]
		event, ok := shop.Catalogue.Event(id)
		if !ok || event.IsPast(now) {
			s.stale = true
			continue
		}
		if some, _ := s.wanted(event, 0); len(some) == 0 {
			continue
		}
		if last = event; !event.IsSoldOut() {
			return event, true
		}
	}
	s.stale = true
	return last, last != nil // sold out as it looks: somebody may give a ticket back at this moment
}

// look orders the events by fashion. Which are on sale hardly changes while a crowd shops, so it does so once, and again when
// what it knew is gone, over or sold out: others may have come on sale.
func (s *shopper) look(catalogue *model.Catalogue) {
	if len(s.cfg.Events) > 0 {
		s.events = s.cfg.Events
		return
	}
	if len(s.events) > 0 && !s.stale || s.seen == catalogue {
		return
	}
	s.seen, s.events, s.stale = catalogue, nil, false
	for _, event := range catalogue.Search(model.Query{Now: model.WallClock(s.cfg.Now())}).Events() {
		if !event.IsPast(model.WallClock(s.cfg.Now())) {
			s.events = append(s.events, event.ID)
		}
	}
	order := rand.New(rand.NewPCG(s.taste, 0))
	slices.Sort(s.events)
	order.Shuffle(len(s.events), func(i, j int) { s.events[i], s.events[j] = s.events[j], s.events[i] })
}

// wish says which tickets, and how many. Nobody asks for more than there are, as far as they see; where what they want is gone,
// they ask for one all the same.
func (s *shopper) wish(event *model.Event) []model.Line {
	offered, weights := s.wanted(event, 1)
	if len(offered) == 0 {
		offered, weights = s.wanted(event, 0)
	}
	at := s.dice.IntN(weights)
	for _, ticket := range offered {
		if at -= s.weight(ticket); at < 0 {
			quantity := howMany[s.dice.IntN(len(howMany))]
			return []model.Line{{Type: ticket.Type, Quantity: min(quantity, max(ticket.Left, 1))}}
		}
	}
	return nil
}

// wanted are the tickets of an event that anybody asks for, as far as so many of them are left, and their weights in all.
func (s *shopper) wanted(event *model.Event, left int) (tickets []model.Ticket, weights int) {
	for _, ticket := range event.Tickets {
		if s.weight(ticket) > 0 && ticket.Left >= left {
			tickets, weights = append(tickets, ticket), weights+s.weight(ticket)
		}
	}
	return tickets, weights
}

func (s *shopper) weight(ticket model.Ticket) int {
	if len(s.cfg.Mix) == 0 {
		return 1
	}
	return s.cfg.Mix[ticket.Type]
}
