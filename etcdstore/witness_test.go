package etcdstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// witness watches everything that happens in a shop, from the moment it was asked to.
type witness struct {
	t    *testing.T
	shop *shop

	mu      sync.Mutex
	saw     []sight
	values  map[string]string
	changed chan struct{} // closed at the next change
}

// sight is a change with the moment at which it was seen.
type sight struct {
	model.Change
	at time.Time
}

func (s *shop) witness(t *testing.T) *witness {
	t.Helper()
	w := &witness{t: t, shop: s, values: map[string]string{}, changed: make(chan struct{})}
	now, err := s.reads.Get(t.Context(), "x")
	require.NoError(t, err)
	for key, record := range s.records(t) {
		w.values[key] = record.value
	}
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		watching.Wait()
	})
	responses := s.reads.Watch(ctx, "", clientv3.WithPrefix(), clientv3.WithRev(now.Header.Revision+1))
	watching.Go(func() {
		for response := range responses {
			w.take(response)
		}
	})
	return w
}

func (w *witness) take(response clientv3.WatchResponse) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, event := range response.Events {
		c := change(event.Kv, event.Type == clientv3.EventTypeDelete)
		w.saw = append(w.saw, sight{c, time.Now()})
		w.values[c.Key] = string(c.Value)
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// until waits until the records are as described, after all that has happened by now.
func (w *witness) until(what string, is func(values map[string]string) bool) {
	w.t.Helper()
	end := fmt.Sprint("end", rand.Int64())
	w.shop.put(w.t, end, "here")
	w.wait("up to date", func(values map[string]string) bool { return values[end] != "" })
	w.wait(what, is)
}

func (w *witness) wait(what string, is func(values map[string]string) bool) {
	w.t.Helper()
	patience := time.NewTimer(30 * time.Second)
	defer patience.Stop()
	for {
		w.mu.Lock()
		done, changed := is(w.values), w.changed
		w.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-patience.C:
			w.t.Fatalf("never %s", what)
		}
	}
}

func (w *witness) untilActive(keys ...string) {
	w.t.Helper()
	w.until("all active", func(values map[string]string) bool {
		return !slices.ContainsFunc(keys, func(key string) bool { return !isActive(w.t, key, values[key]) })
	})
}

func isActive(t *testing.T, key, value string) bool {
	t.Helper()
	if value == "" {
		return false
	}
	at := model.ParseKey(key)
	n, err := model.DecodeNotification(at.Username, at.EventID, []byte(value))
	return err == nil && n.Active
}

// everything returns all that happened until now.
func (w *witness) everything() []sight {
	w.t.Helper()
	w.until("up to date", func(map[string]string) bool { return true })
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.saw)
}

// fired counts how often each notification turned from waiting to active.
func (w *witness) fired() map[string]int {
	w.t.Helper()
	fired, active := map[string]int{}, map[string]bool{}
	for _, s := range w.everything() {
		if model.ParseKey(s.Key).Family != model.FamilyNotification {
			continue
		}
		now := isActive(w.t, s.Key, string(s.Value))
		if now && !active[s.Key] {
			fired[s.Key]++
		}
		active[s.Key] = now
	}
	return fired
}

// requireEachToldOnce holds all that happened against the rule: whoever waits is told exactly once for each arming, and
// only after the count was right. (What is active with a limit of its own was active at once.) It returns how long those
// who were told had to wait for it, seen from outside.
func (w *witness) requireEachToldOnce() []time.Duration {
	w.t.Helper()
	type arming struct {
		n   model.Notification
		due time.Time
	}
	left, waiting, last := map[string]int{}, map[string]*arming{}, map[string]model.Notification{}
	var delays []time.Duration
	for _, s := range w.everything() {
		switch key := model.ParseKey(s.Key); key.Family {
		case model.FamilyEvent:
			event, err := model.DecodeEvent(key.EventID, s.Value)
			require.NoError(w.t, err)
			left[key.EventID] = event.Left
			for name, a := range waiting {
				if model.ParseKey(name).EventID == key.EventID && a.due.IsZero() && a.n.IsDue(event.Left) {
					a.due = s.at
				}
			}
		case model.FamilyNotification:
			if s.Deleted {
				delete(waiting, s.Key)
				delete(last, s.Key)
				continue
			}
			n, err := model.DecodeNotification(key.Username, key.EventID, s.Value)
			require.NoError(w.t, err)
			a, before := waiting[s.Key], last[s.Key]
			delete(waiting, s.Key)
			last[s.Key] = n
			switch {
			case !n.Active:
				waiting[s.Key] = &arming{n: n}
				if n.IsDue(left[key.EventID]) {
					waiting[s.Key].due = s.at
				}
			case before.Limit != n.Limit || before.Back != n.Back:
			case before.Active:
				w.t.Errorf("%s was told twice", s.Key)
			case a != nil:
				require.False(w.t, a.due.IsZero(), "%s was told of what has not happened", s.Key)
				delays = append(delays, s.at.Sub(a.due))
			}
		default:
		}
	}
	for key, a := range waiting {
		require.True(w.t, a.due.IsZero(), "%s was never told", key)
	}
	return delays
}

// fall puts an event at a count, as the prototype or somebody by hand would.
func (s *shop) fall(t *testing.T, id string, left int) {
	t.Helper()
	s.put(t, model.EventKey(id), fmt.Sprintf(`{"name":"E","date":"2027-06-01 20:00","current_quantity":%d}`, left))
}

// notify arms a notification of somebody who has an account, which does not fire at once.
func (s *shop) notify(t *testing.T, username, id string, limit int) (key string) {
	t.Helper()
	if s.value(t, model.UserKey(username)) == "" {
		s.hasUsers(t, username)
	}
	n, err := s.Notify(t.Context(), model.Notification{Username: username, EventID: id, Limit: limit})
	require.NoError(t, err)
	require.False(t, n.Active)
	return model.NotificationKey(username, id)
}
