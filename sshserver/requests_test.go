package sshserver_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// asks opens a session without a terminal and asks for something; it returns the exit code and what was said.
func (h *house) asks(ask func(*ssh.Session) error) (code int, said string) {
	h.t.Helper()
	session, err := h.connects("ann").NewSession()
	require.NoError(h.t, err)
	out, errs := newJournal(), newJournal()
	session.Stdout, session.Stderr = out, errs
	require.NoError(h.t, ask(session))
	code = exitCode(h.t, session.Wait())
	require.Empty(h.t, out.text(), "an explanation is no output")
	return code, errs.text()
}

func TestNothingButTheShopIsServed(t *testing.T) {
	t.Parallel()
	h := opens(t)
	for name, ask := range map[string]func(*ssh.Session) error{
		"no terminal": (*ssh.Session).Shell,
		"a command":   func(s *ssh.Session) error { return s.Start("status") },
	} {
		code, said := h.asks(ask)
		require.Equal(t, 1, code, name)
		require.Equal(t, 1, strings.Count(said, "\n"), name)
		require.Contains(t, said, "This is a ticket shop for a terminal", name)
	}
	session, err := h.connects("ann").NewSession()
	require.NoError(t, err)
	require.NoError(t, session.RequestPty("xterm", 24, 80, nil))
	out, err := session.Output("cat /etc/passwd")
	require.Equal(t, 1, exitCode(t, err), "a command with a terminal")
	require.Contains(t, string(out), "runs no commands")
}

func TestNoFilesAreServed(t *testing.T) {
	t.Parallel()
	h := opens(t)
	for _, with := range []string{"", "pty-req"} {
		channel, requests, err := h.connects("ann").OpenChannel("session", nil)
		require.NoError(t, err)
		if with != "" {
			type pty struct {
				Term                      string
				Width, Height, Wide, High uint32
				Modes                     string
			}
			granted, err := channel.SendRequest(with, true, ssh.Marshal(pty{Term: "xterm", Width: 80, Height: 24}))
			require.NoError(t, err)
			require.True(t, granted)
		}
		begun, err := channel.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{"sftp"}))
		require.NoError(t, err)
		require.True(t, begun)
		out := channel.Stderr()
		if with != "" {
			out = channel
		}
		said, err := io.ReadAll(out)
		require.NoError(t, err)
		require.Contains(t, string(said), "serves no files")
		exit := <-requests
		require.Equal(t, "exit-status", exit.Type)
		require.Equal(t, []byte{0, 0, 0, 1}, exit.Payload)
	}
}

func TestNothingIsForwarded(t *testing.T) {
	t.Parallel()
	h := opens(t)
	client := h.connects("ann")
	_, err := client.Dial("tcp", h.address)
	require.ErrorContains(t, err, "unsupported channel type")
	_, err = client.Dial("unix", "/run/etcd.sock")
	require.ErrorContains(t, err, "unsupported channel type")
	_, err = client.Listen("tcp", "127.0.0.1:0")
	require.Error(t, err)
	_, err = client.ListenUnix("/tmp/never")
	require.Error(t, err)

	session, err := client.NewSession()
	require.NoError(t, err)
	for _, request := range []string{"auth-agent-req@openssh.com", "x11-req", "signal", "break", "xon-xoff", "no such thing"} {
		served, err := session.SendRequest(request, true, nil)
		require.NoError(t, err)
		require.False(t, served, request)
	}
	_, err = client.NewSession()
	require.ErrorContains(t, err, "one session per connection")
}

func TestOnlyWhatTheTerminalCanShowIsTakenFromTheEnvironment(t *testing.T) {
	t.Parallel()
	h := opens(t)
	session, err := h.connects("ann").NewSession()
	require.NoError(t, err)
	for _, name := range []string{"LD_PRELOAD", "TEA_TRACE", "PATH", "HOME", "LANGUAGE", "TERM"} {
		require.Error(t, session.Setenv(name, "/tmp/evil"), name)
	}
	require.Error(t, session.Setenv("COLORTERM", strings.Repeat("x", 5000)), "it is too long")
	for range 16 {
		require.NoError(t, session.Setenv("COLORTERM", "truecolor"))
	}
	require.Error(t, session.Setenv("COLORTERM", "truecolor"), "one too many")
}

