//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
)

func TestWhatCannotBeLoadedIsASentenceAndChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	before := p.must("dump").out
	huge := p.file("huge.json", "")
	require.NoError(t, os.Truncate(huge, 1<<30))
	for _, c := range []struct{ file, says string }{
		{p.file("cut.json", rush()[:len(rush())/2]), "the data set ends in the middle"},
		{p.file("deep.json", `{"event:1":`+strings.Repeat(`{"a":`, 100_000)+"1"+strings.Repeat("}", 100_000)+"}"), "exceeded max depth"},
		{p.file("twice.json", `{"event:1":{},"event:1":{}}`), `the key "event:1" stands here for the second time`},
		{p.file("long.json", `{"event:1":"`+strings.Repeat("x", 2<<20)+`"}`), "more than 1,048,576"},
		{p.file("latin.json", "{\"event:1\":\"caf\xe9\"}"), "line 1: the text is not UTF-8"},
		{t.TempDir(), "is a directory: name a file"},
		{"/dev/zero", "line 1: this is not JSON"},
		{huge, "has 1,073,741,824 bytes, more than the 536,870,912 that are read at once"},
	} {
		r := p.run("load", c.file)
		require.Equal(t, 1, r.code, "%s: %s", c.file, r.err)
		require.Contains(t, r.err, c.says)
		require.Equal(t, 1, strings.Count(r.err, "\n"), "one sentence, not: %s", r.err)
	}
	require.Equal(t, before, p.must("dump").out)
}

// Nothing comes through the pipe, so reading it waits for ever.
func TestWaitingForAPipeIsInterrupted(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, args := range [][]string{
		{"load", pipe},
		{"load", "-"},
		{"seed", "--config", pipe},
		{"query", "--file", pipe},
		{"query", "txn"},
		{"event", "create", "-", "--as", "admin"},
		{"event", "create", pipe, "--as", "admin"},
		{"config", "--config-file", pipe},
	} {
		cmd := p.command(t.Context(), args...)
		input, err := cmd.StdinPipe()
		require.NoError(t, err)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		require.NoError(t, cmd.Start())
		if slices.Contains(args, pipe) {
			end, err := os.OpenFile(pipe, os.O_WRONLY, 0) // which returns when somebody wants to read there
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, end.Close()) })
		} else {
			_, err := io.WriteString(input, strings.Repeat(" ", 256<<10)) // likewise: a pipe does not hold so much
			require.NoError(t, err)
		}
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		require.Error(t, cmd.Wait())
		require.Equal(t, 130, cmd.ProcessState.ExitCode(), "%v: %s", args, &errs)
		require.Equal(t, "ticketcd: interrupted\n", errs.String(), "%v", args)
	}
	r := p.run("snapshot", "restore", pipe)
	require.Equal(t, 1, r.code)
	require.Contains(t, r.err, "is not a file; nothing was changed")
}

func TestADumpReplacesNothingButAFile(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, name := range []string{pipe, dir} {
		r := p.run("dump", name)
		require.Equal(t, 2, r.code)
		require.Equal(t, "ticketcd: "+name+" is not a file: name one, or - for standard output\n", r.err)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing half done is left")
	info, err := os.Lstat(pipe)
	require.NoError(t, err)
	require.Equal(t, os.ModeNamedPipe, info.Mode().Type())
}

func TestALogIntoAPipeFromWhichNobodyReadsIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	said, err := p.command(ctx, "serve", "--listen", "127.0.0.1:0", "--log", pipe).CombinedOutput()
	require.ErrorContains(t, err, "exit status 2")
	require.Contains(t, string(said), "ticketcd: "+pipe+" cannot be written: ")

	require.NoError(t, os.MkdirAll(p.dir, 0o700))
	require.NoError(t, syscall.Mkfifo(filepath.Join(p.dir, "ticketcd.log"), 0o600))
	said, err = p.command(ctx, "user", "list", "-w", "json").CombinedOutput()
	require.NoError(t, err, "a shop whose log cannot be written still sells: %s", said)
}

// The test binary is a program that another user can run, and the store lies where they can come.
func TestAnotherUserOfTheMachineReachesNothingOfTheStore(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("this machine has no user nobody")
	}
	open, err := os.MkdirTemp("", "") //nolint:usetesting // t.TempDir is closed to others
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(open)) })
	require.NoError(t, os.Chmod(open, 0o755))
	content, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	program := filepath.Join(open, "ticketcd")
	require.NoError(t, os.WriteFile(program, content, 0o755))

	p := place{t, filepath.Join(open, "data")}
	p.must("load", p.file("rush.json", rush()))
	hosting, err := cluster.Join(t.Context(), cluster.Config{Dir: p.dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, hosting.Close()) })

	run := func(args ...string) result {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir = open
		cmd.Env = []string{asProgram + "=1", noConfig(), "HOME=" + open, "PATH=" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: number(t, nobody.Uid), Gid: number(t, nobody.Gid)}}
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		_ = cmd.Run() //nolint:errcheck // the exit code tells
		return resultOf(cmd, &out, &errs)
	}
	require.Zero(t, run("--version").code, "they can run the program")
	for _, args := range [][]string{
		{"search", "--data-dir", p.dir},
		{"audit", "--repair", "--yes", "--data-dir", p.dir},
		{"snapshot", "restore", program, "--replace", "--data-dir", p.dir},
		{"search", "--endpoints", hosting.Endpoint()},
		{"query", "get", "", "--prefix", "--endpoints", hosting.Endpoint()},
	} {
		r := run(args...)
		require.Equal(t, 6, r.code, "%v: %s", args, r.err)
		require.Contains(t, r.err, "belongs to another user")
		require.Empty(t, r.out)
	}
	require.NoError(t, filepath.WalkDir(p.dir, func(name string, _ os.DirEntry, err error) error {
		require.NoError(t, err)
		r := run("load", name)
		require.Equal(t, 1, r.code, name)
		require.Contains(t, r.err, "permission denied", name)
		return nil
	}))
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}

func number(t *testing.T, text string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 32)
	require.NoError(t, err)
	return uint32(n)
}
