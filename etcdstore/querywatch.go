package etcdstore

import (
	"context"
	"strconv"
	"time"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// WatchAs watches for an admin, and hands over what changes: first an answer without changes when the watch has begun,
// with the revision from which on nothing is missed. It ends when ctx does, without an error, or when it has seen as many
// changes as the query limits it to.
//
// It ends with [model.CodeDenied] at once where the actor is no longer an admin, with [model.CodeNotFound] where the store
// was compacted past what was to come next, and with [model.CodeUnavailable] where the cluster has lost its leader. The
// sentence says so, and from where to go on.
func (s *Store) WatchAs(ctx context.Context, actor string, q model.RawQuery, take func(model.Answer)) error {
	if err := mayAsk(actor); err != nil {
		return err
	}
	return s.watchRaw(ctx, actor, q, func(a model.Answer) error {
		take(a)
		return nil
	})
}

// rawWatch is a watch under way.
type rawWatch struct {
	query model.RawQuery
	actor string
	take  func(model.Answer) error
	next  int64 // the first revision that has not been seen
	seen  int64 // changes
}

func (s *Store) watchRaw(ctx context.Context, actor string, q model.RawQuery, take func(model.Answer) error) error {
	watching, cancel := context.WithCancel(ownStream(clientv3.WithRequireLeader(ctx)))
	defer cancel()
	hung := time.AfterFunc(patience, cancel)
	w := rawWatch{query: q, actor: actor, take: take, next: q.Revision}
	account, err := w.watchAccount(watching, s)
	if err != nil {
		return err
	}
	options := []clientv3.OpOption{clientv3.WithRev(w.next), clientv3.WithFragment(), clientv3.WithCreatedNotify()}
	if q.Range.End != "" {
		options = append(options, clientv3.WithRange(q.Range.End))
	}
	if q.PrevKV {
		options = append(options, clientv3.WithPrevKV())
	}
	changes := s.reads.Watch(watching, q.Range.Key, options...)
	for {
		select {
		case response, ok := <-account:
			err = w.takeAccount(response, ok)
		case response, ok := <-changes:
			hung.Stop()
			err = w.takeChanges(response, ok)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case w.seen > 0 && w.seen == q.Limit:
			return nil
		}
	}
}

// watchAccount makes sure that the actor is an admin, and watches the account from then on. An operator has none.
func (w *rawWatch) watchAccount(ctx context.Context, s *Store) (clientv3.WatchChan, error) {
	if w.actor == "" {
		return nil, nil
	}
	key := model.UserKey(w.actor)
	found, err := s.read(ctx, getOp(key))
	if err != nil {
		return nil, err
	}
	if err := checkAdmin(w.actor, found.Responses[0].GetResponseRange().Kvs); err != nil {
		return nil, err
	}
	from := found.Header.Revision + 1
	if w.next == 0 {
		w.next = from
	}
	return s.reads.Watch(ctx, key, clientv3.WithRev(from)), nil
}

func (w *rawWatch) takeAccount(response clientv3.WatchResponse, ok bool) error {
	if !ok || response.Err() != nil {
		return w.failure(response.Err())
	}
	for _, event := range response.Events {
		if event.Type == mvccpb.DELETE || checkAdmin(w.actor, []*mvccpb.KeyValue{event.Kv}) != nil {
			return model.Errorf(model.CodeDenied, "the watch has ended: you are no longer an admin")
		}
	}
	return nil
}

func (w *rawWatch) takeChanges(response clientv3.WatchResponse, ok bool) error {
	if !ok || response.Err() != nil {
		return w.failure(response.Err())
	}
	revision := response.Header.Revision
	if !response.Created {
		w.next = max(w.next, revision+1)
	} else if w.next == 0 {
		w.next = revision + 1
	}
	out := model.Answer{Query: w.query, Revision: revision}
	if response.Created {
		out.Revision = w.next
	}
	for _, event := range response.Events {
		if w.query.Limit > 0 && w.seen == w.query.Limit {
			break
		}
		w.seen++
		change := model.RawChange{Deleted: event.Type == mvccpb.DELETE, Pair: pair(event.Kv)}
		if event.PrevKv != nil {
			before := pair(event.PrevKv)
			change.Previous = &before
		}
		out.Changes = append(out.Changes, change)
	}
	return w.take(out)
}

// failure says why a watch has ended.
func (w *rawWatch) failure(err error) error {
	switch {
	case err == nil:
		return model.Errorf(model.CodeUnavailable, "the watch has ended: the store does not answer")
	case isForgotten(err):
		return model.Wrap(model.CodeNotFound, err,
			"the watch has ended: the store was compacted, and what comes next in it is forgotten. Watch again without --rev, or from later on")
	case isNoLeader(err):
		return model.Wrap(model.CodeUnavailable, err, "the watch has ended: %s. %s", noAgreement, w.goOn())
	case denial(err) != nil:
		return denial(err)
	}
	return model.Wrap(model.CodeUnavailable, err, "the watch has ended: %s. %s", reason(err), w.goOn())
}

func (w *rawWatch) goOn() string {
	if w.next == 0 {
		return "Nothing was seen yet"
	}
	return "What happens meanwhile is shown by --rev " + strconv.FormatInt(w.next, 10)
}
