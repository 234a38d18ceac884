//go:build linux || darwin

package cluster

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownedByUs reports whether the file belongs to the user that this process runs as.
func ownedByUs(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// freeBytes is how much this user can still write on the disk that holds dir.
func freeBytes(dir string) (uint64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return stat.Bavail * uint64(stat.Bsize), nil
}

// suspend stops the process until it is woken.
func suspend(p *os.Process) error { return p.Signal(unix.SIGSTOP) }

// wake lets the process go on.
func wake(p *os.Process) error { return p.Signal(unix.SIGCONT) }
