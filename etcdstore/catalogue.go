package etcdstore

import (
	"context"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// Catalogue reads what is on sale, at one revision. It is for those who look once; [Store.Follow] is for those who stay.
func (s *Store) Catalogue(ctx context.Context) (*model.Catalogue, error) {
	once := follower{store: s, logged: map[string]string{}}
	return once.list(ctx)
}

// Empty says whether the store holds nothing but what belongs to the store itself.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	before := clientv3.OpGet("\x00", clientv3.WithRange(model.PrefixInternal), clientv3.WithLimit(1), clientv3.WithKeysOnly())
	after := clientv3.OpGet(clientv3.GetPrefixRangeEnd(model.PrefixInternal), clientv3.WithFromKey(),
		clientv3.WithLimit(1), clientv3.WithKeysOnly())
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
