//go:build unix

package cluster_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// seller is another process with the same store.
type seller struct {
	*exec.Cmd
	lines  *bufio.Scanner
	stderr bytes.Buffer
}

func startSeller(t *testing.T, dir string) *seller {
	t.Helper()
	return startProcess(t, sellerDir+"="+dir)
}

// startProcess starts this test binary with that in its environment.
func startProcess(t *testing.T, env string) *seller {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	s := &seller{Cmd: exec.CommandContext(t.Context(), exe)}
	s.Env = append(os.Environ(), env)
	s.Stderr = &s.stderr
	out, err := s.StdoutPipe()
	require.NoError(t, err)
	s.lines = bufio.NewScanner(out)
	require.NoError(t, s.Start())
	return s
}

func (s *seller) line(t *testing.T) string {
	t.Helper()
	require.True(t, s.lines.Scan(), "the other process ended: %s", &s.stderr)
	return s.lines.Text()
}

// kill ends the process at once and returns what it still said.
func (s *seller) kill(t *testing.T) []string {
	t.Helper()
	require.NoError(t, s.Process.Kill())
	var rest []string
	for s.lines.Scan() {
		rest = append(rest, s.lines.Text())
	}
	require.Error(t, s.Wait())
	require.Empty(t, s.stderr.String(), "nothing may be printed over the screen")
	return rest
}

func TestNothingIsLostWhenTheHostIsKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := startSeller(t, dir)
	require.Equal(t, "joined, hosting: true", other.line(t))
	local := join(t, dir)
	require.False(t, local.Hosting())
	c := client(t, local)
	require.Empty(t, get(t, c, "event:1"))

	var sold []string
	for len(sold) < 200 {
		sold = append(sold, other.line(t))
	}
	killed := time.Now()
	sold = append(sold, other.kill(t)...)

	put(t, c, "event:1", "Jazz night")
	t.Logf("%d orders; took over in %v", len(sold), time.Since(killed))
	hostOf(t, local)
	answer, err := c.Get(t.Context(), "order:", clientv3.WithPrefix(), clientv3.WithKeysOnly())
	require.NoError(t, err)
	stored := map[string]bool{}
	for _, kv := range answer.Kvs {
		stored[string(kv.Key)] = true
	}
	for _, order := range sold {
		if strings.HasPrefix(order, "order:") {
			require.True(t, stored[order], order)
		}
	}
}

func TestAKilledHostDoesNotKeepTheNextProcessOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 3 {
		other := startSeller(t, dir)
		require.Equal(t, "joined, hosting: true", other.line(t))
		other.kill(t)
	}
	require.True(t, join(t, dir).Hosting())
}

func TestAHostThatHangsIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := startSeller(t, dir)
	require.Equal(t, "joined, hosting: true", other.line(t))
	require.NoError(t, other.Process.Signal(syscall.SIGSTOP))

	sentence := refused(t, dir, model.CodeUnavailable)
	require.Contains(t, sentence, "process "+strconv.Itoa(other.Process.Pid)+" hosts the store in")
}

func TestASuspendedShopDoesNotKeepTheHostFromQuitting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	other := startSeller(t, dir)
	require.Equal(t, "joined, hosting: false", other.line(t))
	require.NoError(t, other.Process.Signal(syscall.SIGSTOP))

	began := time.Now()
	require.NoError(t, local.Close())
	require.Less(t, time.Since(began), 2500*time.Millisecond, "even if it has only just connected")
}
