//go:build unix

package cli_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

func TestAnOrderThatIsInterruptedIsFinishedFirst(t *testing.T) {
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
	lines := bufio.NewScanner(out)
	hears := func(words string) {
		t.Helper()
		for lines.Scan() && !strings.Contains(lines.Text(), words) {
			continue
		}
		require.Contains(t, lines.Text(), words, &errs)
	}
	says := func(text string) {
		t.Helper()
		_, err := io.WriteString(in, text)
		require.NoError(t, err)
	}
	says("register\nann\nlong enough\nlong enough\nAnn Lee\nann@example.com\nsearch flash\n1\nbuy 2 red\n")
	hears("You pay £21.00.")
	require.NoError(t, where.Do(t.Context(), model.PauseMember, "m1"))
	says("yes\n")
	hears("Buying 2 red tickets")
	require.NoError(t, shop.Process.Signal(syscall.SIGINT))
	hears("The shop is closing as soon as this is done: buying 2 red tickets")
	require.NoError(t, where.Do(t.Context(), model.ResumeMember, "m1"))
	hears("Bought 2 red tickets: order ")
	require.False(t, lines.Scan())
	require.Error(t, shop.Wait())
	require.Equal(t, 130, shop.ProcessState.ExitCode())
	require.Equal(t, "ticketcd: interrupted\n", patient(errs.String()))
	require.Contains(t, p.must("orders", "--as", "ann").out, "2 red")
	running.end(t, syscall.SIGTERM)
}

// The configuration is longer than a pipe holds: once it is written, the program has begun to read it, and hears signals.
func TestAShopThatIsInterruptedWhileItIsMadeReplacesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	name := p.file("shop.json", "of yesterday")
	making := p.command(t.Context(), "seed", "--config", "-", "--out", name)
	in, err := making.StdinPipe()
	require.NoError(t, err)
	var errs bytes.Buffer
	making.Stderr = &errs
	require.NoError(t, making.Start())
	_, err = io.WriteString(in, strings.Repeat(" ", 1<<20)+`{"NUM_EVENTS": 200000, "NUM_USERS": 50000}`)
	require.NoError(t, err)
	require.NoError(t, in.Close())
	require.NoError(t, making.Process.Signal(syscall.SIGINT))
	require.Error(t, making.Wait())
	require.Equal(t, 130, making.ProcessState.ExitCode(), "%s", &errs)
	require.Equal(t, "ticketcd: interrupted\n", errs.String())
	left, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "of yesterday", string(left))
}

// As on a terminal, all processes of the bench hear the signal.
func TestABenchThatIsInterruptedSaysSoAndNothingElse(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	bench := p.command(t.Context(), "bench", "--only", "rivals", "--turns", "1000000", "--slice", "10ms")
	bench.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	errs, err := bench.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, bench.Start())
	lines := bufio.NewScanner(errs)
	for lines.Scan() && !strings.Contains(lines.Text(), "3 processes x 64, turn 2") {
		continue
	}
	require.NoError(t, syscall.Kill(-bench.Process.Pid, syscall.SIGINT))
	var said []string
	for lines.Scan() {
		if !strings.Contains(lines.Text(), ", turn ") {
			said = append(said, lines.Text())
		}
	}
	require.Error(t, bench.Wait())
	require.Equal(t, []string{"ticketcd: interrupted"}, said)
	require.Equal(t, 130, bench.ProcessState.ExitCode())
	left, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestWhoWaitsForTheStoreIsToldSo(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	host := p.server()
	require.NoError(t, host.Process.Signal(syscall.SIGSTOP))
	said := p.run("search", "anything")
	require.NoError(t, host.Process.Signal(syscall.SIGCONT))
	require.NotZero(t, said.code)
	require.True(t, said.waited, "%s", said.err)
	require.Contains(t, said.err, "hosts the store in "+p.dir+" but does not answer")
	host.ends(t)
}
