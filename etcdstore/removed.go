package etcdstore

import (
	"context"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// finish clears away what an event that is gone has left: its place in the search index, and notifications that still wait.
// An interrupted finish is made up for by the next.
func (r *removing) finish(ctx context.Context) (model.Removal, error) {
	done := r.seen.removal
	event, damage := model.DecodeEvent(r.seen.id, done.Event)
	removal := model.Removal{
		EventID: r.seen.id, Name: event.Name, Orders: done.Orders, Tickets: done.Tickets, Refunded: done.Refunded,
	}
	if !r.indexed {
		listed, err := r.store.listsWith(ctx, r.seen.id)
		if err != nil {
			return removal, unfinished(err)
		}
		if err := r.store.tidyIndex(ctx, r.seen.id, listed); err != nil {
			return removal, unfinished(err)
		}
	}
	if damage != nil {
		return removal, nil //nolint:nilerr // the event is gone, and nobody knows what it was
	}
	if err := r.store.tellWaiting(ctx, event); err != nil {
		return removal, unfinished(err)
	}
	return removal, nil
}

func unfinished(err error) error {
	return model.Wrap(model.CodeOf(err), err, "the event is removed, but not all traces of it are: remove it again to finish that")
}

// tellWaiting tells everybody who waits for an event that it is gone.
func (s *Store) tellWaiting(ctx context.Context, event model.Event) error {
	for again := true; again; {
		again = false
		var waiting batch
		var seen []int64 // the revisions of their records
		err := s.eachAbout(ctx, model.PrefixNotification, event.ID, func(username string, kv *mvccpb.KeyValue) error {
			n := notificationIn(username, event.ID, []*mvccpb.KeyValue{kv})
			if n.Gone == "" {
				waiting = append(waiting, model.Record{Key: string(kv.Key), Value: n.Told(event.Name, 0).Encode()})
				seen = append(seen, kv.ModRevision)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, some := range split(waiting, maxOps) {
			resp, err := s.insist(ctx, some.request(seen[:len(some)]), &doubt{})
			if err != nil {
				return err
			}
			again, seen = again || !resp.Succeeded, seen[len(some):]
		}
	}
	return nil
}

// notificationIn reads the answer to a get of a notification. One that cannot be read told nobody anything.
func notificationIn(username, id string, found []*mvccpb.KeyValue) model.Notification {
	none := model.Notification{Username: username, EventID: id}
	if len(found) == 0 {
		return none
	}
	if n, err := model.DecodeNotification(username, id, found[0].Value); err == nil {
		return n
	}
	return none
}
