package etcdstore

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// shares returns a sender of one round's write, of so many bytes, which may make it part of a transaction together with
// those of other events. All of a shared transaction is carried out, or none of it. Its answer speaks for the round like
// any other: where it was not carried out, because of this round or of another one, the round is sent alone. And a lost
// answer leaves no more open: a copy of the shared transaction compares what each of its rounds compares, so that it can
// never be carried out any more once any of them has been, or has been settled, by itself.
func (s *Store) shares(size int) sender {
	return func(ctx context.Context, r request) (*pb.TxnResponse, error) {
		mine := newShare(r, size)
		switch together := s.commits.board(mine); len(together) {
		case 0:
		case 1:
			defer s.commits.land(1)
			return s.sendStraight(ctx, r)
		default:
			resp, err := s.sendStraight(ctx, whole(together))
			s.commits.land(len(together))
			tell(together, resp, err)
		}
		if mine.flown() && (mine.err != nil && refusal(mine.err) == nil || mine.err == nil && mine.resp.Succeeded) {
			return mine.resp, mine.err
		}
		return s.sendStraight(ctx, r)
	}
}

// readTogether is read where others of this process may read at the same moment: all of them share one transaction.
func (s *Store) readTogether(ctx context.Context, ops ...*pb.RequestOp) ([]*pb.ResponseOp, error) {
	mine := newShare(request{thens: ops}, 0)
	together := s.looks.board(mine)
	if len(together) > 0 {
		resp, err := s.read(ctx, whole(together).thens...)
		s.looks.land(len(together))
		tell(together, resp, err)
	}
	if !mine.flown() {
		mine.resp, mine.err = s.read(ctx, ops...)
	}
	if mine.err != nil {
		return nil, mine.err
	}
	return mine.resp.Responses, nil
}
