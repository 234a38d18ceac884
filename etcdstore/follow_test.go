package etcdstore

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/ticketcd/ticketcd/model"
)

// followed is a live shop that is being followed until the test ends.
type followed struct {
	*model.Live
	t    *testing.T
	stop func() // ends following and waits for that
}

func follow(t *testing.T, store *Store) *followed {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	live, done := model.NewLive(), make(chan struct{})
	go func() {
		defer close(done)
		store.Follow(ctx, live)
	}()
	stop := func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return &followed{Live: live, t: t, stop: stop}
}

// until waits for a shop that is as described. It sees the newest one each time, and perhaps not all in between.
func (f *followed) until(what string, is func(model.Shop) bool) model.Shop {
	f.t.Helper()
	patience := time.NewTimer(30 * time.Second)
	defer patience.Stop()
	for {
		shop, changed := f.Shop()
		if is(shop) {
			return shop
		}
		select {
		case <-changed:
		case <-patience.C:
			f.t.Fatalf("never %s; at last: loaded %v, stale %v (%s), revision %d, %d events", what,
				shop.Loaded, shop.Stale, shop.Why, shop.Catalogue.Revision(), shop.Catalogue.Len())
		}
	}
}

func (f *followed) untilLoaded() model.Shop {
	f.t.Helper()
	return f.until("loaded", func(s model.Shop) bool { return s.Loaded && !s.Stale })
}

func (f *followed) untilStale() model.Shop {
	f.t.Helper()
	return f.until("stale", func(s model.Shop) bool { return s.Stale })
}

// untilLeft waits until an event is shown with so many tickets left.
func (f *followed) untilLeft(id string, left int) model.Shop {
	f.t.Helper()
	return f.until("the right count", func(s model.Shop) bool {
		event, ok := s.Catalogue.Event(id)
		return ok && event.Left == left && !s.Stale
	})
}

// sellsOpera puts an event with one ticket type on sale, or changes its count, in one transaction as an order does.
func (s *shop) sellsOpera(t *testing.T, left int) {
	t.Helper()
	_, err := s.writes.Txn(t.Context()).Then(
		clientv3.OpPut("event:"+opera, fmt.Sprintf(`{"name":"The Opera","location":"Hall","type":"music","date":"2027-06-01 20:00","current_quantity":%d}`, left)),
		clientv3.OpPut("ticket:"+opera+":red", fmt.Sprintf(`{"total_quantity":100000,"current_quantity":%d,"price":23.99}`, left)),
	).Commit()
	require.NoError(t, err)
}

func TestTheShopIsShownAsItIsAndAsItChanges(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 7, 4)
	s.put(t, "event:types", `["music","circus"]`)
	live := follow(t, s.Store)

	shop := live.untilLoaded()
	event, ok := shop.Catalogue.Event(opera)
	require.True(t, ok)
	require.Equal(t, 11, event.Left)
	require.Len(t, event.Tickets, 2)
	require.Equal(t, []string{"circus", "music"}, shop.Catalogue.Types())
	require.Empty(t, shop.Why)

	s.put(t, "event:"+match, `{"name":"The Match","date":"04-06-2027 12:10","current_quantity":"3"}`)
	shop = live.until("with a second event", func(s model.Shop) bool { return s.Catalogue.Len() == 2 })
	require.Greater(t, shop.Catalogue.Revision(), int64(1))

	_, err := s.writes.Delete(t.Context(), "event:"+match)
	require.NoError(t, err)
	live.until("with one event again", func(s model.Shop) bool { return s.Catalogue.Len() == 1 })

	_, err = s.writes.Delete(t.Context(), "ticket:"+opera+":pink")
	require.NoError(t, err)
	live.until("without pink tickets", func(s model.Shop) bool {
		event, ok := s.Catalogue.Event(opera)
		return ok && len(event.Tickets) == 1
	})
}

