package etcdstore

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

func TestWhereTheDatabaseIsFullEverybodyIsToldSoAtOnce(t *testing.T) {
	t.Parallel()
	etcd := startEtcd(t)
	shop := newShopAt(t, endpointOf(etcd))
	shop.sells(t, 10, 5)
	shop.hasBoss(t)
	held := shop.buys(t, "ann", 1)
	before := shop.records(t)
	alarm := func(action pb.AlarmRequest_AlarmAction) {
		_, err := pb.NewMaintenanceClient(shop.writes.ActiveConnection()).Alarm(t.Context(), &pb.AlarmRequest{
			Action: action, MemberID: uint64(etcd.Server.MemberID()), Alarm: pb.AlarmType_NOSPACE,
		})
		require.NoError(t, err)
	}
	alarm(pb.AlarmRequest_ACTIVATE)
	live := follow(t, shop.Store)
	require.False(t, live.untilLoaded().Full)
	doubts := 0
	inDoubt := func() { doubts++ }

	_, err := shop.Buy(t.Context(), order(1), inDoubt)
	requireError(t, err, model.CodeUnavailable, "the database is full: nothing was charged")
	require.True(t, model.IsSettled(err))
	_, err = shop.Cancel(t.Context(), held, inDoubt)
	requireError(t, err, model.CodeUnavailable, "the database is full: nothing was cancelled")
	requireError(t, shop.SetFavourite(t.Context(), "ann", opera, true), model.CodeUnavailable, "the database is full: nothing was changed")
	_, err = shop.CreateEvent(t.Context(), "boss", tosca())
	requireError(t, err, model.CodeUnavailable, "the database is full: nothing was changed")
	require.Zero(t, doubts)
	live.until("full", func(s model.Shop) bool { return s.Full })
	require.Equal(t, before, shop.records(t))

	alarm(pb.AlarmRequest_DEACTIVATE)
	live.until("no longer full, by somebody else's doing", func(s model.Shop) bool { return !s.Full })
	_, err = shop.Cancel(t.Context(), held, inDoubt)
	require.NoError(t, err)
	shop.requireSold(t, 0)
}

func TestWhoIsRefusedByAFullDatabaseIsNotServedLater(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	store, connection := shop.badConnection(t, first(fault{err: errNoSpace, stops: true}))

	_, err := store.Buy(t.Context(), order(2), nil)
	requireError(t, err, model.CodeUnavailable, "the database is full: nothing was charged")
	require.Equal(t, 1, connection.sent())
	require.Empty(t, shop.orders(t, "ann"))
	shop.requireSold(t, 0)
}

func TestAnOrderInDoubtIsSettledThoughTheDatabaseIsFull(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	held := shop.buys(t, "ann", 1)
	lostThenFull := func(n int, _ *pb.TxnRequest) fault {
		if n == 1 {
			return fault{err: errLost}
		}
		return fault{err: errNoSpace, stops: true}
	}
	for name, orders := range map[string]func(*Store, func()) (model.Order, error){
		"bought": func(s *Store, inDoubt func()) (model.Order, error) {
			return s.Buy(within(t, waitLong), order(2), inDoubt)
		},
		"cancelled": func(s *Store, inDoubt func()) (model.Order, error) {
			return s.Cancel(within(t, waitLong), held, inDoubt)
		},
	} {
		store, connection := shop.badConnection(t, lostThenFull)
		doubts := 0
		told, err := orders(store, func() { doubts++ })
		require.NoError(t, err, name)
		require.Equal(t, []int{1, 2}, []int{doubts, connection.sent()}, name)
		require.Equal(t, name == "bought", hasOrder(shop.orders(t, "ann"), told.ID))
	}
	shop.requireSold(t, 2)
}

func TestWhereTheDatabaseIsFullAnOlderCopyThatMayYetArriveIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, arrives := range map[string]bool{"it arrives": true, "ann leaves before that": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 10, 5)
			ctx, leave := context.WithCancel(t.Context())
			late := make(chan struct{})
			var arrive func()
			store, connection := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
				what := fault{err: errNoSpace, stops: true}
				switch {
				case n == 1:
					return fault{err: errLost, late: late}
				case n == 3 && arrives:
					what.before = func() { arrive() }
				case n == 3:
					what.before = leave
				}
				return what
			})
			arrive = func() {
				close(late)
				connection.late.Wait()
			}

			bought, err := store.Buy(ctx, order(2), nil)
			require.Equal(t, 3, connection.sent())
			if arrives {
				require.NoError(t, err)
				require.True(t, hasOrder(shop.orders(t, "ann"), bought.ID))
			} else {
				require.Equal(t, model.CodeUnknown, model.CodeOf(err), "it comes after that, and is bought")
				arrive()
			}
			shop.requireSold(t, 2)
		})
	}
}

func TestAnOrderThatOthersOvertookIsRefusedByAFullDatabaseForGood(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	late := make(chan struct{})
	store, connection := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		if n == 1 {
			return fault{err: errLost, late: late, after: func() { shop.buys(t, "bob", 3) }}
		}
		return fault{err: errNoSpace, stops: true}
	})

	_, err := store.Buy(within(t, waitLong), order(2), nil)
	requireError(t, err, model.CodeUnavailable, "the database is full: nothing was charged")
	close(late)
	connection.late.Wait()
	require.Empty(t, shop.orders(t, "ann"))
	shop.requireSold(t, 3)
}
