package etcdstore

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/ticketcd/ticketcd/model"
)

func requireError(t *testing.T, err error, code model.Code, says string) {
	t.Helper()
	require.Equal(t, says, model.Sentence(err), "%v", err)
	require.Equal(t, code, model.CodeOf(err))
}

// insistOn does something again as long as a member did not answer, which one may not within its second on a busy machine.
func insistOn(t *testing.T, do func() error) {
	t.Helper()
	var err error
	require.Eventually(t, func() bool {
		err = do()
		return model.CodeOf(err) != model.CodeUnavailable
	}, waitLong, waitStep)
	require.NoError(t, err)
}

func TestTheLeaderIsMovedAndMembersAreDefragmented(t *testing.T) {
	t.Parallel()
	all := startMembers(t, 3)
	s := newShopAt(t, all.endpoints[0])
	cfg := Config{Endpoints: all.endpoints}
	s.put(t, "user:boss", `{"role":"admin"}`)
	s.put(t, "user:ann", `{"role":"user"}`)
	before := lookUntil(t, cfg, 3)
	for _, nobody := range []string{"ann", "eve", ""} {
		requireError(t, s.MoveLeader(t.Context(), nobody, before.Members[0].ID), model.CodeDenied, "only admins may do this")
		requireError(t, s.Defragment(t.Context(), nobody, before.Members[0].ID), model.CodeDenied, "only admins may do this")
		requireError(t, s.DisarmAlarms(t.Context(), nobody), model.CodeDenied, "only admins may do this")
	}
	next := before.Members[(all.leader()+1)%3]
	insistOn(t, func() error { return s.MoveLeader(t.Context(), "boss", next.ID) })
	after := lookUntil(t, cfg, 3)
	require.Equal(t, next.Name, after.Leader)
	require.Greater(t, after.Members[0].RaftTerm, before.Members[0].RaftTerm)
	requireError(t, s.MoveLeader(t.Context(), "boss", next.ID), model.CodeRefused, next.Name+" is the leader already")
	requireError(t, s.MoveLeader(t.Context(), "boss", "abc\x1b"), model.CodeNotFound, "the cluster has no member with the id abc\uFFFD")
	for _, m := range after.Members {
		insistOn(t, func() error { return s.Defragment(t.Context(), "boss", m.ID) })
	}

	all.stop(2)
	refused := "m2 cannot be asked: nothing listens at http://" + all.endpoints[2] + ": is etcd running there?"
	require.EventuallyWithT(t, func(c *assert.CollectT) { // who tells of the others may not answer within its second
		err := s.Defragment(t.Context(), "boss", before.Members[2].ID)
		assert.Equal(c, refused, model.Sentence(err))
		assert.Equal(c, model.CodeUnavailable, model.CodeOf(err))
	}, waitLong, waitStep)
	all.stop(1)
	requireError(t, s.MoveLeader(t.Context(), "boss", before.Members[1].ID), model.CodeUnavailable, "the store's members cannot agree: nothing was changed")
	requireError(t, s.DisarmAlarms(t.Context(), "boss"), model.CodeUnavailable, "the store's members cannot agree: nothing was changed")

	file := filepath.Join(t.TempDir(), "last.db") // what is left can still be saved
	insistOn(t, func() error { return s.Snapshot(t.Context(), file, nil) })
	require.FileExists(t, file)
}

func TestAClusterWhoseMembersAreNotKnownDoesNotDenyOne(t *testing.T) {
	t.Parallel()
	unheard := model.Cluster{Members: []model.Member{{Endpoint: "10.0.0.1:2379", Err: "it does not answer"}}}
	_, err := healthyMember(unheard, "5")
	requireError(t, err, model.CodeUnavailable, "it is not known who belongs to the cluster: it does not answer")
}

func TestASnapshotIsWholeAndItsOwnersAlone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 10, 0)
	dir := t.TempDir()
	file := filepath.Join(dir, "shop.db")
	insistOn(t, func() error { return s.Snapshot(t.Context(), file, nil) })
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	require.EqualValues(t, 32, info.Size()%512, "a database, and its checksum")
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{ReadOnly: true})
	require.NoError(t, err)
	require.NoError(t, db.View(func(tx *bbolt.Tx) error {
		require.Positive(t, tx.Bucket([]byte("key")).Stats().KeyN)
		return nil
	}))
	require.NoError(t, db.Close())

	requireError(t, s.Snapshot(t.Context(), file, nil), model.CodeRefused, "there is a file "+file+" already: choose another name")
	lost := filepath.Join(dir, "no", "where.db")
	requireError(t, s.Snapshot(t.Context(), lost, nil), model.CodeFailed,
		"the snapshot cannot be written to "+lost+": no such file or directory")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing half done is left")
}

func TestAFileThatAppearsWhileASnapshotIsSavedStays(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "shop.db")
	somebodyElse := func(int64) { require.NoError(t, os.WriteFile(file, []byte("a letter"), 0o600)) }
	requireError(t, s.Snapshot(t.Context(), file, somebodyElse), model.CodeRefused, "there is a file "+file+" already: choose another name")
	letter, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "a letter", string(letter))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing half done is left")
}

func TestASnapshotThatBreaksOffLeavesNothing(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	s := newShopAt(t, etcd.endpoint())
	etcd.stop()
	dir := t.TempDir()
	requireError(t, s.Snapshot(t.Context(), filepath.Join(dir, "shop.db"), nil), model.CodeUnavailable,
		"no member answers that a snapshot could be taken from")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}
