package etcdstore

import (
	"bytes"
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// updateTries is how often an update follows others that change the same record.
const updateTries = 50

// update changes one record by its goal: change is given what is stored (nil for nothing) and returns what should be
// (nil for nothing). It is called again whenever somebody else was faster, and has to return its argument unchanged once
// the goal is reached: that is how an update whose answer was lost is known to be done, by us or by anybody.
//
// A late copy that makes a record compares its absence, which may come back. So it also compares the revision of a fence,
// which every update that takes a record away moves.
//
// A record of a user's is changed only while there is that user: otherwise whoever has the name next would find it.
func (s *Store) update(ctx context.Context, key string, change func(stored []byte) ([]byte, error)) error {
	return s.updateMade(ctx, key, func(stored []byte, _ int64) ([]byte, error) { return change(stored) })
}

// updateMade is update where it matters at which revision the record was made that is stored; 0 for nothing.
func (s *Store) updateMade(ctx context.Context, key string, change func(stored []byte, since int64) ([]byte, error)) error {
	return s.updateBeside(ctx, key, beside{}, func(stored []byte, since int64, _ []*pb.ResponseOp) ([]byte, error) {
		return change(stored, since)
	})
}

// beside is what a record is judged by that somebody changes.
type beside struct {
	reads []*pb.RequestOp // are answered as of the same revision as the record
	holds []*pb.Compare   // of what was read; without it nothing is written
}

// updateBeside is updateMade where other records matter as well.
func (s *Store) updateBeside(
	ctx context.Context, key string, others beside, change func(stored []byte, since int64, found []*pb.ResponseOp) ([]byte, error),
) error {
	fence, owner := fenceKey(key), model.ParseKey(key).Username
	reads := append([]*pb.RequestOp{getOp(key), getOp(fence), countOp(model.UserKey(owner))}, others.reads...)
	seen, err := s.read(ctx, reads...)
	if err != nil {
		return err
	}
	var open doubt
	for range updateTries {
		found := seen.Responses[0].GetResponseRange().Kvs
		stored, revision := valueOf(found)
		_, fenced := valueOf(seen.Responses[1].GetResponseRange().Kvs)
		if owner != "" && seen.Responses[2].GetResponseRange().Count == 0 {
			return noSuchUser(owner)
		}
		wanted, err := change(stored, madeIn(found), seen.Responses[len(reads)-len(others.reads):])
		switch {
		case err != nil:
			return err
		case (stored == nil) == (wanted == nil) && bytes.Equal(stored, wanted):
			return nil
		}
		r := request{
			ifs:   append([]*pb.Compare{unmoved(key, revision)}, others.holds...),
			thens: []*pb.RequestOp{putOp(key, wanted)},
			elses: reads,
		}
		if owner != "" {
			r.ifs = append(r.ifs, exists(model.UserKey(owner)))
		}
		switch {
		case wanted == nil:
			r.thens = []*pb.RequestOp{deleteOp(key), putOp(fence, []byte("{}"))}
		case stored == nil:
			r.ifs = append(r.ifs, unmoved(fence, fenced))
		}
		answer, err := s.insist(ctx, r, &open)
		if err != nil || answer.Succeeded {
			return err
		}
		// What the copies compare has moved for good; only absence may come back.
		open.open = open.open && revision == 0
		seen = answer
	}
	return model.Errorf(model.CodeConflict, "somebody else keeps changing the same record: try again")
}

// fenceKey is one for all records of a user's, so that there are never many.
func fenceKey(key string) string {
	return model.PrefixInternal + "fence:" + model.ParseKey(key).Username
}

// madeIn returns the revision at which a record was made that was found; 0 for none.
func madeIn(found []*mvccpb.KeyValue) int64 {
	if len(found) == 0 {
		return 0
	}
	return found[0].CreateRevision
}

// valueOf returns what is stored and since when; an empty value is not nil.
func valueOf(found []*mvccpb.KeyValue) (value []byte, revision int64) {
	if len(found) == 0 {
		return nil, 0
	}
	return append([]byte{}, found[0].Value...), found[0].ModRevision
}
