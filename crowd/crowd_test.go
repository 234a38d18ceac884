package crowd

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

var today = time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC)

// booth is a shop in memory: what the crowd is told there is what the test says. That it fares well in the real shop is
// tested where the command is.
type booth struct {
	mu       sync.Mutex
	answer   func(n int) error // to the n-th order, from 1; nil for yes
	orders   []model.Order
	returned []model.Order
	asked    chan struct{} // is told of every order; nil for nobody
}

func (b *booth) Buy(_ context.Context, order model.Order, _ func()) (model.Order, error) {
	b.mu.Lock()
	b.orders = append(b.orders, order)
	n := len(b.orders)
	b.mu.Unlock()
	if b.asked != nil {
		b.asked <- struct{}{}
	}
	if b.answer != nil {
		if err := b.answer(n); err != nil {
			return model.Order{}, err
		}
	}
	return order, nil
}

func (b *booth) Cancel(_ context.Context, order model.Order, _ func()) (model.Order, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.returned = append(b.returned, order)
	return order, nil
}

// onSale is a shop window with events: one that is over, one that is sold out, and some that are not.
func onSale(t *testing.T) *model.Live {
	t.Helper()
	live := model.NewLive()
	var changes []model.Change
	for i, id := range []string{"past", "gone", "one", "two", "three"} {
		e := model.Event{ID: id, Name: id, Location: "York", Type: "concert", Date: model.EventDate(today.AddDate(0, 1, 0))}
		left := 10 * i
		switch id {
		case "past":
			e.Date, left = model.EventDate(today.AddDate(0, -1, 0)), 5
		case "gone":
			left = 0
		}
		for _, kind := range []string{"red", "pink"} {
			ticket := model.Ticket{Type: kind, Left: left, Total: 50, Price: 1000}
			e.Left += left
			changes = append(changes, model.Change{Key: model.TicketKey(id, kind), Value: ticket.Encode()})
		}
		changes = append(changes, model.Change{Key: model.EventKey(id), Value: e.Encode()})
	}
	catalogue, problems := model.NewCatalogue().With(1, changes)
	require.Empty(t, problems)
	live.Publish(model.Shop{Catalogue: catalogue, Loaded: true})
	return live
}

func config(t *testing.T) Config {
	t.Helper()
	return Config{Buyers: []string{"ann", "bob"}, Live: onSale(t), Seed: 7, Now: func() time.Time { return today }}
}

// shopUntil lets the crowd shop until so many orders were placed.
func shopUntil(b *booth, cfg Config, orders int) Summary {
	ctx, stop := context.WithCancel(context.Background())
	b.asked = make(chan struct{})
	ended := make(chan Summary, 1)
	go func() { ended <- Run(ctx, b, cfg) }()
	for {
		select {
		case <-b.asked:
			if orders--; orders == 0 {
				stop()
			}
		case sum := <-ended:
			stop()
			return sum
		}
	}
}

func ordersOf(buyer string, orders []model.Order) []model.Order {
	own := []model.Order{}
	for _, order := range orders {
		if order.Username == buyer {
			own = append(own, order)
		}
	}
	return own
}

func TestTheCrowdBuysWhatIsOnSaleAndCountsIt(t *testing.T) {
	t.Parallel()
	b := &booth{}
	sum := shopUntil(b, config(t), 200)
	require.Len(t, b.orders, sum.Orders)
	tickets := 0
	for _, order := range b.orders {
		require.Contains(t, []string{"one", "two", "three"}, order.EventID)
		require.Contains(t, []string{"ann", "bob"}, order.Username)
		tickets += order.Quantity()
	}
	require.Equal(t, tickets, sum.Tickets)
	require.GreaterOrEqual(t, sum.Orders, 200)
	require.Zero(t, sum.Cancelled+sum.Refused+sum.Failed+sum.Unknown)
	require.GreaterOrEqual(t, sum.P99, sum.P50)
	require.Positive(t, sum.PerSecond())
	require.Zero(t, Summary{Orders: 3}.PerSecond())
}

func TestWhoRegretsEverythingGivesItBack(t *testing.T) {
	t.Parallel()
	b, cfg := &booth{}, config(t)
	cfg.CancelRatio = 1
	sum := shopUntil(b, cfg, 50)
	require.Len(t, b.returned, sum.Cancelled)
	for _, buyer := range cfg.Buyers { // the two of them shop side by side: only each one's own orders have an order
		returned := ordersOf(buyer, b.returned)
		require.Equal(t, ordersOf(buyer, b.orders)[:len(returned)], returned)
	}
	require.LessOrEqual(t, sum.Orders-sum.Cancelled, len(cfg.Buyers), "at most the last one of each is kept")
}

func TestOnlyWhatIsWantedIsAskedFor(t *testing.T) {
	t.Parallel()
	b, cfg := &booth{}, config(t)
	cfg.Events, cfg.Mix = []string{"two"}, map[string]int{"pink": 1}
	shopUntil(b, cfg, 30)
	for _, order := range b.orders {
		require.Equal(t, "two", order.EventID)
		require.Len(t, order.Lines, 1)
		require.Equal(t, "pink", order.Lines[0].Type)
	}
	cfg.Events = []string{"gone"}
	again := &booth{answer: func(int) error { return model.Errorf(model.CodeRefused, "the pink tickets are sold out") }}
	sum := shopUntil(again, cfg, 5)
	require.Equal(t, len(again.orders), sum.Refused, "where all is sold out people still ask for one")
	require.Equal(t, 1, again.orders[0].Quantity())

	shop, _ := cfg.Live.Shop()
	soldOut := model.Ticket{Type: "pink", Total: 50, Price: 1000}
	catalogue, problems := shop.Catalogue.With(2, []model.Change{{Key: model.TicketKey("two", "pink"), Value: soldOut.Encode(), Revision: 2}})
	require.Empty(t, problems)
	cfg.Live.Publish(model.Shop{Catalogue: catalogue, Loaded: true})
	cfg.Events, again.orders = []string{"two"}, nil
	shopUntil(again, cfg, 5)
	for _, order := range again.orders {
		require.Equal(t, "pink", order.Lines[0].Type, "nor do they turn to what others want")
	}
}

