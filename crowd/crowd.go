package crowd

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// Shop is where the crowd buys. Its errors are [*model.Error] values, by whose code the outcomes are counted.
type Shop interface {
	Buy(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error)
	Cancel(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error)
}

// Config says who shops, and how.
type Config struct {
	Buyers      []string         // the user names of the shoppers; each shops on its own, one order at a time
	Live        *model.Live      // what they see; somebody has to keep it up to date
	Events      []string         // the ids of the events that they want tickets of; empty for all that are on sale
	Rate        float64          // orders per second of all together, on average; 0 for as many as the store takes
	CancelRatio float64          // how many of their orders they give back, from 0 to 1
	Mix         map[string]int   // the types of tickets that they ask for, by weight; empty for any
	Seed        uint64           // of the dice: what each shopper wants is the same for the same seed
	Now         func() time.Time // the clock by which events are over
	Tell        func(Outcome)    // is told of every order and every cancellation, by many goroutines; nil for nobody
}

// lastWords is how long orders that are under way when the time is over have to be answered.
const lastWords = 10 * time.Second

// Run lets the crowd shop until ctx ends, waits for the orders that are under way then, and returns what came of all.
func Run(ctx context.Context, shop Shop, cfg Config) Summary {
	answers, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWords, cancel) })()
	t := newTally(cfg.Tell)
	taste := rand.NewPCG(cfg.Seed, 0).Uint64()
	var shopping sync.WaitGroup
	for i, username := range cfg.Buyers {
		s := &shopper{
			username: username, shop: shop, cfg: cfg, tally: t, taste: taste,
			dice: rand.New(rand.NewPCG(cfg.Seed, uint64(i)+1)),
		}
		shopping.Go(func() { s.run(ctx, answers) })
	}
	shopping.Wait()
	return t.summary()
}
