package etcdstore

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/ticketcd/ticketcd/model"
)

// logBook keeps what is logged.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBook) count(text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.text.String(), text)
}

func TestABrokenRecordIsLoggedOnceAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	book := &logBook{}
	store := s.open(t, func(cfg *Config) { cfg.Log = slog.New(slog.NewTextHandler(book, nil)) })
	s.sellsOpera(t, 9)
	s.put(t, "event:"+match, `{"name":"The Match"}`)
	s.put(t, "event:types", `no list`)
	live := follow(t, store)
	shop := live.untilLoaded()
	require.Equal(t, 1, shop.Catalogue.Len())

	for _, odd := range []string{`[]`, `null`, `"text"`, "\xff", `{"current_quantity":{}}`, `{`} {
		s.put(t, "event:"+match, odd)
	}
	s.put(t, "event:locations:more", `["x"]`)
	s.put(t, "ticket:", `{}`)
	s.put(t, "event:"+match, `{"name":"The Match"}`)
	s.put(t, "event:"+match, `{"name":"The Match"}`)
	s.sellsOpera(t, 8)
	live.untilLeft(opera, 8)
	require.Equal(t, 1, book.count("key=event:types"))
	require.Positive(t, book.count("key=event:"+match))

	s.put(t, "event:"+match, `{ "current_quantity" : "5.0", "name":"The \u001b[31mMatch", "extra":[1,{"a":null}] }`)
	shop = live.untilLeft(match, 5)
	event, _ := shop.Catalogue.Event(match)
	require.Equal(t, "The \uFFFD[31mMatch", event.Name)

	const damaged = `{"name":"The Match"}`
	s.put(t, "event:"+match, damaged)
	s.sellsOpera(t, 7)
	live.untilLeft(opera, 7)
	before := book.count("key=event:" + match)
	for left := 6; left > 4; left-- {
		s.put(t, "event:"+match, damaged)
		s.sellsOpera(t, left)
		live.untilLeft(opera, left)
	}
	require.Equal(t, before, book.count("key=event:"+match), "it is no news that it is still damaged")
	s.put(t, "event:"+match, `{"current_quantity":5}`)
	live.untilLeft(match, 5)
	s.put(t, "event:"+match, damaged)
	s.sellsOpera(t, 4)
	live.untilLeft(opera, 4)
	require.Equal(t, before+1, book.count("key=event:"+match), "it was mended, and is damaged again")
}

// beforeWatch lets a test do something at the moment between list and watch.
type beforeWatch struct {
	clientv3.Watcher
	once sync.Once
	do   func()
}

func (b *beforeWatch) Watch(ctx context.Context, key string, opts ...clientv3.OpOption) clientv3.WatchChan {
	b.once.Do(b.do)
	return b.Watcher.Watch(ctx, key, opts...)
}

func TestACompactionUnderTheWatchLosesNothing(t *testing.T) {
	t.Parallel()
	s := newShopAt(t, endpointOf(startEtcd(t)))
	s.sellsOpera(t, 9)
	book := &logBook{}
	store := s.open(t, func(cfg *Config) {
		cfg.Log = slog.New(slog.NewTextHandler(book, nil))
		cfg.adjust = func(c *clientv3.Client) {
			c.Watcher = &beforeWatch{Watcher: c.Watcher, do: func() {
				s.sellsOpera(t, 7)
				s.sellsOpera(t, 6)
				resp, err := s.reads.Get(t.Context(), "x")
				require.NoError(t, err)
				_, err = s.writes.Compact(t.Context(), resp.Header.Revision)
				require.NoError(t, err)
			}}
		}
	})
	live := follow(t, store)
	live.untilLeft(opera, 6)
	require.Positive(t, book.count("compacted"))
	s.sellsOpera(t, 5)
	live.untilLeft(opera, 5)
}

func TestTroubleIsLoggedWhenItBeginsAndWhenItIsOver(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	store := &Store{log: slog.New(slog.NewTextHandler(book, nil)), fullness: fullness{board: model.NewBoard(false)}}
	f := follower{store: store, live: model.NewLive(), shop: model.Shop{Loaded: true}}
	for outage := 1; outage <= 2; outage++ {
		for range 9 {
			f.stale(errDisconnected)
			f.stale(errSilent)
		}
		require.Equal(t, 2*outage, book.count("the shop is not being followed"))
		require.Equal(t, outage, book.count(errSilent.Error()))
		require.Equal(t, outage-1, book.count("the shop is being followed again"))
		f.publish(model.Shop{Loaded: true})
		f.publish(model.Shop{Loaded: true})
		require.Equal(t, outage, book.count("the shop is being followed again"))
	}
}

