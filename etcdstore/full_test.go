package etcdstore

import (
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
	_, err = shop.Cancel(t.Context(), held, inDoubt)
	require.NoError(t, err)
	live.until("no longer full", func(s model.Shop) bool { return !s.Full })
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
