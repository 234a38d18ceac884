package cli_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheProcessesOfABenchAreToldThePasswordThatWasTyped(t *testing.T) {
	t.Parallel()
	c := newPlace(t).cluster("--nodes", "1", "--insecure")
	program := exec.CommandContext(t.Context(), os.Args[0], "--endpoints", c.Endpoints[0], "--user", "root",
		"bench", "--yes", "--only", "rivals", "--turns", "1", "--slice", "10ms")
	program.Env = append(os.Environ(), asProgram+"=1", noConfig(), "XDG_STATE_HOME="+t.TempDir())
	x := inTerminal(t, program)
	x.seen.shows(t, "Password of the etcd user root: ")
	x.types("secret\n")
	require.NoError(t, x.program.Wait(), "%s", &x.seen)
	require.NotContains(t, x.seen.everything(), "secret")
	c.end(t, os.Interrupt)
}
