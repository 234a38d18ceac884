package model

import (
	"sync/atomic"
	"time"
)

// Shop is what a screen draws from: the newest catalogue, and how sure we are that it still holds.
type Shop struct {
	Catalogue *Catalogue
	Loaded    bool      // false until the first complete list has arrived
	Stale     bool      // the connection to the store is lost; Catalogue is the last that was known
	Since     time.Time // when it became stale
	Why       string    // what is the matter, in words; empty while all is well
}

// Live hands the newest [Shop] to any number of readers. Nothing is queued, so a slow reader delays nobody and misses
// nothing but what is out of date. One goroutine publishes.
type Live struct {
	state atomic.Pointer[liveState]
}

type liveState struct {
	shop    Shop
	changed chan struct{}
}

// NewLive returns a Live that shows an empty shop, not yet loaded.
func NewLive() *Live {
	l := &Live{}
	l.state.Store(&liveState{shop: Shop{Catalogue: NewCatalogue()}, changed: make(chan struct{})})
	return l
}

// Shop returns the newest shop, and a channel that is closed when there is a newer one.
func (l *Live) Shop() (Shop, <-chan struct{}) {
	state := l.state.Load()
	return state.shop, state.changed
}

// Publish replaces the shop and wakes everybody who waits.
func (l *Live) Publish(shop Shop) {
	old := l.state.Swap(&liveState{shop: shop, changed: make(chan struct{})})
	close(old.changed)
}
