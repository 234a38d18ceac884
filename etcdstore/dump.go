package etcdstore

import (
	"context"
	"io"

	"github.com/ticketcd/ticketcd/model"
)

// DumpReport says what a dump holds.
type DumpReport struct {
	Revision int64 // of the store that it shows
	Records  int
}

// Dump writes all records, but for our own internal ones, as a data set (see [model.WriteDataSet]), all as they were at
// one revision. It holds only a few pages of them in memory. A dump that could not be finished lacks its end, so that it
// cannot be loaded.
func (s *Store) Dump(ctx context.Context, w io.Writer) (DumpReport, error) {
	everything := scan{store: s}
	written, err := model.WriteDataSet(w, everything.records(ctx))
	return DumpReport{Revision: everything.revision, Records: written}, err
}
