package etcdstore

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// repairTries is how often a repair follows others that change the same records.
const repairTries = 50

// Repair carries out what an audit has planned, and returns how many of the repairs found something to do. Each is judged
// anew on what the store holds now, and is written only if that still holds: who buys or edits meanwhile is never
// overwritten. Orders, prices and what is left of a ticket are never touched. It is for operators.
//
// At the first repair that fails it ends; what was done before stays done, and a new audit plans the rest. progress, if
// there is one, is called after each.
func (s *Store) Repair(ctx context.Context, plan []model.Repair, progress func(done, total int)) (mended int, err error) {
	for i, r := range plan {
		did, err := s.mend(ctx, r)
		if err != nil {
			return mended, model.Wrap(model.CodeOf(err), err, "%s: %s", model.Clean(r.Key), model.Sentence(err))
		}
		if did {
			mended++
		}
		if progress != nil {
			progress(i+1, len(plan))
		}
	}
	return mended, nil
}

func (s *Store) mend(ctx context.Context, r model.Repair) (bool, error) {
	key := model.ParseKey(r.Key)
	switch r.Kind {
	case model.RepairCount:
		return s.judged(ctx, eventReads(key.EventID), func(found []*pb.ResponseOp) (repairStep, error) {
			return mendCount(key.EventID, found)
		})
	case model.RepairNotification:
		return s.judged(ctx, notificationReads(r.Key, key), func(found []*pb.ResponseOp) (repairStep, error) {
			return mendNotification(r.Key, key, found), nil
		})
	case model.RepairAllowed:
		return s.judged(ctx, []*pb.RequestOp{getOp(r.Key)}, func(found []*pb.ResponseOp) (repairStep, error) {
			return mendAllowed(r, found), nil
		})
	case model.RepairIndex:
		return s.mendList(ctx, r)
	}
	return false, model.Errorf(model.CodeFailed, "this program does not know how to mend that")
}

// repairStep is what a repair writes, and what has to hold for it. Without records there is nothing to do.
type repairStep struct {
	ifs     []*pb.Compare
	records batch
}

// same adds that a record has not changed since it was found.
func (st *repairStep) same(key string, found []*mvccpb.KeyValue) {
	_, revision := valueOf(found)
	st.ifs = append(st.ifs, unmoved(key, revision))
}

// judged reads, has a step judged on that, and writes it if what it was judged on still holds; otherwise it judges again.
// Copies whose answers were lost do no harm: what they would write is what the next judgement finds done.
func (s *Store) judged(ctx context.Context, reads []*pb.RequestOp, judge func([]*pb.ResponseOp) (repairStep, error)) (did bool, err error) {
	resp, err := s.read(ctx, reads...)
	if err != nil {
		return false, err
	}
	for range repairTries {
		step, err := judge(resp.Responses)
		if err != nil || len(step.records) == 0 {
			return did, err
		}
		resp, err = s.insist(ctx, request{ifs: step.ifs, thens: step.records.ops(), elses: reads}, &doubt{})
		if err != nil || resp.Succeeded {
			return true, err
		}
		did = true // perhaps by a copy of ours
	}
	return did, model.Errorf(model.CodeConflict, "others keep changing it: try again")
}

// mendCount makes an event's count what its tickets add up to, if all of them can be read.
func mendCount(id string, found []*pb.ResponseOp) (repairStep, error) {
	event, tickets := found[0].GetResponseRange().Kvs, found[1].GetResponseRange().Kvs
	if len(event) == 0 {
		return repairStep{}, nil
	}
	readable, damaged := decodeTickets(tickets)
	for ticketType := range damaged {
		return repairStep{}, model.Errorf(model.CodeFailed, "the record of the %s tickets cannot be read: it has to be repaired first",
			model.Clean(ticketType))
	}
	sum := 0
	for _, t := range readable {
		sum += t.Left
	}
	if now, err := model.DecodeEvent(id, event[0].Value); err == nil && now.Left == sum {
		return repairStep{}, nil
	}
	mended, err := model.MendCount(id, event[0].Value, sum)
	if err != nil {
		return repairStep{}, model.Wrap(model.CodeFailed, err, "the event's record cannot be read, even without its count")
	}
	step := repairStep{records: batch{{Key: model.EventKey(id), Value: mended}}}
	step.same(model.EventKey(id), event)
	// No ticket was written since, and none has come; one that has gone was written with its event.
	newest := int64(0)
	for _, kv := range tickets {
		newest = max(newest, kv.ModRevision)
	}
	step.ifs = append(step.ifs, noneNewer(model.TicketPrefix(id), newest))
	return step, nil
}

func notificationReads(own string, key model.Key) []*pb.RequestOp {
	return []*pb.RequestOp{
		getOp(own), getOp(model.UserKey(key.Username)), getOp(model.EventKey(key.EventID)),
	}
}

// mendNotification removes a notification of nobody, and tells the user of one whose event is gone; one of these that cannot
// be read is removed as well.
func mendNotification(own string, key model.Key, found []*pb.ResponseOp) repairStep {
	stored, user, event := found[0].GetResponseRange().Kvs, found[1].GetResponseRange().Kvs, found[2].GetResponseRange().Kvs
	var step repairStep
	if len(stored) == 0 {
		return step
	}
	n, err := model.DecodeNotification(key.Username, key.EventID, stored[0].Value)
	switch {
	case len(user) == 0, err != nil && len(event) == 0:
		step.records = batch{{Key: own}}
	case err == nil && len(event) == 0 && n.Gone == "":
		step.records = batch{{Key: own, Value: n.Told("", 0).Encode()}}
	default:
		return step
	}
	step.same(own, stored)
	step.same(model.UserKey(key.Username), user)
	step.same(model.EventKey(key.EventID), event)
	return step
}

// mendAllowed adds what is missing to a list of allowed values. One that cannot be read is given up.
func mendAllowed(r model.Repair, found []*pb.ResponseOp) repairStep {
	stored := found[0].GetResponseRange().Kvs
	var values []string
	broken := false
	if len(stored) > 0 {
		var err error
		values, err = model.DecodeList(stored[0].Value)
		broken = err != nil
	}
	missing := missingIn(values, r.Join)
	if len(missing) == 0 && !broken {
		return repairStep{}
	}
	step := repairStep{records: batch{{Key: r.Key, Value: model.EncodeList(append(values, missing...))}}}
	step.same(r.Key, stored)
	return step
}
