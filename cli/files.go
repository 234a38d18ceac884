package cli

import (
	"context"
	"os"
)

// files are those of the person in front of this terminal.
type files struct {
	store  *opened
	folder string
}

// filesHere returns nil where it is not known in which folder the person is.
func filesHere(store *opened) *files {
	folder, err := os.Getwd()
	if err != nil {
		return nil
	}
	return &files{store, folder}
}

// Folder is the one in which the program was started.
func (f *files) Folder() string { return f.folder }

// SaveSnapshot saves the whole store to a file that is not there yet, for its owner alone.
func (f *files) SaveSnapshot(ctx context.Context, name string, told func(bytes int64)) error {
	return f.store.Snapshot(ctx, name, told)
}
