package cluster

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"time"

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
	m.front = &front{
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

// close answers the calls in flight, if that is quick, and ends all connections. It removes the socket.
func (f *front) close() {
	timer := time.AfterFunc(drainPatience, f.server.Stop)
	defer timer.Stop()
	f.server.GracefulStop()
	<-f.ended
}