func TestAServerThatIsStoppedAndStartedAgainLosesNothing(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	s := newShopAt(t, etcd.endpoint())
	s.sellsOpera(t, 9)
	live := follow(t, s.open(t))
	fresh := live.untilLoaded()

	etcd.stop()
	stale := live.untilStale()
	require.Equal(t, "the connection to the store is lost: counts are as of then", stale.Why)
	require.Equal(t, today(), stale.Since)
	require.Same(t, fresh.Catalogue, stale.Catalogue)

	etcd.start()
	again := live.untilLoaded()
	require.Empty(t, again.Why)
	require.GreaterOrEqual(t, again.Catalogue.Revision(), fresh.Catalogue.Revision())
	live.untilLeft(opera, 9)
	s.sellsOpera(t, 8)
	live.untilLeft(opera, 8)
}

func TestAStoreThatWasWipedIsShownAsItIsNow(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	s := newShopAt(t, etcd.endpoint())
	for left := range 20 {
		s.sellsOpera(t, left)
	}
	live := follow(t, s.open(t))
	before := live.untilLoaded()

	etcd.stop()
	live.untilStale()
	etcd.wipe()
	etcd.start()
	s.put(t, "event:"+match, `{"name":"The Match","current_quantity":3}`)
	after := live.untilLeft(match, 3)
	require.Equal(t, 1, after.Catalogue.Len())
	require.Less(t, after.Catalogue.Revision(), before.Catalogue.Revision())
}

func TestAServerThatHangsIsNoticed(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	s := newShopAt(t, etcd.endpoint())
	s.sellsOpera(t, 9)
	line := &wire{}
	endpoint := line.connect(t, etcd.socket)
	live := follow(t, s.open(t, func(cfg *Config) { cfg.Endpoints = []string{endpoint} }))
	live.untilLoaded()

	line.hang()
	began := time.Now()
	stale := live.untilStale()
	require.Less(t, time.Since(began), longestSilence+2*time.Second)
	require.Equal(t, "the store does not answer: counts are as of then", stale.Why)
	s.sellsOpera(t, 8)
	line.resume()
	live.untilLeft(opera, 8)
}

func TestAQuietShopIsNotStale(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sellsOpera(t, 9)
	live := follow(t, s.Store)
	live.untilLoaded()
	_, changed := live.Shop()
	select {
	case <-changed:
		shop, _ := live.Shop()
		t.Fatalf("something was published: %+v", shop)
	case <-time.After(longestSilence + 2*probeEvery):
	}
}

func TestALostServerIsNamedBeforeTheFirstListToo(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	s := newShopAt(t, etcd.endpoint())
	s.sellsOpera(t, 9)
	store := s.open(t)
	etcd.stop()
	live := follow(t, store)
	shop := live.until("explained", func(s model.Shop) bool { return s.Why != "" })
	require.False(t, shop.Loaded)
	require.False(t, shop.Stale)
	require.Equal(t, "the connection to the store is lost", shop.Why)
	require.Zero(t, shop.Catalogue.Len())
	etcd.start()
	live.untilLeft(opera, 9)
}

// startPair runs a cluster of two members, in which one alone has no leader.
func startPair(t *testing.T) (endpoint string, stopOther func()) {
	t.Helper()
	var peers [2]url.URL
	for i := range peers {
		free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		peers[i] = url.URL{Scheme: "http", Host: free.Addr().String()}
		require.NoError(t, free.Close())
	}
	var pair [2]*embed.Etcd
	var stop [2]func()
	for i := range pair {
		cfg := etcdConfig(t.TempDir())
		cfg.Name = fmt.Sprint("member", i)
		cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = peers[i:i+1], peers[i:i+1]
		cfg.InitialCluster = "member0=" + peers[0].String() + ",member1=" + peers[1].String()
		etcd, err := embed.StartEtcd(cfg)
		require.NoError(t, err)
		pair[i], stop[i] = etcd, sync.OnceFunc(etcd.Close)
		t.Cleanup(stop[i])
	}
	for _, etcd := range pair {
		<-etcd.Server.ReadyNotify()
	}
	return endpointOf(pair[0]), stop[1]
}

func TestAClusterWithoutALeaderIsSaidToPauseSales(t *testing.T) {
	t.Parallel()
	endpoint, stopOther := startPair(t)
	s := newShopAt(t, endpoint)
	s.sellsOpera(t, 9)
	live := follow(t, s.open(t))
	live.untilLoaded()
	stopOther()
	stale := live.until("without a leader", func(s model.Shop) bool { return s.NoLeader })
	require.Equal(t, "the store's members cannot agree: sales are paused", stale.Why)
	require.True(t, stale.Stale)
	_, ok := stale.Catalogue.Event(opera)
	require.True(t, ok)
}
