package etcdstore

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// watched is a raw watch of a test's.
type watched struct {
	t       *testing.T
	answers chan model.Answer
	ended   chan error
	stop    context.CancelFunc
}

// watches begins a watch as an admin, and returns when it has begun.
func (s *shop) watches(t *testing.T, actor, text string) *watched {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	w := &watched{t, make(chan model.Answer, 100), make(chan error, 1), stop}
	t.Cleanup(stop)
	q := parse(t, text)
	go func() { w.ended <- s.WatchAs(ctx, actor, q, func(a model.Answer) { w.answers <- a }) }()
	require.Empty(t, (<-w.answers).Changes)
	return w
}

func (w *watched) sees(prints string) {
	w.t.Helper()
	got := ""
	for got != prints {
		select {
		case a := <-w.answers:
			got += a.Text()
		case err := <-w.ended:
			require.NoError(w.t, err)
			w.ended <- nil
			for len(w.answers) > 0 {
				got += (<-w.answers).Text()
			}
			require.Equal(w.t, prints, got)
		}
		require.LessOrEqual(w.t, len(got), len(prints), got)
	}
}

func TestARawWatchShowsWhatChangesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	w := s.watches(t, "boss", "watch --prefix a --prev-kv")
	for _, text := range []string{"put a 1", "put b 1", "put a 2", "del a"} {
		_, err := s.asks(t, text)
		require.NoError(t, err)
	}
	w.sees("PUT\na\n1\nPUT\na\n1\na\n2\nDELETE\na\n2\na\n\n")
	w.stop()
	require.NoError(t, <-w.ended)

	limited := s.watches(t, "boss", "watch a --limit 2")
	for _, value := range []string{"5", "6", "7"} {
		s.put(t, "a", value)
	}
	limited.sees("PUT\na\n5\nPUT\na\n6\n")
	require.NoError(t, <-limited.ended)

	old, err := s.reads.Get(t.Context(), "a")
	require.NoError(t, err)
	past := s.watches(t, "boss", fmt.Sprintf("watch a --rev %d", old.Kvs[0].ModRevision))
	past.sees("PUT\na\n7\n")
}

func TestARawWatchEndsWhenItsAdminIsDemoted(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	w := s.watches(t, "boss", "watch --prefix a")
	s.put(t, "user:boss", `{"role":"admin","name":"The Boss"}`)
	s.put(t, "a", "1")
	w.sees("PUT\na\n1\n")
	s.put(t, "user:boss", `{"role":"user"}`)
	requireError(t, <-w.ended, model.CodeDenied, "the watch has ended: you are no longer an admin")

	s.put(t, "user:boss", `{"role":"admin"}`)
	w = s.watches(t, "boss", "watch --prefix a")
	_, err := s.asks(t, "del user:boss")
	require.NoError(t, err)
	requireError(t, <-w.ended, model.CodeDenied, "the watch has ended: you are no longer an admin")
}

func TestARawWatchOfWhatIsForgottenSaysSo(t *testing.T) {
	t.Parallel()
	s := newShopAt(t, endpointOf(startEtcd(t)))
	s.hasBoss(t)
	s.put(t, "a", "1")
	s.put(t, "a", "2")
	now, err := s.reads.Get(t.Context(), "a")
	require.NoError(t, err)
	_, err = s.asks(t, fmt.Sprintf("compaction %d", now.Header.Revision))
	require.NoError(t, err)
	err = s.WatchAs(t.Context(), "boss", parse(t, "watch a --rev 2"), func(model.Answer) {})
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	require.Contains(t, model.Sentence(err), "the store was compacted")
}

func TestARawWatchEndsWithoutALeaderAndSaysWhereToGoOn(t *testing.T) {
	t.Parallel()
	all := startMembers(t, 3)
	s := newShopAt(t, all.endpoints[0])
	insistOn(t, func() error { _, err := s.asks(t, "put user:boss '{\"role\":\"admin\"}'"); return err })
	w := s.watches(t, "boss", "watch a")
	s.put(t, "a", "1")
	w.sees("PUT\na\n1\n")
	now, err := s.reads.Get(t.Context(), "a")
	require.NoError(t, err)
	all.stop(1)
	all.stop(2)
	requireError(t, <-w.ended, model.CodeUnavailable, fmt.Sprintf(
		"the watch has ended: the store's members cannot agree. What happens meanwhile is shown by --rev %d", now.Kvs[0].ModRevision+1))
}
