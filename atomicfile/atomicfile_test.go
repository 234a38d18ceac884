package atomicfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/atomicfile"
)

// The second begins while the first is under way, and ends after it.
func TestOfTwoThatReplaceAFileEachIsWhole(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	whole := strings.Repeat("second", 1<<15) // more than is held back in memory
	begun, half, firstThere := make(chan bool), make(chan bool), make(chan bool)
	second := make(chan error, 1)
	go func() {
		<-begun
		second <- replace(name, func(out io.Writer) error {
			_, err := io.WriteString(out, whole[:len(whole)/2])
			close(half)
			<-firstThere
			_, rest := io.WriteString(out, whole[len(whole)/2:])
			return errors.Join(err, rest)
		})
	}()
	require.NoError(t, replace(name, func(out io.Writer) error {
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

func TestOtherFilesAreLeftAlone(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "movie")
	require.NoError(t, os.WriteFile(name+".part", []byte("mine"), 0o600))
	require.NoError(t, replace(name, func(io.Writer) error { return nil }))
	requireContent(t, name+".part", "mine")
}

func TestALinkStaysOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(file, []byte("of yesterday"), 0o600))
	require.NoError(t, os.Symlink(file, link))
	require.NoError(t, replace(link, func(out io.Writer) error {
		_, err := io.WriteString(out, "of today")
		return err
	}))
	requireContent(t, file, "of today")
	leads, err := os.Readlink(link)
	require.NoError(t, err)
	require.Equal(t, file, leads)
}

func TestWhoFailsLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, []byte("of yesterday"), 0o600))
	lost := errors.New("the store is gone")
	require.ErrorIs(t, replace(name, func(out io.Writer) error {
		_, err := io.WriteString(out, "half")
		return errors.Join(err, lost)
	}), lost)
	requireContent(t, name, "of yesterday")
	requireAlone(t, name)
}

func TestANewFileIsCompleteWhenItAppears(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, atomicfile.Create(name, func(out io.Writer) error {
		require.NoFileExists(t, name)
		_, err := io.WriteString(out, "whole")
		return err
	}))
	requireContent(t, name, "whole")
	requireAlone(t, name)
}

func TestANewFileReplacesNoOther(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	require.ErrorIs(t, atomicfile.Create(name, func(io.Writer) error {
		return os.WriteFile(name, []byte("of somebody else"), 0o600)
	}), fs.ErrExist)
	requireContent(t, name, "of somebody else")
	requireAlone(t, name)
}

func TestTheSizeIsThatOfTheFile(t *testing.T) {
	t.Parallel()
	size, err := atomicfile.Replace(filepath.Join(t.TempDir(), "file"), func(out io.Writer) error {
		_, err := io.WriteString(out, "twelve bytes")
		return err
	})
	require.NoError(t, err)
	require.EqualValues(t, 12, size)
}

func replace(name string, write func(io.Writer) error) error {
	_, err := atomicfile.Replace(name, write)
	return err
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
