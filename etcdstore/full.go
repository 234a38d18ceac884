package etcdstore

import (
	"context"
	"errors"
	"slices"
	"sync"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"

	"github.com/ticketcd/ticketcd/model"
)

// errFull says that a database has no room left for a write, which was not done.
var errFull = errors.New("the database has no room left")

// isFull says whether a member answered that its database has reached its limit. Until an admin gives space back, everything
// that writes is answered so; and so is the write that filled it, although it was carried out.
func isFull(err error) bool { return says(err, rpctypes.ErrGRPCNoSpace) }

// sentToFull finds out what became of the only copy of a write that a member has answered so. With that the copy has come to
// its end, and if it was carried out, something that it compares has moved. So the same compares are asked again, without
// anything to write, which a full database answers. If they still hold, the error is errFull. If not, the answer is what a
// second copy of the write would get, which speaks for the first; any other error leaves it open.
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

// fullness shows whether the database is known to be full. Those who are called twice a second tell, and so does every write:
// one member alone is not called.
type fullness struct {
	mu    sync.Mutex // for one at a time to post
	board *model.Board[bool]
}

// found takes notice of whether the database is full.
func (f *fullness) found(full bool) {
	if before, _ := f.board.Read(); before == full {
		return // as after every order
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if before, _ := f.board.Read(); before != full {
		f.board.Post(full)
	}
}

// tellsRoom takes notice of what the answer to a write tells of the room in the database: only one that was carried out shows
// that there is some.
func (s *Store) tellsRoom(resp *pb.TxnResponse, err error) {
	switch {
	case errors.Is(err, errFull):
		s.fullness.found(true)
	case err == nil && resp.Succeeded:
		s.fullness.found(false)
	}
}

// tellsFull says whether a member tells, by its own alarm or by that of another, that the database is full.
func tellsFull(status *pb.StatusResponse) bool {
	return slices.ContainsFunc(status.GetErrors(), func(text string) bool {
		_, alarm, ok := readAlarm(text)
		return ok && alarm == pb.AlarmType_NOSPACE.String()
	})
}
