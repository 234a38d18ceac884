package etcdstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc"

	"github.com/ticketcd/ticketcd/model"
)

// flight has customers order for an event each, in one process, when no transaction can leave until all of them wait.
type flight struct {
	shop   *shop
	store  *Store
	events []string
	told   []*outcome
	all    sync.WaitGroup
}

// flight sells tickets of so many events.
func (s *shop) flight(t *testing.T, events int) *flight {
	t.Helper()
	f := &flight{shop: s, events: s.hasEvents(t, events)}
	for _, id := range f.events {
		s.put(t, model.TicketKey(id, "red"), `{"total_quantity":20,"current_quantity":20,"price":5}`)
	}
	s.hasUsers(t, "ann", "cyn")
	return f
}

// boards lets ann order one ticket for each event.
func (f *flight) boards(t *testing.T, store *Store) {
	t.Helper()
	f.store = store
	f.gathers(t, &store.commits)
}

// gathers has ann order one ticket for each event, and waits until all of them wait for a convoy.
func (f *flight) gathers(t *testing.T, v *convoy) {
	t.Helper()
	store := f.store
	v.mu.Lock()
	v.flights, v.wait = maxFlights, time.Hour
	v.mu.Unlock()
	for i, id := range f.events {
		told := &outcome{}
		f.told = append(f.told, told)
		f.all.Go(func() {
			wanted := model.Order{Username: "ann", EventID: id, Lines: []model.Line{{Type: "red", Quantity: 1 + i%3}}}
			told.order, told.err = store.Buy(t.Context(), wanted, func() { told.doubt++ })
		})
	}
	require.Eventually(t, func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		return len(v.waiting) == len(f.events)
	}, waitLong, waitStep)
}

// lands lets them go.
func (f *flight) lands(t *testing.T) {
	t.Helper()
	for range maxFlights {
		f.store.commits.land(0)
	}
	f.arrive(t)
}

// arrive waits until everybody is answered, and checks that each has bought once, whatever happened.
func (f *flight) arrive(t *testing.T) {
	t.Helper()
	f.all.Wait()
	for i, id := range f.events {
		f.told[i].requireBought(t)
		bought, err := model.DecodeOrders("ann", id, []byte(f.shop.value(t, model.PurchaseKey("ann", id))))
		require.NoError(t, err)
		require.Equal(t, withoutRaw([]model.Order{f.told[i].order}), withoutRaw(bought))
		f.left(t, i, 20-1-i%3)
	}
}

func (f *flight) left(t *testing.T, i, left int) {
	t.Helper()
	event, err := f.shop.Event(t.Context(), f.events[i])
	require.NoError(t, err)
	require.Equal(t, left, event.Left)
	require.Equal(t, left, event.Tickets[0].Left)
}

func TestOrdersForDifferentEventsShareTransactions(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	flight := shop.flight(t, 60)
	store, connection := shop.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
		require.LessOrEqual(t, max(len(write.Compare), len(write.Success)), maxOps)
		return fault{}
	})
	flight.boards(t, store)
	flight.lands(t)
	require.Equal(t, 2, connection.sent(), "as many as fit into one, and the others")
	require.Zero(t, store.commits.flights, "the places of those that have landed are free again")
	shop.requireTillsClosed(t, store)
}

func TestWhenASharedTransactionFailsEachOrderIsStillPlacedOnce(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]fault{
		"it was carried out and nobody heard": {err: errLost},
		"it never arrived":                    {err: errLost, stops: true},
		"it was sent twice":                   {again: func() {}},
		"etcd refused it":                     {err: rpctypes.ErrGRPCTooManyOps, stops: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			flight := shop.flight(t, 12)
			store, connection := shop.badConnection(t, first(what))
			flight.boards(t, store)
			flight.lands(t)
			require.LessOrEqual(t, connection.sent(), 1+12)
			for _, told := range flight.told {
				require.Equal(t, errors.Is(what.err, errLost), told.doubt == 1)
			}
		})
	}
}

func TestASharedTransactionThatArrivesAfterAllIsSettledChangesNothing(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	flight := shop.flight(t, 12)
	late := make(chan struct{})
	store, connection := shop.badConnection(t, first(fault{err: errLost, late: late}))
	flight.boards(t, store)
	flight.lands(t)
	before := shop.records(t)
	close(late)
	connection.late.Wait()
	require.Equal(t, before, shop.records(t))
}

func TestWhoLosesARaceInASharedTransactionFailsNobodyElse(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	flight := shop.flight(t, 12)
	sold := sync.OnceFunc(func() {
		_, err := shop.Buy(t.Context(), model.Order{Username: "cyn", EventID: flight.events[5], Lines: []model.Line{{Type: "red", Quantity: 20}}}, nil)
		require.NoError(t, err)
	})
	store, connection := shop.badConnection(t, first(fault{before: sold}))
	flight.boards(t, store)
	store.commits.land(0)
	flight.all.Wait()
	require.Equal(t, 1+12, connection.sent(), "together, and then each alone")
	for i, told := range flight.told {
		require.Zero(t, told.doubt, "nothing was in doubt at any time")
		if i == 5 {
			require.Equal(t, model.CodeRefused, model.CodeOf(told.err), fmt.Sprint(told.err))
			flight.left(t, i, 0)
			continue
		}
		told.requireBought(t)
		flight.left(t, i, 20-1-i%3)
	}
}

func TestARoundThatWaitsTooLongForOthersGoesAlone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 5, 0)
	store, connection := shop.badConnection(t, nothingHappens)
	store.commits.flights, store.commits.wait = maxFlights, time.Nanosecond
	bought, err := store.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	require.Equal(t, withoutRaw([]model.Order{bought}), withoutRaw(shop.orders(t, "ann")))
	require.Equal(t, 1, connection.sent())
	require.Empty(t, store.commits.waiting)
}

func TestThoseWhoLookAtTheSameMomentShareARead(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	flight := shop.flight(t, 12)
	var reads atomic.Int32
	flight.store = shop.open(t, func(cfg *Config) {
		cfg.dialOptions = append(cfg.dialOptions, grpc.WithChainUnaryInterceptor(func(
			ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
		) error {
			if txn, ok := req.(*pb.TxnRequest); ok && !writes(txn) && len(txn.Compare) == 0 {
				reads.Add(1)
			}
			return invoke(ctx, method, req, reply, cc, opts...)
		}))
	})
	flight.gathers(t, &flight.store.looks)
	before := reads.Load()
	flight.store.looks.land(0)
	flight.arrive(t)
	require.EqualValues(t, 1, reads.Load()-before)
}
