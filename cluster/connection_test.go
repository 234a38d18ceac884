//go:build unix

package cluster_test

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

func TestADirectoryHoldsAStoreOrAClusterButNotBoth(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	require.Contains(t, notLaunched(t, cluster.MembersConfig{Dir: dir}, model.CodeRefused), "holds a store of one member")
	_, found, err := cluster.Find(t.Context(), dir)
	require.NoError(t, err)
	require.False(t, found)
	require.NoError(t, local.Close())
	require.Contains(t, notLaunched(t, cluster.MembersConfig{Dir: dir}, model.CodeRefused), "choose another --data-dir for a cluster")
	require.NoDirExists(t, filepath.Join(dir, "cluster"))

	dir = t.TempDir()
	members := launch(t, cluster.MembersConfig{Dir: dir, Nodes: 1})
	_, err = cluster.Launch(t.Context(), cluster.MembersConfig{Dir: dir})
	require.ErrorIs(t, err, cluster.ErrRunning)
	require.Contains(t, model.Sentence(err), "runs the cluster in "+dir+" already")
	require.NoError(t, members.Close())
	sentence := dir + " holds a cluster of 1 member, which is not running"
	require.Equal(t, sentence, refused(t, dir, model.CodeUnavailable))
	_, _, err = cluster.Find(t.Context(), dir)
	require.Equal(t, sentence, model.Sentence(err))
	require.ErrorIs(t, err, cluster.ErrStopped)
	require.Contains(t, notLaunched(t, cluster.MembersConfig{Dir: dir, Nodes: 3}, model.CodeRefused), "has 1 member and keeps them")
	require.Contains(t, notLaunched(t, cluster.MembersConfig{Dir: dir, Insecure: true}, model.CodeRefused), "with certificates")
	require.Contains(t, notLaunched(t, cluster.MembersConfig{Dir: dir, Nodes: 2}, model.CodeUsage), "choose 1, 3, 5 or 7")
}

func TestLookingForAClusterChangesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	for _, name := range []string{"", dir, os.Args[0]} {
		_, found, err := cluster.Find(t.Context(), name)
		require.NoError(t, err)
		require.False(t, found)
	}
	require.NoDirExists(t, dir)

	require.NoError(t, os.MkdirAll(filepath.Join(dir, "cluster"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cluster", "cluster.json"), []byte(`{"members":[]}`), 0o600))
	_, _, err := cluster.Find(t.Context(), dir)
	require.Contains(t, model.Sentence(err), "cluster.json is damaged")
	require.Contains(t, notLaunched(t, cluster.MembersConfig{Dir: dir}, model.CodeFailed), "cluster.json is damaged")
}

func TestATakenPortIsASentence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	members := launch(t, cluster.MembersConfig{Dir: dir, Nodes: 1})
	where, err := url.Parse(members.Members()[0].PeerURL)
	require.NoError(t, err)
	require.NoError(t, members.Close())
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", where.Host)
	require.NoError(t, err)
	require.Equal(t, "port "+where.Port()+", which member m1 of this cluster keeps, is taken by another program; end that, and try again",
		notLaunched(t, cluster.MembersConfig{Dir: dir}, model.CodeFailed))
	require.NoError(t, other.Close())
	require.Equal(t, where.String(), launch(t, cluster.MembersConfig{Dir: dir, Nodes: 1}).Members()[0].PeerURL)
}
