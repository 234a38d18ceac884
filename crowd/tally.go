package crowd

import (
	"sync"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// Kind is what became of an order, or of taking one back.
type Kind int

// The kinds of outcomes.
const (
	Bought    Kind = iota
	Cancelled      // an order was taken back
	Refused        // by a rule: sold out, mostly
	Failed         // nothing was done, because the shop does not work
	Unknown        // the answer did not come in time
)

// Outcome is one of them.
type Outcome struct {
	Kind  Kind
	Order model.Order // as it was bought or taken back; else as it was asked for
	Took  time.Duration
	Err   error // nil where it was bought or taken back
}

func kindOf(err error) Kind {
	switch model.CodeOf(err) {
	case model.CodeRefused, model.CodeConflict, model.CodeNotFound:
		return Refused
	case model.CodeUnknown:
		return Unknown
	default:
		return Failed
	}
}

// Summary is what came of a crowd's shopping. A crowd of any size needs the memory of one number for each order.
type Summary struct {
	Took      time.Duration
	Orders    int // that were bought, those that were cancelled later included
	Tickets   int // of those
	Cancelled int
	Refused   int
	Failed    int
	Unknown   int
	P50, P99  time.Duration // how long buying took, of what was bought
	Problem   string        // what was said when the shop last did not work; empty if it always did
}

// PerSecond is how many orders a second were bought.
func (s Summary) PerSecond() float64 {
	if s.Took <= 0 {
		return 0
	}
	return float64(s.Orders) / s.Took.Seconds()
}

// tally counts outcomes.
type tally struct {
	began time.Time
	tell  func(Outcome)

	mu   sync.Mutex
	sum  Summary
	took []time.Duration
}

func newTally(tell func(Outcome)) *tally { return &tally{began: time.Now(), tell: tell} }

func (t *tally) count(o Outcome) {
	t.mu.Lock()
	switch o.Kind {
	case Bought:
		t.sum.Orders++
		t.sum.Tickets += o.Order.Quantity()
		t.took = append(t.took, o.Took)
	case Cancelled:
		t.sum.Cancelled++
	case Refused:
		t.sum.Refused++
	case Failed:
		t.sum.Failed++
	case Unknown:
		t.sum.Unknown++
	}
	if o.Kind == Failed || o.Kind == Unknown {
		t.sum.Problem = model.Sentence(o.Err)
	}
	t.mu.Unlock()
	if t.tell != nil {
		t.tell(o)
	}
}

func (t *tally) summary() Summary {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := t.sum
	sum.Took = time.Since(t.began)
	sum.P50, sum.P99 = model.Percentiles(t.took)
	return sum
}
