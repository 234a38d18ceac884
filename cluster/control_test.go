//go:build unix

package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

func TestAnotherProcessOfTheOwnerStopsAndStartsMembers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	members := launch(t, cluster.MembersConfig{Dir: dir, Nodes: 1})
	where, found, err := cluster.Find(t.Context(), dir)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, os.FileMode(0o600)|os.ModeSocket, mode(t, filepath.Join(dir, "cluster.sock")))

	all, err := where.Members(t.Context())
	require.NoError(t, err)
	require.Equal(t, members.Members(), all)
	for _, step := range []struct {
		action model.MemberAct
		then   model.ProcessState
		fault  string
	}{
		{model.PauseMember, model.ProcessPaused, ""},
		{model.ResumeMember, model.ProcessRunning, ""},
		{model.StopMember, model.ProcessStopped, ""},
		{model.StartMember, model.ProcessRunning, ""},
		{model.KillMember, model.ProcessStopped, "member m1 was killed"},
	} {
		require.NoError(t, where.Do(t.Context(), step.action, "m1"), step.action)
		require.Equal(t, step.fault, await(t, members, "m1", step.then).Fault, step.action)
	}
	require.Equal(t, model.CodeRefused, model.CodeOf(where.Do(t.Context(), model.StopMember, "m1")))
	require.Equal(t, model.CodeNotFound, model.CodeOf(where.Do(t.Context(), model.StartMember, "m2")))
	require.Equal(t, model.CodeUsage, model.CodeOf(where.Do(t.Context(), "feed", "m1")))

	require.NoError(t, members.Close())
	began := time.Now()
	_, err = where.Members(context.Background())
	require.Equal(t, model.CodeUnavailable, model.CodeOf(err))
	require.ErrorIs(t, err, cluster.ErrStopped)
	require.Equal(t, dir+" holds a cluster of 1 member, which is not running", model.Sentence(err))
	require.Less(t, time.Since(began), time.Second)
}
