package tui_test

import (
	"context"
	"time"

	"github.com/ticketcd/ticketcd/etcdstore"
)

// folder is where a person's snapshots go, on a disk that takes its time.
type folder struct {
	store *etcdstore.Store
	path  string
	done  chan struct{} // closed when the disk has taken its time
}

func (f folder) Folder() string { return f.path }

func (f folder) SaveSnapshot(ctx context.Context, file string, told func(int64)) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for waiting := true; waiting; {
		told(1 << 20)
		select {
		case <-tick.C:
		case <-f.done:
			waiting = false
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return f.store.Snapshot(ctx, file, told)
}
