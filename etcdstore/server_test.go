package etcdstore

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/server/v3/embed"
)

// server is an etcd that a test stops, starts again and wipes, always at the same address.
type server struct {
	t      *testing.T
	dir    string
	socket string
	etcd   *embed.Etcd
}

func startServer(t *testing.T) *server {
	t.Helper()
	dir, err := os.MkdirTemp("", "etcd") //nolint:usetesting // the test's own is too long for a socket's name
	require.NoError(t, err)
	s := &server{t: t, dir: filepath.Join(dir, "data"), socket: filepath.Join(dir, "s")}
	t.Cleanup(func() {
		s.stop()
		require.NoError(t, os.RemoveAll(dir))
	})
	s.start()
	return s
}

func (s *server) start() {
	s.t.Helper()
	cfg := etcdConfig(s.dir)
	cfg.ListenClientUrls = []url.URL{{Scheme: "unix", Path: s.socket}}
	cfg.AdvertiseClientUrls = cfg.ListenClientUrls
	cfg.ListenPeerUrls = nil
	cfg.AdvertisePeerUrls = []url.URL{{Scheme: "unix", Host: "local"}}
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	etcd, err := embed.StartEtcd(cfg)
	require.NoError(s.t, err)
	<-etcd.Server.ReadyNotify()
	s.etcd = etcd
}

func (s *server) stop() {
	if s.etcd != nil {
		s.etcd.Close()
		s.etcd = nil
	}
}

// wipe makes the next start that of an empty store.
func (s *server) wipe() {
	s.t.Helper()
	require.NoError(s.t, os.RemoveAll(s.dir))
}

func (s *server) endpoint() string { return "unix://" + s.socket }

// wire carries a connection to a server, and can hang like a server that was stopped in the middle of its work.
type wire struct {
	gate sync.RWMutex // held while it hangs
}

func (w *wire) connect(t *testing.T, to string) (endpoint string) {
	t.Helper()
	socket := to + "-wire"
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	require.NoError(t, err)
	var copies sync.WaitGroup
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		copies.Wait()
	})
	copies.Go(func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := new(net.Dialer).DialContext(t.Context(), "unix", to)
			if err != nil {
				in.Close()
				continue
			}
			copies.Go(func() { w.carry(in, out) })
			copies.Go(func() { w.carry(out, in) })
		}
	})
	return "unix://" + socket
}

func (w *wire) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		w.gate.RLock()
		_, failed := to.Write(buffer[:n])
		w.gate.RUnlock()
		if err != nil || failed != nil {
			return
		}
	}
}

func (w *wire) hang() { w.gate.Lock() }

func (w *wire) resume() { w.gate.Unlock() }
