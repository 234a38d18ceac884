package cluster

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

const (
	startPatience = 30 * time.Second // to read a large store from a slow disk; a small one takes milliseconds
	readyPatience = 10 * time.Second // to elect itself, on a slow disk as well
	stopPatience  = 3 * time.Second
)

// errStuck says that a member neither runs nor stops: its files must be left alone until this process ends.
var errStuck = errors.New("the etcd member does not stop")

// member is one etcd member in this process.
type member struct {
	socket string
	etcd   *embed.Etcd
	front  *front     // nil before it serves clients
	failed chan error // why the member cannot go on: one reason
	log    *boundedFile
}

// startMember runs a member on the data, and returns when it has elected itself. It listens on the socket from serve on.
func startMember(data, socket, log string) (*member, error) {
	m, err := startEtcd(memberConfig(data, socket), log)
	if err != nil {
		return nil, err
	}
	m.socket = socket
	late := time.AfterFunc(readyPatience, func() { m.fail(errors.New("etcd does not become ready")) })
	defer late.Stop()
	if err = m.wait(m.etcd.Server.ReadyNotify()); err != nil {
		return nil, errors.Join(err, m.stop())
	}
	return m, nil
}

// startEtcd runs a member, which need not be ready when it returns.
func startEtcd(cfg *embed.Config, log string) (*member, error) {
	m := &member{failed: make(chan error, 1), log: &boundedFile{name: log, limit: maxLog}}
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(newMemberLog(m.log, m.fail))
	if err := m.launch(cfg); err != nil {
		return nil, errors.Join(err, m.stop())
	}
	return m, nil
}

// MaxTxnOps is how many operations, and how many compares, the members allow in a transaction.
const MaxTxnOps = 512

// shopConfig is what members of every kind have in common. What is not set here is etcd's default, above all what makes a
// write durable.
func shopConfig(data string) *embed.Config {
	cfg := embed.NewConfig()
	cfg.Dir = data
	cfg.AutoCompactionMode = embed.CompactorModePeriodic
	cfg.AutoCompactionRetention = "1h"            // as far back as the event screen shows history
	cfg.QuotaBackendBytes = 2 << 30               // beyond that, writes are refused before the disk is full
	cfg.WatchProgressNotifyInterval = time.Second // so that who watches knows how old its view is
	cfg.MaxConcurrentStreams = 1000               // per client; all watches of a client share one
	cfg.MaxTxnOps = MaxTxnOps                     // so that more orders share a transaction
	cfg.EnableGRPCGateway = false
	cfg.EnablePprof = false
	return cfg
}

// memberConfig is etcd's configuration for the only member of a store.
func memberConfig(data, socket string) *embed.Config {
	cfg := shopConfig(data)

	// It opens no port: an only member has nobody to talk to, and the front lets the clients in. Its name and peer URL are
	// fixed, and not made from the directory, so that the directory can be moved.
	cfg.Name = "local"
	cfg.ListenPeerUrls, cfg.ListenClientUrls = nil, nil
	cfg.AdvertisePeerUrls = []url.URL{{Scheme: "unix", Host: "local"}}
	cfg.AdvertiseClientUrls = []url.URL{{Scheme: "unix", Path: socket}}
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	cfg.InitialClusterToken = "ticketcd"

	electAtOnce(cfg)
	return cfg
}

// electAtOnce is for an only member. Nobody can outvote it, so it need not wait before it elects itself: this takes half a
// second off each start and take-over.
func electAtOnce(cfg *embed.Config) {
	cfg.TickMs = 20
	cfg.ElectionMs = 100
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

// wait returns nil when done is closed, and what went wrong if the member ends before.
func (m *member) wait(done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case err := <-m.failed:
		return err
	case <-m.etcd.Server.StopNotify():
		return errors.Join(errors.New("etcd stopped"), m.lastWords())
	case err := <-m.etcd.Err():
		return errors.Join(errors.New("etcd stopped listening"), err)
	}
}

// fail notes why the member cannot go on. Only the first reason counts.
func (m *member) fail(err error) {
	select {
	case m.failed <- err:
	default:
	}
}

// lastWords is why the member cannot go on, or nil.
func (m *member) lastWords() error {
	select {
	case err := <-m.failed:
		return err
	default:
		return nil
	}
}

// stop ends the member and frees its files. Calls in flight are answered first, if that is quick.
func (m *member) stop() error {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		if m.front != nil {
			m.front.close()
		}
		if m.etcd != nil {
			m.etcd.Close()
		}
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
