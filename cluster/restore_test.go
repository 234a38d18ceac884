package cluster_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

// saved writes a snapshot of the store to a file.
func saved(t *testing.T, c *clientv3.Client) string {
	t.Helper()
	reader, err := c.Snapshot(t.Context())
	require.NoError(t, err)
	content, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	name := filepath.Join(t.TempDir(), "snapshot")
	require.NoError(t, os.WriteFile(name, content, 0o600))
	return name
}

// into restores a snapshot, and replaces what is there.
func into(dir, file string) cluster.RestoreConfig {
	return cluster.RestoreConfig{Dir: dir, File: file, Replace: true, Now: time.Date(2027, time.March, 1, 12, 0, 0, 0, time.UTC)}
}

func TestWhoWatchesAStoreNoticesThatItWasRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	c := client(t, local)
	put(t, c, "event:1", "Jazz night")
	file := saved(t, c)
	for _, name := range []string{"Blues night", "Tango night", "Disco night"} {
		put(t, c, "event:1", name)
	}
	now, err := c.Get(t.Context(), "event:1")
	require.NoError(t, err)
	changes := c.Watch(clientv3.WithRequireLeader(t.Context()), "event:", clientv3.WithPrefix(), clientv3.WithRev(now.Header.Revision+1))
	require.NoError(t, local.Close())

	report, err := cluster.Restore(t.Context(), into(dir, file))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "etcd.before-20270301-120000"), report.Kept)
	require.Equal(t, 1, report.Records)

	join(t, dir)
	require.Equal(t, "Jazz night", get(t, c, "event:1"), "through the same client")
	for change := range changes {
		if err = change.Err(); err != nil {
			break
		}
	}
	require.ErrorIs(t, err, rpctypes.ErrCompacted, "the watch does not wait for revisions that are to come")
	put(t, c, "event:1", "Rock night")
	after, err := c.Get(t.Context(), "", clientv3.WithFromKey())
	require.NoError(t, err)
	require.Len(t, after.Kvs, 1)
	require.Greater(t, after.Kvs[0].ModRevision, now.Header.Revision, "no revision comes twice")
}

func TestTheStoreThatWasReplacedIsKeptWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	file := saved(t, client(t, local))
	put(t, client(t, local), "event:1", "Blues night")
	require.NoError(t, local.Close())
	report, err := cluster.Restore(t.Context(), into(dir, file))
	require.NoError(t, err)

	old := t.TempDir()
	require.NoError(t, os.Chmod(old, 0o700))
	require.NoError(t, os.Rename(report.Kept, filepath.Join(old, "etcd")))
	require.Equal(t, "Blues night", get(t, client(t, join(t, old)), "event:1"))
}

func TestARestoreThatWasKilledIsFinishedOrForgotten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	file := saved(t, client(t, local))
	put(t, client(t, local), "event:1", "Blues night")
	require.NoError(t, local.Close())
	other := t.TempDir()
	_, err := cluster.Restore(t.Context(), into(other, file))
	require.NoError(t, err)
	require.NoError(t, os.Rename(filepath.Join(other, "etcd"), filepath.Join(dir, "etcd.restored")))

	local = join(t, dir)
	require.Equal(t, "Blues night", get(t, client(t, local), "event:1"), "the old store had not been moved yet")
	require.NoError(t, local.Close())
	require.NoError(t, os.Rename(filepath.Join(dir, "etcd"), filepath.Join(dir, "etcd.before")))
	require.Equal(t, "Jazz night", get(t, client(t, join(t, dir)), "event:1"), "it had been")
}

func TestNothingIsRestoredWhereItWouldDoHarm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	file := saved(t, client(t, local))
	_, err := cluster.Restore(t.Context(), into(dir, file))
	require.Equal(t, model.CodeRefused, model.CodeOf(err))
	require.ErrorContains(t, err, "uses the store in")
	require.NoError(t, local.Close())

	cfg := into(dir, file)
	cfg.Replace = false
	_, err = cluster.Restore(t.Context(), cfg)
	require.Equal(t, model.CodeRefused, model.CodeOf(err))
	require.ErrorContains(t, err, "holds a store already")
}

func TestAFileThatIsNoSnapshotChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	whole, err := os.ReadFile(saved(t, client(t, local)))
	require.NoError(t, err)
	require.NoError(t, local.Close())

	bit := bytes.Clone(whole)
	bit[len(bit)/2] ^= 1
	for name, content := range map[string][]byte{
		"empty":                      {},
		"text":                       []byte(`{"event:1": {}}`),
		"cut":                        whole[:len(whole)/2],
		"without its checksum":       whole[:len(whole)-sha256.Size],
		"one bit":                    bit,
		"garbage with a checksum":    summed(bytes.Repeat([]byte("garbage!"), 4096)),
		"cut, with a checksum":       summed(whole[:3*4096]),
		"another program's database": summed(foreign(t)),
		"pages missing in the midst": summed(append(bytes.Clone(whole[:2*4096]), make([]byte, len(whole)-sha256.Size-2*4096)...)),
	} {
		file := filepath.Join(t.TempDir(), "snapshot")
		require.NoError(t, os.WriteFile(file, content, 0o600))
		_, err := cluster.Restore(t.Context(), into(dir, file))
		require.Equal(t, model.CodeFailed, model.CodeOf(err), name)
		require.ErrorContains(t, err, file, name)
		require.ErrorContains(t, err, "nothing was changed", name)
	}
	_, err = cluster.Restore(t.Context(), into(dir, t.TempDir()))
	require.ErrorContains(t, err, "is not a file")
	_, err = cluster.Restore(t.Context(), into(dir, filepath.Join(dir, "gone")))
	require.ErrorContains(t, err, "cannot be read: no such file")

	left, err := filepath.Glob(filepath.Join(dir, "etcd.*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "etcd.log")}, left)
	require.Equal(t, "Jazz night", get(t, client(t, join(t, dir)), "event:1"))
}

// summed puts a checksum behind the content.
func summed(content []byte) []byte {
	sum := sha256.Sum256(content)
	return append(bytes.Clone(content), sum[:]...)
}

// foreign is a sound database of the same format that is not etcd's.
func foreign(t *testing.T) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "db")
	db, err := bbolt.Open(name, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucket([]byte("key"))
		if err != nil {
			return err
		}
		return bucket.Put([]byte("short"), []byte("no revision"))
	}))
	require.NoError(t, db.Close())
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	return content
}

// impatient is a context that ends when it has been asked a number of times whether it has.
type impatient struct {
	context.Context
	left atomic.Int64
}

func (c *impatient) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestARestoreThatIsInterruptedChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	file := saved(t, client(t, local))
	put(t, client(t, local), "event:1", "Blues night")
	require.NoError(t, local.Close())

	for asked := int64(0); ; asked++ {
		ctx := &impatient{Context: t.Context()}
		ctx.left.Store(asked)
		_, err := cluster.Restore(ctx, into(dir, file))
		if err == nil {
			require.GreaterOrEqual(t, asked, int64(4), "before every step")
			break
		}
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, "the restoring was interrupted; nothing was changed", model.Sentence(err))
		left, err := filepath.Glob(filepath.Join(dir, "etcd.*"))
		require.NoError(t, err)
		require.Equal(t, []string{filepath.Join(dir, "etcd.log")}, left)
		local = join(t, dir)
		require.Equal(t, "Blues night", get(t, client(t, local), "event:1"))
		require.NoError(t, local.Close())
	}
	require.Equal(t, "Jazz night", get(t, client(t, join(t, dir)), "event:1"))
}

// meanwhile is a context that has somebody do something when it is asked whether it has ended.
type meanwhile struct {
	context.Context
	do func()
}

func (c meanwhile) Err() error {
	c.do()
	return c.Context.Err()
}

