package bench

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ticketcd/ticketcd/model"
)

// sample is what came of one turn of a measurement.
type sample struct {
	Count    int           `json:"count"`   // of what was done
	Took     time.Duration `json:"took_ns"` // by all together
	P50, P99 time.Duration `json:",omitempty"`
	Least    int           `json:"least"` // done by the client who did the fewest
}

// rate is how much was done in a second.
func (s sample) rate() float64 {
	if s.Took <= 0 {
		return 0
	}
	return float64(s.Count) / s.Took.Seconds()
}

// drive has clients do something over and over, each on its own, until the time is up. What is under way then is waited
// for, and counts. do is told which client it is for, and how often that client has done it.
func drive(ctx context.Context, clients int, slice time.Duration, do func(ctx context.Context, client, turn int) error) (sample, error) {
	var mu sync.Mutex
	var took []time.Duration
	least := -1
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for client := range clients {
		group.Go(func() error {
			var mine []time.Duration
			for turn := 0; time.Since(began) < slice; turn++ {
				start := time.Now()
				if err := do(ctx, client, turn); err != nil {
					return err
				}
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			if least < 0 || len(mine) < least {
				least = len(mine)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return sample{}, err
	}
	s := sample{Count: len(took), Took: time.Since(began), Least: least}
	s.P50, s.P99 = model.Percentiles(took)
	return s, nil
}

// median returns the middle one of some values, none for none.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	switch {
	case n == 0:
		return 0
	case n%2 == 0:
		return (values[n/2-1] + values[n/2]) / 2
	}
	return values[n/2]
}
