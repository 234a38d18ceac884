package etcdstore

import (
	"context"
	"sync"
)

// turns lets those in this process who change the same event go one after the other, in the order in which they came, so
// that they do not make each other lose the race at etcd: the service of a till for each of its rounds, and admins. Nothing
// relies on it: the transaction alone keeps a change sound, against this process and all others.
//
// The zero value is ready.
type turns struct {
	mu     sync.Mutex
	queues map[string]*queue
}

type queue struct {
	turn    chan struct{} // holds one element while somebody has the turn
	members int
}

// take waits for the turn at key. Whoever got it must call release, any number of times. The error is ctx's.
func (t *turns) take(ctx context.Context, key string) (release func(), err error) {
	q := t.join(key)
	select {
	case q.turn <- struct{}{}:
		return sync.OnceFunc(func() {
			<-q.turn
			t.leave(key, q)
		}), nil
	case <-ctx.Done():
		t.leave(key, q)
		return nil, ctx.Err()
	}
}

func (t *turns) join(key string) *queue {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queues == nil {
		t.queues = map[string]*queue{}
	}
	q := t.queues[key]
	if q == nil {
		q = &queue{turn: make(chan struct{}, 1)}
		t.queues[key] = q
	}
	q.members++
	return q
}

func (t *turns) leave(key string, q *queue) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if q.members--; q.members == 0 {
		delete(t.queues, key)
	}
}
