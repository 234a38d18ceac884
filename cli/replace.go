package cli

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ticketcd/ticketcd/model"
)

// replaceFile gives write a file of the owner's, or standard output. A file appears only when it is complete and on the
// disk, in place of one of that name. Of several that are written to one name at once each is whole, and the last one stays.
func (a *app) replaceFile(name string, write func(io.Writer) error) error {
	if name == stdio {
		out := bufio.NewWriter(a.Out)
		return unwritten("the output", errors.Join(write(out), out.Flush()))
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return model.Errorf(model.CodeUsage, "%s is not a file: name one, or - for standard output", name)
	}
	part, err := os.CreateTemp(filepath.Dir(name), ".ticketcd-*.part") // which makes it its owner's alone
	if err != nil {
		return unwritten(name, err)
	}
	out := bufio.NewWriter(part)
	err = errors.Join(write(out), out.Flush(), part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		return errors.Join(unwritten(name, err), os.Remove(part.Name()))
	}
	return unwritten(name, syncDir(filepath.Dir(name)))
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
