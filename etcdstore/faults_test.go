package etcdstore

import (
	"context"
	"sync"
	"testing"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// fault is what happens to one write on its way to etcd. The zero value lets it pass.
type fault struct {
	err    error         // what the sender is told instead of the answer
	late   chan struct{} // where set, the write is sent only when this is closed, after the sender was told
	stops  bool          // it is never sent
	before func()        // runs before it is sent
	after  func()        // runs before the sender is told
	again  func()        // where set, it arrives twice, with this in between, and the second answer is returned
}

// faults is a bad connection: it decides about each write, numbered from 1.
type faults struct {
	decide func(n int, write *pb.TxnRequest) fault

	mu   sync.Mutex
	n    int
	late sync.WaitGroup
}

// on makes a store use the connection.
func (f *faults) on(cfg *Config) {
	cfg.dialOptions = append(cfg.dialOptions, grpc.WithChainUnaryInterceptor(f.intercept))
}

func (f *faults) intercept(
	ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	write, ok := req.(*pb.TxnRequest)
	if !ok || !writes(write) {
		return invoke(ctx, method, req, reply, cc, opts...)
	}
	f.mu.Lock()
	f.n++
	what := f.decide(f.n, write)
	f.mu.Unlock()
	if what.before != nil {
		what.before()
	}
	var err error
	switch {
	case what.late != nil:
		f.late.Go(func() {
			<-what.late
			_ = invoke(context.WithoutCancel(ctx), method, req, new(pb.TxnResponse), cc) //nolint:errcheck // nobody waits for it
		})
	case what.again != nil:
		if err = invoke(ctx, method, req, new(pb.TxnResponse), cc); err == nil {
			what.again()
			err = invoke(ctx, method, req, reply, cc, opts...)
		}
	case !what.stops:
		err = invoke(ctx, method, req, reply, cc, opts...)
	}
	if what.after != nil {
		what.after()
	}
	if what.err != nil {
		return what.err
	}
	return err
}

// writes says whether a transaction is one of those that this package sends to change something; the mark of the data's
// format does not count.
func writes(txn *pb.TxnRequest) bool {
	for _, op := range txn.Success {
		if put := op.GetRequestPut(); put != nil && !endsIn(put.Key, keyFormat) {
			return true
		}
		if inner := op.GetRequestTxn(); op.GetRequestDeleteRange() != nil || inner != nil && writes(inner) {
			return true
		}
	}
	return false
}

func endsIn(key []byte, suffix string) bool {
	return len(key) >= len(suffix) && string(key[len(key)-len(suffix):]) == suffix
}

// sent returns how many writes there were.
func (f *faults) sent() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

// badConnection opens a store whose writes meet faults.
func (s *shop) badConnection(t *testing.T, decide func(n int, write *pb.TxnRequest) fault) (*Store, *faults) {
	t.Helper()
	f := &faults{decide: decide}
	return s.open(t, f.on), f
}

// first makes only the first write meet a fault.
func first(what fault) func(int, *pb.TxnRequest) fault {
	return func(n int, _ *pb.TxnRequest) fault {
		if n == 1 {
			return what
		}
		return fault{}
	}
}

func nothingHappens(int, *pb.TxnRequest) fault { return fault{} }

var (
	errLost    = status.Error(codes.Unavailable, "error reading from server: EOF")
	errNoSpace = status.Error(codes.ResourceExhausted, "etcdserver: mvcc: database space exceeded")
)
