package etcdstore

import (
	"cmp"
	"context"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// queryPage is how many keys of a raw get an admin is shown at once. Counting what follows takes etcd a look at each
	// key, so whoever reads everything takes pages that grow.
	queryPage = 100
	// mostAtOnce is how many keys are read where there are no pages: in another order than by key, or inside a transaction.
	mostAtOnce = 10_000
	// physicalPatience is how long a compaction is waited for that gives the space back before it answers.
	physicalPatience = time.Minute
)

// Query runs a raw query for whoever holds the store, such as an operator at the command line, and hands over what it
// gives: a get page by page, all of it as it was at one revision; a watch as [Store.WatchAs] does; anything else at once.
// Where take fails, so does the query.
//
// A write is sent once. Where its answer is lost it is [model.CodeUnknown]: it may have been done, or may yet be. Nothing
// of the shop's rules is looked at; [Store.Audit] finds what a raw write has damaged. Of a revision that is forgotten or
// has not come yet nothing is found: [model.CodeNotFound]. Where members do not answer, what is known is handed over
// nevertheless, and the error is [model.CodeUnavailable].
func (s *Store) Query(ctx context.Context, q model.RawQuery, take func(model.Answer) error) error {
	if q.Verb == model.VerbWatch {
		return s.watchRaw(ctx, "", q, take)
	}
	for page := int64(queryPage); ; {
		answer, err := rawQuery{RawQuery: q, store: s, page: page}.answer(ctx)
		if err != nil && len(answer.Rows) == 0 {
			return err
		}
		if failed := take(answer); failed != nil || err != nil {
			return cmp.Or(failed, err)
		}
		rest, more := answer.Rest()
		if !more {
			return nil
		}
		q, page = rest, min(2*page, nextPageOf(answer))
	}
}

// QueryAs runs a raw query for an admin, or is [model.CodeDenied]: the role is read together with what is asked for, and a
// write compares the account in its transaction. Of a get it returns the first page; [model.Answer.Rest] asks for the next.
// Otherwise it is [Store.Query]. Watches have [Store.WatchAs].
func (s *Store) QueryAs(ctx context.Context, actor string, q model.RawQuery) (model.Answer, error) {
	if err := mayAsk(actor); err != nil {
		return model.Answer{}, err
	}
	if q.Verb == model.VerbWatch {
		return model.Answer{}, model.Errorf(model.CodeUsage, "a watch has no end, and so no answer")
	}
	return rawQuery{RawQuery: q, store: s, actor: actor, page: queryPage}.answer(ctx)
}

// mayAsk refuses those who cannot be admins, so that no name at all is not taken for an operator.
func mayAsk(actor string) error {
	if !isUsername(actor) {
		return checkAdmin(actor, nil)
	}
	return nil
}

// rawQuery is a raw query under way.
type rawQuery struct {
	model.RawQuery
	store *Store
	actor string // who must be an admin; empty for an operator
	page  int64
}

func (r rawQuery) answer(ctx context.Context) (model.Answer, error) {
	switch {
	case r.Verb == model.VerbGet, r.Verb == model.VerbTxn && !r.Writes():
		return r.look(ctx)
	case r.Verb == model.VerbCompaction:
		return r.compact(ctx)
	case r.Writes():
		return r.write(ctx)
	default:
		return r.askMembers(ctx)
	}
}

// look reads, together with the account of whoever must be an admin.
func (r rawQuery) look(ctx context.Context) (model.Answer, error) {
	ops := []*pb.RequestOp{r.op()}
	if r.actor != "" {
		ops = append(ops, rangeOp(&pb.RangeRequest{Key: []byte(model.UserKey(r.actor)), Serializable: r.Serializable}))
	}
	resp, err := r.read(ctx, ops)
	if err != nil {
		return model.Answer{}, r.failure(err)
	}
	if r.actor != "" {
		if err := checkAdmin(r.actor, resp.Responses[1].GetResponseRange().Kvs); err != nil {
			return model.Answer{}, err
		}
	}
	return r.give(resp.Header.Revision, resp.Responses[0]), nil
}