func TestADumbTerminalIsSpokenToLineByLine(t *testing.T) {
	t.Parallel()
	h := opens(t)
	for _, term := range []string{"dumb", ""} {
		session, err := h.connects("ann").NewSession()
		require.NoError(t, err)
		out := newJournal()
		session.Stdout = out
		require.NoError(t, session.RequestPty(term, 24, 80, nil))
		keys, err := session.StdinPipe()
		require.NoError(t, err)
		require.NoError(t, session.Shell())
		say := func(line string, answers ...string) {
			t.Helper()
			_, err := io.WriteString(keys, line)
			require.NoError(t, err)
			for _, answer := range answers {
				out.line(t, answer)
			}
		}
		out.line(t, "TickETCD, a ticket shop, line by line.")
		say("\x1b[Alogim\x7fn\r", "Password:")
		say("ann-secrets\x7f\r", "Welcome back")
		say("nothing of this\x15tell\r", "> nothing of this\b \b", "Open an event first")
		say("\x04")
		require.NoError(t, session.Wait(), "it ends well")
		require.NotContains(t, out.text(), "\x1b")
		require.NotContains(t, out.text(), "ann-")
		require.NotRegexp(t, `[^\r]\n`, out.text())
	}
}

func TestEveryWindowIsSurvived(t *testing.T) {
	t.Parallel()
	h := opens(t)
	ann := h.visits("ann")
	ann.sees("Log in")
	other := h.visits("bob").logsIn("bob-secret")
	for _, size := range [][2]int{{0, 0}, {10_000, 10_000}, {1, 1}, {0, 24}, {80, 0}, {1<<31 - 1, 1<<31 - 1}, {59, 19}, {300, 5}, {5, 300}} {
		require.NoError(t, ann.session.WindowChange(size[1], size[0]))
	}
	for range 3000 { // far more than can be drawn
		require.NoError(t, ann.session.WindowChange(24, 80))
	}
	ann.resized(80, 24).logsIn("ann-secret")
	other.presses("enter").sees("Smoke and brass").leaves()
	ann.leaves()

	for _, size := range [][2]int{{0, 0}, {10_000, 10_000}} {
		session, err := h.connects("ann").NewSession()
		require.NoError(t, err)
		_, err = session.StdinPipe()
		require.NoError(t, err)
		out := newJournal()
		session.Stdout = out
		require.NoError(t, session.RequestPty("xterm", size[1], size[0], nil))
		require.NoError(t, session.Shell())
		out.line(t, "User name")
		require.NoError(t, session.Close(), "only the session ends, the connection stays")
	}
	h.log.line(t, "msg=session", "end=gone")
}

// resized has the guest's terminal take another size, and tell the server.
func (g *guest) resized(width, height int) *guest {
	g.t.Helper()
	g.mu.Lock()
	g.screen.Resize(width, height)
	g.mu.Unlock()
	require.NoError(g.t, g.session.WindowChange(height, width))
	return g
}

func TestAWindowThatChangesWhereNobodyLooksIsNotKept(t *testing.T) { //nolint:paralleltest // counts all goroutines
	h := opens(t)
	for range 20 {
		client := h.connects("ann")
		session, err := client.NewSession()
		require.NoError(t, err)
		require.NoError(t, session.RequestPty("xterm", 24, 80, nil))
		for range 10 { // before there is a shop, so nobody reads the sizes
			require.NoError(t, session.WindowChange(25, 81))
		}
		require.NoError(t, client.Close())
	}
	nobodyStays(t)
}
