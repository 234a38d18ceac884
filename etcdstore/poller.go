package etcdstore

import (
	"context"
	"sync"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// lookEvery is how often the members are looked at while somebody watches.
	lookEvery = time.Second
)

// poller looks at the members each second, once for all who watch, and not at all while nobody does.
type poller struct {
	board   *model.Board[model.Cluster]
	records map[string]*memberRecord // of members, by id; only the one goroutine that runs touches them

	mu      sync.Mutex
	viewers int
	stop    context.CancelFunc
	ended   chan struct{} // closed when the last run has ended; nil before the first
}

func newPoller() *poller {
	return &poller{board: model.NewBoard(model.Cluster{}), records: map[string]*memberRecord{}}
}

// WatchCluster returns where the cluster can be seen, as it was within the last second or two, until ctx ends. However
// many watch, the members are asked once; while nobody does, they are left alone. What is shown first may be old: its
// time tells, and the next follows at once. Without quorum, and where no member answers, it says so and goes on.
func (s *Store) WatchCluster(ctx context.Context) *model.Board[model.Cluster] {
	s.poller.join(s)
	context.AfterFunc(ctx, s.poller.leave)
	return s.poller.board
}

func (p *poller) join(s *Store) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.viewers++; p.viewers > 1 {
		return
	}
	ctx, stop := context.WithCancel(s.reads.Ctx())
	before, ended := p.ended, make(chan struct{})
	p.stop, p.ended = stop, ended
	go func() {
		defer close(ended)
		if before != nil {
			<-before
		}
		p.run(ctx, s)
	}()
}

func (p *poller) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.viewers--; p.viewers == 0 {
		p.stop()
	}
}

// run looks at the members until ctx ends.
func (p *poller) run(ctx context.Context, s *Store) {
	survey, err := newSurvey(s.link, s.writes)
	if err != nil {
		s.log.Error("the members cannot be looked at", "error", err)
		return
	}
	defer survey.close()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		p.look(ctx, survey)
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func (p *poller) look(ctx context.Context, s *survey) {
	replies := s.replies(ctx)
	if ctx.Err() != nil {
		return
	}
	readings := map[string]*meters{}
	for _, r := range replies {
		if r.status != nil && r.meters != nil {
			readings[memberID(r.status.Header.GetMemberId())] = r.meters
		}
	}
	c := describe(s.members, replies, s.link.Now())
	records := map[string]*memberRecord{}
	for i := range c.Members {
		m := &c.Members[i]
		known := p.records[recordKey(m)]
		if known == nil {
			known = &memberRecord{}
		}
		known.add(m, c.Taken, readings[m.ID])
		records[recordKey(m)] = known
	}
	p.records = records
	before, _ := p.board.Read()
	p.board.Post(c.Continue(before))
}

// recordKey is by what a member is known from one look to the next.
func recordKey(m *model.Member) string {
	if m.ID != "" {
		return m.ID
	}
	return m.Endpoint
}
