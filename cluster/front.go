package cluster

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

const (
	// drainPatience is how long calls in flight have to be answered; watches never end by themselves.
	drainPatience = 100 * time.Millisecond

	// helloPatience is how long a client has to say hello. Closing waits for those who have not: a client may be suspended
	// in the midst of it.
	helloPatience = time.Second
)

// front is where clients reach a member. It takes the place of etcd's own, which has the same services, but takes seconds
// to close while somebody watches, and does not end at all while somebody is connected and silent.
type front struct {
	server *grpc.Server
	ended  chan struct{}

	// The side door, for calls from this process: see [Local.Direct].
	kv      pb.KVServer
	mu      sync.Mutex
	closed  bool
	inside  sync.WaitGroup
	closing context.Context // ends when calls in flight have had their time
	hurry   context.CancelFunc
}

// serve lets clients in at the socket. A file that a killed host has left there is removed: the caller holds the lock.
func (m *member) serve() error {
	if err := os.Remove(m.socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: m.socket})
	if err != nil {
		return err
	}
	if err = os.Chmod(m.socket, 0o600); err != nil {
		return errors.Join(err, listener.Close())
	}
	closing, hurry := context.WithCancel(context.Background())
	m.front = &front{
		kv: v3rpc.NewQuotaKVServer(m.etcd.Server), closing: closing, hurry: hurry,
		server: v3rpc.Server(m.etcd.Server, nil, nil,
			grpc.ConnectionTimeout(helloPatience),
			grpc.WaitForHandlers(true),
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: embed.DefaultGRPCKeepAliveMinTime}),
		),
		ended: make(chan struct{}),
	}
	go func() {
		defer close(m.front.ended)
		if err := m.front.server.Serve(listener); err != nil {
			m.fail(err)
		}
	}()
	return nil
}

// enter lets a call of this process in, unless the front is closed. Whoever is in calls leave.
func (f *front) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.inside.Add(1)
	}
	return !f.closed
}

func (f *front) leave() { f.inside.Done() }

// close answers the calls in flight, if that is quick, and ends all connections. It removes the socket. After it nobody is
// inside: a call that went on would read files that are closed.
func (f *front) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	timer := time.AfterFunc(drainPatience, func() {
		f.hurry()
		f.server.Stop()
	})
	defer timer.Stop()
	f.server.GracefulStop()
	<-f.ended
	f.inside.Wait()
	f.hurry()
}
