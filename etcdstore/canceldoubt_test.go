package etcdstore

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ticketcd/ticketcd/model"
)

func TestACancellationWhoseAnswerIsLostGivesTheTicketsBackOnce(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]fault{
		"the connection broke":       {err: errLost},
		"it never arrived":           {err: errLost, stops: true},
		"the server's own deadline":  {err: status.Error(codes.DeadlineExceeded, "etcdserver: context deadline exceeded")},
		"the leader was lost":        {err: rpctypes.ErrGRPCTimeoutDueToLeaderFail},
		"the database is full":       {err: errNoSpace},
		"an error that nobody knows": {err: status.Error(codes.Code(77), "what is this")},
		"the library sent it twice":  {again: func() {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 10, 5)
			shop.buys(t, "bob", 1)
			bought := shop.buys(t, "ann", 2)
			store, _ := shop.badConnection(t, first(what))
			doubts := 0
			cancelled, err := store.Cancel(t.Context(), bought, func() { doubts++ })
			require.NoError(t, err)
			require.Equal(t, bought.ID, cancelled.ID)
			require.False(t, cancelled.Gone, "it was cancelled by this very call")
			require.Equal(t, what.err != nil && name != "the database is full", doubts == 1)
			require.Empty(t, shop.orders(t, "ann"))
			shop.requireSold(t, 1)
		})
	}
}

func TestACancellationThatArrivesAfterItsErrorIsDoneOnce(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*testing.T, *shop){
		"and nothing happens meanwhile":    func(*testing.T, *shop) {},
		"and others buy meanwhile":         func(t *testing.T, s *shop) { t.Helper(); s.buys(t, "bob", 3) },
		"and it is bought again meanwhile": func(t *testing.T, s *shop) { t.Helper(); s.buys(t, "ann", 3) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 10, 5)
			bought := shop.buys(t, "ann", 2)
			late := make(chan struct{})
			store, faults := shop.badConnection(t, first(fault{err: errLost, late: late, after: func() { meanwhile(t, shop) }}))
			_, err := store.Cancel(t.Context(), bought, nil)
			require.NoError(t, err)
			before := shop.records(t)
			close(late)
			faults.late.Wait()
			require.Equal(t, before, shop.records(t))
			_, there := model.FindOrder(shop.orders(t, "ann"), bought.ID)
			require.False(t, there)
		})
	}
}

func TestWhoIsToldThatAnOrderStandsKeepsIt(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	bought := shop.buys(t, "ann", 2)
	late := make(chan struct{})
	store, faults := shop.badConnection(t, first(fault{err: errLost, late: late, after: func() {
		shop.put(t, "event:"+opera, `{"name":"The Opera","date":"2027-02-01 20:00","current_quantity":13}`)
	}}))
	_, err := store.Cancel(t.Context(), bought, nil)
	require.Equal(t, "too late to cancel: the event was on Mon 1 Feb 2027, 20:00", model.Sentence(err))
	close(late)
	faults.late.Wait()
	require.Len(t, shop.orders(t, "ann"), 1)
	shop.requireSold(t, 2)
}

func TestWhetherAnOrderIsCancelledIsNotGuessed(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	bought := shop.buys(t, "ann", 2)
	unknown := "it is not known yet whether order " + bought.ID + " is cancelled: your orders will show it"

	ctx, cancel := context.WithCancel(t.Context())
	silent, faults := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		if n == 3 {
			cancel()
		}
		return fault{err: errLost, stops: true}
	})
	doubts := 0
	_, err := silent.Cancel(ctx, bought, func() { doubts++ })
	require.Equal(t, unknown, model.Sentence(err))
	require.Equal(t, model.CodeUnknown, model.CodeOf(err))
	require.Equal(t, 1, doubts)
	require.Equal(t, 3, faults.sent())
	shop.requireSold(t, 2)

	// It is cancelled, but before the second copy arrives somebody makes a mess of the list.
	messy, _ := shop.badConnection(t, first(fault{err: errLost, after: func() { shop.put(t, "purchase:ann:"+opera, `{"no":"list"}`) }}))
	_, err = messy.Cancel(t.Context(), bought, nil)
	require.Equal(t, unknown, model.Sentence(err))
	require.Equal(t, model.CodeUnknown, model.CodeOf(err))
}

