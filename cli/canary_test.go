//go:build linux

package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"
)

// requireNowhere looks for a secret in everything below a directory, and in the arguments of every process of the machine.
func requireNowhere(t *testing.T, secret, dir string) {
	t.Helper()
	hashes := 0
	require.NoError(t, filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		require.False(t, bytes.Contains(content, []byte(secret)), name)
		hashes += bytes.Count(content, []byte("$argon2id$"))
		return err
	}))
	require.NotZero(t, hashes, "what is stored is a hash")
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, name := range processes {
		if arguments, err := os.ReadFile(name); err == nil { // some have ended meanwhile
			require.NotContains(t, string(arguments), secret, name)
		}
	}
}

// typing is what somebody types into a session over SSH, and sees.
func typing(ctx context.Context, t *testing.T, address, user, term, keys string) string {
	t.Helper()
	dialer := net.Dialer{}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(soon)))
	over, channels, requests, err := ssh.NewClientConn(conn, address, &ssh.ClientConfig{
		User: user, HostKeyCallback: ssh.InsecureIgnoreHostKey(), //nolint:gosec // a server of the test's own
		Auth: []ssh.AuthMethod{ssh.KeyboardInteractive(func(_, _ string, q []string, _ []bool) ([]string, error) {
			return make([]string, len(q)), nil
		})},
	})
	require.NoError(t, err)
	client := ssh.NewClient(over, channels, requests)
	defer func() { _ = client.Close() }()
	session, err := client.NewSession()
	require.NoError(t, err)
	var shown bytes.Buffer
	session.Stdout = &shown
	in, err := session.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, session.RequestPty(term, 24, 80, nil))
	require.NoError(t, session.Shell())
	_, err = io.WriteString(in, keys)
	require.NoError(t, err)
	require.NoError(t, session.Wait(), "%s", &shown)
	return shown.String()
}

// Passwords take every way that there is: typed over SSH, line by line, on standard input; right, wrong and mistyped.
func TestPasswordsOfShoppersTurnUpNowhere(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3kq2m9"
	for _, form := range []string{"text", "json"} {
		p := newPlace(t)
		log := filepath.Join(t.TempDir(), "serve.log")
		p.must("load", p.file("rush.json", rush()))
		said := &bytes.Buffer{}
		add := p.runWith(canary+"-added\n", "user", "add", "bob", "--email", "bob@example.com")
		require.Zero(t, add.code, add.err)
		said.WriteString(add.out + add.err)
		serving := p.server("--log", log, "--log-form", form)
		shown := typing(t.Context(), t, serving.address, "ann", "dumb", strings.Join([]string{
			"register", "ann", canary + "-new", canary + "-new", "Ann Lee", "ann@example.com", "logout",
			"login bob", canary + "-wrong", "login bob", canary + "-added", "quit", "",
		}, "\r"))
		require.Contains(t, shown, "Welcome")
		said.WriteString(shown)
		for _, step := range [][]string{
			{"user", "passwd", "bob"}, {"user", "add", "bob"}, {"user", "add", "b:ad"}, {"user", "passwd", "nobody"},
		} {
			r := p.runWith(canary+"-again\n", step...)
			said.WriteString(r.out + r.err)
		}
		r := p.runWith("login bob\n"+canary+"-again\nlogout\nlogin ann\n"+canary+"-typo\nquit\n", "--plain")
		require.Contains(t, r.out, "Welcome back", r.err)
		said.WriteString(r.out + r.err)
		r = p.run("user", "list", "-w", "json")
		said.WriteString(r.out + r.err)

		require.NotContains(t, said.String(), canary)
		requireNowhere(t, canary, p.dir)
		content, err := os.ReadFile(log)
		require.NoError(t, err)
		require.NotEmpty(t, content)
		require.NotContains(t, string(content), canary)
		require.NotContains(t, serving.ends(t), canary)
		requireNowhere(t, canary, p.dir)
	}
}

