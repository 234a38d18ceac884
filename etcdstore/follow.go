package etcdstore

import (
	"context"
	"errors"
	"time"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/connectivity"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// probeEvery is how often a member is asked to say something. It answers with its progress, not with data.
	probeEvery = time.Second
	// longestSilence is how long nothing may be heard before what is shown counts as stale.
	longestSilence = 3 * time.Second

	relistWait    = 100 * time.Millisecond // before the shop is read again; doubled each time
	longestRelist = 2 * time.Second
	// waitingResponses is how many responses may pile up while a fold is under way; beyond that, etcd's client keeps them.
	waitingResponses = 256
)

// Why a watch ends, other than by an error of etcd's.
var (
	errSilent       = errors.New("nothing has been heard from the member")
	errDisconnected = errors.New("the connection was lost")
	errReplaced     = errors.New("the store is behind what was read: it was restored, or the member lags")
)

// Follow keeps live up to date until ctx ends. It reads the shop at one revision, then watches from the next one on, so
// that nothing is missed and nothing is shown by halves: what one transaction wrote appears at once. One Follow serves
// any number of sessions; a burst of changes is folded together.
//
// Whatever ends the watch (a lost connection, a member that hangs for three seconds, a cluster without a leader,
// compaction), live at once says that it is stale, since when and why, and keeps showing the last shop; then the shop is
// read again, with growing pauses, until it is fresh. A store that was wiped or restored from a backup is shown as it is
// now, even if its revision is lower.
func (s *Store) Follow(ctx context.Context, live *model.Live) {
	f := follower{store: s, live: live, logged: map[string]string{}}
	f.shop, _ = live.Shop()
	f.heard = s.now()
	for wait := relistWait; ; wait = min(2*wait, longestRelist) {
		began := time.Now()
		err := f.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		s.log.Warn("the shop is not being followed", "error", err)
		f.stale(err)
		if time.Since(began) > 2*longestSilence {
			wait = relistWait
		}
		if !pause(ctx, jittered(wait)) {
			return
		}
	}
}

// follower is one Follow under way.
type follower struct {
	store   *Store
	live    *model.Live
	shop    model.Shop // as last published
	cluster uint64     // which cluster it was read from
	heard   time.Time  // when the store last answered
	logged  map[string]string
}

// follow lists, then watches until something goes wrong.
func (f *follower) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(clientv3.WithRequireLeader(ctx))
	defer cancel()
	catalogue, err := f.list(ctx)
	if err != nil {
		return err
	}
	responses, err := f.watch(ctx, catalogue.Revision()+1)
	if err != nil {
		return err
	}
	f.heard = f.store.now()
	f.publish(model.Shop{Catalogue: catalogue, Loaded: true})
	return f.listen(ctx, responses)
}

// list reads all that the catalogue holds, at one revision.
func (f *follower) list(ctx context.Context) (*model.Catalogue, error) {
	catalogue, reading := model.NewCatalogue(), scan{store: f.store}
	for _, prefix := range []string{model.PrefixEvent, model.PrefixTicket} {
		reading.prefix = prefix
		for kvs, err := range reading.pages(ctx) {
			if err != nil {
				return nil, err
			}
			changes := make([]model.Change, len(kvs))
			for i, kv := range kvs {
				changes[i] = change(kv, false)
			}
			catalogue = f.fold(catalogue, reading.revision, changes)
		}
	}
	f.cluster = reading.cluster
	return catalogue, nil
}

// watch opens one watch of the whole key space. The channel is read at once and at any time, however long a fold takes.
func (f *follower) watch(ctx context.Context, revision int64) (<-chan clientv3.WatchResponse, error) {
	ctx, cancel := context.WithCancel(ctx)
	hung := time.AfterFunc(longestSilence, cancel)
	source := f.store.reads.Watch(ctx, "", clientv3.WithPrefix(), clientv3.WithRev(revision), clientv3.WithFragment())
	if !hung.Stop() {
		return nil, errSilent
	}
	responses := make(chan clientv3.WatchResponse, waitingResponses)
	go func() {
		defer cancel()
		defer close(responses)
		for response := range source {
			select {
			case responses <- response:
			case <-ctx.Done():
				return
			}
		}
	}()
	return responses, nil
}

