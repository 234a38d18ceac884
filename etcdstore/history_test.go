package etcdstore

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

func TestTheHistoryOfAnEventShowsHowItsCountMoved(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	now := today()
	store := shop.open(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	var orders []model.Order
	for range 3 {
		now = now.Add(time.Minute)
		bought, err := store.Buy(t.Context(), order(2), nil)
		require.NoError(t, err)
		orders = append(orders, bought)
	}
	now = now.Add(time.Minute)
	_, err := store.Cancel(t.Context(), orders[1], nil)
	require.NoError(t, err)

	history, err := shop.History(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, []int{10, 8, 6, 4, 6}, history.Lefts())
	require.Zero(t, history.Since)
	require.Empty(t, history.Moments[0].At.Raw(), "nobody knows when it was put on sale")
	require.Equal(t, "2027-03-01 12:01:00", history.Moments[1].At.Raw())
	require.Equal(t, shop.records(t)["event:"+opera].revision, history.Moments[4].Revision)

	wall := model.WallClock(now)
	require.Equal(t, 2, history.Sold(wall, 90*time.Second))
	require.Equal(t, 4, history.Sold(wall, 150*time.Second))
	require.Equal(t, 6, history.Sold(wall, time.Hour))
}

func TestWhatAnAdminTakesOffSaleIsNoSale(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	sold := func(why string) {
		history, err := shop.History(t.Context(), event.ID)
		require.NoError(t, err)
		require.Equal(t, 2, history.Sold(model.WallClock(today()), time.Hour), why)
	}
	_, err := shop.Buy(t.Context(), buying("ann", event.ID, 2), nil)
	require.NoError(t, err)
	sold("an order")
	draft := event.Draft()
	draft.Tickets[1].Total -= 20
	_, err = shop.EditEvent(t.Context(), "eve", event, draft)
	require.NoError(t, err)
	sold("fewer tickets")

	now, err := shop.Event(t.Context(), event.ID)
	require.NoError(t, err)
	shop.put(t, "event:"+event.ID, string(now.Closed().Encode())) // as the removal of an event with many buyers begins
	sold("none left to buy")
}

func TestAHistoryBeginsWhereTheStoresMemoryDoes(t *testing.T) {
	t.Parallel()
	shop := newShopAt(t, endpointOf(startEtcd(t)))
	shop.sells(t, 10, 0)
	shop.fall(t, match, 7)
	for range 5 {
		shop.buys(t, "ann", 1)
	}
	shop.compact(t)
	history, err := shop.History(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, []int{5}, history.Lefts())
	require.Equal(t, shop.records(t)["event:"+opera].revision, history.Since)

	shop.put(t, "event:other", "{}") // the event is not the last thing that the store remembers
	shop.compact(t)
	history, err = shop.History(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, []int{5}, history.Lefts())
	for range 3 {
		shop.buys(t, "ann", 1)
	}
	history, err = shop.History(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, []int{5, 4, 3, 2}, history.Lefts(), "the count at the beginning of what is remembered is part of it")
	require.Positive(t, history.Since)
	require.Equal(t, history.Moments[0].Revision, history.Since)

	whole, err := shop.History(t.Context(), match)
	require.NoError(t, err)
	require.Equal(t, []int{7}, whole.Lefts())
	require.Zero(t, whole.Since, "it never moved: that is all there is to remember")
}

func TestAnEventThatIsMadeAgainHasANewHistory(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.fall(t, opera, 10)
	shop.fall(t, opera, 9)
	_, err := shop.History(t.Context(), match)
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	_, err = shop.writes.Delete(t.Context(), "event:"+opera)
	require.NoError(t, err)
	_, err = shop.History(t.Context(), opera)
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	require.Equal(t, "there is no event "+opera, model.Sentence(err))
	_, err = shop.History(t.Context(), "locations")
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))

	shop.fall(t, opera, 50)
	shop.put(t, "event:"+opera, `{"current_quantity":null}`)
	shop.put(t, "event:"+opera, `{"name":"Renamed","current_quantity":"50"}`)
	shop.fall(t, opera, 48)
	history, err := shop.History(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, []int{50, 48}, history.Lefts())
	require.Zero(t, history.Since)
}

func TestEveryStateOfAKeyIsFoundAmongAllThatHappened(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	var want []int64
	write := func(key string) int64 {
		resp, err := shop.writes.Put(t.Context(), key, fmt.Sprint(len(want)))
		require.NoError(t, err)
		return resp.Header.Revision
	}
	for i := range 250 {
		if i%5 == 0 || i > 100 && i < 200 {
			want = append(want, write("event:x"))
		} else {
			write("event:y")
		}
	}
	found, err := shop.reads.Get(t.Context(), "event:x")
	require.NoError(t, err)
	past := func(from int64, most int) []int64 {
		var revisions []int64
		require.NoError(t, shop.past(t.Context(), found.Kvs[0], from, most, func(kv *mvccpb.KeyValue) {
			require.Equal(t, "event:x", string(kv.Key))
			revisions = append(revisions, kv.ModRevision)
		}))
		require.Equal(t, want[len(want)-1], revisions[0], "what is now comes first")
		slices.Sort(revisions)
		return revisions
	}
	require.Equal(t, want, past(0, math.MaxInt))
	require.Equal(t, want[60:], past(want[60], math.MaxInt))
	require.Equal(t, want[len(want)-1:], past(want[len(want)-1], math.MaxInt))

	some := past(0, 20)
	require.Len(t, some, 20)
	require.Subset(t, want, some)
	require.Len(t, slices.Compact(slices.Clone(some)), 20)
	require.Less(t, some[1], want[len(want)/4], "they are spread over all that time")
}
