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

// bell sets notifications active. Every process that follows the shop has one, and all of them ring for all users, so
// that a notification fires whoever caused the fall and whether or not its owner is here.
//
// That each arming fires exactly once rests on one thing: the write compares the mod revision of the record that waits.
// The first process to commit moves it, and all other copies, also late ones, can never commit. An election would save
// the losers' requests but would leave everybody waiting when the elected one dies; a part of the order's own
// transaction would bound how many may wait for an event.
type bell struct {
	store   *Store
	mu      sync.Mutex
	waiting map[string]model.Due // by key; the newest arming counts
	missed  []missed
	wake    chan struct{} // holds one element while there is something to do
}

// missed are notifications that waited while the counts of their events may have moved unseen.
type missed struct {
	alarms *model.Alarms
	after  int64 // the revision up to which everything was seen
}

// ringsAtOnce is how many notifications are set at the same time. With more of them, processes would more often set the
// same ones: measured with eight processes and two hundred that are due at once, 16 take three times as long.
const ringsAtOnce = 8

func newBell(s *Store) *bell {
	return &bell{store: s, waiting: map[string]model.Due{}, wake: make(chan struct{}, 1)}
}

// ring has notifications set active, soon.
func (b *bell) ring(due []model.Due) {
	if len(due) == 0 {
		return
	}
	b.mu.Lock()
	for _, d := range due {
		if d.Revision >= b.waiting[d.Key].Revision {
			b.waiting[d.Key] = d
		}
	}
	b.mu.Unlock()
	b.rouse()
}

// lookBack has the history searched for what became due after a revision while nobody saw it.
func (b *bell) lookBack(alarms *model.Alarms, after int64) {
	b.mu.Lock()
	b.missed = append(b.missed, missed{alarms, after})
	b.mu.Unlock()
	b.rouse()
}

func (b *bell) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// run does what is asked for until ctx ends. What is in the way of one notification does not hold up the others, as long
// as it is not in the way of ringsAtOnce.
func (b *bell) run(ctx context.Context) {
	var rings errgroup.Group
	rings.SetLimit(ringsAtOnce)
	var searches sync.WaitGroup
	defer searches.Wait()
	defer rings.Wait() //nolint:errcheck // no member of the group returns an error: each logs its own
	for {
		select {
		case <-b.wake:
		case <-ctx.Done():
			return
		}
		for _, m := range b.takeMissed() {
			searches.Go(func() { b.search(ctx, m) })
		}
		for due, ok := b.next(); ok && ctx.Err() == nil; due, ok = b.next() {
			rings.Go(func() error { b.set(ctx, due); return nil })
		}
	}
}

func (b *bell) takeMissed() []missed {
	b.mu.Lock()
	defer b.mu.Unlock()
	unseen := b.missed
	b.missed = nil
	return unseen
}

// next takes any one of those that wait. Other processes take them in another order, so that they share the work.
func (b *bell) next() (model.Due, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, due := range b.waiting {
		delete(b.waiting, key)
		return due, true
	}
	return model.Due{}, false
}

// moved passes over those whose records have changed since they were armed: most often, another process was faster.
func (b *bell) moved(changes []model.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, change := range changes {
		if due, ok := b.waiting[change.Key]; ok && change.Revision > due.Revision {
			delete(b.waiting, change.Key)
		}
	}
}

// set writes one notification as active, unless its record has moved since it was armed. While the cluster cannot take
// it, it tries again: the others may be gone by then, and the count may have recovered.
func (b *bell) set(ctx context.Context, due model.Due) {
	active := due.Notification
	active.Active = true
	r := request{
		ifs:   []*pb.Compare{unmoved(due.Key, due.Revision)},
		thens: []*pb.RequestOp{putOp(due.Key, active.Encode())},
	}
	for wait := firstWait; ; wait = longer(wait) {
		_, err := b.store.insist(ctx, r, &doubt{})
		if err == nil || ctx.Err() != nil {
			return
		}
		if model.CodeOf(err) != model.CodeUnavailable || !b.store.rest(ctx, wait) {
			b.store.log.Warn("a notification could not be set active", "key", due.Key, "error", err)
			return
		}
	}
}

// search looks through the history of the events that are waited for, as far as the store remembers it.
func (b *bell) search(ctx context.Context, m missed) {
	for wait := firstWait; ; wait = longer(wait) {
		err := b.ringMissed(ctx, m)
		if err == nil || ctx.Err() != nil {
			return
		}
		b.store.log.Warn("what happened before could not be read: a notification may be late", "error", err)
		if model.CodeOf(err) != model.CodeUnavailable || !b.store.rest(ctx, wait) {
			return
		}
	}
}

func (b *bell) ringMissed(ctx context.Context, m missed) error {
	waiting := m.alarms.Waiting()
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(waiting)), readsAtOnce) {
		var reads []*pb.RequestOp
		for _, id := range ids {
			reads = append(reads, getOp(model.EventKey(id)))
		}
		resp, err := b.store.read(ctx, reads...)
		if err != nil {
			return err
		}
		for i, answer := range resp.Responses {
			from := max(m.after+1, waiting[ids[i]])
			found := answer.GetResponseRange().Kvs
			if len(found) == 0 || found[0].ModRevision < from {
				continue
			}
			err = b.store.past(ctx, found[0], from, math.MaxInt, func(kv *mvccpb.KeyValue) {
				b.ring(m.alarms.Apply(model.NewCatalogue(), listed([]*mvccpb.KeyValue{kv})))
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// listNotifications reads who waits for what, as of the catalogue. It rings for those whose moment has come, and has the
// history searched for those whose moment came and went after the revision before: while no process was running, say.
func (f *follower) listNotifications(ctx context.Context, before int64, catalogue *model.Catalogue) error {
	f.alarms = model.NewAlarms()
	reading := scan{store: f.store, prefix: model.PrefixNotification, revision: catalogue.Revision()}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return err
		}
		f.bell.ring(f.alarms.Apply(catalogue, listed(kvs)))
	}
	if before > catalogue.Revision() {
		before = 0 // the store was restored: what was seen is no longer its history
	}
	f.bell.lookBack(f.alarms.Clone(), before)
	return nil
}
