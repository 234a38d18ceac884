package cluster

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"

	"github.com/gofrs/flock"

	"github.com/ticketcd/ticketcd/model"
)

// Config says where the local store lives.
type Config struct {
	Dir string       // the data directory; created for its owner only if it is absent
	Log *slog.Logger // who hosts the store, and what went wrong; nil for silence
}

// Local is this process's part in the local store: it hosts the member, or stands by to do so.
type Local struct {
	dir     string // absolute, without symbolic links, so that all processes name the same socket
	socket  string
	log     *slog.Logger
	lock    *flock.Flock
	hosting atomic.Pointer[front] // of the member, while it serves from here
	fault   atomic.Pointer[model.Error]
	first   chan error // the outcome of the first attempt to host, for Join
	cancel  context.CancelFunc
	done    chan struct{}
}

// Join makes the store in cfg.Dir reachable: it joins the process that hosts it, or hosts it itself. From then on this
// process stands by to take over. ctx limits only the joining.
//
// Its errors have a *model.Error: CodeUsage if cfg.Dir is empty, CodeDenied if the directory is another user's,
// CodeUnavailable if a process hosts the store but does not answer within five seconds, or if ctx ended before, or if the
// directory holds a cluster (then errors.Is ErrStopped), and CodeFailed for everything else.
func Join(ctx context.Context, cfg Config) (*Local, error) {
	dir, err := openDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if err = errors.Join(checkFormat(dir), checkSingle(dir)); err != nil {
		return nil, err
	}
	socket, err := openSocketDir(dir, socketName)
	if err != nil {
		return nil, err
	}
	l := &Local{
		dir:    dir,
		socket: socket,
		log:    cfg.Log,
		lock:   flock.New(filepath.Join(dir, lockName)),
		first:  make(chan error, 1),
		done:   make(chan struct{}),
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	locked, err := l.lock.TryLock()
	if err != nil {
		return nil, describe(dir, err)
	}
	standing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l.cancel = cancel
	go l.stand(standing, locked)
	if err := l.await(ctx, locked); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Endpoint is where the store answers, for an etcd client. It is the same in every process, and stays the same when
// another one takes over.
func (l *Local) Endpoint() string { return "unix://" + filepath.ToSlash(l.socket) }

// Err says why this process could not host the store when it was last its turn, as a *model.Error, or nil. It does not
// say that the store is unreachable: another process may host it. The attempts go on until Done.
func (l *Local) Err() error {
	if fault := l.fault.Load(); fault != nil {
		return fault
	}
	return nil
}

// Done is closed when this process's part has ended: after Close, or because the member can neither go on nor be stopped
// (the disk was full in the wrong moment, say). In that case Err says why, and only the end of this process lets another
// one take over: so tell the user, and end.
func (l *Local) Done() <-chan struct{} { return l.done }

// Close stops hosting, so that another process takes over at once, or stops standing by. A member that does not stop
// within three seconds stays locked until this process ends, and Close says so.
func (l *Local) Close() error {
	l.cancel()
	<-l.done
	if l.lock.Locked() {
		return l.Err()
	}
	return nil
}