// The password of etcd's own user takes every way that there is, and the key is a file that is none.
func TestSecretsOfTheClusterTurnUpNowhere(t *testing.T) {
	t.Parallel()
	const canary = "canary-x4w8n2ht"
	p := newPlace(t)
	c := p.cluster("--nodes", "1")
	p.must("load", p.file("rush.json", rush()))
	add := p.runWith("long enough\n", "user", "add", "bob", "--email", "bob@example.com")
	require.Zero(t, add.code, add.err)
	tls := filepath.Join(p.dir, "cluster", "tls")
	certificate, ca := filepath.Join(tls, "client.pem"), filepath.Join(tls, "ca.pem")
	broken := p.file("key.pem", "-----BEGIN PRIVATE KEY-----\n"+canary+"\n-----END PRIVATE KEY-----\n")
	key := filepath.Join(tls, "client-key.pem")
	way := []string{"--endpoints", c.Endpoints[0], "--cacert", ca, "--cert", certificate}
	settings := func(text string) string { return p.file("config.toml", text) }

	for _, try := range []struct {
		args, env []string
	}{
		{args: append(way, "--key", key, "--user", "root:"+canary)},
		{args: append(way, "--key", key, "--user", "root", "--password", canary)},
		{args: append(way, "--key", key), env: []string{"TICKETCD_USER=root:" + canary}},
		{args: append(way, "--key", key), env: []string{"TICKETCD_USER=root", "TICKETCD_PASSWORD=" + canary}},
		{args: append(way, "--key", key, "--config-file", settings("user = 'root:"+canary+"'\n"))},
		{args: append(way, "--key", key, "--config-file", settings("user = 'root'\npassword = '"+canary+"'\n"))},
		{args: append(way, "--key", broken)},
		{args: append(way, "--key", key, "--config-file", settings("password = "+canary+"\n"))},
		{args: append(way, "--key", key, "--config-file", settings("password = ['"+canary+"']\n"))},
		{args: append(way, "--key", key, "--config-file", settings("password = '"+canary+"\n"))},
		{args: append(way, "--key", key, "--config-file", settings("user = {root = '"+canary+"'}\n"))},
		{args: append(way, "--key", key, "--config-file", settings("passwort = '"+canary+"'\n"))},
		{args: append(way, "--key", key, "--config-file", broken)},
		{args: []string{"--endpoints", "127.0.0.1:1", "--user", "root:" + canary}},
		{args: []string{"--endpoints", "http://root:" + canary + "@127.0.0.1:1"}},
		{args: []string{"--user", "root:" + canary}},
		{env: []string{"TICKETCD_USER=root:" + canary}},
		{env: []string{"TICKETCD_WRITE_OUT=json", "TICKETCD_PASSWORD=" + canary}},
	} {
		for _, command := range [][]string{{"config"}, {"search", "flash"}} {
			r := awayWith(t, try.env, slices.Concat(try.args, command)...)
			require.NotContains(t, r.out+r.err, canary, fmt.Sprint(try, command))
		}
	}
	requireNowhere(t, canary, p.dir)
	c.end(t, os.Interrupt)
	requireNowhere(t, canary, p.dir)
}

func TestWaitingForAPasswordIsInterrupted(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	cmd := p.command(t.Context(), "user", "add", "ann", "--email", "ann@example.com")
	theirs, ours, err := os.Pipe()
	require.NoError(t, err)
	defer ours.Close()
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stderr = theirs, &errs
	require.NoError(t, cmd.Start())
	require.NoError(t, theirs.Close())
	_, err = ours.WriteString("half a passw")
	require.NoError(t, err)
	unread := func() bool {
		n, err := unix.IoctlGetInt(int(ours.Fd()), unix.TIOCINQ)
		require.NoError(t, err)
		return n > 0
	}
	for began := time.Now(); unread(); runtime.Gosched() {
		require.Less(t, time.Since(began), time.Minute, "nobody reads the password")
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.Error(t, cmd.Wait())
	require.Equal(t, 130, cmd.ProcessState.ExitCode(), &errs)
	require.Equal(t, "ticketcd: interrupted\n", errs.String())
}
