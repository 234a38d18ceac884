//go:build !unix

package sshserver

import "io/fs"

// openToOthers is not known on this system, where a user's directories are closed to others by inheritance.
func openToOthers(fs.FileInfo) bool { return false }
