package cluster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/ticketcd/ticketcd/model"
)

// The names in a data directory.
const (
	formatName = "format"
	lockName   = "host.lock"
	pidName    = "host.pid"
	socketName = "etcd.sock"
	logName    = "etcd.log"
	dataName   = "etcd"
)

// formatNumber is the layout that this program reads and writes.
const formatNumber = 1

// maxSocketPath is what every system takes as the path of a socket: macOS 103 bytes, Linux 107.
const maxSocketPath = 103

// openDir returns the absolute path of the data directory, without symbolic links, and makes it if it is absent. It
// belongs to this user, and to nobody else.
func openDir(name string) (string, error) {
	if name == "" {
		return "", model.Errorf(model.CodeUsage, "the name of the data directory is empty")
	}
	dir, err := filepath.Abs(name)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return "", model.Wrap(model.CodeFailed, err, "cannot use %s as the data directory: %s", name, reason(err))
	}
	return dir, ownDir(dir)
}

// ownDir makes sure that the directory is this user's and closed to everybody else.
func ownDir(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return model.Wrap(model.CodeFailed, err, "cannot use the directory %s: %s", dir, reason(err))
	}
	if !ownedByUs(info) {
		return model.Errorf(model.CodeDenied, "the directory %s belongs to another user; choose another one with --data-dir", dir)
	}
	if !info.IsDir() {
		return model.Errorf(model.CodeFailed, "%s is not a directory; choose another one with --data-dir", dir)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	if !ours(dir) {
		return model.Errorf(model.CodeFailed,
			"the directory %s holds other files and is open to other users; choose an empty one with --data-dir", dir)
	}
	if err = os.Chmod(dir, 0o700); err != nil {
		return model.Wrap(model.CodeFailed, err, "cannot close the directory %s to other users: %s", dir, reason(err))
	}
	return nil
}

// ours reports whether the directory is a store already or has nothing in it, so that its mode is ours to set.
func ours(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, formatName)); err == nil {
		return true
	}
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) == 0
}

// misread says whether a letter means something else in an endpoint, or nothing at all.
func misread(r rune) bool { return strings.ContainsRune("%?#", r) || unicode.IsControl(r) }

// openSocketDir returns the path of a socket, whose directory exists and is only this user's. That is the data directory,
// unless its path is too long for a socket or has letters that mean something else in an endpoint: then it is one under
// /tmp (not under $TMPDIR, which may differ between the processes that should meet there).
func openSocketDir(dir, name string) (string, error) {
	if path := filepath.Join(dir, name); len(path) <= maxSocketPath && !strings.ContainsFunc(path, misread) {
		return path, nil
	}
	root := "/tmp"
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		root = os.TempDir()
	}
	sum := sha256.Sum256([]byte(dir))
	short := filepath.Join(root, fmt.Sprintf("ticketcd-%d-%x", os.Getuid(), sum[:8]))
	// Others can write in /tmp, so what is there already is trusted only if it is a real directory of ours: Mkdir does not
	// follow a link, and ownDir does not either.
	if err := os.Mkdir(short, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", model.Wrap(model.CodeFailed, err, "cannot make the directory %s: %s", short, reason(err))
	}
	return filepath.Join(short, name), ownDir(short)
}

// checkFormat refuses a directory that a later version of this program has made.
func checkFormat(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, formatName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return model.Wrap(model.CodeFailed, err, "cannot read the data directory %s: %s", dir, reason(err))
	}
	if format := strings.TrimSpace(string(text)); format != strconv.Itoa(formatNumber) {
		return model.Errorf(model.CodeFailed, "the data directory %s was made by a newer TickETCD (format %s; this one reads %d)",
			dir, shown(format), formatNumber)
	}
	return nil
}

// keepFormat is checkFormat, and notes our number in a new directory. The caller holds the lock; a joining process may
// read meanwhile, so the file appears with its content.
func keepFormat(dir string) error {
	name := filepath.Join(dir, formatName)
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return checkFormat(dir)
	}
	return replaceFile(name, fmt.Appendln(nil, formatNumber))
}

// shown makes the content of a damaged format file safe and short enough for a sentence.
func shown(format string) string {
	if _, err := strconv.ParseUint(format, 10, 32); err == nil {
		return format
	}
	return fmt.Sprintf("%.20q", format)
}
