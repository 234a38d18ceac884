package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/ticketcd/ticketcd/model"
)

// files are those of the person in front of this terminal.
type files struct {
	app    *app
	store  *opened
	folder string
}

// files returns nil where it is not known in which folder the person is.
func (a *app) files(store *opened) *files {
	folder, err := os.Getwd()
	if err != nil {
		return nil
	}
	return &files{a, store, folder}
}

// Folder is the one in which the program was started.
func (f *files) Folder() string { return f.folder }

// SaveSnapshot saves the whole store to a file that is not there yet, for its owner alone. The file appears when it is
// complete and its checksum is right.
func (f *files) SaveSnapshot(ctx context.Context, name string, told func(bytes int64)) error {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return model.Errorf(model.CodeRefused, "%s is there already: choose another name", model.Clean(name))
	}
	return f.app.writeFile(name, func(out io.Writer) error {
		_, err := f.store.SaveSnapshot(ctx, &counted{out, 0, told})
		return err
	})
}

// counted tells how much has been written.
type counted struct {
	to    io.Writer
	bytes int64
	told  func(bytes int64)
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.bytes += int64(n)
	c.told(c.bytes)
	return n, err
}
