//go:build unix

package torture

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

const (
	// orderPatience is how long a shopper waits to know whether an order went through. Outages are shorter.
	orderPatience = 30 * time.Second
	// breath is what a shopper takes before trying again where the cluster does not answer.
	breath = 100 * time.Millisecond
	// glance is how often a process writes down what it shows.
	glance = 50 * time.Millisecond
)

// everybody is the user that shoppers of all processes share, so that they cancel each other's orders.
const everybody = "everybody"

// shopConfig makes this test binary a process of its own, in which shoppers are at work.
type shopConfig struct {
	Process   string
	Endpoints []string
	Users     []string // each has a shopper
	Seed      uint64
}

// shop is such a process. It is told what to do line by line, and writes a history.
type shop struct {
	shopConfig
	store  *etcdstore.Store
	live   *model.Live
	behind atomic.Int64 // how far the clock has been set back, in nanoseconds
	events atomic.Pointer[[]string]
	number atomic.Int64

	mu  sync.Mutex
	out *json.Encoder
}

// now is a clock that all processes of this machine share, and that nobody sets.
func now() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(err) // there is no machine that lacks it
	}
	return ts.Nano()
}

// The orders that a shop takes.
const (
	orderSell   = "sell"   // these events, from now on
	orderClock  = "clock"  // is behind by so much
	orderFinish = "finish" // whatever is under way, and begin nothing
	orderShow   = "show"   // all events, as soon as a revision is known
)

// runShop is the life of such a process: it ends when its orders do.
func runShop(config string, orders io.Reader, history io.Writer) error {
	s := &shop{out: json.NewEncoder(history), live: model.NewLive()}
	if err := json.Unmarshal([]byte(config), &s.shopConfig); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := s.open(ctx); err != nil {
		return err
	}
	s.events.Store(new([]string))
	var following, working sync.WaitGroup
	following.Go(func() { s.store.Follow(ctx, s.live) })
	following.Go(func() { s.glance(ctx) })
	finish, stop := context.WithCancel(ctx)
	defer stop()
	s.report("open")
	for lines := bufio.NewScanner(orders); lines.Scan(); {
		order, rest, _ := strings.Cut(lines.Text(), " ")
		switch order {
		case orderSell:
			events := strings.Split(rest, ",")
			first := len(*s.events.Load()) == 0
			s.events.Store(&events)
			for i, user := range s.Users {
				if first {
					working.Go(func() { s.shopper(user, uint64(i)).work(finish) })
				}
			}
		case orderClock:
			behind, err := time.ParseDuration(rest)
			if err != nil {
				return err
			}
			s.behind.Store(int64(behind))
		case orderFinish:
			stop()
			working.Wait()
			s.report("finished")
		case orderShow:
			revision, err := strconv.ParseInt(rest, 10, 64)
			if err != nil {
				return err
			}
			s.show(ctx, revision)
		}
	}
	stop()
	cancel()
	following.Wait()
	return s.store.Close()
}

// open opens the store, however long the cluster is away.
func (s *shop) open(ctx context.Context) error {
	for {
		store, err := etcdstore.Open(ctx, etcdstore.Config{
			Endpoints: s.Endpoints, Log: slog.New(slog.DiscardHandler),
			Now: func() time.Time { return time.Now().Add(-time.Duration(s.behind.Load())) },
		})
		if err == nil {
			s.store = store
			return nil
		}
		if model.CodeOf(err) != model.CodeUnavailable {
			return err
		}
	}
}

func (s *shop) write(e entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.out.Encode(e); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) // whoever reads it has gone
	}
}

func (s *shop) report(text string) { s.write(entry{Report: text}) }

// glance writes down what the process shows of one event on sale after another.
func (s *shop) glance(ctx context.Context) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		events := *s.events.Load()
		shown, _ := s.live.Shop()
		if len(events) == 0 || !shown.Loaded {
			continue
		}
		id := events[i%len(events)]
		if event, ok := shown.Catalogue.Event(id); ok {
			s.write(entry{Sight: &sight{s.Process, shown.Catalogue.Revision(), id, countLeft(event.Tickets)}})
		}
	}
}

