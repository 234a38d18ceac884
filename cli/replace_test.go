package cli_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cli"
)

// The second begins while the first is under way, and ends after it.
func TestOfTwoDumpsToOneFileEachIsWhole(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "dump.json")
	whole := strings.Repeat("second", 1<<15) // more than is held back in memory
	begun, half, firstThere := make(chan bool), make(chan bool), make(chan bool)
	second := make(chan error, 1)
	go func() {
		<-begun
		second <- cli.ReplaceFile(t.Context(), name, func(out io.Writer) error {
			_, err := io.WriteString(out, whole[:len(whole)/2])
			close(half)
			<-firstThere
			_, rest := io.WriteString(out, whole[len(whole)/2:])
			return errors.Join(err, rest)
		})
	}()
	require.NoError(t, cli.ReplaceFile(t.Context(), name, func(out io.Writer) error {
		close(begun)
		<-half
		_, err := io.WriteString(out, "first")
		return err
	}))
	requireContent(t, name, "first")
	close(firstThere)
	require.NoError(t, <-second)
	requireContent(t, name, whole)
	requireAlone(t, name)
}

func TestADumpLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "movie")
	require.NoError(t, os.WriteFile(name+".part", []byte("mine"), 0o600))
	require.NoError(t, cli.ReplaceFile(t.Context(), name, func(io.Writer) error { return nil }))
	requireContent(t, name+".part", "mine")
}

func TestADumpThatFailsLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "dump.json")
	require.NoError(t, os.WriteFile(name, []byte("of yesterday"), 0o600))
	lost := errors.New("the store is gone")
	require.ErrorIs(t, cli.ReplaceFile(t.Context(), name, func(out io.Writer) error {
		_, err := io.WriteString(out, "half")
		return errors.Join(err, lost)
	}), lost)
	requireContent(t, name, "of yesterday")
	requireAlone(t, name)
}

func TestAFileThatIsInterruptedLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "dump.json")
	require.NoError(t, os.WriteFile(name, []byte("of yesterday"), 0o600))
	ctx, interrupt := context.WithCancel(t.Context())
	require.ErrorIs(t, cli.ReplaceFile(ctx, name, func(out io.Writer) error {
		_, err := io.WriteString(out, "all of it")
		interrupt()
		return err
	}), context.Canceled)
	requireContent(t, name, "of yesterday")
	requireAlone(t, name)
}

func requireContent(t *testing.T, name, want string) {
	t.Helper()
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	require.True(t, want == string(content), "%s holds %.40q", name, content)
}

// requireAlone requires that a file is its owner's, and that nothing else was left in its directory.
func requireAlone(t *testing.T, name string) {
	t.Helper()
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing half done is left")
}
