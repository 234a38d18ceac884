package sshserver_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/model"
)

// openSSH is a command line of OpenSSH's, which trusts the house and nothing else.
func (h *house) openSSH(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("OpenSSH's %s is not installed here: the server is tested with another client only", program)
	}
	host, port, err := net.SplitHostPort(h.address)
	require.NoError(t, err)
	known := filepath.Join(t.TempDir(), "known_hosts")
	line := "[" + host + "]:" + port + " " + string(ssh.MarshalAuthorizedKey(h.key.PublicKey()))
	require.NoError(t, os.WriteFile(known, []byte(line), 0o600))
	options := []string{
		"-F", "none", "-o", "Port=" + port, "-o", "UserKnownHostsFile=" + known, "-o", "StrictHostKeyChecking=yes",
		"-o", "IdentityAgent=none", "-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=30",
	}
	cmd := exec.CommandContext(t.Context(), program, append(options, args...)...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "SSH_AUTH_SOCK=")
	return cmd
}

// runs a command line to its end, and returns its exit code and all that it said.
func runs(t *testing.T, cmd *exec.Cmd) (int, string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func TestOpenSSHIsToldWhatIsNotServed(t *testing.T) {
	t.Parallel()
	h := opens(t)
	code, said := runs(t, h.openSSH(t, "ssh", "ann@127.0.0.1", "status"))
	require.Equal(t, 1, code)
	require.Contains(t, said, "This is a ticket shop for a terminal")
	code, said = runs(t, h.openSSH(t, "ssh", "-T", "ann@127.0.0.1"))
	require.Equal(t, 1, code)
	require.Contains(t, said, "This is a ticket shop for a terminal")
	code, said = runs(t, h.openSSH(t, "sftp", "ann@127.0.0.1"))
	require.NotZero(t, code)
	require.Contains(t, said, "serves no files")
	code, said = runs(t, h.openSSH(t, "scp", "ann@127.0.0.1:/etc/passwd", t.TempDir()))
	require.NotZero(t, code)
	require.Contains(t, said, "serves no files")
	code, said = runs(t, h.openSSH(t, "ssh", "-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:localhost:1", "ann@127.0.0.1"))
	require.NotZero(t, code)
	require.Contains(t, said, "remote port forwarding failed")
}

// sitsAt has somebody use OpenSSH's ssh, with a terminal as large as the server takes it for where none is told.
func (h *house) sitsAt(t *testing.T, cmd *exec.Cmd) (keys io.Writer, shown *journal, ended func() int) {
	t.Helper()
	keys, err := cmd.StdinPipe()
	require.NoError(t, err)
	shown = newJournal()
	cmd.Stdout, cmd.Stderr = shown, shown
	require.NoError(t, cmd.Start())
	return keys, shown, func() int {
		if err := cmd.Wait(); err != nil {
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
		}
		return cmd.ProcessState.ExitCode()
	}
}

func TestOpenSSHShowsTheShop(t *testing.T) {
	t.Parallel()
	h := opens(t)
	keys, shown, ended := h.sitsAt(t, h.openSSH(t, "ssh", "-tt", "ann@127.0.0.1"))
	shown.line(t, "Password")
	_, err := io.WriteString(keys, "ann-secret\r")
	require.NoError(t, err)
	shown.line(t, "Café Noir Jazz Night")
	_, err = io.WriteString(keys, "\x03")
	require.NoError(t, err)
	require.Zero(t, ended())
	require.Contains(t, h.log.line(t, "msg=session"), "account=ann")
}

func TestOpenSSHLogsInWithALinkedKeyOnlyIfItHasIt(t *testing.T) {
	t.Parallel()
	h := opens(t)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	key, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file+".pub", ssh.MarshalAuthorizedKey(key), 0o600))
	require.NoError(t, h.store.LinkKey(t.Context(), model.User{Username: "ann"}, model.SSHKey{Fingerprint: ssh.FingerprintSHA256(key), Type: key.Type()}))

	keys, shown, ended := h.sitsAt(t, h.openSSH(t, "ssh", "-tt", "-i", file, "ann@127.0.0.1"))
	shown.line(t, "Welcome back, ANN")
	_, err = io.WriteString(keys, "\x03")
	require.NoError(t, err)
	require.Zero(t, ended())

	require.NoError(t, os.Remove(file)) // now there is something to offer, and no way to prove it
	keys, shown, ended = h.sitsAt(t, h.openSSH(t, "ssh", "-tt", "-i", file+".pub", "ann@127.0.0.1"))
	shown.line(t, "Password")
	_, err = io.WriteString(keys, "\x03")
	require.NoError(t, err)
	require.Zero(t, ended())
	require.NotContains(t, shown.text(), "Welcome back")
}
