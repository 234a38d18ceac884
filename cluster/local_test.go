package cluster_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/cluster"
)

func TestASecondProcessJoinsTheStoreThatTheFirstOneHosts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := join(t, dir)
	second := join(t, dir)
	require.True(t, first.Hosting())
	require.False(t, second.Hosting())
	require.Equal(t, first.Endpoint(), second.Endpoint())

	put(t, client(t, first), "event:1", "Jazz night")
	require.Equal(t, "Jazz night", get(t, client(t, second), "event:1"))
	require.NoError(t, second.Close())
	require.Equal(t, "Jazz night", get(t, client(t, first), "event:1"), "the host goes on without the other one")
}

func TestTheSecondProcessTakesOverWhenTheFirstOneQuits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := join(t, dir), join(t, dir)
	mine := client(t, second)
	put(t, mine, "event:1", "Jazz night")
	endpoint := second.Endpoint()

	require.NoError(t, first.Close())
	require.False(t, first.Hosting())
	require.Equal(t, "Jazz night", get(t, mine, "event:1"), "through the same client")
	hostOf(t, second)
	require.Equal(t, endpoint, second.Endpoint())
	put(t, mine, "event:1", "Blues night")

	third := join(t, dir)
	require.False(t, third.Hosting())
	require.Equal(t, "Blues night", get(t, client(t, third), "event:1"))
}

func TestQuittingTheHostIsQuickWhileOthersWatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := join(t, dir), join(t, dir)
	watching := client(t, second)
	put(t, watching, "event:1", "Jazz night")
	changes := watching.Watch(clientv3.WithRequireLeader(t.Context()), "event:", clientv3.WithPrefix(), clientv3.WithRev(1))
	require.Len(t, (<-changes).Events, 1)

	began := time.Now()
	require.NoError(t, first.Close())
	require.Less(t, time.Since(began), time.Second)

	put(t, watching, "event:1", "Blues night")
	for change := range changes {
		require.NoError(t, change.Err(), "the watch goes on at the new host, by itself")
		if len(change.Events) > 0 {
			require.Equal(t, "Blues night", string(change.Events[0].Kv.Value))
			break
		}
	}
}

// hostOf returns which of some processes hosts the store. It may answer a moment before it knows that it does.
func hostOf(t *testing.T, locals ...*cluster.Local) int {
	t.Helper()
	host := -1
	require.Eventually(t, func() bool {
		host = slices.IndexFunc(locals, (*cluster.Local).Hosting)
		return host >= 0
	}, 5*time.Second, time.Millisecond)
	return host
}

func TestOneOfManyProcessesHostsAndEachOfThemCanTakeOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	all := []*cluster.Local{join(t, dir), join(t, dir), join(t, dir), join(t, dir)}
	put(t, client(t, all[3]), "event:1", "Jazz night")
	for len(all) > 1 {
		host := hostOf(t, all...)
		require.NoError(t, all[host].Close())
		all = slices.Delete(all, host, host+1)
		require.Equal(t, "Jazz night", get(t, client(t, all[0]), "event:1"))
	}
}

func TestTheStoreOpensAgainWithEverythingInIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := ""
	for _, name := range []string{"Jazz night", "Blues night", "Tango night"} {
		local := join(t, dir)
		c := client(t, local)
		require.Equal(t, before, get(t, c, "event:1"))
		put(t, c, "event:1", name)
		require.NoError(t, local.Close())
		require.NoError(t, local.Close(), "closing twice does no harm")
		before = name
	}
}

func TestJoiningCanBeCalledOff(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := cluster.Join(ctx, cluster.Config{Dir: t.TempDir()})
	require.ErrorIs(t, err, context.Canceled)
}

func TestASecondProcessJoinsAStoreThatAsksForUsers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	asksForUsers(t, client(t, join(t, dir)))
	require.False(t, join(t, dir).Hosting())
}
