package cluster

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gofrs/flock"

	"github.com/ticketcd/ticketcd/model"
)

// defaultNodes is how many members a new cluster has if nobody says otherwise.
const defaultNodes = 5

// ErrRunning says that another process runs the members of the cluster, so that this one can only join.
var ErrRunning = errors.New("the cluster is running already")

// MembersConfig says which cluster to run.
type MembersConfig struct {
	Dir      string            // the data directory; created for its owner only if it is absent
	Nodes    int               // 1, 3, 5 or 7; 0 for as many as the cluster has, or 5 if it is new
	Insecure bool              // for a new cluster: no certificates, so that every user of this machine may come in
	Tell     func(line string) // is told how far it is, in words, until Launch returns; nil for nobody

	// Detour is for those who test what a bad network does to a new cluster: told that a member listens at a URL, it returns
	// the one by which the others are to reach it. Nil for the same.
	Detour func(name, listens string) string
}

// Members are the members of a cluster, each a process of its own, which this process runs. It may be used by any number of
// goroutines.
type Members struct {
	dir     string // absolute, of the data
	program string // that runs a member
	layout  *layout
	lock    *flock.Flock
	keeper  keeper

	control   net.Listener // nil before it takes orders
	answering sync.WaitGroup

	mu        sync.Mutex
	processes map[string]*process // by name; none before the first start
	changed   chan struct{}       // closed, and replaced, at every change
	closed    bool
}

// Member is one of the members.
type Member struct {
	Name      string             `json:"name"`
	PID       int                `json:"pid"` // of its process; 0 if it has ended
	ClientURL string             `json:"client_url"`
	PeerURL   string             `json:"peer_url"`
	State     model.ProcessState `json:"state"`
	Fault     string             `json:"fault"` // why it ended without being asked, as a sentence
}

// Launch starts the members of the cluster in cfg.Dir, or makes a new one, and returns when all of them serve clients. Of a
// cluster that exists already some may be missing, as long as enough are there to form a quorum: cfg.Tell is told why. ctx
// limits only the launching.
//
// Its errors are *model.Error: CodeUsage for a number of members that makes no sense, CodeRefused if the directory holds
// something else, or is in use (then errors.Is ErrRunning if it is by the same cluster), CodeDenied if it is another user's,
// CodeUnavailable if the members do not form a quorum in time, or ctx ended before, and CodeFailed for everything else.
func Launch(ctx context.Context, cfg MembersConfig) (*Members, error) {
	if cfg.Nodes != 0 && !slices.Contains(Sizes(), cfg.Nodes) {
		return nil, model.Errorf(model.CodeUsage, "a cluster cannot have %d members here: choose 1, 3, 5 or 7", cfg.Nodes)
	}
	dir, err := openDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if err = errors.Join(checkFormat(dir), checkNoSingle(dir), checkWishes(dir, cfg)); err != nil {
		return nil, err
	}
	m := &Members{
		dir: dir, lock: flock.New(filepath.Join(dir, lockName)), keeper: newKeeper(),
		processes: map[string]*process{}, changed: make(chan struct{}),
	}
	if cfg.Tell == nil {
		cfg.Tell = func(string) {}
	}
	if m.program, err = os.Executable(); err == nil {
		err = m.launch(ctx, cfg)
	}
	if err != nil {
		return nil, errors.Join(describe(dir, err), m.Close())
	}
	return m, nil
}

// Connection is how a client reaches the cluster.
func (m *Members) Connection() Connection { return m.layout.connection(m.dir) }

// Members says what is known about each member now, in the order of their names.
func (m *Members) Members() []Member {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Member
	for _, s := range m.layout.Seats {
		one := Member{
			Name: s.Name, State: model.ProcessStopped, ClientURL: m.layout.url(s.ClientPort), PeerURL: m.layout.peerURL(s),
		}
		if p := m.processes[s.Name]; p != nil {
			one.State, one.Fault = p.state(), model.Sentence(p.fault)
			if one.State != model.ProcessStopped {
				one.PID = p.cmd.Process.Pid
			}
		}
		all = append(all, one)
	}
	return all
}

// Changed is closed at the next change of what Members returns. Ask for it first, then for the members.
func (m *Members) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}

// change does something to what is known about the members, and wakes whoever waits for that.
func (m *Members) change(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
	close(m.changed)
	m.changed = make(chan struct{})
}

// Close ends all members, and waits until they have ended: about a second, and never more than six.
func (m *Members) Close() error {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return nil
	}
	m.closed = true
	m.mu.Unlock()

	errs := make(chan error)
	for _, p := range m.processes { // no longer changes
		go func() { errs <- m.finish(p, orderHalt) }()
	}
	var all []error
	for range m.processes {
		all = append(all, <-errs)
	}
	close(m.keeper)
	if m.control != nil {
		all = append(all, m.control.Close())
	}
	m.answering.Wait()
	if m.lock.Locked() && m.layout != nil && !m.layout.Made {
		all = append(all, os.RemoveAll(filepath.Join(m.dir, clusterName)))
	}
	if err := errors.Join(append(all, m.lock.Close())...); err != nil {
		return model.Wrap(model.CodeFailed, err, "the cluster in %s did not end cleanly: %s", m.dir, reason(err))
	}
	return nil
}
