package etcdstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// attemptPatience is how long one copy of a request is waited for. It is shorter than the server's own 7 s, whose
	// expiry the client library would answer by sending the request again.
	attemptPatience = 2 * time.Second
	// patience is how long a person waits before anything was sent.
	patience = 5 * time.Second

	firstWait   = 20 * time.Millisecond // between tries; doubled each time
	longestWait = 500 * time.Millisecond
	unseenWait  = 20 * time.Millisecond // before another member is asked
)

// request is a transaction: if all compares hold then one list of operations, else the other.
type request struct {
	ifs   []*pb.Compare
	thens []*pb.RequestOp
	elses []*pb.RequestOp
}

// message is the request as it is sent.
func (r request) message() *pb.TxnRequest {
	return &pb.TxnRequest{Compare: r.ifs, Success: r.thens, Failure: r.elses}
}

// send sends one copy of a request and waits for its answer, at most attemptPatience. A member that turns it away
// without having looked at it is not the end: as many members are asked as there are endpoints.
func (s *Store) send(ctx context.Context, c *client, r request) (*pb.TxnResponse, error) {
	ctx, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), attemptPatience)
	defer cancel()
	for tries := len(c.Endpoints()); ; tries-- {
		resp, err := c.txn(ctx, r)
		if !isUnseen(err) || tries <= 0 || !pause(ctx, unseenWait) {
			return resp, err
		}
	}
}

// sender sends one copy of a write and waits for its answer.
type sender func(context.Context, request) (*pb.TxnResponse, error)

// read reads in one transaction: what it returns was true at one revision, and no older than the call, unless all operations
// say that what any one member knows will do. It tries again where etcd does not answer, for at most patience, but not where
// the cluster has no leader.
func (s *Store) read(ctx context.Context, ops ...*pb.RequestOp) (*pb.TxnResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for wait := firstWait; ; wait = longer(wait) {
		resp, err := s.send(ctx, s.reads, request{thens: ops})
		if err == nil {
			return resp, nil
		}
		failure := readFailure(err)
		if failure.Code != model.CodeUnavailable || isNoLeader(err) || !s.rest(ctx, wait) {
			return nil, failure
		}
	}
}

// readUntil reads until it is answered. The error, where ctx or the store ended before that, is [model.CodeUnknown].
func (s *Store) readUntil(ctx context.Context, ops ...*pb.RequestOp) (*pb.TxnResponse, error) {
	for wait := firstWait; ; wait = longer(wait) {
		resp, err := s.read(ctx, ops...)
		if err == nil {
			return resp, nil
		}
		if !s.rest(ctx, wait) {
			return nil, model.Wrap(model.CodeUnknown, err, "the store cannot be read: it is not known yet whether the change was made")
		}
	}
}

// doubt remembers whether a copy of a write may have been carried out, or may yet be, although nobody said so.
type doubt struct {
	open bool
	tell func() // called when it opens; may be nil
}

// raise opens the doubt.
func (d *doubt) raise() {
	if !d.open && d.tell != nil {
		d.tell()
	}
	d.open = true
}

// insist sends a write until it is answered. The compares of r must be such that at most one copy can succeed, and must
// stay the same while the doubt is open: then the answer speaks for all copies. Succeeded: it is done, and every other
// copy is dead. Not succeeded: an earlier copy did it, or something else changed what is compared.
//
// An error is a refusal, with which nothing has been done by any copy, or, where ctx ended before an answer came,
// [model.CodeUnknown]. A copy that has been sent is waited for even if ctx ends meanwhile, because its answer is worth
// more than that moment.
func (s *Store) insist(ctx context.Context, r request, d *doubt) (*pb.TxnResponse, error) {
	return s.insistAfter(ctx, s.sendStraight, r, d)
}

// insistAfter is insist with a way of its own to send the first copy.
func (s *Store) insistAfter(ctx context.Context, first sender, r request, d *doubt) (*pb.TxnResponse, error) {
	send := first
	for wait := firstWait; ; wait = longer(wait) {
		resp, err := send(context.WithoutCancel(ctx), r)
		send = s.sendWrite
		if isFull(err) && !d.open {
			if resp, err = s.sentToFull(ctx, r); err != nil && !errors.Is(err, errFull) {
				d.raise() // nobody told what became of the copy, whatever was said of the question
			}
		}
		s.tellsRoom(resp, err)
		if err == nil {
			return resp, nil
		}
		no := refusal(err)
		if no != nil && !d.open {
			return nil, no
		}
		if no == nil {
			s.log.Warn("a write was not answered", "error", err)
			d.raise()
		}
		if !s.rest(ctx, wait) {
			return nil, model.Wrap(model.CodeUnknown, err, "the store did not answer: it is not known yet whether the change was made")
		}
	}
}

func longer(wait time.Duration) time.Duration { return min(2*wait, longestWait) }

// jittered keeps many waiters from trying again at the same moment.
func jittered(wait time.Duration) time.Duration { return wait/2 + rand.N(wait) }

// rest waits before the next try, and says whether there is to be one: neither ctx nor the store has ended.
func (s *Store) rest(ctx context.Context, wait time.Duration) bool {
	return pause(ctx, jittered(wait)) && s.writes.Ctx().Err() == nil
}
