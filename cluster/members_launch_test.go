//go:build unix

package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

func TestAMemberThatLostItsDataIsLeftOutAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	members := launch(t, cluster.MembersConfig{Dir: dir})
	put(t, shopper(t, members.Connection()), "event:1", "Jazz night")
	require.NoError(t, members.Close())
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "cluster", "m2", "etcd")))

	var lines []string
	members = launch(t, cluster.MembersConfig{Dir: dir, Tell: func(line string) { lines = append(lines, line) }})
	require.Equal(t, "Jazz night", get(t, shopper(t, members.Connection()), "event:1"))
	lost := member(members, "m2")
	require.Equal(t, model.ProcessStopped, lost.State)
	sentence := "the data in " + filepath.Join(dir, "cluster", "m2", "etcd") + " are gone; put back a copy"
	require.Equal(t, sentence, lost.Fault)
	require.Contains(t, lines, "m2 could not be started: "+sentence)
	require.ErrorContains(t, members.Start(t.Context(), "m2"), "are gone")

	require.NoError(t, members.Close())
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "cluster", "m3", "etcd")))
	require.Contains(t, notLaunched(t, cluster.MembersConfig{Dir: dir}, model.CodeFailed), "are gone")
}

func TestAClusterThatWasNeverCompleteIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := filepath.Join(dir, "cluster")
	require.NoError(t, os.Chmod(dir, 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(own, "m1", "etcd"), 0o700))
	half := `{"token":"x","tls":true,"made":false,"members":[{"name":"m1","client_port":1,"peer_port":2}]}`
	require.NoError(t, os.WriteFile(filepath.Join(own, "cluster.json"), []byte(half), 0o600))
	_, found, err := cluster.Find(t.Context(), dir)
	require.NoError(t, err)
	require.False(t, found)

	ctx, cancel := context.WithCancel(t.Context())
	var once sync.Once
	_, err = cluster.Launch(ctx, cluster.MembersConfig{Dir: dir, Nodes: 1, Tell: func(string) { once.Do(cancel) }})
	require.ErrorIs(t, err, context.Canceled)
	require.NoDirExists(t, own, "nothing is left of what was called off")

	put(t, shopper(t, launch(t, cluster.MembersConfig{Dir: dir, Nodes: 1}).Connection()), "event:1", "Jazz night")
}

// Somebody has followed the hint how etcdctl gets in, and has etcd ask for users and passwords.
func TestAClusterThatAsksForUsersIsStartedAgain(t *testing.T) {
	t.Parallel()
	for _, insecure := range []bool{false, true} {
		cfg := cluster.MembersConfig{Dir: t.TempDir(), Nodes: 1, Insecure: insecure}
		members := launch(t, cfg)
		asksForUsers(t, shopper(t, members.Connection()))
		require.NoError(t, members.Close())

		members = launch(t, cfg)
		require.Equal(t, model.ProcessRunning, member(members, "m1").State)
		require.NoError(t, members.Close())
	}
}
