//go:build unix

package cli_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// examples are the lines that help gives as examples, by command.
func examples() map[string][]string {
	all := map[string][]string{}
	anyCommand(func(cmd *cobra.Command) bool {
		for line := range strings.Lines(cmd.Example) {
			all[cmd.CommandPath()] = append(all[cmd.CommandPath()], strings.TrimSpace(line))
		}
		return false
	})
	return all
}

func TestEveryExampleInHelpIsACommandLine(t *testing.T) {
	t.Parallel()
	all := examples()
	require.Greater(t, len(all), 5)
	for _, lines := range all {
		for _, line := range lines {
			if command := regexp.MustCompile(`\bticketcd [^|()>#]*`).FindString(line); command != "" {
				require.Empty(t, checkCommand(strings.Fields(command)[1:]), line)
			}
		}
	}
}

// Whoever tries out an example on a demo shop gets what it is an example of.
func TestTheExamplesInHelpWorkAsPrinted(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("seed")
	folder := t.TempDir()
	draft := regexp.MustCompile(`(?s)\{"name".*\}\]\}`).FindString(away(t, "event", "create", "--help").out)
	for name, content := range map[string]string{"tosca.json": draft, "queries.json": `[{"code": "get ticket:types"}]`} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	elsewhere := []string{"ticketcd completion", "ticketcd man", "ticketcd serve"} // write into a home, or do not end
	all := examples()
	for _, command := range slices.Sorted(maps.Keys(all)) {
		for _, line := range all[command] {
			if slices.Contains(elsewhere, command) {
				continue
			}
			program := p.command(t.Context())
			shell := exec.CommandContext(t.Context(), "sh", append([]string{"-c", `ticketcd() { "$0" "$@" --data-dir ` + p.dir + "; }\n" + line}, program.Path)...)
			shell.Env, shell.Dir = program.Env, folder
			said, err := shell.CombinedOutput()
			require.NoError(t, err, "%s: %s", line, said)
			require.NotRegexp(t, `(?m)^0 events found`, string(said), line)
		}
	}
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}
