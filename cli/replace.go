package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ticketcd/ticketcd/model"
)

// savedJSON is a data set that was written, as scripts see it.
type savedJSON struct {
	File     string `json:"file"`
	Records  int    `json:"records"`
	Bytes    int64  `json:"bytes"`
	Replaced bool   `json:"replaced"` // a file that was there
}

// saveDataSet gives write a file, or standard output, and tells people what it then holds, and what there is to say about
// it. Of a data set without more to say, on standard output, nothing is told: they have it before them.
func (a *app) saveDataSet(ctx context.Context, name, about string, write func(io.Writer) (records int, err error)) error {
	saved := savedJSON{File: name}
	records := func(out io.Writer) (failed error) {
		saved.Records, failed = write(out)
		return failed
	}
	if name == stdio {
		out := bufio.NewWriter(a.Out)
		err := errors.Join(records(out), out.Flush())
		if err == nil && about != "" {
			a.notef("Wrote %s: %s.", model.Plural(saved.Records, "record"), about)
		}
		return unwritten("the output", err)
	}
	info, err := os.Stat(name)
	if saved.Replaced = err == nil; saved.Replaced && !info.Mode().IsRegular() {
		return model.Errorf(model.CodeUsage, "%s is not a file: name one, or - for standard output", name)
	}
	if saved.Bytes, err = replaceFile(ctx, name, records); err != nil {
		return unwritten(name, err)
	}
	if a.flags.json() {
		return a.printJSON(saved)
	}
	a.notef("%s.", saved.words(about))
	return nil
}

// words say what was written, such as "Wrote 3 records (210 bytes) to shop.json: 1 event, 2 users".
func (s savedJSON) words(about string) string {
	words := "Wrote " + model.Plural(s.Records, "record") + " (" + model.Thousands(int(s.Bytes)) + " bytes) to " + model.Clean(s.File)
	if s.Replaced {
		words += ", in place of the file that was there"
	}
	if about != "" {
		words += ": " + about
	}
	return words
}

// replaceFile gives write a file of the owner's, and returns how many bytes it then has. The file appears only when it is
// complete and on the disk, in place of one of that name, and not once ctx has ended. Of several that are written to one
// name at once each is whole, and the last one stays.
func replaceFile(ctx context.Context, name string, write func(io.Writer) error) (int64, error) {
	part, err := os.CreateTemp(filepath.Dir(name), ".ticketcd-*.part") // which makes it its owner's alone
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriter(part)
	err = errors.Join(write(out), out.Flush(), part.Sync(), ctx.Err())
	size, unknown := part.Seek(0, io.SeekCurrent)
	if err = errors.Join(err, unknown, part.Close()); err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		return 0, errors.Join(err, os.Remove(part.Name()))
	}
	return size, syncDir(filepath.Dir(name))
}

// syncDir has a new name outlive a loss of power, where a directory can be synced at all.
func syncDir(name string) error {
	dir, err := os.Open(name)
	if err == nil {
		err = errors.Join(dir.Sync(), dir.Close())
	}
	for _, cannot := range []error{fs.ErrPermission, errors.ErrUnsupported, syscall.EINVAL} {
		if errors.Is(err, cannot) {
			return nil
		}
	}
	return err
}

// unwritten says what the system has against a file. What else went wrong has been said.
func unwritten(name string, err error) error {
	if err == nil || reason(err) == err.Error() {
		return err
	}
	return model.Wrap(model.CodeFailed, err, "%s cannot be written: %s", name, reason(err))
}

// reason is what the system says is the matter, without the file's name.
func reason(err error) string {
	if path := (*os.PathError)(nil); errors.As(err, &path) {
		return path.Err.Error()
	}
	if link := (*os.LinkError)(nil); errors.As(err, &link) {
		return link.Err.Error()
	}
	return err.Error()
}
