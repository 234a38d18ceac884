package etcdstore

import (
	"context"
	"maps"
	"math"
	"slices"
	"sync"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	"golang.org/x/sync/errgroup"

	"github.com/ticketcd/ticketcd/model"
)

// notifier sets notifications active. Every process that follows the shop has one, and all of them fire for all users, so
// that a notification fires whoever caused the fall and whether or not its owner is here.
//
// That each arming fires exactly once rests on one thing: the write compares the mod revision of the record that waits.
// The first process to commit moves it, and all other copies, also late ones, can never commit. An election would save
// the losers' requests but would leave everybody waiting when the elected one dies; a part of the order's own
// transaction would bound how many may wait for an event.
type notifier struct {
	store   *Store
	mu      sync.Mutex
	waiting map[string]model.Due // by key; the newest arming counts
	missed  []missed
	wake    chan struct{} // holds one element while there is something to do
}

// missed are notifications that waited while the counts of their events may have moved unseen.
type missed struct {
	armed *model.ArmedNotifications
	after int64 // the revision up to which everything was seen
}

// firesAtOnce is how many notifications are set at the same time. With more of them, processes would more often set the
// same ones: measured with eight processes and two hundred that are due at once, 16 take three times as long.
const firesAtOnce = 8

func newNotifier(s *Store) *notifier {
	return &notifier{store: s, waiting: map[string]model.Due{}, wake: make(chan struct{}, 1)}
}

// fire has notifications set active, soon.
func (n *notifier) fire(due []model.Due) {
	if len(due) == 0 {
		return
	}
	n.mu.Lock()
	for _, d := range due {
		if d.Revision >= n.waiting[d.Key].Revision {
			n.waiting[d.Key] = d
		}
	}
	n.mu.Unlock()
	n.signal()
}

// lookBack has the history searched for what became due after a revision while nobody saw it.
func (n *notifier) lookBack(armed *model.ArmedNotifications, after int64) {
	n.mu.Lock()
	n.missed = append(n.missed, missed{armed, after})
	n.mu.Unlock()
	n.signal()
}

func (n *notifier) signal() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// run does what is asked for until ctx ends. What is in the way of one notification does not hold up the others, as long
// as it is not in the way of firesAtOnce.
func (n *notifier) run(ctx context.Context) {
	var firing errgroup.Group
	firing.SetLimit(firesAtOnce)
	var searches sync.WaitGroup
	defer searches.Wait()
	defer firing.Wait() //nolint:errcheck // no member of the group returns an error: each logs its own
	for {
		select {
		case <-n.wake:
		case <-ctx.Done():
			return
		}
		for _, m := range n.takeMissed() {
			searches.Go(func() { n.search(ctx, m) })
		}
		for due, ok := n.next(); ok && ctx.Err() == nil; due, ok = n.next() {
			firing.Go(func() error { n.set(ctx, due); return nil })
		}
	}
}

func (n *notifier) takeMissed() []missed {
	n.mu.Lock()
	defer n.mu.Unlock()
	unseen := n.missed
	n.missed = nil
	return unseen
}

// next takes any one of those that wait. Other processes take them in another order, so that they share the work.
func (n *notifier) next() (model.Due, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for key, due := range n.waiting {
		delete(n.waiting, key)
		return due, true
	}
	return model.Due{}, false
}

// moved passes over those whose records have changed since they were armed: most often, another process was faster.
func (n *notifier) moved(changes []model.Change) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, change := range changes {
		if due, ok := n.waiting[change.Key]; ok && change.Revision > due.Revision {
			delete(n.waiting, change.Key)
		}
	}
}

// set writes one notification as active, unless its record has moved since it was armed. While the cluster cannot take
// it, it tries again: the others may be gone by then, and the count may have recovered.
func (n *notifier) set(ctx context.Context, due model.Due) {
	active := due.Notification
	active.Active = true
	r := request{
		ifs:   []*pb.Compare{unmoved(due.Key, due.Revision)},
		thens: []*pb.RequestOp{putOp(due.Key, active.Encode())},
	}
	for wait := firstWait; ; wait = longer(wait) {
		_, err := n.store.insist(ctx, r, &doubt{})
		if err == nil || ctx.Err() != nil {
			return
		}
		if model.CodeOf(err) != model.CodeUnavailable || !n.store.rest(ctx, wait) {
			n.store.log.Warn("a notification could not be set active", "key", due.Key, "error", err)
			return
		}
	}
}

// search looks through the history of the events that are waited for, as far as the store remembers it.
func (n *notifier) search(ctx context.Context, m missed) {
	for wait := firstWait; ; wait = longer(wait) {
		err := n.fireMissed(ctx, m)
		if err == nil || ctx.Err() != nil {
			return
		}
		n.store.log.Warn("what happened before could not be read: a notification may be late", "error", err)
		if model.CodeOf(err) != model.CodeUnavailable || !n.store.rest(ctx, wait) {
			return
		}
	}
}

func (n *notifier) fireMissed(ctx context.Context, m missed) error {
	waiting := m.armed.Waiting()
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(waiting)), readsAtOnce) {
		var reads []*pb.RequestOp
		for _, id := range ids {
			reads = append(reads, getOp(model.EventKey(id)))
		}
		resp, err := n.store.read(ctx, reads...)
		if err != nil {
			return err
		}
		for i, answer := range resp.Responses {
			from := max(m.after+1, waiting[ids[i]])
			found := answer.GetResponseRange().Kvs
			if len(found) == 0 || found[0].ModRevision < from {
				continue
			}
			err = n.store.past(ctx, found[0], from, math.MaxInt, func(kv *mvccpb.KeyValue) {
				n.fire(m.armed.Apply(model.NewCatalogue(), listed([]*mvccpb.KeyValue{kv})))
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// listNotifications reads who waits for what, as of the catalogue. It fires those whose moment has come, and has the
// history searched for those whose moment came and went after the revision before: while no process was running, say.
func (f *follower) listNotifications(ctx context.Context, before int64, catalogue *model.Catalogue) error {
	f.armed = model.NewArmedNotifications()
	reading := scan{store: f.store, prefix: model.PrefixNotification, revision: catalogue.Revision()}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return err
		}
		f.notifier.fire(f.armed.Apply(catalogue, listed(kvs)))
	}
	if before > catalogue.Revision() {
		before = 0 // the store was restored: what was seen is no longer its history
	}
	f.notifier.lookBack(f.armed.Clone(), before)
	return nil
}
