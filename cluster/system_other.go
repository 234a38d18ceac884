//go:build !(linux || darwin || freebsd)

package cluster

import (
	"io/fs"
	"math"
)

// ownedByUs is not known on this system, where a user's directories are closed to others by inheritance.
func ownedByUs(fs.FileInfo) bool { return true }

// freeBytes is not known on this system; a full disk shows when etcd fails.
func freeBytes(string) (uint64, error) { return math.MaxUint64, nil }
