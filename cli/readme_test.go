//go:build unix

package cli_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cli"
)

// newcomer tries out what the README says, and remembers what was tried.
type newcomer struct {
	place
	tried map[string]bool // commands by their words, such as "user add"
}

// does runs a command line that may stand in the README; input is typed into it.
func (n newcomer) does(line, input string, more ...string) result {
	n.t.Helper()
	words := strings.Fields(line)[1:]
	n.tried[commandOf(n.t, words)] = true
	r := n.runWith(input, append(words, more...)...)
	require.Zero(n.t, r.code, "%s: %s", line, r.err)
	return r
}

// stays starts a command line that runs until it is interrupted, waits for a line that says so, and interrupts it.
func (n newcomer) stays(line, ready string, more ...string) {
	n.t.Helper()
	words := strings.Fields(line)[1:]
	n.tried[commandOf(n.t, words)] = true
	interruptedAt(n.t, n.command(n.t.Context(), append(words, more...)...), ready)
}

// interruptedAt starts a program, waits for a line that says that it is ready, interrupts it, and requires that it ends well.
func interruptedAt(t *testing.T, cmd *exec.Cmd, ready string) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	require.NoError(t, cmd.Start())
	said := bufio.NewScanner(out)
	for said.Scan() && !strings.Contains(said.Text(), ready) {
		continue
	}
	seen := said.Text()
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	for said.Scan() {
		continue
	}
	require.NoError(t, cmd.Wait(), &errs)
	require.Contains(t, seen, ready)
}

// commandOf is which command a command line means.
func commandOf(t *testing.T, words []string) string {
	t.Helper()
	cmd, _, err := cli.Root().Find(words)
	require.NoError(t, err)
	return strings.TrimSpace(strings.TrimPrefix(cmd.CommandPath(), "ticketcd"))
}

func TestTheReadmesCommandsRun(t *testing.T) {
	t.Parallel()
	n := newcomer{newPlace(t), map[string]bool{"bench": true}} // which takes long, and has a test of its own
	data := n.file("data.json", rush())
	n.does("ticketcd load", "", data, "--shift-dates")
	n.does("ticketcd search flash --type concert --location York", "")
	n.does("ticketcd event "+rushID, "")
	bought := decode[order](t, n.does("ticketcd buy "+rushID+" red=2 --as u01 -w json", ""))
	n.does("ticketcd orders --as u01", "")
	n.does("ticketcd cancel "+bought.ID+" --as u01", "")
	n.does("ticketcd user add ann --role admin", "long enough\n")
	n.does("ticketcd user list", "")
	n.does("ticketcd user passwd ann", "longer than that\n")
	n.does("ticketcd user role ann admin", "")
	tosca := `{"name": "Tosca", "location": "York", "type": "opera", "date": "2099-06-01 20:00",
		"tickets": [{"type": "red", "total_quantity": 9, "price": 20}]}`
	made := decode[event](t, n.does("ticketcd event create --as ann -w json", tosca))
	n.does("ticketcd event edit "+made.ID+" --as ann", `{"name": "La Tosca"}`)
	n.does("ticketcd event rm "+made.ID+" --as ann", "")
	n.does("ticketcd stats", "")
	n.does("ticketcd status", "")
	n.does("ticketcd seed --events 3 --users 3 --seed 2 --resume", "")
	copied := filepath.Join(t.TempDir(), "copy.json")
	n.does("ticketcd dump", "", copied)
	n.does("ticketcd load --replace", "", copied)
	saved := filepath.Join(t.TempDir(), "shop.db")
	n.does("ticketcd snapshot save", "", saved)
	n.does("ticketcd snapshot restore --replace", "", saved)
	n.does("ticketcd simulate --buyers 2 --duration 1s", "")
	n.does("ticketcd audit", "")
	n.does("ticketcd query", "", "get --prefix search:text:fla")
	n.does("ticketcd config", "")
	n.does("ticketcd completion bash", "")
	n.does("ticketcd man", "", filepath.Join(t.TempDir(), "man"))
	n.does("ticketcd --plain", "search flash\nquit\n")
	n.stays("ticketcd serve --listen 127.0.0.1:0", "Ready")

	for _, code := range append(spans(readme(t).text), readme(t).shellLines()...) {
		words := strings.Fields(code)
		if words[0] != "ticketcd" {
			continue
		}
		for _, one := range alternatives(words[1:]) {
			name := commandOf(t, one)
			require.True(t, n.tried[name] || name == "cluster", "the README names `%s`: try it here", code)
		}
	}
}

// Whoever reads this far has begun with "make run": there is a store of one member in the usual directory.
func TestTheReadmesClustersRunBesideTheShopThatMakeRunOpens(t *testing.T) {
	t.Parallel()
	home, here := t.TempDir(), t.TempDir()
	usual := place{t, filepath.Join(home, "ticketcd")}
	usual.must("load", usual.file("data.json", rush()))
	program, err := os.Executable()
	require.NoError(t, err)
	var tried []string
	for _, line := range readme(t).shellLines() {
		words := strings.Fields(line)[1:]
		cmd := exec.CommandContext(t.Context(), program, words...)
		cmd.Dir = here
		cmd.Env = append(os.Environ(), asProgram+"=1", noConfig(), "XDG_DATA_HOME="+home)
		switch {
		case slices.Contains(words, "cluster"):
			interruptedAt(t, cmd, "is ready")
		case slices.Contains(words, "--nodes"):
			cmd.Args = append(cmd.Args, "--no-demo", "--plain")
			cmd.Stdin = strings.NewReader("quit\n")
			said, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s: %s", line, said)
			require.Contains(t, string(said), "line by line")
		default:
			continue
		}
		tried = append(tried, words[len(words)-1])
	}
	require.Equal(t, []string{"5", "--seed-demo"}, tried)
}

func TestTheReadmesTargetsCanBeMade(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	for _, code := range append(spans(readme(t).text), readme(t).shellLines()...) {
		if !strings.HasPrefix(code, "make ") {
			continue
		}
		dry := exec.CommandContext(t.Context(), "make", append([]string{"-n", "-C", ".."}, strings.Fields(code)[1:]...)...)
		said, err := dry.CombinedOutput()
		require.NoError(t, err, fmt.Sprintf("%s: %s", code, said))
	}
}
