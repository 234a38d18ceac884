package etcdstore

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/ticketcd/ticketcd/model"
)

// viewer watches the cluster as a screen does.
type viewer struct {
	t     *testing.T
	board *model.Board[model.Cluster]
	leave func()
}

func watchCluster(t *testing.T, s *Store) *viewer {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	return &viewer{t, s.WatchCluster(ctx), leave}
}

// until waits until the cluster is seen in some state.
func (v *viewer) until(what string, is func(model.Cluster) bool) model.Cluster {
	v.t.Helper()
	patience := time.After(waitLong)
	for {
		c, changed := v.board.Read()
		if is(c) {
			return c
		}
		select {
		case <-changed:
		case <-patience:
			v.t.Fatalf("not seen %s: %v", what, summaries(c))
		}
	}
}

func (v *viewer) untilSeen() model.Cluster {
	v.t.Helper()
	return v.until("at all", func(c model.Cluster) bool { return c.Healthy > 0 })
}

// next waits for the next look.
func (v *viewer) next() model.Cluster {
	v.t.Helper()
	_, changed := v.board.Read()
	return v.until("anew", func(model.Cluster) bool {
		select {
		case <-changed:
			return true
		default:
			return false
		}
	})
}

// counting counts how often members are asked for their status.
func counting(asked *atomic.Int64) func(*Config) {
	return func(cfg *Config) {
		cfg.dialOptions = append(cfg.dialOptions, grpc.WithChainUnaryInterceptor(func(
			ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
		) error {
			if strings.HasSuffix(method, "/Status") {
				asked.Add(1)
			}
			return invoke(ctx, method, req, reply, cc, opts...)
		}))
	}
}

func TestHoweverManyLookTheMembersAreAskedOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	s := newShop(t)
	store := s.open(t, counting(&asked))
	before := asked.Load() // opening asks too
	viewers := make([]*viewer, 50)
	for i := range viewers {
		viewers[i] = watchCluster(t, store)
	}
	require.True(t, viewers[0].untilSeen().Quorum)
	for range 2 {
		viewers[0].next()
	}
	require.Less(t, asked.Load()-before, int64(10), "three times, and what is under way")

	for _, v := range viewers[1:] {
		v.leave()
	}
	last := viewers[0].next() // one is left, for whom it goes on
	viewers[0].leave()
	<-store.poller.runEnded()
	until := asked.Load()
	again := watchCluster(t, store)
	c, _ := again.board.Read()
	require.False(t, c.Taken.Before(last.Taken), "what was seen last is there at once")
	c = again.next()
	require.LessOrEqual(t, asked.Load()-until, int64(2), "nobody looked, so nobody was asked meanwhile")
	require.GreaterOrEqual(t, len(c.Members[0].History), 5, "what was seen before is not forgotten")
}

// runEnded is closed when nobody looks at the members any more.
func (p *poller) runEnded() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

func TestRatesFollowWhatIsDone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	store := s.open(t, func(cfg *Config) { cfg.Now = time.Now })
	v := watchCluster(t, store)
	v.untilSeen()
	c := v.until("busy", func(c model.Cluster) bool {
		s.put(t, "k", "v")
		return c.Members[0].Measured && c.Members[0].Activity.Requests.Put > 0
	})
	m := c.Members[0]
	require.Positive(t, m.Activity.BytesIn)
	require.Positive(t, m.Activity.CommitP99)
	require.Equal(t, m.Activity, m.History[len(m.History)-1].Activity)
	require.GreaterOrEqual(t, len(m.History), 2)
}

func TestAMemberIsSeenToGoAndToComeBack(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	s := newShopAt(t, etcd.endpoint())
	store := s.open(t, func(cfg *Config) { cfg.Now = time.Now })
	v := watchCluster(t, store)
	before := v.untilSeen()
	require.False(t, before.Members[0].Measured, "the local store has no page of metrics")

	etcd.stop()
	gone := v.until("gone", func(c model.Cluster) bool { return strings.Contains(c.Members[0].Err, "nothing listens") })
	m := gone.Members[0]
	require.Equal(t, before.Members[0].Name, m.Name, "who it was is remembered")
	require.Equal(t, before.Members[0].ID, m.ID)
	require.False(t, gone.Quorum)
	require.False(t, m.Since.Before(before.Taken))
	require.Equal(t, "sales are paused, as no member answers", gone.Outlook())
	require.Equal(t, m.Since, v.next().Members[0].Since)

	etcd.start()
	back := v.until("back", func(c model.Cluster) bool { return c.Quorum })
	require.Zero(t, back.Members[0].Since)
	var ups []bool
	for _, sample := range back.Members[0].History {
		ups = append(ups, sample.Healthy)
	}
	require.Contains(t, ups, false)
	require.True(t, ups[len(ups)-1])
}

func TestNothingIsLeftRunningWhenNobodyLooks(t *testing.T) { // alone: it counts all goroutines
	etcd := startEtcd(t)
	_, err := Status(t.Context(), Config{Endpoints: []string{endpointOf(etcd)}}) // now it is up and serving
	require.NoError(t, err)
	before := goleak.IgnoreCurrent()
	store, err := Open(t.Context(), Config{Endpoints: []string{endpointOf(etcd)}})
	require.NoError(t, err)
	for range 3 { // who comes back at once waits for the run before to end
		v := watchCluster(t, store)
		v.untilSeen()
		v.leave()
	}
	<-store.poller.runEnded()
	watchCluster(t, store).untilSeen()
	require.NoError(t, store.Close()) // while somebody looks
	<-store.poller.runEnded()
	_, err = Status(t.Context(), Config{Endpoints: []string{endpointOf(etcd)}})
	require.NoError(t, err)
	goleak.VerifyNone(t, before)
}
