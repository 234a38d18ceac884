package cli_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/bench"
	"github.com/ticketcd/ticketcd/cli"
)

func TestACommandThatDoesNotExistIsSaidWithTheOneThatWasMeant(t *testing.T) {
	t.Parallel()
	for line, says := range map[string]string{
		"serch":               `unknown command "serch"; did you mean search?`,
		"serch --location x":  `unknown command "serch"; did you mean search?`,
		"nonsense":            `unknown command "nonsense"; see ticketcd --help`,
		"user ad ann":         `unknown command "ad"; did you mean add?`,
		"snapshot sav x":      `unknown command "sav"; did you mean save?`,
		"user drop":           `unknown command "drop"; see ticketcd user --help`,
		"help serch":          `unknown command "serch"; did you mean search?`,
		"help foo":            `unknown command "foo"; see ticketcd --help`,
		"help event creat":    `unknown command "creat"; did you mean create?`,
		"completion":          "say for which shell: bash, zsh, fish or powershell; see ticketcd completion --help",
		"completion tcsh":     "there are no completions for tcsh: choose bash, zsh, fish or powershell",
		"completion bash zsh": "wrong number of arguments; usage: ticketcd completion SHELL [flags]",
		"orders ann":          "wrong number of arguments; usage: ticketcd orders [flags]",
		"event --colour":      "unknown flag: --colour; see ticketcd event --help",
	} {
		r := away(t, strings.Fields(line)...)
		require.Equal(t, 2, r.code, line)
		require.Equal(t, "ticketcd: "+says+"\n", r.err)
		require.Empty(t, r.out, line)
	}
}

func TestHelpTellsOfEveryCommand(t *testing.T) {
	t.Parallel()
	require.Contains(t, away(t, "help").out, "A ticket shop in the terminal")
	require.Equal(t, away(t, "event", "create", "--help").out, away(t, "help", "event", "create").out)
	require.NotContains(t, away(t, "completion", "--help").out, "autocompletion")
	short := away(t, "completion", "zsh", "--no-descriptions")
	require.Zero(t, short.code, short.err)
	require.NotEqual(t, away(t, "completion", "zsh").out, short.out)
}

func TestHelpNamesWhatAFlagTakesAndNotItsTypeInTheProgram(t *testing.T) {
	t.Parallel()
	anyCommand(func(cmd *cobra.Command) bool {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if name, _ := pflag.UnquoteUsage(f); name != "" {
				require.Contains(t, f.Usage, "`"+name+"`", "%s --%s", cmd.CommandPath(), f.Name)
			}
		})
		return false
	})
	require.Contains(t, away(t, "serve", "--help").out, "--grace how long ")
	require.Contains(t, away(t, "user", "add", "--help").out, "--role role ")
}

func TestAShellCompletesValuesAndOffersFilesOnlyWhereOneIsMeant(t *testing.T) {
	t.Parallel()
	const files, nothing, folders = ":0", ":4", ":16"
	for line, offers := range map[string]string{
		"--theme ":             "auto\ndark\nlight\n" + nothing,
		"search -w ":           "table\njson\n" + nothing,
		"search --write-out=":  "table\njson\n" + nothing,
		"user add ann --role ": "user\nadmin\n" + nothing,
		"user role ann ":       "user\nadmin\n" + nothing,
		"serve --nodes ":       "1\n3\n5\n7\n" + nothing,
		"serve --log-form ":    "text\njson\n" + nothing,
		"bench --only ":        strings.Join(bench.Parts(), "\n") + "\n" + nothing,
		"query member ":        "list\n" + nothing,
		"query get a --limi":   "--limit\n" + nothing,
		"search ":              nothing,
		"search --type ":       nothing,
		"orders --as ":         nothing,
		"event edit ":          nothing,
		"buy ":                 nothing,
		"--endpoints ":         nothing,
		"simulate --duration ": nothing,
		"event edit ID ":       files,
		"load ":                files,
		"query --file ":        files,
		"search --cacert ":     files,
		"search --data-dir ":   folders,
		"man ":                 folders,
		"completion ":          "bash\nzsh\nfish\npowershell\n" + nothing,
		"help event cre":       "create\n" + nothing,
	} {
		var out bytes.Buffer
		root := cli.Root()
		root.SetArgs(append([]string{cobra.ShellCompNoDescRequestCmd}, strings.Split(line, " ")...))
		root.SetOut(&out)
		root.SetErr(io.Discard)
		require.NoError(t, root.Execute())
		require.Equal(t, offers+"\n", out.String(), line)
	}
}

func TestAnAddressThatIsTakenIsAFailureAndNoWrongUsage(t *testing.T) {
	t.Parallel()
	var listening net.ListenConfig
	other, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer other.Close()
	taken := other.Addr().String()
	p := newPlace(t)
	for flag, args := range map[string][]string{
		"--listen":  {"serve", "--listen", taken},
		"--metrics": {"serve", "--listen", "127.0.0.1:0", "--metrics", taken},
	} {
		r := p.run(args...)
		require.Equal(t, 1, r.code)
		require.Equal(t, "ticketcd: cannot listen on "+taken+
			": another program listens there already; end it, or choose another address with "+flag+"\n", r.err)
	}
}
