package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/tlsutil"
	"go.etcd.io/etcd/client/pkg/v3/transport"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"google.golang.org/grpc"

	"github.com/ticketcd/ticketcd/model"
)

// handOverPatience is how long a leader that is to end tries to make another member the leader.
const handOverPatience = 1500 * time.Millisecond

// What a member's process is told, a line each, and what it answers. When the orders end, whoever ran it is gone.
const (
	orderStop = "stop" // one member: another one is to lead
	orderHalt = "halt" // all members

	answerStarted = "started" // it listens, and takes part in elections
	answerReady   = "ready"   // the cluster has accepted it: it serves clients
	answerFailed  = "failed: "
)

// peer is this process's member of a cluster.
type peer struct {
	*member
	calls atomic.Pointer[grpc.Server] // nil until it is ready
}

// RunMember is the whole life of a member's process: [Launch] starts it as PROGRAM member DIR NAME. It returns nil after
// it was told to end, by an order or by the end of ctx, and at once when orders end, because then the process that started
// it has ended: so end this one, too.
func RunMember(ctx context.Context, dir, name string, orders io.Reader, answers io.Writer) error {
	heard := make(chan string)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for lines := bufio.NewScanner(orders); lines.Scan(); {
			heard <- lines.Text()
		}
	}()
	ended := make(chan error, 1)
	go func() { ended <- runPeer(ctx, dir, name, heard, answers) }()
	select {
	case err := <-ended:
		return err
	case <-gone:
		return model.Errorf(model.CodeFailed, "member %s ends because the process that ran it has ended", name)
	}
}

func runPeer(ctx context.Context, dir, name string, orders <-chan string, answers io.Writer) error {
	p, err := startPeer(dir, name)
	if err != nil {
		err = describe(filepath.Join(dir, clusterName, name), err)
		say(answers, answerFailed+model.Sentence(err))
		return err
	}
	say(answers, answerStarted)
	failed := make(chan error, 1)
	go func() { failed <- p.wait(nil) }()
	ready := p.etcd.Server.ReadyNotify()
	for {
		select {
		case <-ready:
			say(answers, answerReady)
			ready = nil
		case order := <-orders:
			return p.end(order == orderStop)
		case <-ctx.Done():
			return p.end(true)
		case err := <-failed:
			err = describe(filepath.Join(dir, clusterName, name), err)
			say(answers, answerFailed+model.Sentence(err))
			return err
		}
	}
}

// say tells the process that runs this one. If that is gone, RunMember learns it from the end of the orders.
func say(answers io.Writer, line string) {
	fmt.Fprintln(answers, strings.ReplaceAll(line, "\n", " ")) //nolint:errcheck // see above
}

func startPeer(dir, name string) (*peer, error) {
	l, err := readLayout(dir)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, model.Errorf(model.CodeNotFound, "there is no cluster in %s", dir)
	}
	s, err := l.seat(name)
	if err != nil {
		return nil, err
	}
	own := filepath.Join(dir, clusterName, name)
	if err = os.MkdirAll(own, 0o700); err != nil {
		return nil, err
	}
	cfg, err := peerConfig(dir, l, s)
	if err != nil {
		return nil, err
	}
	if err = preparePeer(cfg.Dir, l.Made); err != nil {
		return nil, err
	}
	p := &peer{}
	cfg.ServiceRegister = p.calls.Store
	p.member, err = startEtcd(cfg, filepath.Join(own, logName))
	return p, err
}

// preparePeer looks through the member's data. A member that has lost them must not take part again under its name as if
// it knew nothing: it could then vote for one that does not know what was acknowledged.
func preparePeer(data string, made bool) error {
	if !made {
		return nil
	}
	if !wal.Exist(filepath.Join(data, "member", "wal")) {
		return model.Errorf(model.CodeFailed, "the data in %s are gone; put back a copy", data)
	}
	return errors.Join(checkRoom(filepath.Dir(data), oldStoreRoom), checkDatabase(data))
}

// peerConfig is etcd's configuration for a member of a cluster. Unless it is the only one, it elects with etcd's own
// patience of a second: members on a small machine that is busy must not take each other for dead.
func peerConfig(dir string, l *layout, own seat) (*embed.Config, error) {
	cfg := shopConfig(filepath.Join(dir, clusterName, own.Name, dataName))
	cfg.Name = own.Name
	cfg.InitialClusterToken = l.Token

	if len(l.Seats) == 1 {
		electAtOnce(cfg)
	}

	// A member that was away for less than 5000 changes is told those; after more it is sent the whole data.
	cfg.SnapshotCount = 10_000
	cfg.SnapshotCatchUpEntries = 5_000

	var everybody []string
	for _, s := range l.Seats {
		everybody = append(everybody, s.Name+"="+l.peerURL(s))
	}
	cfg.InitialCluster = strings.Join(everybody, ",")
	clients, err := url.Parse(l.url(own.ClientPort))
	if err != nil {
		return nil, err
	}
	peers, err := url.Parse(l.url(own.PeerPort))
	if err != nil {
		return nil, err
	}
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{*clients}, []url.URL{*clients}
	advertised, err := url.Parse(l.peerURL(own))
	if err != nil {
		return nil, err
	}
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = []url.URL{*peers}, []url.URL{*advertised}
	if !l.TLS {
		cfg.HostWhitelist = map[string]struct{}{loopback: {}, "localhost": {}} // web pages name other hosts
		return cfg, nil
	}
	files := certificatesIn(dir)
	cfg.TlsMinVersion = string(tlsutil.TLSVersion13)
	cfg.ClientTLSInfo = transport.TLSInfo{
		CertFile: files.member, KeyFile: files.memberKey, TrustedCAFile: files.authority, ClientCertAuth: true,
	}
	cfg.PeerTLSInfo = cfg.ClientTLSInfo
	cfg.PeerTLSInfo.AllowedCNs = []string{memberSubject} // a client is no member
	return cfg, nil
}

// end ends the member: it stops leading, if it is to hand over, answers the calls in flight, if that is quick, and closes
// its files. What it still has to say to other members is not waited for: this process ends.
func (p *peer) end(handOver bool) error {
	if handOver {
		p.handOver()
	}
	go p.etcd.Close() // sends clients away, and then waits for the last of them for as long as it likes
	cut := time.AfterFunc(drainPatience, func() {
		if calls := p.calls.Load(); calls != nil {
			calls.Stop()
		}
		p.etcd.Server.HardStop()
	})
	defer cut.Stop()
	patience := time.NewTimer(stopPatience)
	defer patience.Stop()
	select {
	case <-p.etcd.Server.StopNotify():
		return p.log.Close()
	case <-patience.C:
		return errStuck
	}
}

// handOver makes another member the leader, if this one is and another one can.
func (p *peer) handOver() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := p.etcd.Server.TryTransferLeadershipOnShutdown(); err != nil {
			return // the others will hold an election when this one is gone
		}
	}()
	patience := time.NewTimer(handOverPatience)
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
	}
}
