package etcdstore

import (
	"sync/atomic"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// MaxOrderOps is how many operations, and how many compares, a transaction of orders holds at most. etcd allows fewer unless
// it is told otherwise (--max-txn-ops), as the members are that this program runs. With 256 buyers on five members on one
// machine, a tenth more are sold than with etcd's 128.
const MaxOrderOps = 512

// room is how many operations a transaction of orders may hold. etcd tells nobody how many it allows, but turns one away that
// has too many. It is asked with one that only reads: of a write that was not answered, a refusal of the next copy says
// nothing.
//
// The zero value is ready, for as many as etcd allows by default.
type room struct {
	wide  atomic.Bool
	asked atomic.Bool // or is being asked
}

func (r *room) ops() int {
	if r.wide.Load() {
		return MaxOrderOps
	}
	return maxOps
}

// shrink says whether an error means that a member does not allow so many operations after all, and takes note of it.
func (r *room) shrink(err error, ops int) bool {
	if ops <= maxOps || !isTooMany(err) {
		return false
	}
	r.wide.Store(false)
	return true
}

// wantRoom has etcd asked, once and while orders go on, if so many customers may fill more than it allows by default.
func (s *Store) wantRoom(customers int) {
	if customers > maxOps/4 && s.room.asked.CompareAndSwap(false, true) {
		go func() { s.room.asked.Store(s.lookForRoom()) }()
	}
}

// lookForRoom finds out how many operations etcd allows, and says whether it did.
func (s *Store) lookForRoom() bool {
	ops := make([]*pb.RequestOp, MaxOrderOps)
	for i := range ops {
		ops[i] = countOp(keyFormat)
		ops[i].GetRequestRange().Serializable = true
	}
	_, err := s.send(s.reads.Ctx(), s.reads, request{thens: ops})
	if err == nil {
		s.room.wide.Store(true)
	}
	return err == nil || isTooMany(err)
}
