package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	_ "time/tzdata" // as the program has them

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cli"
)

// asProgram makes the test binary be the program, so that tests can start real processes of it.
const asProgram = "TEST_AS_TICKETCD"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}
	// The race detector lets every process sleep for a second before it ends, unless it is told not to.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// noConfig keeps the tester's own configuration out of a process.
func noConfig() string { return "XDG_CONFIG_HOME=" + filepath.Join(os.TempDir(), "no-configuration") }

// place is a data directory of a test's own.
type place struct {
	t   *testing.T
	dir string
}

func newPlace(t *testing.T) place {
	t.Helper()
	return place{t, filepath.Join(t.TempDir(), "data")}
}

// result is how a process ended.
type result struct {
	code     int
	out, err string
	waited   bool // for so long that it said so, which is not in err
}

// command is the program as a process of its own, on the place's local store.
func (p place) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{"--data-dir", p.dir}, args...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1", noConfig())
	return cmd
}

// run runs the program to its end.
func (p place) run(args ...string) result {
	p.t.Helper()
	return p.runWith("", args...)
}

// runWith is run with text on standard input.
func (p place) runWith(input string, args ...string) result {
	p.t.Helper()
	cmd := p.command(p.t.Context(), args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewBufferString(input), &out, &errs
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(p.t, err, &exit)
	}
	return resultOf(cmd, &out, &errs)
}

// resultOf is what a program that has ended said.
func resultOf(cmd *exec.Cmd, out, errs *bytes.Buffer) result {
	said := patient(errs.String())
	return result{cmd.ProcessState.ExitCode(), out.String(), said, len(said) < errs.Len()}
}

// patient is what was said without the words that it waits for the store, which any program says first on a busy machine.
func patient(said string) string {
	return regexp.MustCompile(`^((Opening the store in .*|Connecting to the store) \.\.\.\n)+`).ReplaceAllString(said, "")
}

// must runs the program and requires that it succeeds.
func (p place) must(args ...string) result {
	p.t.Helper()
	r := p.run(args...)
	require.Zero(p.t, r.code, "%v said: %s", args, r.err)
	return r
}

// file writes a file for the program to read.
func (p place) file(name, content string) string {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	require.NoError(p.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// decode reads the one JSON document of a result.
func decode[T any](t *testing.T, r result) T {
	t.Helper()
	var value T
	require.NoError(t, json.Unmarshal([]byte(r.out), &value), "%s", r.out)
	return value
}
