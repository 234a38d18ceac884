package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
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
	ever bytes.Buffer // what is forgotten as well
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ever.Write(p)
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) everything() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ever.String()
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

// terminal is a program in a terminal of its own.
type terminal struct {
	t       *testing.T
	keys    *os.File // what is typed
	tty     *os.File
	usual   *unix.Termios // how a shell sets it
	seen    screen
	program *exec.Cmd
}

// inTerminal starts the program in the place, in a terminal.
func (p place) inTerminal(args ...string) *terminal {
	return inTerminal(p.t, p.command(p.t.Context(), args...))
}

// behindShell starts the program in the place from a shell's script, as "$@", in a terminal.
func (p place) behindShell(script string) *terminal {
	program := p.command(p.t.Context())
	shell := exec.CommandContext(p.t.Context(), "sh", append([]string{"-c", script, "sh"}, program.Args...)...)
	shell.Env = program.Env
	return inTerminal(p.t, shell)
}

func inTerminal(t *testing.T, program *exec.Cmd) *terminal {
	t.Helper()
	keys, tty, err := pty.Open()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(keys.Close(), tty.Close())) })
	require.NoError(t, pty.Setsize(keys, &pty.Winsize{Rows: 24, Cols: 80}))
	usual, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	require.NoError(t, err)
	x := &terminal{t: t, keys: keys, tty: tty, usual: usual, program: program}
	go io.Copy(&x.seen, keys) //nolint:errcheck // it ends with the terminal
	x.program.Env = append(x.program.Environ(), "TERM=xterm-256color")
	x.program.Stdin, x.program.Stdout, x.program.Stderr = tty, tty, tty
	x.program.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, x.program.Start())
	return x
}

func (x *terminal) types(text string) {
	x.t.Helper()
	_, err := x.keys.WriteString(text)
	require.NoError(x.t, err)
}

// child is the process that the shell in the terminal has started.
func (x *terminal) child() (pid int) {
	x.t.Helper()
	require.Eventually(x.t, func() bool {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", x.program.Process.Pid))
		require.NoError(x.t, err)
		_, err = fmt.Sscan(string(children), &pid)
		return err == nil
	}, time.Minute, 10*time.Millisecond)
	return pid
}

// stateOf is what state a process is in: T if it was stopped, Z if it has ended, X if nothing is left of it.
func stateOf(t *testing.T, pid int) string {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, os.ErrNotExist) {
		return "X"
	}
	require.NoError(t, err)
	_, state, _ := strings.Cut(string(stat), ") ")
	return state[:1]
}

// has says whether the terminal is set to all of some flags.
func (x *terminal) has(flags uint32) bool {
	x.t.Helper()
	settings, err := unix.IoctlGetTermios(int(x.tty.Fd()), unix.TCGETS)
	require.NoError(x.t, err)
	return settings.Lflag&flags == flags
}

// stopsAndGoesOn stops the program, sets the terminal as a shell does meanwhile, and has the program go on.
func (x *terminal) stopsAndGoesOn() {
	x.t.Helper()
	require.NoError(x.t, x.program.Process.Signal(syscall.SIGSTOP))
	var status unix.WaitStatus
	_, err := unix.Wait4(x.program.Process.Pid, &status, unix.WUNTRACED, nil)
	require.NoError(x.t, err)
	require.True(x.t, status.Stopped())
	require.NoError(x.t, unix.IoctlSetTermios(int(x.tty.Fd()), unix.TCSETS, x.usual))
	require.True(x.t, x.has(unix.ICANON|unix.ECHO))
	x.seen.forget()
	require.NoError(x.t, x.program.Process.Signal(syscall.SIGCONT))
}

func TestWhoGoesOnAfterTheShopWasStoppedSeesItAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	shop := p.inTerminal()
	shop.seen.shows(t, "admit one")
	require.False(t, shop.has(unix.ICANON) || shop.has(unix.ECHO))
	shop.stopsAndGoesOn()
	shop.seen.shows(t, "admit one")
	require.False(t, shop.has(unix.ICANON) || shop.has(unix.ECHO), "it is taken back before anything is drawn")
	shop.types("somebody\t")
	shop.seen.shows(t, "somebody")

	shop.seen.forget()
	shop.types("\x0c") // ctrl+l, where something else has written on the screen
	shop.seen.shows(t, "admit one")

	shop.types("\x03")
	require.NoError(t, shop.program.Wait())
	require.True(t, shop.has(unix.ICANON|unix.ECHO))
}

func TestAPasswordIsNotShownAfterTheShopWasStopped(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	shop := p.inTerminal("--plain")
	shop.seen.shows(t, "line by line")
	shop.seen.shows(t, "> ")
	shop.stopsAndGoesOn()
	shop.seen.shows(t, "> ")
	shop.types("login\nann\n")
	shop.seen.shows(t, "Password: ")
	hidden := func() bool { return !shop.has(unix.ECHO) }
	require.Eventually(t, hidden, time.Minute, 10*time.Millisecond)
	shop.stopsAndGoesOn()
	shop.seen.shows(t, "Password: ")
	require.Eventually(t, hidden, time.Minute, 10*time.Millisecond)
	shop.types("open sesame\n")
	shop.seen.shows(t, "Wrong")
	shop.types("quit\n")
	require.NoError(t, shop.program.Wait())
	require.NotContains(t, shop.seen.everything(), "sesame")
	require.True(t, shop.has(unix.ICANON|unix.ECHO))
}

func TestWhoIsStoppedAndToldToEndEndsBehindTheShell(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	shell := p.behindShell(`set -m; "$@"; echo stopped; read -r enter; kill -TERM %1; kill -CONT %1; read -r enter`)
	shell.seen.shows(t, "admit one")
	pid := shell.child()
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	shell.seen.shows(t, "stopped")
	require.NoError(t, unix.IoctlSetTermios(int(shell.tty.Fd()), unix.TCSETS, shell.usual))
	shell.types("\n")
	require.Eventually(t, func() bool { return strings.Contains("ZX", stateOf(t, pid)) }, time.Minute, 10*time.Millisecond)
	require.True(t, shell.has(unix.ICANON|unix.ECHO))
	shell.types("\n")
	require.NoError(t, shell.program.Wait())
}

func TestOneWhoStartsBehindTheShellHasTheKeyboardForItselfInFront(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	shell := p.behindShell(`set -m; "$@" & read -r enter; fg %1 >/dev/null; echo ended`)
	pid := shell.child()
	require.Eventually(t, func() bool { return stateOf(t, pid) == "T" }, time.Minute, 10*time.Millisecond, "it waits for the terminal")
	shell.types("\n")
	shell.seen.shows(t, "admit one")
	shell.types("abcdefghijklmnopqrstuvwxyz\t")
	shell.seen.shows(t, "abcdefghijklmnopqrstuvwxyz")
	shell.types("\x03")
	shell.seen.shows(t, "ended")
	require.NoError(t, shell.program.Wait())
}

func TestATerminalOnWhichTheShopWasFilledSaysThatThisIsDone(t *testing.T) {
	t.Parallel()
	shop := newPlace(t).inTerminal()
	shop.seen.shows(t, "filling it with demo data ...")
	shop.seen.shows(t, "It now has demo data: ")
	shop.seen.shows(t, "admit one")
	shop.types("\x03")
	require.NoError(t, shop.program.Wait())
}