func TestARefusalByEtcdSaysThatNothingWasCancelled(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	bought := shop.buys(t, "ann", 2)
	for err, says := range map[error]string{
		rpctypes.ErrGRPCPermissionDenied: "etcd does not allow this user to do that: check its roles: nothing was cancelled",
		rpctypes.ErrGRPCNoLeader:         "the store's members cannot agree: nothing was cancelled",
	} {
		store, _ := shop.badConnection(t, func(int, *pb.TxnRequest) fault { return fault{err: err, stops: true} })
		_, err := store.Cancel(t.Context(), bought, func() { t.Error("there was nothing to doubt") })
		require.Equal(t, says, model.Sentence(err))
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	_, err := shop.Cancel(ended, bought, nil)
	require.Equal(t, model.CodeUnavailable, model.CodeOf(err))
	require.Contains(t, model.Sentence(err), "nothing was cancelled")
	shop.requireSold(t, 2)
}

func TestACancellationInDoubtDoesNotHoldUpBuyers(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	bought := shop.buys(t, "ann", 2)
	store, _ := shop.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
		if buysFor(write, "ann") {
			return fault{err: errLost, stops: true}
		}
		return fault{}
	})
	ctx, cancel := context.WithCancel(t.Context())
	inDoubt, done := make(chan struct{}), make(chan error)
	go func() {
		_, err := store.Cancel(ctx, bought, func() { close(inDoubt) })
		done <- err
	}()
	<-inDoubt
	bobs := order(1)
	bobs.Username = "bob"
	_, err := store.Buy(t.Context(), bobs, nil)
	require.NoError(t, err)
	cancel()
	require.Equal(t, model.CodeUnknown, model.CodeOf(<-done))
	shop.requireSold(t, 3)
}

// badly is a connection that loses a third of all answers, and delivers a sixth of all requests late or never.
func badly(_ int, _ *pb.TxnRequest) fault {
	switch rand.N(6) {
	case 0:
		return fault{err: errLost}
	case 1:
		return fault{err: errNoSpace}
	case 2:
		late := make(chan struct{})
		time.AfterFunc(rand.N(100*time.Millisecond), func() { close(late) })
		return fault{err: status.Error(codes.DeadlineExceeded, "late"), late: late}
	case 3:
		return fault{err: errLost, stops: true}
	}
	return fault{}
}

func TestOnABadConnectionTicketsComeBackExactlyOnce(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 60, 5)
	shop.findable(t, opera)
	var orders []model.Order
	for i := range 14 {
		orders = append(orders, shop.buys(t, []string{"ann", "bob"}[i%2], 2))
	}
	var stores []*Store
	var connections []*faults
	for range 3 {
		store, connection := shop.badConnection(t, badly)
		stores, connections = append(stores, store), append(connections, connection)
	}
	var everybody sync.WaitGroup
	for i, bought := range orders[:10] {
		for n := range 2 { // each is cancelled from two places
			everybody.Go(func() {
				if _, err := stores[(i+n)%3].Cancel(t.Context(), bought, nil); err != nil {
					t.Error(err)
				}
			})
		}
	}
	everybody.Wait()
	for _, connection := range connections {
		connection.late.Wait()
	}
	shop.requireSold(t, 8)
	for _, bought := range orders {
		_, there := model.FindOrder(shop.orders(t, bought.Username), bought.ID)
		require.Equal(t, !hasOrder(orders[:10], bought.ID), there)
	}
	shop.requireSound(t)
}
