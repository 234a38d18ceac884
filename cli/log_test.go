package cli

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func readLog(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// writesLog writes a line as a process would that has just started.
func writesLog(t *testing.T, log *logFile, line string) {
	t.Helper()
	n, err := log.Write([]byte(line))
	require.NoError(t, err)
	require.Equal(t, len(line), n)
}

func TestALogThatIsFullIsSetAsideAndNoLineIsLost(t *testing.T) {
	t.Parallel()
	const processes, lines, limit = 8, 250, 50_000 // of about 40 bytes: more than the limit, and less than twice that
	name := filepath.Join(t.TempDir(), "ticketcd.log")
	var writing sync.WaitGroup
	for process := range processes {
		log, err := openLog(name, limit)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, log.Close()) })
		writing.Go(func() {
			for line := range lines {
				if _, err := fmt.Fprintf(log, "process %d line %03d: %s\n", process, line, strings.Repeat("x", 20)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	last, err := openLog(name, limit) // or nobody would find it full, if one was setting it aside until the end
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, last.Close()) })
	writesLog(t, last, "the last line\n")
	aside, now := readLog(t, name+".1"), readLog(t, name)
	require.GreaterOrEqual(t, len(aside), limit)
	for process := range processes {
		for line := range lines {
			require.Equal(t, 1, strings.Count(aside+now, fmt.Sprintf("process %d line %03d: ", process, line)))
		}
	}
	for _, file := range []string{name, name + ".1"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
}

func TestALogThatIsFullWhenItIsOpenedIsSetAside(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "ticketcd.log")
	require.NoError(t, os.WriteFile(name, []byte("an old line\n"), 0o600))
	log, err := openLog(name, 10)
	require.NoError(t, err)
	writesLog(t, log, "new\n")
	require.NoError(t, log.Close())
	require.Equal(t, "an old line\n", readLog(t, name+".1"))
	require.Equal(t, "new\n", readLog(t, name))
}

func TestALogCanBeRotatedFromOutside(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "serve.log")
	log, err := openLog(name, 0)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, log.Close()) })
	writesLog(t, log, "one\n")
	require.NoError(t, os.Rename(name, name+".moved"))
	writesLog(t, log, "two\n")
	require.Equal(t, "one\n", readLog(t, name+".moved"))
	require.Equal(t, "two\n", readLog(t, name))
	require.NoError(t, os.Truncate(name, 0)) // as copytruncate does
	writesLog(t, log, "three\n")
	require.Equal(t, "three\n", readLog(t, name))
	require.NoError(t, os.Remove(name))
	writesLog(t, log, "four\n")
	require.Equal(t, "four\n", readLog(t, name))
}

// sulking writes nothing while it is full.
type sulking struct {
	bytes.Buffer
	full bool
}

func (s *sulking) Write(line []byte) (int, error) {
	if s.full {
		return 0, errors.New("no space left on device")
	}
	return s.Buffer.Write(line)
}

func TestALogSaysHowManyLinesItIsMissing(t *testing.T) {
	t.Parallel()
	var out sulking
	var told []string
	log := slog.New(newAccountable(slog.NewTextHandler(&out, nil), func(err error) { told = append(told, err.Error()) }))
	for outage := 1; outage <= 2; outage++ {
		log.Info("before")
		out.full = true
		for range 3 {
			log.With("pid", 7).Info("in vain")
		}
		require.Len(t, told, outage, "each outage is told once")
		out.full = false
		log.Info("after")
		require.Regexp(t, `(?s)level=INFO msg=before\n[^\n]* level=WARN msg="lines are missing here[^\n]* lines=3\n[^\n]*level=INFO msg=after\n$`,
			out.String())
		require.NotContains(t, out.String(), "in vain")
		out.Reset()
	}
}
