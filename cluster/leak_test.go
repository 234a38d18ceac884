package cluster_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ticketcd/ticketcd/cluster"
)

// Not parallel: it counts the goroutines of the whole process.
func TestNothingRunsOnAfterClosing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	dir := t.TempDir()
	first, second := join(t, dir), join(t, dir)
	c := client(t, second)
	put(t, c, "event:1", "Jazz night")
	require.NoError(t, first.Close())
	put(t, c, "event:2", "Blues night")
	require.NoError(t, c.Close())
	require.NoError(t, second.Close())
	goleak.VerifyNone(t, before)
}

func TestNothingRunsOnAfterTheMembersHaveEnded(t *testing.T) {
	before := goleak.IgnoreCurrent()
	members, err := cluster.Launch(t.Context(), cluster.MembersConfig{Dir: t.TempDir(), Nodes: 1})
	require.NoError(t, err)
	require.NoError(t, members.Close())
	_, err = cluster.Launch(t.Context(), cluster.MembersConfig{Dir: t.TempDir(), Nodes: 4})
	require.Error(t, err)
	goleak.VerifyNone(t, before)
}
