package cli_test

import (
	"net"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
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