// show writes down all events as the process shows them, when it knows a revision, or when it has had its time.
func (s *shop) show(ctx context.Context, revision int64) {
	ctx, cancel := context.WithTimeout(ctx, orderPatience)
	defer cancel()
	for {
		shown, changed := s.live.Shop()
		if shown.Catalogue.Revision() >= revision && !shown.Stale || ctx.Err() != nil {
			shows := map[string]counts{}
			for _, event := range shown.Catalogue.Search(model.Query{}).Events() {
				shows[event.ID] = countLeft(event.Tickets)
			}
			s.write(entry{Shows: shows})
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// shopper is one person.
type shopper struct {
	*shop
	user     string
	dice     *rand.Rand
	standing []model.Order
}

func (s *shop) shopper(user string, n uint64) *shopper {
	return &shopper{shop: s, user: user, dice: rand.New(rand.NewPCG(s.Seed, n))}
}

// work shops until it is to be finished.
func (p *shopper) work(finish context.Context) {
	for finish.Err() == nil { // the orders of a process that was killed are its successor's
		if orders, err := p.store.Orders(finish, p.user); err == nil {
			p.standing = orders
			break
		}
	}
	for finish.Err() == nil {
		outcome := p.act()
		if outcome == nothing {
			p.rest(finish)
		}
	}
}

func (p *shopper) rest(ctx context.Context) {
	timer := time.NewTimer(breath)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// act does one thing.
func (p *shopper) act() outcome {
	events := *p.events.Load()
	p.standing = slices.DeleteFunc(p.standing, func(o model.Order) bool { return !slices.Contains(events, o.EventID) })
	event := events[p.dice.IntN(len(events))]
	switch chance := p.dice.IntN(100); {
	case chance < 50:
		return p.buy(event, p.user)
	case chance < 55:
		return p.buy(event, everybody)
	case chance < 60:
		return p.cancelAnybodys(events)
	case chance < 92 && len(p.standing) > 0:
		at := p.dice.IntN(len(p.standing))
		order := p.standing[at]
		p.standing = slices.Delete(p.standing, at, at+1)
		return p.cancel(order)
	case chance >= 92:
		return p.look(event)
	}
	return p.buy(event, p.user)
}

// do writes a deed down, before and after.
func (p *shopper) do(d deed, act func(ctx context.Context, doubt func()) (counts, error)) outcome {
	d.Process, d.Number, d.Call = p.Process, int(p.number.Add(1)), now()
	p.write(entry{Began: &d})
	ctx, stop := context.WithTimeout(context.Background(), orderPatience)
	defer stop()
	tickets, err := act(ctx, func() { d.Doubted = true })
	d.Return, d.Outcome = now(), outcomeOf(d.Verb, err)
	if err != nil {
		d.Words = model.Sentence(err)
	} else if d.Verb != cancel {
		d.Tickets = tickets
	}
	p.write(entry{Ended: &d})
	return d.Outcome
}

func (p *shopper) buy(event, user string) outcome {
	var wanted counts
	wanted[p.dice.IntN(len(wanted))] = 1 + p.dice.IntN(3)
	if p.dice.IntN(4) == 0 {
		wanted[p.dice.IntN(len(wanted))] = 1
	}
	order := model.Order{ID: etcdstore.NewOrderID(), Username: user, EventID: event, Lines: wanted.lines()}
	outcome := p.do(deed{Verb: buy, Event: event, User: user, Order: order.ID, Tickets: wanted},
		func(ctx context.Context, doubt func()) (counts, error) {
			bought, err := p.store.Buy(ctx, order, doubt)
			return countLines(bought.Lines), err
		})
	if user == p.user && (outcome == done || outcome == unknown) {
		p.standing = append(p.standing, order)
	}
	return outcome
}

func (p *shopper) cancel(order model.Order) outcome {
	return p.do(deed{Verb: cancel, Event: order.EventID, User: order.Username, Order: order.ID, Tickets: countLines(order.Lines)},
		func(ctx context.Context, doubt func()) (counts, error) {
			cancelled, err := p.store.Cancel(ctx, order, doubt)
			return countLines(cancelled.Lines), err
		})
}

// cancelAnybodys cancels an order of the user whom all share, and whom others may be about to cancel, too.
func (p *shopper) cancelAnybodys(events []string) outcome {
	ctx, stop := context.WithTimeout(context.Background(), orderPatience)
	defer stop()
	orders, err := p.store.Orders(ctx, everybody)
	if err != nil {
		return nothing
	}
	orders = slices.DeleteFunc(orders, func(o model.Order) bool { return !slices.Contains(events, o.EventID) })
	if len(orders) == 0 {
		return done
	}
	return p.cancel(orders[p.dice.IntN(len(orders))])
}

func (p *shopper) look(id string) outcome {
	return p.do(deed{Verb: look, Event: id}, func(ctx context.Context, _ func()) (counts, error) {
		event, err := p.store.Event(ctx, id)
		return countLeft(event.Tickets), err
	})
}
