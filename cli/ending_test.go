//go:build unix

package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

// deaf is a pipe that nobody reads.
func deaf(t *testing.T) *os.File {
	t.Helper()
	read, write, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, read.Close())
	t.Cleanup(func() { _ = write.Close() })
	return write
}

func TestWhoeverHasReadEnoughKillsNobody(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	for _, args := range [][]string{
		{"search"},
		{"search", "-w", "json"},
		{"dump"},
		{"query", "get", "", "--prefix"},
		{"user", "list"},
		{"--plain"},
		{"--help"},
		{"help", "buy"},
		{"--version"},
	} {
		cmd := p.command(t.Context(), args...)
		var errs bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("search\n"), deaf(t), &errs
		require.Error(t, cmd.Run())
		require.Equal(t, 141, cmd.ProcessState.ExitCode(), "%v: %s", args, &errs)
		require.NotContains(t, errs.String(), "broken pipe", args)
	}
}

func TestAnOrderIsFinishedAndToldWhoeverStopsReading(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	running := p.cluster("--nodes", "1")
	p.must("load", p.file("rush.json", rush()))
	where, found, err := cluster.Find(t.Context(), p.dir)
	require.NoError(t, err)
	require.True(t, found)

	shop := p.command(t.Context(), "--plain")
	in, err := shop.StdinPipe()
	require.NoError(t, err)
	out, err := shop.StdoutPipe()
	require.NoError(t, err)
	var errs bytes.Buffer
	shop.Stderr = &errs
	require.NoError(t, shop.Start())
	_, err = io.WriteString(in, "register\nann\nlong enough\nlong enough\nAnn Lee\nann@example.com\nsearch flash\n1\nbuy 2 red\n")
	require.NoError(t, err)
	lines := bufio.NewScanner(out)
	hears := func(words string) {
		for lines.Scan() && !strings.Contains(lines.Text(), words) {
			continue
		}
		require.Contains(t, lines.Text(), words, &errs)
	}
	hears("You pay £21.00.")
	require.NoError(t, where.Do(t.Context(), model.PauseMember, "m1"))
	_, err = io.WriteString(in, "yes\n")
	require.NoError(t, err)
	hears("Buying 2 red tickets")
	require.NoError(t, out.Close())
	require.NoError(t, where.Do(t.Context(), model.ResumeMember, "m1"))
	require.Error(t, shop.Wait())
	require.Equal(t, 141, shop.ProcessState.ExitCode())
	require.Contains(t, errs.String(), "Bought 2 red tickets: order ")
	require.Contains(t, p.must("orders", "--as", "ann").out, "2 red")
	running.end(t, syscall.SIGTERM)
}

// The terminal of a server, and whoever reads its log, may be gone.
func TestAServerWhoseTerminalIsClosedEndsAsItIsMeantTo(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("these tests were started with nohup, so what they start is to outlive its terminal")
	}
	p := newPlace(t)
	cmd := p.command(t.Context(), "serve", "--listen", "127.0.0.1:0")
	cmd.Stderr = deaf(t)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Ready") {
		continue
	}
	require.Contains(t, lines.Text(), "Ready")
	require.NoError(t, cmd.Process.Signal(syscall.SIGHUP))
	require.NoError(t, cmd.Wait(), "it hands over the store, and says so to nobody")
}

func TestAPasswordWithoutAnEndIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	for _, command := range []string{"add", "passwd"} {
		username := map[string]string{"add": "eve", "passwd": "u00"}[command]
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		cmd := p.command(ctx, "user", command, username)
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		require.NoError(t, cmd.Start())
		_, err = io.WriteString(in, strings.Repeat("x", 1000))
		require.NoError(t, err)
		require.Error(t, cmd.Wait())
		require.NoError(t, ctx.Err())
		cancel()
		require.Equal(t, "ticketcd: a password has at most 128 characters\n", patient(errs.String()))
	}
}

func TestAWatchEndsAsItIsMeantTo(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	watch := p.command(t.Context(), "query", "watch", "event:"+rushID, "--rev", "1", "-w", "json")
	out, err := watch.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, watch.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.True(t, json.Valid([]byte(line)), "%s", line)
	require.NoError(t, watch.Process.Signal(os.Interrupt))
	require.NoError(t, watch.Wait(), "exit code 0, as the README says")
}
