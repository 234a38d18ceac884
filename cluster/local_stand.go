package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	// lockPoll is how often a process that stands by tries the lock. A blocking wait would see it sooner, but cannot be
	// called off.
	lockPoll = 100 * time.Millisecond

	// After a failed attempt to host, this process steps back for firstPause, then for twice as long each time.
	firstPause = 250 * time.Millisecond
	lastPause  = 15 * time.Second
)

// stand hosts the member whenever it is this process's turn, until ctx ends.
func (l *Local) stand(ctx context.Context, locked bool) {
	defer close(l.done)
	pause := firstPause
	for {
		served, err := l.turn(ctx, locked)
		if err != nil && !errors.Is(err, context.Canceled) {
			l.blame(err)
		}
		if ctx.Err() != nil || errors.Is(err, errStuck) {
			return // if stuck, with the lock: the member may still write, so nobody else may begin
		}
		if served {
			pause = firstPause
		}
		rest(ctx, pause)
		pause = min(2*pause, lastPause)
		locked = false
	}
}

// turn waits for the lock, hosts the member as long as it and ctx last, and gives the lock back, unless the member could
// not be stopped. It reports whether the member ever served.
func (l *Local) turn(ctx context.Context, locked bool) (served bool, err error) {
	if !locked {
		if _, err = l.lock.TryLockContext(ctx, lockPoll); err != nil {
			return false, err
		}
	}
	served, err = l.host(ctx)
	if errors.Is(err, errStuck) {
		return served, err
	}
	return served, errors.Join(err, l.lock.Unlock())
}

// host runs the member until ctx ends or the member fails, and reports whether it ever served.
func (l *Local) host(ctx context.Context) (served bool, err error) {
	began := time.Now()
	m, err := l.start()
	if err != nil {
		l.tell(describe(l.dir, err))
		return false, err
	}
	l.fault.Store(nil)
	l.hosting.Store(m.front)
	l.tell(nil)
	l.log.Info("this process hosts the local store", "dir", l.dir, "started_in", time.Since(began))

	err = m.wait(ctx.Done())
	l.hosting.Store(nil)
	err = errors.Join(err, m.stop())
	l.log.Info("this process no longer hosts the local store", "dir", l.dir)
	return true, err
}

// tell tells Join how the first attempt went; nobody waits for the outcome of later ones.
func (l *Local) tell(err error) {
	select {
	case l.first <- err:
	default:
	}
}

// blame remembers why this process does not host the store although it should.
func (l *Local) blame(err error) {
	fault := describe(l.dir, err)
	l.fault.Store(fault)
	l.log.Error("this process could not host the local store", "dir", l.dir, "error", fault)
}

// start starts the member. The directory is looked at anew each time, for much can happen to it while standing by.
func (l *Local) start() (*member, error) {
	if err := errors.Join(keepFormat(l.dir), checkSingle(l.dir), keepPID(l.dir)); err != nil {
		return nil, err
	}
	if _, err := openSocketDir(l.dir, socketName); err != nil {
		return nil, err
	}
	data, log := filepath.Join(l.dir, dataName), filepath.Join(l.dir, logName)
	if err := prepareData(data, l.socket, log); err != nil {
		return nil, err
	}
	m, err := startMember(data, l.socket, log)
	if err != nil {
		return nil, err
	}
	if err = m.serve(); err != nil {
		return nil, errors.Join(err, m.stop())
	}
	return m, nil
}

// keepPID notes who holds the lock.
func keepPID(dir string) error {
	return os.WriteFile(filepath.Join(dir, pidName), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
}

// rest waits until the pause has passed or ctx ends.
func rest(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
