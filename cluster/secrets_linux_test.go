package cluster_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
)

func TestMembersAreNotToldThePassword(t *testing.T) {
	t.Setenv("TICKETCD_PASSWORD", "open sesame")
	t.Setenv("TICKETCD_USER", "somebody:open door")
	t.Setenv("TICKETCD_LIGHTS", "on")
	dir := t.TempDir()
	launch(t, cluster.MembersConfig{Dir: dir})
	processes, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	found := 0
	for _, process := range processes {
		args, err := os.ReadFile(filepath.Join(process, "cmdline"))
		if err != nil || !strings.Contains(string(args), "member\x00"+dir) {
			continue // somebody else's, or ended meanwhile
		}
		found++
		environ, err := os.ReadFile(filepath.Join(process, "environ"))
		require.NoError(t, err)
		require.NotContains(t, string(environ), "open sesame")
		require.NotContains(t, string(environ), "open door")
		require.Contains(t, string(environ), "TICKETCD_LIGHTS=on")
	}
	require.Equal(t, 3, found)
}
