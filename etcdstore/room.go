package etcdstore

import "sync/atomic"

// MaxOrderOps is how many operations, and how many compares, a transaction of orders holds at most. etcd allows fewer unless
// it is told otherwise (--max-txn-ops), as the members are that this program runs. With 256 buyers on five members on one
// machine, a tenth more are sold than with etcd's 128.
const MaxOrderOps = 512

// room is how many operations a transaction of orders may hold. etcd tells nobody how many it allows, but turns one away that
// has too many, before anything of it is carried out: from then on, there are no more than it allows by default.
//
// The zero value is ready.
type room struct{ small atomic.Bool }

func (r *room) ops() int {
	if r.small.Load() {
		return maxOps
	}
	return MaxOrderOps
}

// shrink says whether an error means that etcd does not allow so many operations, and takes note of it.
func (r *room) shrink(err error, ops int) bool {
	if ops <= maxOps || !isTooMany(err) {
		return false
	}
	r.small.Store(true)
	return true
}
