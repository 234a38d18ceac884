//go:build unix

package sshserver_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/sshserver"
)

// server is a server in a process of its own.
type server struct {
	*house
	user  ssh.Signer
	tell  io.Writer
	lines *bufio.Scanner
}

// serves starts a process that serves the shop, or the floor: the least that wish and Bubble Tea can show.
func serves(b *testing.B, what string) *server {
	b.Helper()
	file := filepath.Join(b.TempDir(), "key")
	key, err := sshserver.HostKey(file)
	require.NoError(b, err)
	s := &server{house: &house{t: b, key: key}, user: newKey(b)}
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestServeForBenchmarks$", "-test.timeout=0")
	cmd.Env = append(os.Environ(), benchServes+"="+what, benchHostKey+"="+file, benchUserKey+"="+ssh.FingerprintSHA256(s.user.PublicKey()))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(b, err)
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		require.NoError(b, in.Close())
		_ = cmd.Process.Kill() //nolint:errcheck // it may have ended
		_ = cmd.Wait()         //nolint:errcheck // it was killed
	})
	s.tell, s.lines = in, bufio.NewScanner(out)
	s.address = strings.Fields(s.answer("serving"))[1]
	return s
}

// answer waits for a line that begins with a word.
func (s *server) answer(word string) string {
	s.t.Helper()
	for s.lines.Scan() {
		if strings.HasPrefix(s.lines.Text(), word) {
			return s.lines.Text()
		}
	}
	require.Fail(s.t, "the server has ended")
	return ""
}

func (s *server) ask(order, answer string) string {
	s.t.Helper()
	_, err := io.WriteString(s.tell, order+"\n")
	require.NoError(s.t, err)
	return s.answer(answer)
}

// measure tells how much memory the process uses, and how much time of the processor it has used.
func (s *server) measure() (bytes float64, used time.Duration) {
	s.t.Helper()
	var nanoseconds int64
	_, err := fmt.Sscanf(s.ask("measure", "measured"), "measured %f %d", &bytes, &nanoseconds)
	require.NoError(s.t, err)
	return bytes, time.Duration(nanoseconds)
}

// idleCost is what so many sessions cost that do nothing: bytes for each, and cores for all together.
func (s *server) idleCost(sessions int) (bytes, cores float64) {
	s.t.Helper()
	const watched = 10 * time.Second
	burnt := func() time.Duration {
		time.Sleep(3 * time.Second) // what the coming of sessions set off
		_, before := s.measure()
		time.Sleep(watched)
		_, after := s.measure()
		return after - before
	}
	for _, v := range s.crowd(10, s.user) { // what is made once and kept
		v.shown.line(s.t, "live")
		require.NoError(s.t, v.client.Close())
	}
	alone := burnt()
	empty, _ := s.measure()
	visitors := s.crowd(sessions, s.user)
	for _, v := range visitors {
		v.shown.line(s.t, "live")
	}
	together := burnt()
	full, _ := s.measure()
	for _, v := range visitors {
		require.NoError(s.t, v.client.Close())
	}
	return (full - empty) / float64(sessions), (together - alone).Seconds() / watched.Seconds()
}

// BenchmarkIdleSessions compares what 500 sessions cost with what the floor's cost.
func BenchmarkIdleSessions(b *testing.B) {
	const sessions = 500
	for b.Loop() {
		floorBytes, floorCores := serves(b, "floor").idleCost(sessions)
		bytes, cores := serves(b, "shop").idleCost(sessions)
		b.ReportMetric(bytes/1024, "KiB/session")
		b.ReportMetric(bytes/floorBytes, "x-floor-memory")
		b.ReportMetric(cores, "cores")
		b.ReportMetric(cores/floorCores, "x-floor-cpu")
		b.ReportMetric(0, "ns/op")
	}
}

// counted counts what comes on a connection.
type counted struct {
	net.Conn
	bytes atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// BenchmarkBytesPerChange tells how much a session is sent when one count changes that it shows.
func BenchmarkBytesPerChange(b *testing.B) {
	const changes = 20
	for b.Loop() {
		s := serves(b, "shop")
		conn := &counted{Conn: s.calls()}
		client, err := s.shakesHands(conn, "ann", ssh.PublicKeys(s.user))
		require.NoError(b, err)
		ann := s.sits(client, "ann", terminal{})
		ann.sees("Events", "live").seesRow("›")
		s.ask("buy", "bought <nil>")
		time.Sleep(6 * time.Second) // what was said at the beginning fades
		shown, sent := len(ann.raw.text()), conn.bytes.Load()
		for range changes {
			before := len(ann.raw.text())
			s.ask("buy", "bought <nil>")
			ann.until("another count", func(string) bool { return len(ann.raw.text()) > before })
			time.Sleep(50 * time.Millisecond) // two frames
		}
		b.ReportMetric(float64(len(ann.raw.text())-shown)/changes, "bytes/change")
		b.ReportMetric(float64(conn.bytes.Load()-sent)/changes, "wire-bytes/change")
		b.ReportMetric(0, "ns/op")
	}
}

// p99 presses keys that move the cursor, and returns how long it took until that was seen, at the 99th percentile.
func (g *guest) p99(presses int) time.Duration {
	g.t.Helper()
	row := func() int {
		return slices.IndexFunc(strings.Split(g.frame(), "\n"), func(line string) bool { return strings.HasPrefix(line, "› ") })
	}
	var took []time.Duration
	for i := range presses {
		key, before := "down", row()
		if i%2 == 1 {
			key = "up"
		}
		pressed := time.Now()
		g.presses(key)
		g.until("the cursor elsewhere", func(string) bool { now := row(); return now >= 0 && now != before })
		took = append(took, time.Since(pressed))
	}
	_, p99 := model.Percentiles(took)
	return p99
}

// BenchmarkKeyToFrame compares how soon a key shows, alone and among 300 sessions while 50 orders a second go on.
func BenchmarkKeyToFrame(b *testing.B) {
	const sessions, presses = 300, 300
	for b.Loop() {
		s := serves(b, "shop")
		ann := s.visits("ann", s.user)
		ann.sees("Events", "live").seesRow("›")
		time.Sleep(6 * time.Second)
		alone := ann.p99(presses)
		visitors := s.crowd(sessions-1, s.user)
		for _, v := range visitors {
			v.shown.line(b, "live")
		}
		s.ask("orders", "ordering")
		time.Sleep(3 * time.Second)
		_, before := s.measure()
		began := time.Now()
		among := ann.p99(presses)
		_, after := s.measure()
		cores := (after - before).Seconds() / time.Since(began).Seconds()
		s.ask("quiet", "quiet")
		for _, v := range visitors {
			require.NoError(b, v.client.Close())
		}
		b.ReportMetric(float64(alone.Microseconds())/1000, "ms-alone")
		b.ReportMetric(float64(among.Microseconds())/1000, "ms-among-300")
		b.ReportMetric(float64(among)/float64(alone), "x-alone")
		b.ReportMetric(cores, "cores")
		b.ReportMetric(0, "ns/op")
	}
}
