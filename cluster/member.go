package cluster

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"google.golang.org/grpc"
)

const (
	startPatience = 30 * time.Second       // to read a large store from a slow disk; a small one takes milliseconds
	readyPatience = 10 * time.Second       // to elect itself and say so, on a slow disk as well
	drainPatience = 100 * time.Millisecond // for commits in flight to be answered; watches never end by themselves
	stopPatience  = 3 * time.Second
)

// errStuck says that a member neither runs nor stops: its files must be left alone until this process ends.
var errStuck = errors.New("the etcd member does not stop")

// member is one etcd member in this process.
type member struct {
	etcd   *embed.Etcd
	server *grpc.Server
	served chan struct{} // closed when server is set
	failed chan error    // why the member cannot go on: one reason
	log    *boundedFile
}

// startMember runs a member on the data and returns when it serves clients on the socket, if there is one.
func startMember(data, socket, log string) (*member, error) {
	m := &member{served: make(chan struct{}), failed: make(chan error, 1), log: &boundedFile{name: log, limit: maxLog}}
	cfg := memberConfig(data, socket)
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(newMemberLog(m.log, m.fail))
	cfg.ServiceRegister = func(server *grpc.Server) {
		m.server = server
		close(m.served)
	}
	err := m.launch(cfg)
	if err == nil {
		err = m.ready(socket)
	}
	if err != nil {
		return nil, errors.Join(err, m.stop())
	}
	return m, nil
}

// memberConfig is etcd's configuration for the only member of a store. What is not set here is etcd's default, above all
// what makes a write durable.
func memberConfig(data, socket string) *embed.Config {
	cfg := embed.NewConfig()
	cfg.Dir = data
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = nil, nil
	if socket != "" {
		cfg.ListenClientUrls = []url.URL{{Scheme: "unix", Path: socket}}
		cfg.AdvertiseClientUrls = cfg.ListenClientUrls
	}

	// An only member has nobody to talk to, so it does not listen for peers. Its name and peer URL are fixed, and not made
	// from the directory, so that the directory can be moved.
	cfg.Name = "local"
	cfg.ListenPeerUrls = nil
	cfg.AdvertisePeerUrls = []url.URL{{Scheme: "unix", Host: "local"}}
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	cfg.InitialClusterToken = "ticketcd"

	// Nobody can outvote an only member, so it need not wait long before it elects itself: these take a second off each
	// start and take-over.
	cfg.TickMs = 20
	cfg.ElectionMs = 100

	cfg.AutoCompactionMode = embed.CompactorModePeriodic
	cfg.AutoCompactionRetention = "1h"            // the history that the event screen can show
	cfg.QuotaBackendBytes = 2 << 30               // then writes are refused, and the disk is not filled
	cfg.WatchProgressNotifyInterval = time.Second // how old a quiet watch can be without noticing
	cfg.MaxConcurrentStreams = 1000               // per client; a client's watches share one
	cfg.EnableGRPCGateway = false
	cfg.EnablePprof = false
	cfg.ListenMetricsUrls = nil
	return cfg
}

// launch calls StartEtcd in a goroutine of its own, so that a panic or etcd's last words end that and not the process.
func (m *member) launch(cfg *embed.Config) error {
	type outcome struct {
		etcd *embed.Etcd
		err  error
	}
	started := make(chan outcome, 1)
	go func() {
		o := outcome{err: errors.New("etcd gave up")}
		defer func() {
			if r := recover(); r != nil {
				o.err = fmt.Errorf("etcd panicked: %v", r)
			}
			started <- o
		}()
		o.etcd, o.err = embed.StartEtcd(cfg)
	}()

	patience := time.NewTimer(startPatience)
	defer patience.Stop()
	var words error
	for {
		select {
		case o := <-started:
			m.etcd = o.etcd
			return errors.Join(words, m.lastWords(), o.err)
		case words = <-m.failed:
			patience.Reset(stopPatience) // the goroutine that has ended may be one that StartEtcd waits for
		case <-patience.C:
			return errors.Join(words, errStuck)
		}
	}
}

// ready returns when the member has elected itself, and serves clients if they have a socket.
func (m *member) ready(socket string) error {
	late := time.AfterFunc(readyPatience, func() { m.fail(errors.New("etcd does not become ready")) })
	defer late.Stop()
	if socket == "" {
		return m.wait(m.etcd.Server.ReadyNotify())
	}
	if err := m.wait(m.served); err != nil {
		return err
	}
	return os.Chmod(socket, 0o600)
}

// wait returns nil when done is closed, and what went wrong if the member ends before.
func (m *member) wait(done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case err := <-m.failed:
		return err
	case err := <-m.etcd.Err():
		return errors.Join(errors.New("etcd stopped serving"), err, m.lastWords())
	case <-m.etcd.Server.StopNotify():
		return errors.Join(errors.New("etcd stopped"), m.lastWords())
	}
}

// fail notes why the member cannot go on. Only the first reason counts.
func (m *member) fail(err error) {
	select {
	case m.failed <- err:
	default:
	}
}

// lastWords is what etcd said when it could not go on, or nil.
func (m *member) lastWords() error {
	select {
	case err := <-m.failed:
		return err
	default:
		return nil
	}
}

// stop ends the member and frees its files and its socket. Calls in flight are answered first, if that is quick.
func (m *member) stop() error {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		m.close()
	}()
	patience := time.NewTimer(stopPatience)
	defer patience.Stop()
	select {
	case <-closed:
		return m.log.Close()
	case <-patience.C:
		return errStuck
	}
}

// close does for etcd what its own Close waits for: without an end, if the member has not become ready, and for seconds,
// until all watches have ended.
func (m *member) close() {
	if m.etcd == nil {
		return
	}
	select {
	case <-m.served:
		timer := time.AfterFunc(drainPatience, m.server.Stop)
		defer timer.Stop()
		m.server.GracefulStop()
	default:
		m.etcd.Server.HardStop()
	}
	m.etcd.Close()
}
