package etcdstore

import (
	"context"
	"io"

	"github.com/ticketcd/ticketcd/model"
)

// Dump writes all records, but for our own internal ones, as a data set (see [model.WriteDataSet]), all as they were at
// one revision, and returns how many. It holds only a few pages of them in memory. A dump that could not be finished lacks its
// end, so that it cannot be loaded.
func (s *Store) Dump(ctx context.Context, w io.Writer) (int, error) {
	everything := scan{store: s}
	return model.WriteDataSet(w, everything.records(ctx))
}
