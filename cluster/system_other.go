//go:build !(linux || darwin)

package cluster

import (
	"io/fs"
	"math"
	"os"
	"os/exec"

	"github.com/ticketcd/ticketcd/model"
)

// ownedByUs is not known on this system, where a user's directories are closed to others by inheritance.
func ownedByUs(fs.FileInfo) bool { return true }

// freeBytes is not known on this system; a full disk shows when etcd fails.
func freeBytes(string) (uint64, error) { return math.MaxUint64, nil }

// isolate has nothing to do where there are no groups of processes.
func isolate(*exec.Cmd) {}

// suspend does not exist on this system.
func suspend(*os.Process) error {
	return model.Errorf(model.CodeFailed, "this system cannot suspend a process")
}

// wake does not exist on this system.
func wake(*os.Process) error {
	return model.Errorf(model.CodeFailed, "this system cannot suspend a process")
}