// A large snapshot takes a while to be read. The process that hosted the store before has ended, and another may have its id.
func TestWhoWaitsForARestoreIsToldWhoRestores(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	file := saved(t, client(t, local))
	require.NoError(t, local.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "host.pid"), []byte("1\n"), 0o600))

	asked := 0
	_, err := cluster.Restore(meanwhile{t.Context(), func() {
		asked++
		_, err := cluster.Restore(t.Context(), into(dir, file))
		require.ErrorContains(t, err, "process "+strconv.Itoa(os.Getpid())+" uses the store in")
	}}, into(dir, file))
	require.NoError(t, err)
	require.NotZero(t, asked)
}

func TestStoresThatAreReplacedInTheSameSecondAreAllKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	file := saved(t, client(t, local))
	require.NoError(t, local.Close())
	var kept []string
	for range 3 {
		report, err := cluster.Restore(t.Context(), into(dir, file))
		require.NoError(t, err)
		kept = append(kept, filepath.Base(report.Kept))
		require.DirExists(t, report.Kept)
	}
	require.Equal(t, []string{"etcd.before-20270301-120000", "etcd.before-20270301-120000-2", "etcd.before-20270301-120000-3"}, kept)
	require.Equal(t, "Jazz night", get(t, client(t, join(t, dir)), "event:1"))
}

// asksForUsers has etcd ask for its own users, as etcdctl auth enable does.
func asksForUsers(t *testing.T, c *clientv3.Client) {
	t.Helper()
	_, err := c.UserAdd(t.Context(), "root", "secret")
	require.NoError(t, err)
	_, err = c.UserGrantRole(t.Context(), "root", "root")
	require.NoError(t, err)
	_, err = c.AuthEnable(t.Context())
	require.NoError(t, err)
}

func TestTheSnapshotOfAClusterWithUsersMakesAStoreForItsOwner(t *testing.T) {
	t.Parallel()
	local := join(t, t.TempDir())
	c := client(t, local)
	put(t, c, "event:1", "Jazz night")
	asksForUsers(t, c)
	root, err := clientv3.New(clientv3.Config{Endpoints: []string{local.Endpoint()}, Username: "root", Password: "secret", Logger: zap.NewNop()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	file := saved(t, root)

	dir := t.TempDir()
	_, err = cluster.Restore(t.Context(), into(dir, file))
	require.NoError(t, err)
	require.Equal(t, "Jazz night", get(t, client(t, join(t, dir)), "event:1"), "who asks has no name and no password")
}

func TestAnInterruptedRestoreKeepsTheStoreThatAKilledOneHadRestored(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	local := join(t, dir)
	put(t, client(t, local), "event:1", "Jazz night")
	file := saved(t, client(t, local))
	require.NoError(t, local.Close())
	_, err := cluster.Restore(t.Context(), into(other, file))
	require.NoError(t, err)
	// It was killed when the old store had been moved aside, and the new one not yet into its place.
	require.NoError(t, os.Rename(filepath.Join(dir, "etcd"), filepath.Join(dir, "etcd.before-x")))
	require.NoError(t, os.Rename(filepath.Join(other, "etcd"), filepath.Join(dir, "etcd.restored")))

	replaces := into(dir, file)
	replaces.Replace = false
	_, err = cluster.Restore(t.Context(), replaces)
	require.Equal(t, model.CodeRefused, model.CodeOf(err), "there is a store")
	ctx := &impatient{Context: t.Context()}
	ctx.left.Store(3) // while it makes the new one
	replaces.Replace = true
	_, err = cluster.Restore(ctx, replaces)
	require.ErrorContains(t, err, "nothing was changed")
	require.Equal(t, "Jazz night", get(t, client(t, join(t, dir)), "event:1"))
}

func TestAClusterThatWasNeverCompleteIsNothingToKeep(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	local := join(t, other)
	put(t, client(t, local), "event:1", "Jazz night")
	file := saved(t, client(t, local))
	require.NoError(t, os.Chmod(dir, 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "cluster"), 0o700))
	half := `{"token":"x","tls":true,"made":false,"members":[{"name":"m1","client_port":1,"peer_port":2}]}`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cluster", "cluster.json"), []byte(half), 0o600))
	_, err := cluster.Restore(t.Context(), into(dir, file))
	require.NoError(t, err)
	require.Equal(t, "Jazz night", get(t, client(t, join(t, dir)), "event:1"))
}
