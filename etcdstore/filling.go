package etcdstore

import (
	"bytes"
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// filling marks a store that is being filled with demo data: one in which that was interrupted is not taken for a shop. Its
// value is the day of the data.
const filling = model.PrefixInternal + "filling"

// Filling remembers in the store that it is being filled with the demo data of a day, or, with no day, that this has ended.
func (s *Store) Filling(ctx context.Context, day string) error {
	return s.update(ctx, filling, func([]byte) ([]byte, error) {
		if day == "" {
			return nil, nil
		}
		return []byte(day), nil
	})
}

// HalfFilled returns the day of the demo data with which the store began to be filled, if that did not come to its end, yet
// or ever. Otherwise there is none.
func (s *Store) HalfFilled(ctx context.Context) (day string, err error) {
	resp, err := s.read(ctx, getOp(filling))
	if err != nil {
		return "", err
	}
	value, _ := valueOf(resp.Responses[0].GetResponseRange().Kvs)
	return string(value), nil
}

// HoldsOnly says whether whatever the store holds was loaded from these records, and has not been changed since. What
// belongs to the store itself does not count.
func (s *Store) HoldsOnly(ctx context.Context, records []model.Record) (bool, error) {
	loaded := make(map[string][]byte, len(records))
	for _, r := range records {
		loaded[r.Key] = r.Value
	}
	everything := scan{store: s}
	for stored, err := range everything.records(ctx) {
		if err != nil {
			return false, err
		}
		value, known := loaded[stored.Key]
		if !known {
			return false, nil
		}
		if same, err := s.isLoaded(ctx, stored, value); !same {
			return false, err
		}
	}
	return true, nil
}

// isLoaded says whether a record is as the loading of a value leaves it: a plain-text password is hashed.
func (s *Store) isLoaded(ctx context.Context, stored model.Record, value []byte) (bool, error) {
	key := model.ParseKey(stored.Key)
	if key.Family != model.FamilyUser || bytes.Equal(stored.Value, value) {
		return bytes.Equal(stored.Value, value), nil
	}
	is, err := model.DecodeUser(key.Username, stored.Value)
	if err != nil {
		return false, nil //nolint:nilerr // we load none that cannot be read
	}
	user, err := model.DecodeUser(key.Username, value)
	if err != nil || user.Password == "" || isHashed(user.Password) {
		return false, nil //nolint:nilerr // nothing of these is hashed
	}
	same, _, err := s.tryPassword(ctx, is.Password, user.Password)
	if model.CodeOf(err) == model.CodeFailed {
		return false, nil // we make no hash that cannot be read
	}
	user.Password = is.Password
	return same && bytes.Equal(stored.Value, user.Encode()), err
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
