package cluster_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestOnlyItsOwnerReachesTheStore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "ticketcd")
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	require.Equal(t, os.FileMode(0o700), mode(t, dir))
	require.Equal(t, os.FileMode(0o600)|os.ModeSocket, mode(t, filepath.Join(dir, "etcd.sock")))
	require.Equal(t, os.FileMode(0o700), mode(t, filepath.Join(dir, "etcd")))
}

func TestAnEmptyDirectoryIsClosedToOthersAndUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	join(t, dir)
	require.Equal(t, os.FileMode(0o700), mode(t, dir))
}

func TestAStoreWhoseDirectoryWasOpenedIsClosedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, join(t, dir).Close())
	require.NoError(t, os.Chmod(dir, 0o777))
	join(t, dir)
	require.Equal(t, os.FileMode(0o700), mode(t, dir))
}

func TestAnOpenDirectoryWithOtherFilesIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600))
	require.Contains(t, refused(t, dir, model.CodeFailed), "holds other files and is open to other users")
	require.Equal(t, os.FileMode(0o755), mode(t, dir))
}

func TestAnotherUsersDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can give a directory away")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chown(dir, 12345, 12345))
	require.Contains(t, refused(t, dir, model.CodeDenied), "belongs to another user")
	require.Empty(t, list(t, dir))
}

func TestAFileIsNotADataDirectory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Equal(t, "cannot use "+file+" as the data directory: not a directory", refused(t, file, model.CodeFailed))
	require.Contains(t, refused(t, filepath.Join(file, "below"), model.CodeFailed), "not a directory")
	require.Contains(t, refused(t, "", model.CodeUsage), "is empty")
}

func TestADirectoryThatCannotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "host.pid"), 0o700)) // stops root, too
	require.Contains(t, refused(t, dir, model.CodeFailed), dir)
	if os.Getuid() != 0 {
		dir = t.TempDir()
		require.NoError(t, os.Chmod(dir, 0o500))
		require.Contains(t, refused(t, dir, model.CodeFailed), "as the data directory: permission denied")
	}
}

func TestALongDirectoryWorksAsWell(t *testing.T) {
	t.Parallel()
	for _, name := range []string{strings.Repeat("long", 40), "50%?#", "a\nb"} {
		dir := filepath.Join(t.TempDir(), name)
		first, second := join(t, dir), join(t, dir)
		require.Equal(t, first.Endpoint(), second.Endpoint())
		socket := strings.TrimPrefix(first.Endpoint(), "unix://")
		t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Dir(socket))) })
		require.Equal(t, os.FileMode(0o700), mode(t, filepath.Dir(socket)))

		put(t, client(t, second), "event:1", "Jazz night")
		require.NoError(t, first.Close())
		require.Equal(t, "Jazz night", get(t, client(t, second), "event:1"))
	}
}

func TestASocketDirectoryThatSomebodyElsePreparedIsNotTrusted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 40))
	local := join(t, dir)
	require.NoError(t, local.Close())
	short := filepath.Dir(strings.TrimPrefix(local.Endpoint(), "unix://"))
	require.NoError(t, os.RemoveAll(short))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(short)) })

	require.NoError(t, os.Symlink(t.TempDir(), short))
	require.Contains(t, refused(t, dir, model.CodeFailed), short+" is not a directory")

	if os.Getuid() == 0 {
		require.NoError(t, os.Remove(short))
		require.NoError(t, os.Mkdir(short, 0o700))
		require.NoError(t, os.Chown(short, 12345, 12345))
		require.Contains(t, refused(t, dir, model.CodeDenied), "belongs to another user")
	}
}

func TestADirectoryCanBeMoved(t *testing.T) {
	t.Parallel()
	old := filepath.Join(t.TempDir(), "old")
	local := join(t, old)
	put(t, client(t, local), "event:1", "Jazz night")
	require.NoError(t, local.Close())

	moved := filepath.Join(t.TempDir(), "moved")
	require.NoError(t, os.Rename(old, moved))
	c := client(t, join(t, moved))
	require.Equal(t, "Jazz night", get(t, c, "event:1"))
	put(t, c, "event:1", "Blues night")
}

func TestALinkToTheDirectoryLeadsToTheSameStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(dir, link))
	first, second := join(t, dir), join(t, link)
	require.Equal(t, first.Endpoint(), second.Endpoint())
	require.False(t, second.Hosting())
}

func TestAStoreOfANewerKindIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	require.NoError(t, local.Close())
	format := filepath.Join(dir, "format")
	text, err := os.ReadFile(format)
	require.NoError(t, err)
	require.Equal(t, "1\n", string(text))

	require.NoError(t, os.WriteFile(format, []byte("7\n"), 0o600))
	require.Equal(t, "the data directory "+dir+" was made by a newer TickETCD (format 7; this one reads 1)",
		refused(t, dir, model.CodeFailed))
	require.NoError(t, os.WriteFile(format, []byte("\x1b[31mred"), 0o600))
	require.Contains(t, refused(t, dir, model.CodeFailed), `(format "\x1b[31mred"; this one reads 1)`)
}

func TestAProcessDoesNotTakeOverAStoreThatBecameNewer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := join(t, dir), join(t, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "format"), []byte("2\n"), 0o600))
	require.NoError(t, first.Close())
	require.Eventually(t, func() bool { return second.Err() != nil }, 5*time.Second, 20*time.Millisecond)
	require.Contains(t, model.Sentence(second.Err()), "made by a newer TickETCD (format 2;")
	require.False(t, second.Hosting())

	require.NoError(t, os.WriteFile(filepath.Join(dir, "format"), []byte("1\n"), 0o600))
	require.Empty(t, get(t, client(t, second), "event:1"), "it goes on trying")
	require.NoError(t, second.Err())
}

func mode(t *testing.T, name string) os.FileMode {
	t.Helper()
	info, err := os.Lstat(name)
	require.NoError(t, err)
	return info.Mode() &^ os.ModeDir
}

func list(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	return entries
}
