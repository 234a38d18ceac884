package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// launchPatience is how long the members have to form a cluster: a slow disk, a large store, a busy machine.
const launchPatience = 45 * time.Second

// lockPatience outlasts those who take the lock for an instant, to see whether it is held.
const lockPatience = 500 * time.Millisecond

// checkWishes refuses to make another cluster of the one that exists.
func checkWishes(dir string, cfg MembersConfig) error {
	l, err := readLayout(dir)
	if err != nil || l == nil || !l.Made {
		return err
	}
	if cfg.Nodes != 0 && cfg.Nodes != len(l.Seats) {
		return model.Errorf(model.CodeRefused, "the cluster in %s has %s and keeps them: leave --nodes out, or choose another --data-dir",
			dir, model.Plural(len(l.Seats), "member"))
	}
	if cfg.Insecure && l.TLS {
		return model.Errorf(model.CodeRefused, "the cluster in %s was made with certificates: leave --insecure out, or choose another --data-dir", dir)
	}
	return nil
}

// launch does the work of Launch.
func (m *Members) launch(ctx context.Context, cfg MembersConfig) error {
	if err := m.takeLock(ctx); err != nil {
		return err
	}
	if err := errors.Join(keepFormat(m.dir), checkNoSingle(m.dir), checkWishes(m.dir, cfg), keepPID(m.dir)); err != nil {
		return err
	}
	done, err := m.prepare(ctx, cfg)
	if err != nil {
		return err
	}
	defer done()
	cfg.Tell(fmt.Sprintf("Starting %s in %s ...", model.Plural(len(m.layout.Seats), "member"), filepath.Join(m.dir, clusterName)))
	for _, s := range m.layout.Seats {
		var p *process
		if p, err = m.begin(s.Name); err != nil {
			return err
		}
		if !m.layout.Made {
			p.awaitUp(ctx) // a new member asks those that listen who they are; a second is lost on each that is not up yet
		}
	}
	if err = m.awaitQuorum(ctx, cfg.Tell); err != nil {
		return err
	}
	if err = m.askAll(ctx); err != nil {
		return err
	}
	if !m.layout.Made {
		made := *m.layout
		made.Made = true
		if err = made.write(m.dir); err != nil {
			return err
		}
		m.layout = &made
	}
	return m.takeOrders()
}

// takeLock makes this process the one that runs the members.
func (m *Members) takeLock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	locked, err := m.lock.TryLockContext(ctx, lockPatience/10)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if locked {
		return nil
	}
	l, err := readLayout(m.dir)
	if err != nil {
		return err
	}
	if l != nil {
		return model.Wrap(model.CodeRefused, ErrRunning,
			"%s runs the cluster in %s already; other commands with the same --data-dir join it", holder(m.dir), m.dir)
	}
	return model.Errorf(model.CodeRefused, "%s is using the store in %s", holder(m.dir), m.dir)
}

// prepare makes everything that members need to start. The caller calls done when they listen.
func (m *Members) prepare(ctx context.Context, cfg MembersConfig) (done func(), err error) {
	l, err := readLayout(m.dir)
	if err != nil {
		return nil, err
	}
	done = func() {}
	if l == nil || !l.Made {
		l, done, err = makeLayout(m.dir, cfg)
		if err != nil {
			return nil, err
		}
	}
	m.layout = l
	if l.TLS {
		if err = prepareCertificates(m.dir, time.Now()); err != nil {
			done()
			return nil, err
		}
	}
	if l.Made {
		return done, awaitPorts(ctx, l.Seats)
	}
	return done, nil
}

// makeLayout begins a new cluster. What is left of one that was never complete is removed: there is nothing in it.
func makeLayout(dir string, cfg MembersConfig) (l *layout, done func(), err error) {
	nodes := cfg.Nodes
	if nodes == 0 {
		nodes = defaultNodes
	}
	own := filepath.Join(dir, clusterName)
	if err = os.RemoveAll(own); err != nil {
		return nil, nil, err
	}
	if err = checkRoom(dir, uint64(nodes)*newStoreRoom); err != nil {
		return nil, nil, err
	}
	if err = os.Mkdir(own, 0o700); err != nil {
		return nil, nil, err
	}
	seats, claim, err := choosePorts(dir, nodes)
	if err != nil {
		return nil, nil, err
	}
	done = func() { claim.Close() }
	l = &layout{Token: rand.Text(), TLS: !cfg.Insecure, Seats: seats}
	for i, s := range seats {
		if cfg.Detour != nil {
			seats[i].Detour = cfg.Detour(s.Name, l.url(s.PeerPort))
		}
	}
	if err = l.write(dir); err != nil {
		done()
		return nil, nil, err
	}
	return l, done, nil
}

// awaitQuorum returns when all members serve clients; or, in a cluster that is not new, those that can, if they are enough.
func (m *Members) awaitQuorum(ctx context.Context, tell func(string)) error {
	patience := time.NewTimer(launchPatience)
	defer patience.Stop()
	ready, told := 0, map[string]bool{}
	for late := false; ; {
		changed := m.Changed()
		all := m.Members()
		running, waiting := 0, 0
		fault := ""
		for _, one := range all {
			switch one.State {
			case model.ProcessRunning:
				running++
				if !told[one.Name] {
					ready++
					tell(fmt.Sprintf("%s is ready (%d of %d)", one.Name, ready, len(all)))
				}
			case model.ProcessStopped:
				fault = one.Fault
				if !told[one.Name] {
					tell(fmt.Sprintf("%s could not be started: %s", one.Name, fault))
				}
			default:
				waiting++
				continue
			}
			told[one.Name] = true
		}
		quorum := running > len(all)/2
		switch {
		case running == len(all), quorum && m.layout.Made && (waiting == 0 || late):
			return nil
		case fault != "" && (!m.layout.Made || waiting+running <= len(all)/2):
			return model.Errorf(model.CodeFailed, "%s", fault)
		case late:
			return model.Errorf(model.CodeUnavailable, "only %d of %d members became ready within %v", running, len(all), launchPatience)
		}
		select {
		case <-changed:
		case <-patience.C:
			late = true
		case <-ctx.Done():
			return model.Wrap(model.CodeUnavailable, ctx.Err(), "stopped waiting for the members in %s", m.dir)
		}
	}
}

// askAll makes sure that clients are served, each by its own way.
func (m *Members) askAll(ctx context.Context) error {
	secure, err := m.Connection().tls()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, joinPatience)
	defer cancel()
	for _, one := range m.Members() {
		if one.State != model.ProcessRunning {
			continue
		}
		if err = ask(ctx, one.ClientURL, secure); err != nil {
			return model.Wrap(model.CodeUnavailable, err, "member %s does not answer", one.Name)
		}
	}
	return nil
}
