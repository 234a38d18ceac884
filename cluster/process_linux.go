package cluster

import (
	"os/exec"
	"syscall"
)

// isolate keeps the terminal's signals away from the process, so that members end in order, and lets it end with this one
// even if it is suspended and cannot see that it should.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
