package etcdstore

import (
	"context"
	"errors"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
)

// errFull says that a database has no room left for a write, which was not done.
var errFull = errors.New("the database has no room left")

// isFull says whether a member answered that its database has reached its limit. Until an admin gives space back, everything
// that writes is answered so; and so is the write that filled it, although it was carried out.
func isFull(err error) bool { return says(err, rpctypes.ErrGRPCNoSpace) }

// sentToFull finds out what became of a write that a member has answered so. With that this copy has come to its end, and if it
// was carried out, something that it compares has moved. So the same compares are asked again, without anything to write, which
// a full database answers.
//
// If they do not hold, the answer is what another copy of the write would get, which speaks for all of them. If they still hold,
// the error is errFull: this copy was not carried out, which says nothing of others that may yet arrive. Any other error leaves
// it open.
func (s *Store) sentToFull(ctx context.Context, r request) (*pb.TxnResponse, error) {
	asking := request{ifs: r.ifs, thens: []*pb.RequestOp{countOp(keyFormat)}} // without a read the answer might be old
	for _, op := range r.elses {
		if op.GetRequestRange() != nil {
			asking.elses = append(asking.elses, op)
		}
	}
	resp, err := s.send(context.WithoutCancel(ctx), s.reads, asking)
	if err == nil && resp.Succeeded {
		return nil, errFull
	}
	return resp, err
}
