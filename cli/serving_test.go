package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cli"
)

// server is "ticketcd serve" as a process of its own.
type server struct {
	*exec.Cmd
	address string
	errs    string // the file with what it says to people
}

// server starts "ticketcd serve" in the place, and waits until it is ready.
func (p place) server(args ...string) *server {
	p.t.Helper()
	return serving(p.t, p.command(p.t.Context(), append([]string{"serve", "--listen", "127.0.0.1:0", "-w", "json"}, args...)...))
}

// serving starts a server, and waits until it is ready.
func serving(t *testing.T, cmd *exec.Cmd) *server {
	t.Helper()
	s := &server{Cmd: cmd, errs: filepath.Join(t.TempDir(), "stderr")}
	errs, err := os.Create(s.errs)
	require.NoError(t, err)
	defer errs.Close()
	s.Stderr = errs
	out, err := s.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.Start())
	line := make([]byte, 4096)
	n, err := out.Read(line)
	require.NoError(t, err, "%s", s.said())
	s.address = decode[struct{ Address string }](t, result{out: string(line[:n])}).Address
	return s
}

// said is what it has told people so far.
func (s *server) said() string {
	text, err := os.ReadFile(s.errs)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// ends interrupts it, and returns what it said to people.
func (s *server) ends(t *testing.T) string {
	t.Helper()
	require.NoError(t, s.Process.Signal(os.Interrupt))
	require.NoError(t, s.Wait(), "%s", s.said())
	return s.said()
}

func TestAServerSaysHowItIsReached(t *testing.T) {
	t.Parallel()
	for address, says := range map[string]string{
		"[::]:2222":           "ssh -p 2222 localhost",
		"0.0.0.0:22":          "ssh -p 22 localhost",
		"127.0.0.1:2222":      "ssh -p 2222 localhost",
		"[::1]:2222":          "ssh -p 2222 localhost",
		"127.0.0.2:2222":      "ssh -p 2222 127.0.0.2",
		"10.0.0.7:2222":       "ssh -p 2222 10.0.0.7",
		"[2001:db8::7]:2222":  "ssh -p 2222 2001:db8::7",
		"[fe80::7%eth0]:2222": "ssh -p 2222 fe80::7%eth0",
	} {
		require.Equal(t, says, cli.WayIn(address))
	}
}

func TestANewHostKeyIsNotMadeInSilenceWhereOneWasNamed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := filepath.Join(t.TempDir(), "misspelt", "key")
	require.Contains(t, p.server("--host-key", key).ends(t), "Made a new host key, since there was none: "+key+"\n")
	require.NotContains(t, p.server("--host-key", key).ends(t), "host key")
}
