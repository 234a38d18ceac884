package etcdstore

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/grpclog"

	"github.com/ticketcd/ticketcd/model"
)

// Config says which cluster to use and how to get in. The names follow etcdctl's flags.
type Config struct {
	Endpoints []string // host:port, http(s)://host:port, or unix:///path of a local store's socket
	CACert    string   // file names; empty for none
	Cert      string
	Key       string
	Username  string // etcd's own user, not a shopper
	Password  string
	Space     string           // what every key of ours begins with, so that a cluster can hold other things; empty for nothing
	Log       *slog.Logger     // nil for none
	Now       func() time.Time // the clock by which events are over; nil for time.Now

	// Direct makes a shorter way to a member that runs in this process, of the way over the network; nil for none.
	Direct func(pb.KVClient) pb.KVClient

	// What only our tests set: faults on the way to etcd.
	dialOptions []grpc.DialOption
	adjust      func(*clientv3.Client)
}

// Store is the shop's data in an etcd cluster. It may be used by any number of goroutines.
type Store struct {
	link         *link
	reads        *client // retries by itself
	writes       *client // never sends a write twice on its own
	log          *slog.Logger
	now          func() time.Time
	mayAskForGap bool // etcd lets us write keys of our own beside the records

	tills      tills      // where orders queue
	room       room       // in a transaction of orders for one event
	commits    convoy     // of orders for different events
	looks      convoy     // likewise, of those who read before they order
	turns      turns      // of all who change the same event
	hashes     *hashQueue // of passwords that are being hashed
	demo       demoHint
	attendance *attendance
	poller     *poller
	lookout    *lookout // nil where there is one endpoint
	leader     leader
	leaderless *model.Board[bool] // whether the cluster is known to have no leader
	fullness   fullness
}

// openPatience is how long Open tries: what is wrong must be said within five seconds, on a busy machine, too.
const openPatience = 4 * time.Second

// Open connects to a cluster and makes sure that it answers and that its data is of a kind that we read. A cluster that
// is still starting is waited for. It fails within five seconds, with [model.CodeUsage] for files and endpoints that
// cannot be used, [model.CodeUnavailable] where no cluster answers, [model.CodeDenied] where it does not let us in, and
// [model.CodeFailed] where it is too old or its data too new.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	link, err := newLink(cfg)
	if err != nil {
		return nil, err
	}
	var why error // as long as it failed for a better reason than that time was up
	for attempt := firstAttempt; ; attempt = min(2*attempt, openPatience) {
		s, err := link.open(ctx, attempt)
		if err == nil {
			return s, nil
		}
		if isFinal(err) {
			return nil, err
		}
		found, final := link.diagnose(ctx, err)
		if why == nil || ctx.Err() == nil {
			why = found
		}
		if final || !pause(ctx, openRetry) {
			return nil, why
		}
	}
}

// Close ends the connections. Calls that are under way fail.
func (s *Store) Close() error {
	if s.lookout != nil {
		defer func() { <-s.lookout.ended }()
	}
	if err := errors.Join(s.reads.Close(), s.writes.Close()); err != nil {
		return model.Wrap(model.CodeFailed, err, "the connection to etcd did not close cleanly")
	}
	return nil
}

// wallClock is what a clock on the wall shows, with which the layout's dates are compared.
func (s *Store) wallClock() time.Time { return model.WallClock(s.now()) }

// pause waits, and says whether ctx goes on after it.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// grpc has one logger for the process, which prints errors to stderr unless it is replaced before grpc is used. The
// terminal belongs to the screens, and every error that matters comes back from a call.
func init() {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
}
