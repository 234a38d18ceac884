package etcdstore

import (
	"cmp"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

const (
	// maxFlights is how many transactions of a convoy may be on their way at once before others wait to share one. etcd
	// spends most of its time on transactions, not on what is in them; a few keep it busy.
	maxFlights = 2
	// shareWait bounds that wait, in case etcd does not answer.
	shareWait = attemptPatience / 2
	// fewWait is how long a few wait for others while there is a place. A transaction takes less, unless a member hangs.
	fewWait = 100 * time.Millisecond
)

// convoy lets those who want something of etcd at the same moment share a transaction: while some are on their way, others
// wait, and then go together. While nothing is on its way, nobody waits but for those who are just about to come.
//
// The zero value is ready.
type convoy struct {
	mu      sync.Mutex
	flights int
	landed  int // how many shared the transaction that was answered last
	waiting []*share
	wait    time.Duration // how long a share waits at most for its turn; 0 for shareWait
	few     time.Duration // and how long for others; 0 for fewWait
}

// share is one's part of a transaction.
type share struct {
	request request
	size    int           // of what it writes, in bytes
	turn    chan []*share // gets those with whom it goes, itself among them, if it is to send the transaction
	landed  chan struct{} // closed when the transaction that another has sent is answered
	resp    *pb.TxnResponse
	err     error
}

func newShare(r request, size int) *share {
	return &share{request: r, size: size, turn: make(chan []*share, 1), landed: make(chan struct{})}
}

// board returns those with whom a share goes if it is to send the transaction; it must land then. It returns nothing if it
// went with another, or if it was not its turn in time and it should go alone.
func (v *convoy) board(s *share) []*share {
	v.join(s)
	select {
	case together := <-s.turn:
		return together
	default:
	}
	late, few := time.NewTimer(cmp.Or(v.wait, shareWait)), time.NewTimer(cmp.Or(v.few, fewWait))
	defer late.Stop()
	defer few.Stop()
	for {
		select {
		case together := <-s.turn:
			return together
		case <-s.landed:
			return nil
		case <-few.C:
			v.hurry()
			few.Reset(cmp.Or(v.few, fewWait)) // there may have been no place
		case <-late.C:
			if v.leave(s) {
				return nil
			}
		}
	}
}

// join adds a share to those who wait. The first of them lets those come who are about to, before they go.
func (v *convoy) join(s *share) {
	v.mu.Lock()
	v.waiting = append(v.waiting, s)
	first := len(v.waiting) == 1
	v.mu.Unlock()
	if first {
		untilNobodyComes(maxOps, v.queued)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if first || v.flights > 0 { // else the first takes them along
		v.depart()
	}
}

// queued is how many wait.
func (v *convoy) queued() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.waiting)
}

// hurry has those who wait go if there is a place, however few they are.
func (v *convoy) hurry() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.landed = 0
	v.depart()
}

// leave takes a share out of the queue, and says whether it was still there.
func (v *convoy) leave(s *share) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, other := range v.waiting {
		if other == s {
			v.waiting = append(v.waiting[:i:i], v.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// land makes room for others when a transaction of so many is answered.
func (v *convoy) land(shares int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.flights--
	v.landed = shares
	v.depart()
}

// depart has those who wait go, as many as fit into one transaction. While another one is on its way, they wait until they are
// as many as shared the last one that was answered: those are likely to come again just now, and one transaction for the first
// of them and one for all others would take etcd twice as long. If they do not come, those who are there go when the other
// transaction is answered. With 64 buyers of 1,000 events on one member it sells a tenth more.
func (v *convoy) depart() {
	for len(v.waiting) > 0 && (v.flights == 0 || v.flights < maxFlights && len(v.waiting) >= v.landed) {
		fits := fitting(v.waiting)
		together := v.waiting[:fits:fits]
		v.waiting = v.waiting[fits:]
		v.flights++
		together[0].turn <- together
	}
}

// fitting is how many of some shares fit into one transaction, the first always.
func fitting(shares []*share) int {
	ifs, thens, size := 0, 0, 0
	for i, s := range shares {
		ifs, thens, size = ifs+len(s.request.ifs), thens+len(s.request.thens), size+s.size
		if i > 0 && (ifs > maxOps || thens > maxOps || size > maxRound) {
			return i
		}
	}
	return len(shares)
}

// whole is the transaction that holds if all of theirs do. It reads nothing otherwise.
func whole(shares []*share) request {
	var all request
	for _, s := range shares {
		all.ifs = append(all.ifs, s.request.ifs...)
		all.thens = append(all.thens, s.request.thens...)
	}
	return all
}

// tell answers everybody who went together, each with the responses to its own operations.
func tell(together []*share, resp *pb.TxnResponse, err error) {
	for _, s := range together {
		if s.err = err; err == nil {
			s.resp = &pb.TxnResponse{Header: resp.Header, Succeeded: resp.Succeeded}
			if resp.Succeeded {
				s.resp.Responses, resp.Responses = resp.Responses[:len(s.request.thens)], resp.Responses[len(s.request.thens):]
			}
		}
		close(s.landed)
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
