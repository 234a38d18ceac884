package etcdstore

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// callEvery is how often each member is called, and how long it has to answer. A member that hangs is found out before
	// the first request that it holds has run out of patience, so that the second copy goes elsewhere.
	callEvery = 500 * time.Millisecond
	// callsMissed is how many calls in a row a member has to miss before it is avoided. Likewise for a leader that none of
	// them knows: an election is over before that.
	callsMissed = 2
	// calledLate is by how much a round of calls may take longer than its calls. Beyond that it is this process that is late,
	// on a machine that has too much to do, and nobody else is to blame.
	calledLate = callEvery / 2
)

// lookout keeps requests away from members that hang. What has ended is noticed by gRPC at once, but a process that is
// suspended, or a machine that is, keeps its connections for more than ten seconds, in which each request in turn would
// be sent there and wait. It also tells at once, and not only after seconds, that the members have no leader, and finds out
// which one leads.
type lookout struct {
	store *Store
	lines []*calledLine
	// leaderless shows whether those who answer know no leader.
	leaderless *model.Board[bool]
	lost       int // rounds in a row without one
	ended      chan struct{}
}

// calledLine is an endpoint that is called.
type calledLine struct {
	endpoint string // as the client knows it
	conn     *grpc.ClientConn
	straight *client // over that connection
	member   uint64  // who answered there last; 0 for nobody yet
	missed   int     // calls in a row
}

// call is how a call ended.
type call struct {
	answered, late bool
	member, leader uint64 // 0 also where the member does not tell
	term           uint64 // of the last entry that the member has applied
	silent         bool   // it answered, but does not tell who leads
	full           bool   // it tells that the database is full
}

// watchOut starts to call the members, until the store is closed. One member alone has no other to send a request to.
func (s *Store) watchOut() error {
	if len(s.link.Endpoints) < 2 {
		return nil
	}
	l := &lookout{store: s, leaderless: s.leaderless, ended: make(chan struct{})}
	for _, text := range s.link.Endpoints {
		conn, err := s.writes.Dial(text)
		if err != nil {
			l.close()
			return model.Wrap(model.CodeFailed, err, "the endpoint %s cannot be used", model.Clean(text))
		}
		l.lines = append(l.lines, &calledLine{endpoint: text, conn: conn, straight: s.link.straight(conn)})
	}
	s.lookout = l
	go l.run(s.writes.Ctx())
	return nil
}

func (l *lookout) close() {
	for _, line := range l.lines {
		line.conn.Close() //nolint:errcheck // it fails only where it was closed before
	}
}

// run calls the members until ctx ends.
func (l *lookout) run(ctx context.Context) {
	defer close(l.ended)
	defer l.close()
	tick := time.NewTicker(callEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		began := time.Now()
		calls := l.call(ctx)
		if ctx.Err() == nil && time.Since(began) < callEvery+calledLate {
			l.avoid(calls)
			l.follow(calls)
			l.judge(calls)
			l.weigh(calls)
		}
	}
}

// call calls all members at once.
func (l *lookout) call(ctx context.Context) []call {
	calls := make([]call, len(l.lines))
	var called sync.WaitGroup
	for i, line := range l.lines {
		called.Go(func() { calls[i] = line.call(ctx) })
	}
	called.Wait()
	return calls
}

func (line *calledLine) call(ctx context.Context) call {
	limited, cancel := context.WithTimeout(ctx, callEvery)
	defer cancel()
	status, err := pb.NewMaintenanceClient(line.conn).Status(limited, &pb.StatusRequest{}, grpc.WaitForReady(false))
	switch code := grpcCode(err); {
	case err == nil:
		return call{answered: true, member: status.Header.GetMemberId(), leader: status.Leader, term: status.RaftTerm, full: tellsFull(status)}
	case code == codes.DeadlineExceeded, errors.Is(err, context.DeadlineExceeded):
		return call{late: true}
	default: // one that has ended is known to gRPC, and whoever refuses is there
		return call{answered: code != codes.Unavailable && code != codes.Canceled, silent: true}
	}
}

// avoid sends requests to the members that answer. Where none does, all are as good as any.
func (l *lookout) avoid(calls []call) {
	var well, all []string
	for i, line := range l.lines {
		switch {
		case calls[i].answered:
			line.missed, line.member = 0, calls[i].member
		case calls[i].late || line.missed >= callsMissed:
			line.missed++
		}
		all = append(all, line.endpoint)
		if line.missed < callsMissed {
			well = append(well, line.endpoint)
		}
	}
	if !slices.ContainsFunc(calls, func(c call) bool { return c.answered }) {
		well = all
	}
	if slices.Equal(well, l.store.writes.Endpoints()) {
		return
	}
	l.store.log.Warn("requests are sent to these members only", "endpoints", well)
	l.store.writes.SetEndpoints(well...)
	l.store.reads.SetEndpoints(well...)
}

// follow finds out which member leads, unless nobody answers.
func (l *lookout) follow(calls []call) {
	if slices.ContainsFunc(calls, func(c call) bool { return c.answered }) {
		l.store.leader.found(l.leading(calls))
	}
}

// leading returns the line to the member that leads, as those who answered say, and nil where it is at none of ours, or hangs or
// has ended. One who was voted out may not know it yet: the latest term counts.
func (l *lookout) leading(calls []call) *calledLine {
	var leader, term uint64
	for _, c := range calls {
		if c.leader != 0 && c.term >= term {
			leader, term = c.leader, c.term
		}
	}
	for i, line := range l.lines {
		if leader != 0 && line.member == leader && line.missed < callsMissed && (calls[i].answered || calls[i].late) {
			return line
		}
	}
	return nil
}

// judge shows whether there is a leader.
func (l *lookout) judge(calls []call) {
	asked := slices.ContainsFunc(calls, func(c call) bool { return c.answered && !c.silent })
	if known := slices.ContainsFunc(calls, func(c call) bool { return c.leader != 0 || c.silent && c.answered }); known || !asked {
		l.lost = 0
	} else {
		l.lost++
	}
	if before, _ := l.leaderless.Read(); before != (l.lost >= callsMissed) {
		l.leaderless.Post(!before)
	}
}

// weigh shows whether the database is full, unless nobody tells who knows of a leader: others may be told nothing new.
func (l *lookout) weigh(calls []call) {
	if slices.ContainsFunc(calls, func(c call) bool { return c.leader != 0 }) {
		l.store.fullness.found(slices.ContainsFunc(calls, func(c call) bool { return c.full && c.leader != 0 }))
	}
}
