package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Create gives write a new file. One of that name that is there already, or comes meanwhile, is never replaced: that is an
// [fs.ErrExist].
func Create(name string, write func(io.Writer) error) error {
	_, err := save(name, write, appear)
	return err
}

// Replace gives write a file that takes the place of one of that name, if there is one, and returns how many bytes it then
// has. Of several that are written to one name at once each is whole, and the last one stays. A symbolic link stays one: it
// is the file to which it leads that is replaced.
func Replace(name string, write func(io.Writer) error) (size int64, err error) {
	if file, err := filepath.EvalSymlinks(name); err == nil {
		name = file
	} else if file, err = os.Readlink(name); err == nil { // it leads to where nothing is yet
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(name), file)
		}
		name = file
	}
	return save(name, write, os.Rename)
}

// save writes a file beside its place, and has it put there.
func save(name string, write func(io.Writer) error, put func(part, name string) error) (size int64, err error) {
	dir := filepath.Dir(name)
	part, err := os.CreateTemp(dir, ".ticketcd-*.part") // which makes it its owner's alone
	if err != nil {
		return 0, err
	}
	if err = write(part); err == nil {
		err = part.Sync()
	}
	size, unknown := part.Seek(0, io.SeekCurrent)
	if err = errors.Join(err, unknown, part.Close()); err == nil {
		err = put(part.Name(), name)
	}
	if err != nil {
		if left := os.Remove(part.Name()); !errors.Is(left, fs.ErrNotExist) {
			err = errors.Join(err, left)
		}
		return 0, err
	}
	return size, syncDir(dir)
}

// appear gives a complete file the name that is meant for it, unless somebody else has taken that meanwhile.
func appear(part, name string) error {
	err := os.Link(part, name)
	switch {
	case err == nil:
		return os.Remove(part)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	// Not every file system has links. There, an empty file keeps the name until the complete one takes its place.
	kept, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err = errors.Join(kept.Close(), os.Rename(part, name)); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// syncDir has a new name outlive a loss of power, where a directory can be synced at all: Windows permits it to nobody, and
// some file systems cannot.
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
