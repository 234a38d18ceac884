//go:build linux

package cluster_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

func TestNoMemberOutlivesTheProcessThatRanItAndNothingIsLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	runner := startProcess(t, runnerDir+"="+dir)
	var pids, ends []int
	for range 3 {
		pid, err := strconv.Atoi(runner.line(t))
		require.NoError(t, err)
		end, err := unix.PidfdOpen(pid, 0)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, unix.Close(end)) })
		pids, ends = append(pids, pid), append(ends, end)
	}
	where, found, err := cluster.Find(t.Context(), dir)
	require.NoError(t, err)
	require.True(t, found, "another process joins")
	put(t, shopper(t, where), "event:1", "Jazz night")

	require.NoError(t, where.Do(t.Context(), model.PauseMember, "m2"))
	all, err := where.Members(t.Context())
	require.NoError(t, err)
	require.Equal(t, model.ProcessPaused, all[1].State)
	require.Equal(t, pids[1], all[1].PID)
	runner.kill(t)
	began := time.Now()
	for i, end := range ends {
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(end), Events: unix.POLLIN}}, 5000)
		require.NoError(t, err)
		require.Equal(t, 1, ready, "member %d lives on", i+1)
	}
	t.Logf("all had ended %v after the process that ran them", time.Since(began))
	_, _, err = cluster.Find(t.Context(), dir)
	require.Contains(t, model.Sentence(err), "which is not running")

	_, err = where.Members(t.Context())
	require.Equal(t, dir+" holds a cluster of 3 members, which is not running", model.Sentence(err))

	members := launch(t, cluster.MembersConfig{Dir: dir})
	require.Equal(t, where, members.Connection(), "at the same ports")
	require.Equal(t, "Jazz night", get(t, shopper(t, where), "event:1"))
}
