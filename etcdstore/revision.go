package etcdstore

import (
	"context"

	"github.com/ticketcd/ticketcd/model"
)

// Revision tells how far the store is: the revision of its newest change, as a quorum of the members knows it.
func (s *Store) Revision(ctx context.Context) (int64, error) {
	resp, err := s.read(ctx, countOp(model.PrefixInternal))
	if err != nil {
		return 0, err
	}
	return resp.Header.Revision, nil
}
