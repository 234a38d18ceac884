package cli_test

import (
	"bytes"
	"io"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// screen is what a terminal was told to show.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Reset()
}

// shows waits until the terminal was told to show some words, and forgets what came until then.
func (s *screen) shows(t *testing.T, words string) {
	t.Helper()
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, after, found := bytes.Cut(s.text.Bytes(), []byte(words))
		if found {
			rest := bytes.Clone(after)
			s.text.Reset()
			s.text.Write(rest)
		}
		return found
	}, time.Minute, 10*time.Millisecond, "%q is not shown, but %q", words, s)
}

// raw says whether a terminal passes on each key as it is pressed, without showing it.
func raw(t *testing.T, terminal *os.File) bool {
	t.Helper()
	settings, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	require.NoError(t, err)
	return settings.Lflag&(unix.ICANON|unix.ECHO) == 0
}

func TestWhoGoesOnAfterTheShopWasStoppedSeesItAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	terminal, tty, err := pty.Open()
	require.NoError(t, err)
	defer terminal.Close()
	require.NoError(t, pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: 80}))
	usual, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	require.NoError(t, err)
	var seen screen
	go io.Copy(&seen, terminal) //nolint:errcheck // it ends with the terminal

	shop := p.command(t.Context())
	shop.Env = append(shop.Environ(), "TERM=xterm-256color")
	shop.Stdin, shop.Stdout, shop.Stderr = tty, tty, tty
	shop.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, shop.Start())
	seen.shows(t, "admit one")
	require.True(t, raw(t, tty))

	require.NoError(t, shop.Process.Signal(syscall.SIGSTOP))
	var status unix.WaitStatus
	_, err = unix.Wait4(shop.Process.Pid, &status, unix.WUNTRACED, nil)
	require.NoError(t, err)
	require.True(t, status.Stopped())
	require.NoError(t, unix.IoctlSetTermios(int(tty.Fd()), unix.TCSETS, usual)) // as a shell does
	require.False(t, raw(t, tty))
	seen.forget()
	require.NoError(t, shop.Process.Signal(syscall.SIGCONT))
	seen.shows(t, "admit one")
	require.True(t, raw(t, tty), "it is taken back before anything is drawn")
	_, err = terminal.WriteString("somebody\t")
	require.NoError(t, err)
	seen.shows(t, "somebody")

	seen.forget()
	_, err = terminal.WriteString("\x0c") // ctrl+l, where something else has written on the screen
	require.NoError(t, err)
	seen.shows(t, "admit one")

	_, err = terminal.WriteString("\x03")
	require.NoError(t, err)
	require.NoError(t, shop.Wait())
	require.False(t, raw(t, tty))
}