// read reads as the query wants: what most members agree on, or what whoever answers knows, even without a leader.
func (r rawQuery) read(ctx context.Context, ops []*pb.RequestOp) (*pb.TxnResponse, error) {
	if !r.Serializable {
		return r.store.read(ctx, ops...)
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	resp, err := r.store.reads.txn(limited, request{thens: ops})
	if err != nil {
		return nil, readFailure(err)
	}
	return resp, nil
}

// write sends a write, once. It is sent again only where it was certainly not done: the account of the actor had changed.
func (r rawQuery) write(ctx context.Context) (model.Answer, error) {
	if r.actor == "" {
		return r.writeFreely(ctx)
	}
	key := model.UserKey(r.actor)
	found, err := r.store.read(ctx, getOp(key))
	if err != nil {
		return model.Answer{}, err
	}
	for range updateTries {
		account := found.Responses[0].GetResponseRange().Kvs
		if err = checkAdmin(r.actor, account); err != nil {
			return model.Answer{}, err
		}
		r.store.log.Info("a raw write", "admin", r.actor, "query", r.RawQuery.Verb, "keys", r.Range.String())
		found, err = r.send(ctx, request{
			ifs:   []*pb.Compare{unmoved(key, account[0].ModRevision)},
			thens: []*pb.RequestOp{r.op()},
			elses: []*pb.RequestOp{getOp(key)},
		})
		if err != nil {
			return model.Answer{}, err
		}
		if found.Succeeded {
			return r.give(found.Header.Revision, found.Responses[0]), nil
		}
	}
	return model.Answer{}, model.Errorf(model.CodeConflict, "your account keeps changing: nothing was done, try again")
}

// writeFreely sends a write of an operator's. A transaction is not wrapped into another, so that it may be as large as
// etcd allows.
func (r rawQuery) writeFreely(ctx context.Context) (model.Answer, error) {
	wanted := request{thens: []*pb.RequestOp{r.op()}}
	if r.Verb == model.VerbTxn {
		wanted = r.transaction()
	}
	resp, err := r.send(ctx, wanted)
	switch {
	case err != nil:
		return model.Answer{}, err
	case r.Verb == model.VerbTxn:
		return r.giveTxn(resp.Header.Revision, resp), nil
	}
	return r.give(resp.Header.Revision, resp.Responses[0]), nil
}

// send sends one copy, and waits for its answer even if ctx ends meanwhile: it is worth more than that moment.
func (r rawQuery) send(ctx context.Context, wanted request) (*pb.TxnResponse, error) {
	if ctx.Err() != nil {
		return nil, model.Wrap(model.CodeUnavailable, ctx.Err(), "nothing was done: it was given up before it was sent")
	}
	resp, err := r.store.send(context.WithoutCancel(ctx), r.store.writes, wanted)
	return resp, r.writeFailure(err)
}

// writeFailure returns what to tell people about the error of a write that is not repeated; nil for none.
func (r rawQuery) writeFailure(err error) error {
	if err == nil {
		return nil
	}
	if grpcCode(err) == codes.OutOfRange { // looked at before anything was done
		return r.failure(err)
	}
	if no := refusal(err); no != nil {
		return no
	}
	r.store.log.Warn("a raw write was not answered", "error", err)
	if grpcCode(err) == codes.ResourceExhausted {
		return model.Wrap(model.CodeUnknown, err, "etcd says: %s. It may have been done nevertheless: look before you do it again", reason(err))
	}
	return model.Wrap(model.CodeUnknown, err, "the store did not answer: it may have been done, or may yet be. Look before you do it again")
}

// failure explains where the revision that was asked for is none.
func (r rawQuery) failure(err error) error {
	switch {
	case isForgotten(err) && r.Verb == model.VerbCompaction:
		return model.Wrap(model.CodeRefused, err, "what was before revision %d is forgotten already", r.Revision)
	case isForgotten(err):
		return model.Wrap(model.CodeNotFound, err, "how it was at that revision is forgotten: the store was compacted since")
	case isFuture(err):
		return model.Wrap(model.CodeNotFound, err, "the store has not come to that revision yet")
	}
	return err
}

// compact has the store forget its past. No transaction can hold a compaction, so the role is read right before.
func (r rawQuery) compact(ctx context.Context) (model.Answer, error) {
	if r.actor != "" {
		found, err := r.store.read(ctx, getOp(model.UserKey(r.actor)))
		if err == nil {
			err = checkAdmin(r.actor, found.Responses[0].GetResponseRange().Kvs)
		}
		if err != nil {
			return model.Answer{}, err
		}
		r.store.log.Info("a raw compaction", "admin", r.actor, "revision", r.Revision)
	}
	limit, options := patience, []clientv3.CompactOption(nil)
	if r.Physical {
		limit, options = physicalPatience, append(options, clientv3.WithCompactPhysical())
	}
	limited, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), limit)
	defer cancel()
	resp, err := r.store.writes.Compact(limited, r.Revision, options...)
	if err != nil {
		return model.Answer{}, r.writeFailure(err)
	}
	return model.Answer{Query: r.RawQuery, Revision: resp.Header.Revision}, nil
}
