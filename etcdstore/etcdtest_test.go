package etcdstore

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"

	"github.com/ticketcd/ticketcd/model"
)

// One etcd serves all tests that need nothing special of it. Each has a key space of its own.
var common = sync.OnceValues(func() (*embed.Etcd, error) {
	dir, err := os.MkdirTemp("", "etcdstore-test-")
	if err != nil {
		return nil, err
	}
	commonDir.Store(&dir)
	etcd, err := embed.StartEtcd(etcdConfig(dir))
	if err != nil {
		return nil, err
	}
	<-etcd.Server.ReadyNotify()
	commonEtcd.Store(etcd)
	return etcd, nil
})

var (
	commonDir   atomic.Pointer[string]
	commonEtcd  atomic.Pointer[embed.Etcd]
	shopsOpened atomic.Int64
)

func TestMain(m *testing.M) {
	code := m.Run()
	if etcd := commonEtcd.Load(); etcd != nil {
		etcd.Close()
	}
	if dir := commonDir.Load(); dir != nil {
		if err := os.RemoveAll(*dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// etcdConfig is that of a member that listens on ports of the system's choice, elects quickly and prints nothing.
func etcdConfig(dir string) *embed.Config {
	anyPort := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	cfg := embed.NewConfig()
	cfg.Dir = dir
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = anyPort, anyPort
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = anyPort, anyPort
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	cfg.TickMs, cfg.ElectionMs = 20, 200
	cfg.UnsafeNoFsync = true
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.NewNop())
	return cfg
}

// startEtcd runs an etcd for one test that does to it what others should not have to bear.
func startEtcd(t *testing.T, adjust ...func(*embed.Config)) *embed.Etcd {
	t.Helper()
	cfg := etcdConfig(t.TempDir())
	for _, change := range adjust {
		change(cfg)
	}
	etcd, err := embed.StartEtcd(cfg)
	require.NoError(t, err)
	t.Cleanup(etcd.Close)
	<-etcd.Server.ReadyNotify()
	return etcd
}

func endpointOf(etcd *embed.Etcd) string { return etcd.Clients[0].Addr().String() }

// shop is a key space in an etcd, and a store that a test looks at it with.
type shop struct {
	*Store
	endpoint, space string
}

// newShop opens an empty shop in the common etcd.
func newShop(t *testing.T) *shop {
	t.Helper()
	etcd, err := common()
	require.NoError(t, err)
	return newShopAt(t, endpointOf(etcd))
}

func newShopAt(t *testing.T, endpoint string) *shop {
	t.Helper()
	s := &shop{endpoint: endpoint, space: fmt.Sprintf("shop%d/", shopsOpened.Add(1))}
	s.Store = s.open(t)
	return s
}

// today is the day on which the tests take place.
func today() time.Time { return time.Date(2027, time.March, 1, 12, 0, 0, 0, time.UTC) }

// open opens another store, with connections of its own, on the same shop.
func (s *shop) open(t *testing.T, adjust ...func(*Config)) *Store {
	t.Helper()
	cfg := Config{Endpoints: []string{s.endpoint}, Now: today, Space: s.space}
	for _, change := range adjust {
		change(&cfg)
	}
	store, err := Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// put writes a record as somebody else would, say with etcdctl.
func (s *shop) put(t *testing.T, key, value string) {
	t.Helper()
	_, err := s.writes.Put(t.Context(), key, value)
	require.NoError(t, err)
}

// value returns a record, and "" for none.
func (s *shop) value(t *testing.T, key string) string {
	t.Helper()
	resp, err := s.reads.Get(t.Context(), key)
	require.NoError(t, err)
	if len(resp.Kvs) == 0 {
		return ""
	}
	return string(resp.Kvs[0].Value)
}

// stored is a record and when it was last written.
type stored struct {
	value    string
	revision int64
}

// records returns everything in the shop.
func (s *shop) records(t *testing.T) map[string]stored {
	t.Helper()
	resp, err := s.reads.Get(t.Context(), "", clientv3.WithPrefix())
	require.NoError(t, err)
	all := map[string]stored{}
	for _, kv := range resp.Kvs {
		all[string(kv.Key)] = stored{string(kv.Value), kv.ModRevision}
	}
	return all
}

const (
	opera = "11111111-1111-4111-8111-111111111111"
	match = "22222222-2222-4222-8222-222222222222"
)

// sells puts an event with red and pink tickets on sale, and makes the accounts of ann and bob.
func (s *shop) sells(t *testing.T, red, pink int) {
	t.Helper()
	s.put(t, "event:"+opera, fmt.Sprintf(
		`{"name":"The Opera","description":"Sung","location":"Hall","type":"music","date":"2027-06-01 20:00","current_quantity":%d}`, red+pink))
	s.put(t, "ticket:"+opera+":red", fmt.Sprintf(`{"total_quantity":%d,"current_quantity":%d,"price":23.99}`, red, red))
	s.put(t, "ticket:"+opera+":pink", fmt.Sprintf(`{"total_quantity":%d,"current_quantity":%d,"price":108.9}`, pink, pink))
	for _, name := range []string{"ann", "bob"} {
		s.put(t, "user:"+name, `{"name":"Somebody","email":"a@b.cd","password":"secret-word","role":"user"}`)
	}
}

// order is one of ann's for red tickets.
func order(red int) model.Order {
	return model.Order{Username: "ann", EventID: opera, Lines: []model.Line{{Type: "red", Quantity: red}}}
}

// orders returns somebody's orders for the opera.
func (s *shop) orders(t *testing.T, username string) []model.Order {
	t.Helper()
	value := s.value(t, model.PurchaseKey(username, opera))
	if value == "" {
		return nil
	}
	orders, err := model.DecodeOrders(username, opera, []byte(value))
	require.NoError(t, err)
	return orders
}

// requireSold checks that what is left, what is missing and what was bought fit together, and how many were sold.
func (s *shop) requireSold(t *testing.T, sold int) {
	t.Helper()
	event, err := s.Event(t.Context(), opera)
	require.NoError(t, err)
	left, bought := 0, 0
	for _, ticket := range event.Tickets {
		left += ticket.Left
	}
	require.Equal(t, left, event.Left, "the event's count is not the sum of its tickets'")
	ids := map[string]bool{}
	resp, err := s.reads.Get(t.Context(), model.PrefixPurchase, clientv3.WithPrefix())
	require.NoError(t, err)
	for _, kv := range resp.Kvs {
		key := model.ParseKey(string(kv.Key))
		orders, err := model.DecodeOrders(key.Username, key.EventID, kv.Value)
		require.NoError(t, err)
		for _, o := range orders {
			require.False(t, ids[o.ID], "order %s is there twice", o.ID)
			ids[o.ID] = true
			bought += o.Quantity()
		}
	}
	require.Equal(t, bought, event.Total()-left, "what was bought is not what is missing")
	require.Equal(t, sold, bought)
}

// within is a context with an end, for what must not take longer.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
