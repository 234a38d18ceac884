//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
)

// takeBack has a program take its terminal back each time that this process goes on after it was stopped from outside, with
// kill -STOP or by a debugger: the shell has had the terminal meanwhile, and left its own settings and words there. The
// function that it returns ends that.
func takeBack(program *tea.Program) (stop func()) {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	ended := make(chan struct{})
	go func() {
		for {
			select {
			case <-continued:
				program.ReleaseTerminal() //nolint:errcheck // what matters is the next line
				program.RestoreTerminal() //nolint:errcheck // the terminal is gone then, which the program learns by itself
				program.Send(tea.ClearScreen())
			case <-ended:
				return
			}
		}
	}()
	return func() {
		signal.Stop(continued)
		close(ended)
	}
}
