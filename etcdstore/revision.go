package etcdstore

import (
	"context"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// Revision tells how far the store is: the revision of its newest change, as a quorum of the members knows it.
func (s *Store) Revision(ctx context.Context) (int64, error) {
	resp, err := s.read(ctx, clientv3.OpGet(model.PrefixInternal, clientv3.WithCountOnly()))
	if err != nil {
		return 0, err
	}
	return resp.Header.Revision, nil
}
