package etcdstore

import (
	"context"
	"math"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/namespace"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
)

// client is etcd's client library, and a way for transactions that are made of etcd's own messages (see ops.go). It is the
// library's own way, with the library's own options.
type client struct {
	*clientv3.Client
	kv      pb.KVClient
	options []grpc.CallOption
}

// libraryOptions are those with which the library makes its calls, and which it keeps to itself: the most that may be sent is
// what a member takes, and something for the framing; what is received may be as much as somebody has stored.
func libraryOptions() []grpc.CallOption {
	return []grpc.CallOption{
		grpc.WaitForReady(true), grpc.MaxCallSendMsgSize(2 << 20), grpc.MaxCallRecvMsgSize(math.MaxInt32),
	}
}

// txn sends a transaction.
func (c *client) txn(ctx context.Context, r request) (*pb.TxnResponse, error) {
	resp, err := c.kv.Txn(ctx, r.message(), c.options...)
	return resp, clientv3.ContextError(ctx, err)
}

// client makes a client that sends a request at most so many times by itself; 0 is the library's default of 100. It
// connects by itself, and outlives ctx. Only where etcd's own user and password are needed is an answer waited for.
func (l *link) client(ctx context.Context, sends uint) (*client, error) {
	deadline, _ := ctx.Deadline()
	etcd, err := clientv3.New(clientv3.Config{
		Endpoints:            l.Endpoints,
		TLS:                  l.tls,
		Username:             l.Username,
		Password:             l.Password,
		DialTimeout:          max(time.Until(deadline), time.Millisecond),
		DialKeepAliveTime:    10 * time.Second, // grpc allows no less
		DialKeepAliveTimeout: 3 * time.Second,
		MaxUnaryRetries:      sends,
		Logger:               zap.NewNop(),
		DialOptions: append([]grpc.DialOption{grpc.WithConnectParams(grpc.ConnectParams{
			// A server that was away is found again within a second, not within grpc's two minutes.
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second},
			MinConnectTimeout: 3 * time.Second,
		})}, l.dialOptions...),
	})
	if err != nil {
		return nil, readFailure(err)
	}
	kv := clientv3.RetryKVClient(etcd)
	if l.Direct != nil {
		kv = l.Direct(kv)
	}
	if l.Space != "" {
		kv, etcd.Watcher = spaced{kv, l.Space}, namespace.NewWatcher(etcd.Watcher, l.Space)
	}
	etcd.KV = clientv3.NewKVFromKVClient(kv, etcd)
	if l.adjust != nil {
		l.adjust(etcd)
	}
	return &client{etcd, kv, libraryOptions()}, nil
}
