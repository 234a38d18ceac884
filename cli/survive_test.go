//go:build unix

package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

const (
	// soon is how long anything may take that has to happen.
	soon = 90 * time.Second

	saleEvents, saleBuyers = 5, 4
	// saleAsides are events that nobody buys while the sale goes on.
	saleAsides = 40
	// salePace is how long a buyer waits between two orders: slow enough for a small machine with all other tests on it.
	salePace = 100 * time.Millisecond
)

// sale is a sale that goes on, in this process, while members of the cluster fail in theirs.
type sale struct {
	t       *testing.T
	place   place
	running *clusterProcess
	where   cluster.Connection
	store   *etcdstore.Store
	board   *model.Board[model.Cluster]

	buying  sync.WaitGroup
	mu      sync.Mutex
	changed chan struct{}        // closed, and replaced, at every answer
	bought  map[string]time.Time // when an order was sent that was acknowledged, by its id
	not     map[string]string    // what was said of an order that was not bought, by its id
	newest  time.Time            // of those that were bought
	told    string               // what was said last of one that was not
}

func saleEvent(i int) string { return fmt.Sprintf("0b9c2c5e-93a5-4f0e-8f43-6b6a55d0d%03d", i) }

// saleData is a data set with so much to sell that nothing sells out.
func saleData(t *testing.T) string {
	t.Helper()
	const many = 1_000_000
	var ids []string
	data := map[string]any{}
	for i := range saleEvents + saleAsides {
		id := saleEvent(i)
		ids = append(ids, id)
		data[model.EventKey(id)] = map[string]any{
			"name": "Gala", "description": "", "location": "York", "type": "concert", "date": "2099-01-01 20:00", "current_quantity": many,
		}
		data[model.TicketKey(id, "red")] = map[string]any{"total_quantity": many, "current_quantity": many, "price": 10.5}
	}
	for _, key := range []string{"search:text:gala", "search:text:york", "search:type:concert", "search:location:York"} {
		data[key] = ids
	}
	for i := range saleBuyers + 1 {
		data[model.UserKey(saleBuyer(i))] = map[string]any{"name": "B", "email": "b@example.com", "password": "secret-word", "role": "user"}
	}
	text, err := json.Marshal(data)
	require.NoError(t, err)
	return string(text)
}

func saleBuyer(i int) string { return fmt.Sprintf("b%02d", i) }

// begin starts the sale in a cluster of five members.
func beginSale(t *testing.T) *sale {
	t.Helper()
	p := newPlace(t)
	running := p.cluster("--nodes", "5")
	p.must("load", p.file("sale.json", saleData(t)))
	where, found, err := cluster.Find(t.Context(), p.dir)
	require.NoError(t, err)
	require.True(t, found)
	s := &sale{
		t: t, place: p, running: running, where: where, changed: make(chan struct{}), bought: map[string]time.Time{}, not: map[string]string{},
	}
	s.store, err = etcdstore.Open(t.Context(), etcdstore.Config{
		Endpoints: where.Endpoints, CACert: where.CACert, Cert: where.Cert, Key: where.Key,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.store.Close()) })
	watching, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	s.board = s.store.WatchCluster(watching)
	return s
}

// open lets the buyers in, until the function that it returns has seen them out.
func (s *sale) open() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	for i := range saleBuyers {
		s.buying.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				s.buy(saleBuyer(i), saleEvent((i+n)%saleEvents))
				pause := time.NewTimer(salePace)
				select {
				case <-pause.C:
				case <-ctx.Done():
				}
			}
		})
	}
	return func() {
		cancel()
		s.buying.Wait()
	}
}

func (s *sale) buy(username, event string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*soon) // it ends only if the cluster never recovers
	defer cancel()
	id, sent := etcdstore.NewOrderID(), time.Now()
	_, err := s.store.Buy(ctx, model.Order{ID: id, Username: username, EventID: event, Lines: []model.Line{{Type: "red", Quantity: 1}}}, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.bought[id] = sent
		if sent.After(s.newest) {
			s.newest = sent
		}
	} else {
		s.not[id] = model.Sentence(err)
		s.told = s.not[id]
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// until waits for an answer after which something holds.
func (s *sale) until(what string, holds func() bool) {
	s.t.Helper()
	timeout := time.NewTimer(soon)
	defer timeout.Stop()
	for {
		s.mu.Lock()
		ok, changed, told := holds(), s.changed, s.told
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-timeout.C:
			require.Fail(s.t, "waited in vain", "%s; buyers were told: %s", what, told)
		}
	}
}

// goesOn waits until an order was bought that was sent after a moment, and tells how long that took.
func (s *sale) goesOn(since time.Time, after string) {
	s.t.Helper()
	s.until("sales go on "+after, func() bool { return s.newest.After(since) })
	s.t.Logf("sales went on %4.1f s %s", time.Since(since).Seconds(), after)
}