func TestWhatComesOnSaleLaterIsBoughtWhenTheRestIsGoneOrOver(t *testing.T) {
	t.Parallel()
	now := today
	cfg := config(t)
	cfg.Events = []string{} // all, as none
	cfg.Now = func() time.Time { return now }
	s := &shopper{cfg: cfg, dice: rand.New(rand.NewPCG(7, 1))}
	chooses := func() string {
		for range 3 { // it looks again after it has found nothing
			if event, ok := s.choose(); ok && !event.IsSoldOut() {
				return event.ID
			}
		}
		return ""
	}
	comesOnSale := func(id string, change ...model.Change) {
		e := model.Event{ID: id, Name: id, Location: "York", Type: "concert", Date: model.EventDate(today.AddDate(0, 2, 0)), Left: 5}
		ticket := model.Ticket{Type: "red", Left: 5, Total: 5, Price: 1000}
		shop, _ := cfg.Live.Shop()
		catalogue, problems := shop.Catalogue.With(shop.Catalogue.Revision()+1, append(change,
			model.Change{Key: model.TicketKey(id, "red"), Value: ticket.Encode()}, model.Change{Key: model.EventKey(id), Value: e.Encode()}))
		require.Empty(t, problems)
		cfg.Live.Publish(model.Shop{Catalogue: catalogue, Loaded: true})
	}
	require.Contains(t, []string{"one", "two", "three"}, chooses())
	comesOnSale("new")
	require.NotEqual(t, "new", chooses(), "they buy what they know")
	now = today.AddDate(0, 1, 1)
	require.Equal(t, "new", chooses(), "the rest is over")
	require.NotEmpty(t, chooses())
	sold := model.Ticket{Type: "red", Total: 5, Price: 1000}
	comesOnSale("newest", model.Change{Key: model.TicketKey("new", "red"), Value: sold.Encode()})
	require.Equal(t, "newest", chooses(), "the rest is sold out, whatever its own count says")
}

func TestEveryOutcomeIsCountedAsWhatItIs(t *testing.T) {
	t.Parallel()
	answers := []error{
		nil, model.Errorf(model.CodeRefused, "sold out"), model.Errorf(model.CodeConflict, "the price has changed"),
		model.Errorf(model.CodeNotFound, "no such event"), model.Errorf(model.CodeUnknown, "not known yet"),
		model.Errorf(model.CodeUnavailable, "the store does not answer"),
	}
	b, cfg := &booth{}, config(t)
	cfg.Buyers = cfg.Buyers[:1]
	b.answer = func(n int) error { return answers[n-1] }
	var kinds []Kind
	cfg.Tell = func(o Outcome) { kinds = append(kinds, o.Kind) }
	sum := shopUntil(b, cfg, len(answers))
	require.Equal(t, []Kind{Bought, Refused, Refused, Refused, Unknown, Failed}, kinds)
	require.Equal(t, Summary{
		Took: sum.Took, Orders: 1, Tickets: sum.Tickets, Refused: 3, Failed: 1, Unknown: 1, P50: sum.P50, P99: sum.P99,
		Problem: "the store does not answer",
	}, sum)
}

func TestTheSameCrowdHasTheSameWishes(t *testing.T) {
	t.Parallel()
	wishes := func(seed uint64) []string {
		cfg := config(t)
		s := &shopper{cfg: cfg, taste: rand.NewPCG(seed, 0).Uint64(), dice: rand.New(rand.NewPCG(seed, 1))}
		var wanted []string
		for range 40 {
			event, ok := s.choose()
			require.True(t, ok)
			order := model.Order{Lines: s.wish(event)}
			wanted = append(wanted, event.ID+order.Lines[0].Type)
		}
		return wanted
	}
	require.Equal(t, wishes(1), wishes(1))
	require.NotEqual(t, wishes(1), wishes(2))
}

func TestTheCrowdKeepsToItsRateTogether(t *testing.T) {
	t.Parallel()
	s := &shopper{cfg: Config{Buyers: make([]string, 20), Rate: 10}}
	require.Equal(t, 2*time.Second, s.pace(), "each of 20 orders every other second")
	for _, hardlyEver := range []float64{1e-11, 1e-320} {
		s.cfg.Rate = hardlyEver
		require.Greater(t, s.pace(), 50*365*24*time.Hour)
		require.Greater(t, thought(100*float64(s.pace())), 50*365*24*time.Hour)
	}
	s.cfg.Rate = 0
	require.Zero(t, s.pace())
}

func TestAnEmptyShopKeepsNobodyFromLeaving(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	cfg.Live = model.NewLive()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan Summary, 1)
	go func() { ended <- Run(ctx, &booth{}, cfg) }()
	stop()
	require.Zero(t, (<-ended).Orders)
}
