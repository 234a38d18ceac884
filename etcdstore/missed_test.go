package etcdstore

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

func TestWhatHappenedWhileNobodyFollowedIsToldByTheNextWhoDoes(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	ids := shop.hasEvents(t, 3)
	gone := shop.buys(t, "ann", 5)
	keys := []string{
		shop.notify(t, "ann", opera, 3),  // falls to 2 and rises again
		shop.notify(t, "bob", opera, 2),  // is never reached
		shop.notify(t, "bob", ids[0], 3), // falls and stays there
		shop.notify(t, "ann", ids[1], 3), // fell before it was armed
		shop.notify(t, "ann", ids[2], 3), // its event is gone by then
	}
	shop.fall(t, ids[1], 1)
	shop.fall(t, ids[1], 20)
	shop.notify(t, "ann", ids[1], 4)
	witness := shop.witness(t)
	shop.buys(t, "ann", 3)
	_, err := shop.Cancel(t.Context(), gone, nil)
	require.NoError(t, err)
	shop.fall(t, ids[0], 2)
	shop.fall(t, ids[2], 2)
	_, err = shop.writes.Delete(t.Context(), model.EventKey(ids[2]))
	require.NoError(t, err)

	follow(t, shop.open(t)).untilLoaded()
	witness.untilActive(keys[0], keys[2])
	follow(t, shop.open(t)).untilLoaded()
	shop.fall(t, opera, 1)
	shop.fall(t, ids[1], 2)
	witness.untilActive(keys[1], keys[3])
	require.Equal(t, map[string]int{keys[0]: 1, keys[1]: 1, keys[2]: 1, keys[3]: 1}, witness.fired())
}

func TestAFallThatTheStoreHasForgottenDoesNotStopTheBell(t *testing.T) {
	t.Parallel()
	shop := newShopAt(t, endpointOf(startEtcd(t)))
	shop.fall(t, opera, 10)
	shop.fall(t, match, 10)
	lost, kept := shop.notify(t, "ann", opera, 3), shop.notify(t, "ann", match, 3)
	shop.fall(t, opera, 1)
	shop.fall(t, opera, 9)
	shop.compact(t)
	shop.fall(t, match, 1)
	shop.fall(t, match, 9)
	witness := shop.witness(t)
	follow(t, shop.open(t)).untilLoaded()
	witness.untilActive(kept)
	require.False(t, isActive(t, lost, shop.value(t, lost)))
	shop.fall(t, opera, 2)
	witness.untilActive(lost)
	require.Equal(t, map[string]int{kept: 1, lost: 1}, witness.fired())
}

// deaf is a watcher that can be made to hear nothing, and then to hang up.
type deaf struct {
	clientv3.Watcher
	mu     sync.Mutex
	muted  bool
	hangUp context.CancelFunc
}

func (d *deaf) Watch(ctx context.Context, key string, opts ...clientv3.OpOption) clientv3.WatchChan {
	ctx, cancel := context.WithCancel(ctx)
	d.mu.Lock()
	d.muted, d.hangUp = false, cancel
	d.mu.Unlock()
	heard := make(chan clientv3.WatchResponse)
	source := d.Watcher.Watch(ctx, key, opts...)
	go func() {
		defer close(heard)
		for response := range source {
			d.mu.Lock()
			muted := d.muted
			d.mu.Unlock()
			if muted {
				continue
			}
			select {
			case heard <- response:
			case <-ctx.Done():
			}
		}
	}()
	return heard
}

func (d *deaf) mute() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.muted = true
}

func (d *deaf) hang() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hangUp()
}

// openDeaf opens a store that watches through d.
func (s *shop) openDeaf(t *testing.T) (*Store, *deaf) {
	t.Helper()
	d := &deaf{}
	store := s.open(t, func(cfg *Config) {
		cfg.adjust = func(c *clientv3.Client) {
			if d.Watcher == nil {
				d.Watcher = c.Watcher
				c.Watcher = d
			}
		}
	})
	return store, d
}

func TestWhatHappenedWhileTheConnectionWasLostIsToldAfterwards(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.fall(t, opera, 10)
	key := shop.notify(t, "ann", opera, 3)
	witness := shop.witness(t)
	store, line := shop.openDeaf(t)
	live := follow(t, store)
	live.untilLoaded()
	line.mute()
	shop.fall(t, opera, 1)
	shop.fall(t, opera, 9)
	line.hang()
	live.untilLeft(opera, 9)
	witness.untilActive(key)
	require.Equal(t, map[string]int{key: 1}, witness.fired())
}