// well waits until all members take part, and returns the leader and the others.
func (s *sale) well() (leader string, others []string) {
	s.t.Helper()
	timeout := time.NewTimer(soon)
	defer timeout.Stop()
	for {
		c, changed := s.board.Read()
		if c.Quorum && c.Healthy == 5 && len(c.Members) == 5 {
			for _, m := range c.Members {
				if !m.Leader {
					others = append(others, m.Name)
				}
			}
			return c.Leader, others
		}
		select {
		case <-changed:
		case <-timeout.C:
			require.Fail(s.t, "the members are not well", "%+v", c)
		}
	}
}

// does does something to members, one after the other.
func (s *sale) does(act model.MemberAct, members ...string) time.Time {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), soon)
	defer cancel()
	began := time.Now()
	for _, name := range members {
		require.NoError(s.t, s.where.Do(ctx, act, name), "%s %s", act, name)
	}
	return began
}

// kill kills members as kill -9 does: from outside, all at once.
func (s *sale) kill(members ...string) time.Time {
	s.t.Helper()
	all, err := s.where.Members(s.t.Context())
	require.NoError(s.t, err)
	began := time.Now()
	for _, m := range all {
		if slices.Contains(members, m.Name) {
			require.NoError(s.t, syscall.Kill(m.PID, syscall.SIGKILL))
		}
	}
	return began
}

// started starts members that were killed, as soon as it is known that they have ended.
func (s *sale) started(members ...string) time.Time {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), soon)
	defer cancel()
	began := time.Now()
	for _, name := range members {
		err := s.where.Do(ctx, model.StartMember, name)
		for model.CodeOf(err) == model.CodeRefused && ctx.Err() == nil { // it has not ended yet
			err = s.where.Do(ctx, model.StartMember, name)
		}
		require.NoError(s.t, err)
	}
	return began
}

// refuses waits until a new order is refused in those words. Those on their way as the leader was lost are in doubt until
// there is one again, and so is the event that they are for; so each is for an event of its own.
func (s *sale) refuses(words string) {
	s.t.Helper()
	told := ""
	for i := range saleAsides {
		ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Second)
		_, err := s.store.Buy(ctx, model.Order{
			ID: etcdstore.NewOrderID(), Username: saleBuyer(saleBuyers), EventID: saleEvent(saleEvents + i),
			Lines: []model.Line{{Type: "red", Quantity: 1}},
		}, nil)
		cancel()
		require.Error(s.t, err)
		if told = model.Sentence(err); told == words {
			return
		}
	}
	require.Equal(s.t, words, told)
}

// audited checks that nothing was oversold, lost or doubled so far.
func (s *sale) audited() {
	s.t.Helper()
	report, err := s.store.Audit(s.t.Context())
	require.NoError(s.t, err)
	require.Empty(s.t, report.Violations)
}

// It does not run beside the other tests of this package: it is their processes that it would take for the dead.
func TestSalesSurviveTheDeathAndTheSilenceOfMembers(t *testing.T) {
	s := beginSale(t)
	stop := s.open()
	t.Cleanup(stop)
	leader, _ := s.well()

	s.goesOn(s.kill(leader), "after the leader was killed")
	s.audited()
	s.started(leader)

	leader, others := s.well()
	s.goesOn(s.kill(leader, others[0]), "after two of five were killed, the leader among them")
	s.audited()
	s.started(leader, others[0])

	leader, others = s.well()
	dead := []string{leader, others[0], others[1]}
	struck := s.kill(dead...)
	s.refuses("the store's members cannot agree: sales are paused, nothing was charged")
	t.Logf("orders were refused %4.1f s after three of five were killed", time.Since(struck).Seconds())
	paused := s.place.run("status")
	require.Equal(t, 5, paused.code, paused.err)
	require.Contains(t, paused.out, "sales are paused until 1 more member returns")
	s.goesOn(s.started(dead[0]), "after one of the three was started again")
	s.audited()
	s.started(dead[1:]...)

	leader, others = s.well()
	s.goesOn(s.does(model.PauseMember, leader, others[0]), "after the leader and another were paused")
	s.audited()
	s.goesOn(s.does(model.ResumeMember, leader, others[0]), "after they were resumed")

	s.well()
	stop()
	s.complete()
	require.Empty(t, decode[report](t, s.place.must("audit", "-w", "json")).Violations)
	s.running.end(t, syscall.SIGTERM)
}

// complete checks that every order is there that was acknowledged, once, and no other.
func (s *sale) complete() {
	s.t.Helper()
	found := map[string]int{}
	for i := range saleBuyers {
		orders, err := s.store.Orders(s.t.Context(), saleBuyer(i))
		require.NoError(s.t, err)
		for _, order := range orders {
			found[order.ID]++
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.bought {
		require.Equal(s.t, 1, found[id], "order %s was acknowledged", id)
	}
	require.Len(s.t, found, len(s.bought), "what else is there was not acknowledged")
	words := map[string]int{}
	for _, told := range s.not {
		words[told]++
	}
	for _, told := range slices.Sorted(maps.Keys(words)) {
		s.t.Logf("%5d orders: %s", words[told], told)
	}
	s.t.Logf("%5d orders were bought, and all are there once", len(s.bought))
}
