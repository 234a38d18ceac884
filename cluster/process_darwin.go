package cluster

import (
	"os/exec"
	"syscall"
)

// isolate keeps the terminal's signals away from the process, so that members end in order. If this process ends while
// that one is suspended, the system wakes and ends it, because nobody is left to do so.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