func TestWhatHappenedInAStoreThatWasPutInPlaceOfAnotherIsToldToo(t *testing.T) {
	t.Parallel()
	etcd, other := startServer(t), startServer(t)
	shop := newShopAt(t, etcd.endpoint())
	restored := newShopAt(t, other.endpoint())
	restored.space = shop.space
	restored.Store = restored.open(t)
	for left := range 100 { // so that the other store is further back
		shop.fall(t, match, left)
	}
	live := follow(t, shop.open(t))
	before := live.untilLoaded()
	restored.fall(t, opera, 10)
	key := restored.notify(t, "ann", opera, 3)
	restored.fall(t, opera, 1)
	restored.fall(t, opera, 9)
	other.stop()

	etcd.stop()
	live.untilStale()
	etcd.wipe()
	require.NoError(t, os.Rename(other.dir, etcd.dir))
	etcd.start()
	after := live.untilLeft(opera, 9)
	require.Less(t, after.Catalogue.Revision(), before.Catalogue.Revision())
	shop.witness(t).untilActive(key)
}

func TestABellWhoseAnswersAreLostRingsOnce(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	st := storm{shop: shop, users: 4}
	shop.sells(t, 44, 0)
	st.ids = shop.hasEvents(t, 1)
	witness := shop.witness(t)
	shop.fall(t, opera, 44)
	shop.fall(t, st.ids[0], 44)
	var connections []*faults
	var lives []*followed
	for range 3 {
		store, connection := shop.badConnection(t, badly)
		st.stores, connections = append(st.stores, store), append(connections, connection)
		lives = append(lives, follow(t, store))
	}
	for _, live := range lives {
		live.untilLoaded()
	}
	st.arms(t)
	var keys []string
	for i := range st.users {
		keys = append(keys, model.NotificationKey(fmt.Sprintf("user%d", i), st.ids[0]), model.NotificationKey(fmt.Sprintf("user%d", i), opera))
	}
	for left := 40; left >= 0; left -= 4 {
		shop.fall(t, st.ids[0], left)
		shop.fall(t, opera, left)
	}
	witness.untilActive(keys...)
	shop.fall(t, st.ids[0], 44)
	for i := range st.users { // again, over the same bad connections
		n := model.Notification{Username: fmt.Sprintf("user%d", i), EventID: st.ids[0], Limit: 10}
		_, err := st.store(i).Notify(t.Context(), n)
		require.NoError(t, err)
	}
	shop.fall(t, st.ids[0], 3)
	witness.untilActive(keys...)
	for i, connection := range connections {
		lives[i].stop()
		connection.late.Wait()
	}
	fired := witness.fired()
	for i, key := range keys {
		require.Equal(t, 2-i%2, fired[key], key)
	}
	witness.requireEachToldOnce()
}

func TestABellThatIsTurnedAwayRingsLater(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.fall(t, opera, 10)
	key := shop.notify(t, "ann", opera, 3)
	witness := shop.witness(t)
	store, connection := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		if n <= 3 {
			return fault{err: rpctypes.ErrGRPCRequestTooManyRequests, stops: true}
		}
		return fault{}
	})
	follow(t, store).untilLoaded()
	shop.fall(t, opera, 1)
	witness.untilActive(key)
	require.GreaterOrEqual(t, connection.sent(), 4, "three were turned away")
	witness.requireEachToldOnce() // however often it was sent: the watch and the look back may both have asked for it
}

func TestOneArmingWhoseAnswerIsLostTellsOnce(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.fall(t, opera, 10)
	shop.hasUsers(t, "ann")
	key := model.NotificationKey("ann", opera)
	for name, before := range map[string]string{"a new one": "", "one that has fired before": `{"limit":3,"active":true}`} {
		if before != "" {
			shop.put(t, key, before)
		}
		witness := shop.witness(t)
		live := follow(t, shop.open(t))
		live.untilLoaded()
		// The record is there, the count falls and the notification fires, and only then Notify learns that its answer is lost.
		store, _ := shop.badConnection(t, first(fault{err: errLost, after: func() {
			shop.fall(t, opera, 1)
			witness.untilActive(key)
			shop.fall(t, opera, 10)
		}}))
		n, err := store.Notify(t.Context(), model.Notification{Username: "ann", EventID: opera, Limit: 3})
		require.NoError(t, err, name)
		require.True(t, n.Active, "%s: it has told already", name)
		shop.fall(t, opera, 1)
		shop.fall(t, opera, 10)
		follow(t, shop.open(t)).untilLoaded()
		require.Equal(t, 1, witness.fired()[key], name)
		live.stop()
		require.NoError(t, shop.RemoveNotification(t.Context(), "ann", opera))
	}
}
