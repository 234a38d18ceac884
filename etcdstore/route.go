package etcdstore

import (
	"context"
	"log/slog"
	"slices"
	"sync"
)

// route is where requests are sent. Reads go to all members that do not hang, one after another. Writes go straight to the
// leader, as any other member would only pass them on: with five members on one machine that saves an eighth of an order's
// time, and as much of what all of them have to do for it. Where no leader is known, writes go where reads do.
//
// Nothing relies on it: every member takes every request.
type route struct {
	reads, writes *client
	log           *slog.Logger

	mu     sync.Mutex
	well   []string           // the members that do not hang; nil before it is known
	leader string             // the one that led when that was last known, and does not hang; "" for none
	term   context.Context    // ends when that one leads no more
	depose context.CancelFunc // ends it
}

func newRoute(reads, writes *client, log *slog.Logger) *route {
	r := &route{reads: reads, writes: writes, log: log}
	r.term, r.depose = context.WithCancel(context.Background())
	return r
}

// set has requests sent to the members that are well, and writes to the one that leads, "" if that is not known. Writes that
// are on their way to one that hangs, or that leads no more, are given up: it may never answer.
func (r *route) set(well []string, leader string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Equal(well, r.reads.Endpoints()) {
		r.log.Warn("requests are sent to these members only", "endpoints", well)
		r.reads.SetEndpoints(well...)
	}
	before := r.leader
	r.well = well
	switch {
	case slices.Contains(well, leader):
		r.leader = leader
		r.write(leader)
	case slices.Contains(well, before): // it may lead again
		r.write(well...)
	default:
		r.leader = ""
		r.write(well...)
	}
	if before != "" && before != r.leader {
		r.depose()
		r.term, r.depose = context.WithCancel(context.Background())
	}
}

// spread has writes sent to all members that are well, until it is looked at again which of them leads: the one that did has
// ended, or leads no more.
func (r *route) spread() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.well != nil {
		r.write(r.well...)
	}
}

func (r *route) write(to ...string) {
	if !slices.Equal(to, r.writes.Endpoints()) {
		r.log.Info("writes are sent to these members", "endpoints", to)
		r.writes.SetEndpoints(to...)
	}
}

// leads returns the endpoint of the member that led when that was last known, "" for none.
func (r *route) leads() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.leader
}

// whileItLeads has a write given up that is on its way to a leader when that one leads no more, as far as is known. stop ends
// that.
func (r *route) whileItLeads(giveUp func()) (stop func() bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return context.AfterFunc(r.term, giveUp)
}