func TestAShopOfManyPagesIsReadWholeAndSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	const events = 3*firstPage + 1
	var records []model.Record
	for i := range events {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		records = append(records,
			model.Record{Key: "event:" + id, Value: []byte(`{"name":"E","current_quantity":2}`)},
			model.Record{Key: "ticket:" + id + ":red", Value: []byte(`{"total_quantity":2,"current_quantity":2,"price":1}`)})
	}
	_, err := s.Load(t.Context(), records, LoadOptions{})
	require.NoError(t, err)
	goOn := make(chan struct{})
	store := s.open(t, func(cfg *Config) {
		cfg.dialOptions = append(cfg.dialOptions, grpc.WithChainUnaryInterceptor(
			func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
				if txn, ok := req.(*pb.TxnRequest); ok && len(txn.Success) == 1 {
					if asks := txn.Success[0].GetRequestRange(); asks != nil && strings.Contains(string(asks.Key), "ticket:0") {
						<-goOn // the second page of the tickets
					}
				}
				return invoke(ctx, method, req, reply, cc, opts...)
			}))
	})
	live := follow(t, store)
	want := model.Arrival{Tickets: true, Read: firstPage, Total: events}
	waiting := live.until("some tickets are there", func(shop model.Shop) bool { return shop.Arrival == want })
	require.False(t, waiting.Loaded)
	require.Equal(t, "their tickets: 200 of 601", waiting.Arrival.String())
	close(goOn)
	shop := live.untilLoaded()
	require.Equal(t, events, shop.Catalogue.Len())
	require.Zero(t, shop.Arrival)
}

func TestNoReaderEverSeesHalfATransaction(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sellsOpera(t, 300)
	live := follow(t, s.Store)
	live.untilLoaded()
	var writer sync.WaitGroup
	writer.Go(func() {
		for left := 299; left >= 0; left-- {
			s.sellsOpera(t, left)
		}
	})
	before := int64(0)
	live.until("sold out", func(shop model.Shop) bool {
		event, ok := shop.Catalogue.Event(opera)
		require.True(t, ok)
		require.Equal(t, event.Left, event.Tickets[0].Left)
		require.GreaterOrEqual(t, shop.Catalogue.Revision(), before)
		before = shop.Catalogue.Revision()
		return event.Left == 0
	})
	writer.Wait()
}

func TestNothingIsLeftRunningWhenFollowingEnds(t *testing.T) { // alone: it counts all goroutines
	etcd := startServer(t)
	before := goleak.IgnoreCurrent()
	store, err := Open(t.Context(), Config{Endpoints: []string{etcd.endpoint()}})
	require.NoError(t, err)
	live := follow(t, store)
	live.untilLoaded()
	etcd.stop()
	live.untilStale()
	live.stop()
	require.NoError(t, store.Close())
	goleak.VerifyNone(t, before)
}

func TestHundredsOfReadersNeedOneWatch(t *testing.T) { // alone: it counts all watches
	s := newShop(t)
	s.sellsOpera(t, 300)
	before := watchers(t)
	live := follow(t, s.Store)
	live.untilLoaded()
	var readers sync.WaitGroup
	for range 300 {
		readers.Go(func() { live.untilLeft(opera, 0) })
	}
	for left := 299; left >= 0; left-- {
		s.sellsOpera(t, left)
	}
	readers.Wait()
	require.Equal(t, before+1, watchers(t))
}

func TestAWatchIsClosedWhenItIsNotNeededAnyMore(t *testing.T) { // alone: it counts all watches
	s := newShop(t)
	s.employs(t)
	before := watchers(t)
	live := follow(t, s.Store)
	live.untilLoaded()
	for range 3 { // while an admin is here, the shop is watched in another way
		here, leave := context.WithCancel(t.Context())
		s.Attend(here, "eve")
		live.until("counted", func(shop model.Shop) bool { return shop.Statistics != nil })
		leave()
		live.until("no longer counted", func(shop model.Shop) bool { return shop.Statistics == nil })
	}
	closed := func(left float64) func() bool { return func() bool { return watchers(t) == left } }
	require.Eventually(t, closed(before+1), waitLong, waitStep)
	live.stop()
	require.Eventually(t, closed(before), waitLong, waitStep)
}

// watchers returns how many watches the etcds of this process serve.
func watchers(t *testing.T) float64 {
	t.Helper()
	families, err := prometheus.DefaultGatherer.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() == "etcd_debugging_mvcc_watcher_total" {
			return family.Metric[0].GetGauge().GetValue()
		}
	}
	return 0
}
