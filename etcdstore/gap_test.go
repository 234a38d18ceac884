package etcdstore

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
)

// slowly is a connection on which every write is a while on its way, much longer than a round takes.
func slowly(int, *pb.TxnRequest) fault {
	return fault{before: func() { <-time.After(20 * time.Millisecond) }}
}

// keepsSelling has a crowd buy of the opera, and give back, without a pause, until stop is called.
func (s *shop) keepsSelling(t *testing.T, store *Store) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprint("near", i)
		s.hasUsers(t, name)
		all.Go(func() {
			for ctx.Err() == nil {
				mine := order(1)
				mine.Username = name
				bought, err := store.Buy(t.Context(), mine, nil)
				if err == nil {
					_, err = store.Cancel(t.Context(), bought, nil)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
	}
}

func TestWhoIsFarAwayIsLetInByThoseWhoAreAlwaysFaster(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100_000, 0)
	far, connection := shop.badConnection(t, slowly)
	stop := shop.keepsSelling(t, shop.open(t))
	for range 3 {
		_, err := far.Buy(within(t, waitLong), order(1), func() { t.Error("nothing was to be doubted") })
		require.NoError(t, err)
	}
	stop()
	require.Greater(t, connection.sent(), 3, "nobody was faster: nothing is shown")
	require.Len(t, shop.orders(t, "ann"), 3)
}

func TestAnAdminWhoIsFarAwayIsLetIn(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100_000, 0)
	shop.put(t, "user:abe", `{"name":"Abe","email":"a@b.cd","password":"secret-word","role":"admin"}`)
	far, _ := shop.badConnection(t, slowly)
	stop := shop.keepsSelling(t, shop.open(t))
	seen, err := far.Event(t.Context(), opera)
	require.NoError(t, err)
	draft := seen.Draft()
	draft.Location = "Another hall"
	_, err = far.EditEvent(within(t, waitLong), "abe", seen, draft)
	require.NoError(t, err)
	stop()
	require.Contains(t, shop.value(t, "event:"+opera), "Another hall")
}

func TestAGapIsGivenOnceToWhoAsksForIt(t *testing.T) {
	t.Parallel()
	const trip = 150 * time.Millisecond
	shop := newShop(t)
	shop.sells(t, 100, 0)
	shop.put(t, gapKey(opera), strconv.Itoa(int(time.Hour.Microseconds()))) // from long ago
	store := shop.open(t)
	buys := func(n int) (last time.Duration) {
		for range n {
			began := time.Now()
			_, err := store.Buy(t.Context(), order(1), nil)
			require.NoError(t, err)
			last = time.Since(began)
		}
		return last
	}
	buys(1)
	shop.put(t, gapKey(opera), strconv.Itoa(int(trip.Microseconds())))
	buys(lookForAsking - 1)
	require.GreaterOrEqual(t, buys(1), 2*trip, "the order after the look has to wait")
	buys(lookForAsking - 1)
	require.Less(t, buys(1), 2*trip, "nobody has asked since")
}

func TestNonsenseIsNoWishForAGap(t *testing.T) {
	t.Parallel()
	for value, gap := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "1e9": 0, "99999999999999999999": 0, "0": 0, "1500": 3 * time.Millisecond, "2147483647": longestGap,
	} {
		look := &pb.ResponseOp{Response: &pb.ResponseOp_ResponseRange{ResponseRange: &pb.RangeResponse{
			Kvs: []*mvccpb.KeyValue{{Value: []byte(value), ModRevision: 7}},
		}}}
		require.Equal(t, gap, askedFor(look, 6), value)
		require.Zero(t, askedFor(look, 7), value)
	}
	require.Zero(t, askedFor(&pb.ResponseOp{}, 0))
}