// listen folds what the watch says until it ends or falls silent.
func (f *follower) listen(ctx context.Context, responses <-chan clientv3.WatchResponse) error {
	probe := time.NewTicker(probeEvery)
	defer probe.Stop()
	silence := time.NewTimer(longestSilence)
	defer silence.Stop()
	disconnected := f.disconnected(ctx)
	for {
		select {
		case response, ok := <-responses:
			if !ok {
				return errDisconnected
			}
			silence.Reset(longestSilence)
			if err := f.take(response, responses); err != nil {
				return err
			}
		case <-probe.C:
			f.ask(ctx)
		case <-disconnected:
			return errDisconnected
		case <-silence.C:
			if len(responses) == 0 {
				return errSilent
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ask has the member say something. Where even the question cannot be sent, the silence that follows says so.
func (f *follower) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeEvery/2)
	defer cancel()
	if err := f.store.reads.RequestProgress(ctx); err != nil {
		f.store.log.Debug("the member could not be asked for its progress", "error", err)
	}
}

// disconnected returns a channel that is closed as soon as no member is connected, long before the silence is noticed.
func (f *follower) disconnected(ctx context.Context) <-chan struct{} {
	lost := make(chan struct{})
	conn := f.store.reads.ActiveConnection()
	go func() {
		defer close(lost)
		for conn.GetState() == connectivity.Ready && conn.WaitForStateChange(ctx, connectivity.Ready) {
		}
	}()
	return lost
}

// take folds a response, together with all others that are waiting, and publishes once.
func (f *follower) take(response clientv3.WatchResponse, waiting <-chan clientv3.WatchResponse) error {
	f.heard = f.store.now()
	revision := f.shop.Catalogue.Revision()
	var changes []model.Change
	for more := true; more; {
		if err := response.Err(); err != nil {
			return err
		}
		if response.Header.Revision < revision || response.Header.ClusterId != f.cluster {
			return errReplaced
		}
		for _, event := range response.Events {
			if event.Kv.ModRevision > f.shop.Catalogue.Revision() { // a resumed watch may repeat some
				changes = append(changes, change(event.Kv, event.Type == mvccpb.DELETE))
				revision = event.Kv.ModRevision
			}
		}
		select {
		case response, more = <-waiting:
		default:
			more = false
		}
	}
	if len(changes) > 0 {
		f.publish(model.Shop{Catalogue: f.fold(f.shop.Catalogue, revision, changes), Loaded: true})
	}
	return nil
}

func change(kv *mvccpb.KeyValue, deleted bool) model.Change {
	return model.Change{Key: string(kv.Key), Value: kv.Value, Deleted: deleted, Revision: kv.ModRevision}
}

// fold applies changes. What cannot be read is logged once, not each time that the shop is read again.
func (f *follower) fold(catalogue *model.Catalogue, revision int64, changes []model.Change) *model.Catalogue {
	catalogue, problems := catalogue.With(revision, changes)
	for _, problem := range problems {
		if reason := problem.Err.Error(); f.logged[problem.Key] != reason {
			f.logged[problem.Key] = reason
			f.store.log.Warn("a record cannot be read and is not shown", "key", problem.Key, "error", reason)
		}
	}
	return catalogue
}

func (f *follower) publish(shop model.Shop) {
	f.shop = shop
	f.live.Publish(shop)
}

// stale publishes the last shop once more, with what is the matter. Nobody is woken to hear the same again.
func (f *follower) stale(err error) {
	shop := f.shop
	shop.Why = whyStale(err, shop.Loaded)
	if shop.Loaded && !shop.Stale {
		shop.Stale, shop.Since = true, f.heard
	}
	if shop != f.shop {
		f.publish(shop)
	}
}

// whyStale says in words what keeps the shop from being fresh.
func whyStale(err error, loaded bool) string {
	var reported *model.Error
	cause := err
	if errors.As(err, &reported) && reported.Err != nil {
		cause = reported.Err
	}
	asOf := ""
	if loaded {
		asOf = ": counts are as of then"
	}
	denied := denial(cause)
	switch {
	case isNoLeader(cause):
		return "the cluster has no leader: sales are paused"
	case denied != nil:
		return denied.Message
	case isForgotten(cause), errors.Is(cause, errReplaced):
		return "the shop is being read again" + asOf
	case errors.Is(cause, errSilent):
		return "the store does not answer" + asOf
	default:
		return "the connection to the store is lost" + asOf
	}
}
