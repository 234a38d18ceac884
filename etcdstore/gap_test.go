package etcdstore

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
)

// far is a connection on which a write is a while on its way, so that somebody near is faster: for each write that is sent
// they sell a ticket, unless they give way.
func (s *shop) far(t *testing.T, near *Store) (*Store, *faults) {
	t.Helper()
	s.hasUsers(t, "near")
	var sales sync.WaitGroup
	t.Cleanup(sales.Wait)
	return s.badConnection(t, func(int, *pb.TxnRequest) fault {
		return fault{before: func() {
			<-time.After(50 * time.Millisecond) // on its way
			sold := make(chan struct{})
			sales.Go(func() {
				defer close(sold)
				mine := order(1)
				mine.Username = "near"
				if _, err := near.Buy(context.WithoutCancel(t.Context()), mine, nil); err != nil {
					t.Error(err)
				}
			})
			select {
			case <-sold:
			case <-time.After(30 * time.Millisecond): // they wait
			}
		}}
	})
}

func TestWhoIsFarAwayIsLetInByThoseWhoAreAlwaysFaster(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 1000, 0)
	store, connection := shop.far(t, shop.open(t))
	_, err := store.Buy(t.Context(), order(1), func() { t.Error("nothing was to be doubted") })
	require.NoError(t, err)
	require.LessOrEqual(t, connection.sent(), 2*roundsPerLook)
	require.Len(t, shop.orders(t, "ann"), 1)
}

func TestAnAdminWhoIsFarAwayIsLetIn(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 1000, 0)
	shop.put(t, "user:abe", `{"name":"Abe","email":"a@b.cd","password":"secret-word","role":"admin"}`)
	store, connection := shop.far(t, shop.open(t))
	seen, err := store.Event(t.Context(), opera)
	require.NoError(t, err)
	draft := seen.Draft()
	draft.Location = "Another hall"
	_, err = store.EditEvent(t.Context(), "abe", seen, draft)
	require.NoError(t, err)
	require.LessOrEqual(t, connection.sent(), 2*roundsPerLook)
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
	buys(roundsPerLook - 1)
	require.GreaterOrEqual(t, buys(1), 2*trip, "the order after the look has to wait")
	require.Eventually(t, func() bool {
		store.tills.mu.Lock()
		defer store.tills.mu.Unlock()
		left := store.tills.left[opera]
		return left != nil && left.heard > shop.records(t)[gapKey(opera)].revision
	}, waitLong, waitStep, "the same wish is not heard twice")
}

func TestNonsenseIsNoWishForAGap(t *testing.T) {
	t.Parallel()
	for value, gap := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "1e9": 0, "99999999999999999999": 0, "0": 0, "1500": 3 * time.Millisecond, "2147483647": longestGap,
	} {
		look := &pb.ResponseOp{Response: &pb.ResponseOp_ResponseRange{ResponseRange: &pb.RangeResponse{
			Kvs: []*mvccpb.KeyValue{{Value: []byte(value), ModRevision: 7}},
		}}}
		require.Equal(t, gap, gapAsked(look, 6), value)
		require.Zero(t, gapAsked(look, 7), value)
	}
	require.Zero(t, gapAsked(&pb.ResponseOp{}, 0))
}

func TestWhoWinsGivesWayForAMomentHoweverLongItTook(t *testing.T) {
	t.Parallel()
	winner := service{store: newShop(t).Store, till: &till{}, contested: 1}
	began := time.Now()
	winner.giveWay(func() {}, time.Hour, 0)
	require.Less(t, time.Since(began), waitLong)
}
