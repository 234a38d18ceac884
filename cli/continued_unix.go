//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// Whoever stops this process, with ctrl+z where that is not a key of the shop's, with kill -STOP or in a debugger, goes back to
// a shell, which sets the terminal as it needs it and writes on it. When this process goes on it has to take that back.

// onContinue calls a function each time that this process goes on, until the function that it returns is called.
func onContinue(do func()) (stop func()) {
	continued, over := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(continued, syscall.SIGCONT)
	go func() {
		for {
			select {
			case <-continued:
				do()
			case <-over:
				return
			}
		}
	}()
	return func() {
		signal.Stop(continued)
		close(over)
	}
}

// takeBack has a program take its terminal back. That it cannot, because the terminal is gone, the program learns by itself.
func takeBack(program *tea.Program) {
	program.ReleaseTerminal() //nolint:errcheck // see above
	program.RestoreTerminal() //nolint:errcheck // see above
	program.Send(tea.ClearScreen())
}

// hideTyping has a terminal not show what is typed.
func hideTyping(terminal uintptr) {
	if now, err := term.GetState(terminal); err == nil {
		now.Lflag &^= unix.ECHO
		term.Restore(terminal, now) //nolint:errcheck // the terminal is gone then
	}
}
