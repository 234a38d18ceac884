//go:build unix

package sshserver

import (
	"io/fs"
	"os"
	"syscall"
)

// openToOthers says whether others can read a file of ours. Who keeps somebody else's file, such as root's, has arranged
// that themselves.
func openToOthers(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 != 0
}
