package etcdstore

import (
	"context"

	"github.com/ticketcd/ticketcd/model"
)

// Catalogue reads what is on sale, at one revision. It is for those who look once; [Store.Follow] is for those who stay.
func (s *Store) Catalogue(ctx context.Context) (*model.Catalogue, error) {
	once := follower{store: s, logged: map[string]string{}}
	return once.list(ctx)
}
