package etcdstore

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// Catalogue reads what is on sale, at one revision. It is for those who look once; [Store.Follow] is for those who stay.
func (s *Store) Catalogue(ctx context.Context) (*model.Catalogue, error) {
	once := follower{store: s, logged: map[string]string{}}
	return once.list(ctx)
}

// filling marks a store that is being filled with demo data: one in which that was interrupted is not taken for a shop.
const filling = model.PrefixInternal + "filling"

// Filling remembers in the store that it is being filled with demo data, or that this has come to its end.
func (s *Store) Filling(ctx context.Context, underWay bool) error {
	return s.update(ctx, filling, func(stored []byte) ([]byte, error) {
		switch {
		case !underWay:
			return nil, nil
		case stored != nil:
			return stored, nil
		}
		return []byte("demo data"), nil
	})
}

// HalfFilled says whether the filling with demo data was begun and did not come to its end, yet or ever.
func (s *Store) HalfFilled(ctx context.Context) (bool, error) {
	resp, err := s.read(ctx, keyOp(filling))
	if err != nil {
		return false, err
	}
	return len(resp.Responses[0].GetResponseRange().Kvs) > 0, nil
}

// Empty says whether the store holds nothing but what belongs to the store itself.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	first, noEnd := []byte{0}, []byte(model.NoEnd)
	before := rangeOp(&pb.RangeRequest{Key: first, RangeEnd: []byte(model.PrefixInternal), Limit: 1, KeysOnly: true})
	after := rangeOp(&pb.RangeRequest{Key: endOf(model.PrefixInternal), RangeEnd: noEnd, Limit: 1, KeysOnly: true})
	resp, err := s.read(ctx, before, after)
	if err != nil {
		return false, err
	}
	for _, answer := range resp.Responses {
		if len(answer.GetResponseRange().Kvs) > 0 {
			return false, nil
		}
	}
	return true, nil
}
