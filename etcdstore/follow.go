package etcdstore

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/metadata"

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
	errRecount      = errors.New("the statistics are to be counted from now on, or no longer") // nothing is wrong
)

// Follow keeps live up to date until ctx ends. It reads the shop at one revision and watches from there on, so that
// nothing is missed and nothing is shown by halves: what one transaction wrote appears at once. One Follow serves
// any number of sessions; a burst of changes is folded together.
//
// The records of a user are part of it while somebody attends as that user; see [Store.Attend]. So are the statistics
// while one of them is an admin; see tally.go. Follow also sets the notifications active whose moment has come; see
// notifier.go.
//
// Whatever ends the watch (a lost connection, a member that hangs for three seconds, a cluster without a leader,
// compaction), live at once says that it is stale, since when and why, and keeps showing the last shop; then the shop is
// read again, with growing pauses, until it is fresh. A store that was wiped or restored from a backup is shown as it is
// now, even if its revision is lower.
func (s *Store) Follow(ctx context.Context, live *model.Live) {
	f := follower{store: s, live: live, logged: map[string]string{}, notifier: newNotifier(s)}
	f.shop, _ = live.Shop()
	f.heard = s.now()
	var firing sync.WaitGroup
	firing.Go(func() { f.notifier.run(ctx) })
	defer firing.Wait()
	for wait := relistWait; ; wait = min(2*wait, longestRelist) {
		began := time.Now()
		err := f.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		f.stale(err)
		if time.Since(began) > 2*longestSilence {
			wait = relistWait
		}
		if f.rest(ctx, jittered(wait)); ctx.Err() != nil {
			return
		}
	}
}

// follower is one Follow under way.
type follower struct {
	store    *Store
	live     *model.Live
	shop     model.Shop // as last published
	cluster  uint64     // which cluster it was read from
	heard    time.Time  // when the store last answered
	logged   map[string]string
	trouble  []string // what was logged to be the matter since the shop was last followed
	armed    *model.ArmedNotifications
	notifier *notifier
	tally    tally
}

// follow lists, then watches until something goes wrong.
func (f *follower) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ownStream(clientv3.WithRequireLeader(ctx)))
	defer cancel()
	before := f.shop.Catalogue.Revision()
	catalogue, err := f.list(ctx)
	if err != nil {
		return err
	}
	if err = f.listNotifications(ctx, before, catalogue); err != nil {
		return err
	}
	people, err := f.meet(ctx, model.People{}, catalogue.Revision())
	if err != nil {
		return err
	}
	shop := model.Shop{Catalogue: catalogue, People: people, Statistics: f.shop.Statistics, Loaded: true}
	for {
		if err = f.watchAndListen(ctx, shop); !errors.Is(err, errRecount) {
			return err
		}
		shop = f.shop
	}
}

// watchAndListen shows a shop, and follows it from there on.
func (f *follower) watchAndListen(ctx context.Context, shop model.Shop) error {
	ctx, cancel := context.WithCancel(ctx)
	defer f.tally.end()
	defer cancel()
	responses, err := f.watch(ctx, shop.Catalogue.Revision(), adminIsHere(shop.People))
	if err != nil {
		return err
	}
	f.heard = f.store.now()
	f.tally = tally{}
	if adminIsHere(shop.People) {
		f.tally = f.count(ctx, shop.Catalogue)
	} else {
		shop.Statistics = nil
	}
	if shop != f.shop {
		f.publish(shop)
	}
	return f.listen(ctx, responses)
}

// ownStream has the watches of ctx travel on a connection stream of their own: etcd's client shares one among all with the
// same metadata. After a lost connection it resumes the stream's former watches too, and as long as one of them waits for
// a revision to come, the member does not say how far it is and cannot be told from one that hangs.
func ownStream(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "ticketcd-stream", rand.Text())
}

// list reads all that the catalogue holds, at one revision.
func (f *follower) list(ctx context.Context) (*model.Catalogue, error) {
	catalogue, read := model.NewCatalogue().Edit(), map[string]int{}
	reading := scan{store: f.store, prefix: model.PrefixEvent, then: model.PrefixTicket}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return nil, err
		}
		changes := listed(kvs)
		f.report(changes, catalogue.Apply(changes))
		read[reading.at] += len(kvs)
		f.arrived(model.Arrival{Tickets: reading.at == model.PrefixTicket, Read: read[reading.at], Total: reading.total})
	}
	f.cluster = reading.cluster
	return catalogue.Commit(reading.revision), nil
}

// arrived tells those who wait for the first list how far it is.
func (f *follower) arrived(so model.Arrival) {
	if f.live != nil && !f.shop.Loaded {
		shop := f.shop
		shop.Arrival = so
		f.publish(shop)
	}
}

// watch opens one watch of the whole key space, from the revision that was read: its changes come once more and are
// passed over. From the next one on would do but for one thing: a member does not say how far it is, and so cannot be
// told from one that hangs, as long as it has nothing that is new to the watch.
//
// What etcd sends is taken at once, however long a fold takes. To say what each value replaced costs the member a read for
// every change, so it is asked to only where that is needed.
func (f *follower) watch(ctx context.Context, revision int64, replaced bool) (<-chan clientv3.WatchResponse, error) {
	ctx, cancel := context.WithCancel(ctx)
	hung := time.AfterFunc(longestSilence, cancel)
	options := []clientv3.OpOption{clientv3.WithPrefix(), clientv3.WithRev(revision), clientv3.WithFragment()}
	if replaced {
		options = append(options, clientv3.WithPrevKV())
	}
	source := f.store.reads.Watch(ctx, "", options...)
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
	_, led := f.store.leaderless.Read()
	_, filled := f.store.fullness.board.Read()
	for {
		select {
		case <-filled:
			_, filled = f.store.fullness.board.Read()
			f.publish(f.shop)
		case <-led:
			_, led = f.store.leaderless.Read()
			f.led(ctx)
		case response, ok := <-responses:
			if !ok {
				return errDisconnected
			}
			silence.Reset(longestSilence)
			if err := f.take(response, responses); err != nil {
				return err
			}
		case <-f.store.attendance.changes():
			people, err := f.meet(ctx, f.shop.People, f.shop.Catalogue.Revision())
			if err != nil {
				return err
			}
			if shop := f.shop; people != shop.People {
				shop.People = people
				f.publish(shop)
			}
			if adminIsHere(people) != f.tally.on {
				return errRecount
			}
		case counted := <-f.tally.counted:
			if counted == nil {
				return errRecount
			}
			f.takeCount(counted)
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
