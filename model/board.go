package model

import "sync/atomic"

// Board shows the newest of something to any number of readers. Nothing is queued, so a slow reader delays nobody and
// misses nothing but what is out of date. What is posted is not changed afterwards. One goroutine posts at a time.
type Board[T any] struct {
	state atomic.Pointer[posted[T]]
}

type posted[T any] struct {
	value   T
	changed chan struct{}
}

// NewBoard returns a board that shows a first value.
func NewBoard[T any](first T) *Board[T] {
	b := &Board[T]{}
	b.state.Store(&posted[T]{first, make(chan struct{})})
	return b
}

// Read returns the newest value, and a channel that is closed when there is a newer one.
func (b *Board[T]) Read() (T, <-chan struct{}) {
	state := b.state.Load()
	return state.value, state.changed
}

// Post replaces the value and wakes everybody who waits.
func (b *Board[T]) Post(value T) {
	old := b.state.Swap(&posted[T]{value, make(chan struct{})})
	close(old.changed)
}
