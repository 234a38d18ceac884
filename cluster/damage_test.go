package cluster_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/ticketcd/ticketcd/model"
)

// storeWithData makes a store of some size, and returns its directory when nobody hosts it any more.
func storeWithData(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	local := join(t, dir)
	c := client(t, local)
	for _, key := range []string{"event:1", "event:2", "event:3"} {
		put(t, c, key, string(bytes.Repeat([]byte("jazz "), 10_000)))
	}
	require.NoError(t, local.Close())
	return dir
}

func TestADamagedStoreIsASentenceAndNotACrash(t *testing.T) {
	t.Parallel()
	garbage := bytes.Repeat([]byte("garbage!"), 1024)
	for _, damage := range []struct {
		name string
		do   func(t *testing.T, member string)
		says string
	}{
		{"the whole database file", func(t *testing.T, member string) {
			t.Helper()
			require.NoError(t, os.WriteFile(filepath.Join(member, "snap", "db"), garbage, 0o600))
		}, "is damaged"},
		{"all pages but the first two", func(t *testing.T, member string) {
			t.Helper()
			overwrite(t, filepath.Join(member, "snap", "db"), 2*4096, bytes.Repeat(garbage, 50))
		}, "is damaged"},
		{"the end is cut off", func(t *testing.T, member string) {
			t.Helper()
			require.NoError(t, os.Truncate(filepath.Join(member, "snap", "db"), 3*4096))
		}, "is damaged"},
		{"the log", func(t *testing.T, member string) {
			t.Helper()
			logs, err := filepath.Glob(filepath.Join(member, "wal", "*.wal"))
			require.NoError(t, err)
			overwrite(t, logs[0], 64, garbage)
		}, "could not be started"},
		{"a newer cluster", func(t *testing.T, member string) {
			t.Helper()
			setVersion(t, member, "cluster", "clusterVersion", "3.99.0")
		}, "written by a newer etcd"},
		{"a newer schema", func(t *testing.T, member string) {
			t.Helper()
			setVersion(t, member, "meta", "storageVersion", "3.99.0")
		}, "written by a newer etcd"},
	} {
		t.Run(damage.name, func(t *testing.T) {
			t.Parallel()
			dir := storeWithData(t)
			damage.do(t, filepath.Join(dir, "etcd", "member"))
			sentence := refused(t, dir, model.CodeFailed)
			require.Contains(t, sentence, damage.says)
			require.Contains(t, sentence, dir)
		})
	}
}

func TestAMissingDatabaseFileIsMadeAgainFromTheLog(t *testing.T) {
	t.Parallel()
	dir := storeWithData(t)
	require.NoError(t, os.Remove(filepath.Join(dir, "etcd", "member", "snap", "db")))
	require.NotEmpty(t, get(t, client(t, join(t, dir)), "event:3"))
}

func TestDataThatAnotherProgramUsesIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := storeWithData(t)
	db, err := bbolt.Open(filepath.Join(dir, "etcd", "member", "snap", "db"), 0o600, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.Contains(t, refused(t, dir, model.CodeFailed), "is in use by another program")
}

func overwrite(t *testing.T, name string, at int64, with []byte) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteAt(with, at)
	require.NoError(t, err)
	require.NoError(t, file.Close())
}

func setVersion(t *testing.T, member, bucket, key, version string) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(member, "snap", "db"), 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(bucket)).Put([]byte(key), []byte(version))
	}))
	require.NoError(t, db.Close())
}
