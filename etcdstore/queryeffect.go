package etcdstore

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// Effect looks what a raw query of an admin's would do if it ran now, and changes nothing.
func (s *Store) Effect(ctx context.Context, actor string, q model.RawQuery) (model.Effect, error) {
	if err := mayAsk(actor); err != nil {
		return model.Effect{}, err
	}
	resp, err := s.read(ctx,
		getOp(model.UserKey(actor)), rangeOp(&pb.RangeRequest{Key: []byte(model.NoEnd), RangeEnd: []byte(model.NoEnd), CountOnly: true}))
	if err != nil {
		return model.Effect{}, err
	}
	if err := checkAdmin(actor, resp.Responses[0].GetResponseRange().Kvs); err != nil {
		return model.Effect{}, err
	}
	return s.effect(ctx, model.Effect{Query: q, Revision: resp.Header.Revision, All: resp.Responses[1].GetResponseRange().Count})
}

// OperatorEffect is [Store.Effect] for operators, who need not be admins.
func (s *Store) OperatorEffect(ctx context.Context, q model.RawQuery) (model.Effect, error) {
	resp, err := s.read(ctx, rangeOp(&pb.RangeRequest{Key: []byte(model.NoEnd), RangeEnd: []byte(model.NoEnd), CountOnly: true}))
	if err != nil {
		return model.Effect{}, err
	}
	return s.effect(ctx, model.Effect{Query: q, Revision: resp.Header.Revision, All: resp.Responses[0].GetResponseRange().Count})
}

// effect completes what is known of the whole store with what a query would do to it.
func (s *Store) effect(ctx context.Context, all model.Effect) (model.Effect, error) {
	q := all.Query
	if q.Verb != model.VerbTxn {
		return s.withKeys(ctx, all, q)
	}
	for _, branch := range []struct {
		parts   []model.RawQuery
		effects *[]model.Effect
	}{{q.Then, &all.Then}, {q.Else, &all.Else}} {
		for _, part := range branch.parts {
			if !part.Writes() {
				continue
			}
			one, err := s.withKeys(ctx, all, part)
			if err != nil {
				return model.Effect{}, err
			}
			*branch.effects = append(*branch.effects, one)
		}
	}
	return all, nil
}

// withKeys counts the keys that a query would write to.
func (s *Store) withKeys(ctx context.Context, of model.Effect, q model.RawQuery) (model.Effect, error) {
	of.Query, of.Then, of.Else = q, nil, nil
	if q.Verb == model.VerbCompaction {
		return of, nil
	}
	resp, err := s.read(ctx, rangeOp(&pb.RangeRequest{
		Key: []byte(q.Range.Key), RangeEnd: endAt(q.Range.End), CountOnly: true,
	}))
	if err != nil {
		return of, err
	}
	of.Keys = resp.Responses[0].GetResponseRange().Count
	return of, nil
}
