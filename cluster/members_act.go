package cluster

import (
	"context"
	"errors"
	"os"

	"github.com/ticketcd/ticketcd/model"
)

// Stop ends a member as an operator would: if it is the leader it makes another one the leader first. The errors of all
// five actions are *model.Error: CodeNotFound for a name that no member has, CodeRefused if the member is not in a state
// for it, and CodeFailed.
func (m *Members) Stop(name string) error {
	p, err := m.living(name)
	if err != nil {
		return err
	}
	return failure("stopped", name, m.finish(p, orderStop))
}

// Kill ends a member as kill -9 does, without warning.
func (m *Members) Kill(name string) error {
	p, err := m.living(name)
	if err != nil {
		return err
	}
	return failure("killed", name, p.kill())
}

// Pause suspends a member, as SIGSTOP does: to the others it is there, but does not answer.
func (m *Members) Pause(name string) error {
	p, err := m.living(name)
	if err != nil {
		return err
	}
	m.change(func() {
		if err = suspend(p.cmd.Process); err == nil {
			p.paused = true
		}
	})
	return failure("paused", name, err)
}

// Resume wakes a member that is paused. To wake one that is not does no harm.
func (m *Members) Resume(name string) error {
	p, err := m.living(name)
	if err != nil {
		return err
	}
	return failure("resumed", name, m.wake(p))
}

// Start starts a member that has ended, and returns when it listens. It is said to be starting until there is a quorum for
// it to take part in. If ctx ends before, Start returns CodeUnavailable, but the member goes on starting.
func (m *Members) Start(ctx context.Context, name string) error {
	p, err := m.begin(name)
	if err != nil {
		return failure("started", name, err)
	}
	if !p.awaitUp(ctx) {
		return model.Wrap(model.CodeUnavailable, ctx.Err(), "stopped waiting for member %s to start", name)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return p.fault
}

// begin starts a member's process, unless it is there.
func (m *Members) begin(name string) (p *process, err error) {
	s, err := m.layout.seat(name)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	err = m.checkEnded(name)
	m.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if err = checkPorts([]seat{s}); err != nil {
		return nil, err
	}
	m.change(func() {
		if err = m.checkEnded(name); err != nil {
			return
		}
		if p, err = m.spawn(name); err == nil {
			m.processes[name] = p
		}
	})
	return p, err
}

// checkEnded refuses to start a member that is there. The caller holds the lock.
func (m *Members) checkEnded(name string) error {
	if m.closed {
		return model.Errorf(model.CodeRefused, "the cluster in %s is ending", m.dir)
	}
	if p := m.processes[name]; p != nil && !p.over {
		return model.Errorf(model.CodeRefused, "member %s is %s already", name, p.state())
	}
	return nil
}

// living returns the member's process, unless it has ended.
func (m *Members) living(name string) (*process, error) {
	if _, err := m.layout.seat(name); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.processes[name]
	if p == nil || p.over {
		return nil, model.Errorf(model.CodeRefused, "member %s has ended already", name)
	}
	return p, nil
}

// finish lets the process end by itself, also if it is paused.
func (m *Members) finish(p *process, order string) error {
	m.change(func() { p.asked = true })
	return errors.Join(m.wake(p), p.end(order))
}

// wake lets the process go on, if it is paused.
func (m *Members) wake(p *process) (err error) {
	m.change(func() {
		if !p.paused {
			return
		}
		if err = wake(p.cmd.Process); err == nil || errors.Is(err, os.ErrProcessDone) {
			p.paused, err = false, nil
		}
	})
	return err
}

// failure is the sentence for an action that did not succeed.
func failure(done, name string, err error) error {
	if _, known := errors.AsType[*model.Error](err); err == nil || known {
		return err
	}
	return model.Wrap(model.CodeFailed, err, "member %s could not be %s: %s", name, done, reason(err))
}
