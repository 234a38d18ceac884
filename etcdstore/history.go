package etcdstore

import (
	"cmp"
	"context"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// History reads how the count of an event moved, from etcd's own revisions, as far back as etcd remembers them. Of more
// than [model.MaxMoments] it reads so many, spread over all that time. There being no such event is
// [model.CodeNotFound].
func (s *Store) History(ctx context.Context, eventID string) (model.History, error) {
	if !isEventID(eventID) {
		return model.History{}, noSuchEvent(eventID)
	}
	resp, err := s.read(ctx, getOp(model.EventKey(eventID)))
	if err != nil {
		return model.History{}, err
	}
	found := resp.Responses[0].GetResponseRange().Kvs
	if len(found) == 0 {
		return model.History{}, noSuchEvent(eventID)
	}
	var past []*mvccpb.KeyValue
	err = s.past(ctx, found[0], 0, model.MaxMoments, func(kv *mvccpb.KeyValue) { past = append(past, kv) })
	if err != nil {
		return model.History{}, err
	}
	slices.SortFunc(past, func(a, b *mvccpb.KeyValue) int { return cmp.Compare(a.Version, b.Version) })
	var history model.History
	for _, kv := range past {
		if event, err := model.DecodeEvent(eventID, kv.Value); err == nil {
			history.Add(&event, kv.ModRevision)
		}
	}
	if past[0].Version > 1 {
		history.Since = past[0].ModRevision
	}
	return history, nil
}

// readsAtOnce is how many reads go into one transaction, of which etcd allows 128.
const readsAtOnce = 100

// past visits what a key held from a revision on, up to the state that is passed in: that one first, and the others in no
// order, each once. Where there are more than most, it visits so many, spread over all that time. What the store has
// forgotten is passed over, and so is what was before the key was deleted and made again.
//
// It asks which state a revision found, and then for the one before that. A watch from the old revision would be less
// work to write, but the member would stop all writers while it reads everything that happened since, to all keys: a
// third of a second for each hundred thousand orders.
func (s *Store) past(ctx context.Context, now *mvccpb.KeyValue, from int64, most int, visit func(*mvccpb.KeyValue)) error {
	visit(now)
	if now.Version == 1 {
		return nil
	}
	from, err := s.remembered(ctx, max(from, now.CreateRevision), now.ModRevision)
	if err != nil {
		return err
	}
	// The first questions are spread over all revisions, so that many states are looked for at the same time.
	var ask []int64
	span := now.ModRevision - from
	questions := min(span, now.Version-1, readsAtOnce, int64(most/2))
	for i := range questions {
		ask = append(ask, now.ModRevision-1-i*span/questions)
	}
	ask = append(ask, from)
	seen := map[int64]bool{now.Version: true}
	for len(ask) > 0 && len(seen) < most {
		some := ask[:min(len(ask), readsAtOnce, most-len(seen))]
		ask = ask[len(some):]
		found, err := s.readAt(ctx, string(now.Key), some)
		switch {
		case isForgotten(err):
			return nil // meanwhile
		case err != nil:
			return err
		}
		for _, kv := range found {
			if seen[kv.Version] {
				continue
			}
			seen[kv.Version] = true
			visit(kv)
			if kv.ModRevision > from && !seen[kv.Version-1] {
				ask = append(ask, kv.ModRevision-1)
			}
		}
	}
	return nil
}

// readAt reads a key as it was at some revisions.
func (s *Store) readAt(ctx context.Context, key string, revisions []int64) ([]*mvccpb.KeyValue, error) {
	var reads []*pb.RequestOp
	for _, revision := range revisions {
		reads = append(reads, getOpAt(key, revision))
	}
	resp, err := s.read(ctx, reads...)
	if err != nil {
		return nil, err
	}
	var found []*mvccpb.KeyValue
	for _, answer := range resp.Responses {
		found = append(found, answer.GetResponseRange().Kvs...)
	}
	return found, nil
}

// remembered returns the first of some revisions that the store has not forgotten, or the last of them.
func (s *Store) remembered(ctx context.Context, first, last int64) (int64, error) {
	for revision := first; first < last; revision = first + (last-first)/2 {
		_, err := s.readAt(ctx, model.PrefixInternal, []int64{revision})
		switch {
		case err == nil:
			last = revision
		case isForgotten(err):
			first = revision + 1
		default:
			return 0, err
		}
	}
	return last, nil
}
