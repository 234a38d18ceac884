package etcdstore

import (
	"cmp"
	"context"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	// maxFlights is how many rounds' transactions may be on their way at once before others wait to share one. etcd
	// spends most of its time on transactions, not on what is in them; a few keep it busy.
	maxFlights = 2
	// shareWait bounds that wait, in case etcd does not answer.
	shareWait = attemptPatience / 2
)

// groupCommit lets rounds of different events share a transaction: those that wait at the same moment, because others are
// on their way, go together. All of them are carried out, or none; in that case each goes alone. Nothing is different for
// what a lost answer leaves open: a copy of a shared transaction compares what each of its rounds compares, so that it can
// never be carried out any more once any of them has been, or has been settled, by itself.
//
// The zero value is ready.
type groupCommit struct {
	mu      sync.Mutex
	flights int
	waiting []*share
	wait    time.Duration // how long a share waits at most for its turn; 0 for shareWait
}

// share is one round's part of a transaction.
type share struct {
	request request
	size    int           // of what it writes, in bytes
	turn    chan []*share // gets those with whom it goes, itself among them, if it is to send the transaction
	landed  chan struct{} // closed when the transaction that another has sent is answered
	resp    *clientv3.TxnResponse
	err     error
}

// board returns a share's turn: those with whom it goes, itself first. It returns nothing if it went with another, or if
// it was not its turn in time and it should go alone.
func (g *groupCommit) board(s *share) []*share {
	g.mu.Lock()
	if g.flights < maxFlights {
		g.flights++
		g.mu.Unlock()
		return []*share{s}
	}
	g.waiting = append(g.waiting, s)
	g.mu.Unlock()
	late := time.NewTimer(cmp.Or(g.wait, shareWait))
	defer late.Stop()
	select {
	case together := <-s.turn:
		return together
	case <-s.landed:
		return nil
	case <-late.C:
	}
	if g.leave(s) {
		return nil
	}
	select { // it has been taken along at this very moment
	case together := <-s.turn:
		return together
	case <-s.landed:
		return nil
	}
}

// leave takes a share out of the queue, and says whether it was still there.
func (g *groupCommit) leave(s *share) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, other := range g.waiting {
		if other == s {
			g.waiting = append(g.waiting[:i:i], g.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// land gives the place of a transaction that is answered to those who wait, as many as fit into one.
func (g *groupCommit) land() {
	g.mu.Lock()
	defer g.mu.Unlock()
	ifs, thens, size := 0, 0, 0
	fits := 0
	for _, s := range g.waiting {
		ifs, thens, size = ifs+len(s.request.ifs), thens+len(s.request.thens), size+s.size
		if fits > 0 && (ifs > maxOps || thens > maxOps || size > maxRound) {
			break
		}
		fits++
	}
	if fits == 0 {
		g.flights--
		return
	}
	together := g.waiting[:fits:fits]
	g.waiting = g.waiting[fits:]
	together[0].turn <- together
}

// shares returns a sender of one round's write, of so many bytes, which may make it part of a transaction together with
// others'. Like any other, the answer speaks for the round: where the shared transaction was not carried out, because of
// this round or of another one, it is sent alone.
func (s *Store) shares(size int) sender {
	return func(ctx context.Context, r request) (*clientv3.TxnResponse, error) {
		mine := &share{request: r, size: size, turn: make(chan []*share, 1), landed: make(chan struct{})}
		switch together := s.commits.board(mine); len(together) {
		case 0:
		case 1:
			defer s.commits.land()
			return s.sendWrite(ctx, r)
		default:
			s.fly(ctx, together)
		}
		if mine.flown() && (mine.err != nil && refusal(mine.err) == nil || mine.err == nil && mine.resp.Succeeded) {
			return mine.resp, mine.err
		}
		return s.sendWrite(ctx, r)
	}
}

// fly sends one transaction for several rounds, and tells each of them the answer.
func (s *Store) fly(ctx context.Context, together []*share) {
	var whole request
	for _, one := range together {
		whole.ifs = append(whole.ifs, one.request.ifs...)
		whole.thens = append(whole.thens, one.request.thens...)
	}
	resp, err := s.sendWrite(ctx, whole)
	s.commits.land()
	for _, one := range together {
		one.resp, one.err = resp, err
		close(one.landed)
	}
}

// flown says whether a transaction of which the share is a part was answered.
func (s *share) flown() bool {
	select {
	case <-s.landed:
		return true
	default:
		return false
	}
}
