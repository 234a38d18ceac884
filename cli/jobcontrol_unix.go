//go:build unix

package cli

import (
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// Whoever stops this process, with ctrl+z where that is not a key of the shop's, with kill -STOP or in a debugger, goes back to
// a shell, which sets the terminal as it needs it and writes on it. When this process goes on it has to take that back.

// onContinue calls a function each time that this process goes on, until the function that it returns is called, which waits
// for a call that is under way.
func onContinue(do func()) (stop func()) {
	continued, over, ended := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(continued, syscall.SIGCONT)
	go func() {
		defer close(ended)
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
		<-ended
	}
}

// takeBack has a program take its terminal back. It does so in its own loop, where it can neither be about to begin nor about
// to end: as if something else had had the terminal meanwhile, and has ended. That it cannot, because the terminal is gone, the
// program learns by itself.
func takeBack(program *tea.Program) {
	program.Send(tea.Exec(intermission{}, func(error) tea.Msg { return tea.ClearScreen() })())
}

// intermission is a command that only takes a moment. The library stops the clock of its frames shortly after it has let the
// terminal go, and would stop the new one if it took the terminal back before that (v2.1.1): nothing would be drawn any more.
type intermission struct{}

func (intermission) Run() error {
	time.Sleep(100 * time.Millisecond)
	return nil
}

func (intermission) SetStdin(io.Reader)  {}
func (intermission) SetStdout(io.Writer) {}
func (intermission) SetStderr(io.Writer) {}

// leaveFromBehind lets this process leave the terminal as it found it although a shell has it at the moment. One that was
// stopped and is told to end and go on, as with kill %1, would be stopped again, and keep the store that it hosts from others.
func leaveFromBehind() { signal.Ignore(syscall.SIGTTOU) }

// hideTyping has a terminal not show what is typed.
func hideTyping(terminal uintptr) {
	if now, err := term.GetState(terminal); err == nil {
		now.Lflag &^= unix.ECHO
		term.Restore(terminal, now) //nolint:errcheck // the terminal is gone then
	}
}
