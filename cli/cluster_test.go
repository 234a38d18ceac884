//go:build unix

package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// runningCluster is what "ticketcd cluster" says of itself.
type runningCluster struct {
	Endpoints []string `json:"endpoints"`
	Members   []struct {
		Name      string `json:"name"`
		PID       int    `json:"pid"`
		ClientURL string `json:"client_url"`
		PeerURL   string `json:"peer_url"`
	} `json:"members"`
}

// clusterProcess is "ticketcd cluster -w json" in the place.
type clusterProcess struct {
	*exec.Cmd
	runningCluster
	out  *bufio.Scanner
	errs bytes.Buffer
}

func (p place) cluster(args ...string) *clusterProcess {
	p.t.Helper()
	c := &clusterProcess{Cmd: p.command(p.t.Context(), append([]string{"cluster", "-w", "json"}, args...)...)}
	c.Stderr = &c.errs
	out, err := c.StdoutPipe()
	require.NoError(p.t, err)
	c.out = bufio.NewScanner(out)
	require.NoError(p.t, c.Start())
	require.True(p.t, c.out.Scan(), "%s", &c.errs)
	decoder := json.NewDecoder(strings.NewReader(c.out.Text()))
	decoder.DisallowUnknownFields()
	require.NoError(p.t, decoder.Decode(&c.runningCluster))
	return c
}

// end interrupts it, and returns what it said to people.
func (c *clusterProcess) end(t *testing.T, signal os.Signal) string {
	t.Helper()
	require.NoError(t, c.Process.Signal(signal))
	require.False(t, c.out.Scan(), "one line of JSON and nothing else")
	require.NoError(t, c.Wait(), "%s", &c.errs)
	return c.errs.String()
}

func TestOtherCommandsJoinTheClusterInTheSameDirectory(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	c := p.cluster("--nodes", "3")
	require.Len(t, c.Endpoints, 3)
	require.Len(t, c.Members, 3)
	for i, m := range c.Members {
		require.Equal(t, c.Endpoints[i], m.ClientURL)
		require.True(t, strings.HasPrefix(m.PeerURL, "https://127.0.0.1:"))
		require.NoError(t, syscall.Kill(m.PID, 0))
	}
	p.must("load", p.file("rush.json", rush()))
	require.NoError(t, syscall.Kill(c.Members[0].PID, syscall.SIGKILL))
	bought := decode[order](t, p.must("buy", rushID, "red=3", "--as", "u01", "-w", "json"))

	tls := filepath.Join(p.dir, "cluster", "tls")
	elsewhere := newPlace(t)
	explicit := []string{
		"--endpoints", strings.Join(c.Endpoints, ","), "--cacert", filepath.Join(tls, "ca.pem"),
		"--cert", filepath.Join(tls, "client.pem"), "--key", filepath.Join(tls, "client-key.pem"),
	}
	cmd := elsewhere.command(t.Context())
	cmd.Args = append(append(cmd.Args[:1], explicit...), "orders", "--as", "u01", "-w", "json")
	orders, err := cmd.Output()
	require.NoError(t, err)
	require.Contains(t, string(orders), bought.ID)

	again := p.run("cluster")
	require.Equal(t, 3, again.code)
	require.Contains(t, again.err, "runs the cluster in "+p.dir+" already")
	said := c.end(t, syscall.SIGTERM)
	require.Contains(t, said, "m1 is ready")
	require.Contains(t, said, "member m1 was killed\n")

	gone := p.run("search", "flash")
	require.Equal(t, 5, gone.code)
	require.Contains(t, gone.err, "holds a cluster of 3 members, which is not running; start it with ticketcd cluster --data-dir "+
		p.dir+", or choose another --data-dir")
	once := p.cluster()
	require.Equal(t, c.Endpoints, once.Endpoints)
	require.Equal(t, 17, decode[event](t, p.must("event", rushID, "-w", "json")).Left)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
	once.end(t, os.Interrupt)
}

func TestAClusterIsFilledWithDemoDataOnlyIfItIsAskedTo(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	c := p.cluster("--nodes", "1", "--insecure")
	require.True(t, strings.HasPrefix(c.Endpoints[0], "http://127.0.0.1:"))
	require.Equal(t, "[]\n", p.must("search", "a", "-w", "json").out)
	c.end(t, syscall.SIGTERM)
	c = p.cluster("--seed-demo")
	require.NotEqual(t, "[]\n", p.must("search", "a", "-w", "json").out)
	require.Contains(t, c.end(t, syscall.SIGTERM), "It now has demo data")
}

func TestAServerFillsAnEmptyClusterWhoeverRunsItIfItIsAskedTo(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	c := p.cluster("--nodes", "1", "--insecure")
	elsewhere := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{
			"serve", "--listen", "127.0.0.1:0", "-w", "json", "--endpoints", c.Endpoints[0],
		}, args...)...)
		cmd.Env = append(os.Environ(), asProgram+"=1", noConfig(), "XDG_STATE_HOME="+t.TempDir())
		return serving(t, cmd).ends(t)
	}
	require.NotContains(t, elsewhere(), "demo data")
	require.Contains(t, elsewhere("--seed-demo"), "It now has demo data: ")
	require.NotContains(t, elsewhere("--seed-demo"), "demo data", "it is not empty any more")
	p.must("query", `del --prefix ""`)
	require.Contains(t, p.server("--seed-demo", "--nodes", "1").ends(t), "It now has demo data: ")
	c.end(t, syscall.SIGTERM)
}

func TestTheWayIntoTheClusterIsReadyToBePasted(t *testing.T) {
	t.Parallel()
	p := place{t, filepath.Join(t.TempDir(), "my data")}
	cmd := p.command(t.Context(), "cluster", "--nodes", "1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	words := ""
	for !strings.Contains(words, "etcdctl") && lines.Scan() {
		words = lines.Text()
	}
	key := filepath.Join(p.dir, "cluster", "tls", "client-key.pem")
	require.Regexp(t, `^  etcdctl --endpoints https://127\.0\.0\.1:\d+ --cacert '.*ca\.pem' --cert '.*' --key '`+key+`' endpoint status`, words)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait())
	gone := p.run("search")
	require.Equal(t, 5, gone.code)
	require.Contains(t, gone.err, "start it with ticketcd cluster --data-dir '"+p.dir+"', or choose another --data-dir")
}

func TestTheUsualClusterIsStartedWithoutNamingItsDirectory(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	place{t, filepath.Join(data, "ticketcd")}.cluster("--nodes", "1").end(t, syscall.SIGTERM)
	gone := awayWith(t, []string{"XDG_DATA_HOME=" + data}, "search")
	require.Equal(t, 5, gone.code)
	require.Contains(t, gone.err, "which is not running; start it with ticketcd cluster, or choose another --data-dir")
}

func TestWhatMakesNoSenseForAClusterIsASentence(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{2, "choose 1, 3, 5 or 7", []string{"cluster", "--nodes", "4"}},
		{2, "unknown flag: --nodes", []string{"search", "--nodes", "3"}},
		{2, "choose one of --endpoints and --data-dir", []string{"cluster", "--endpoints", "127.0.0.1:1"}},
		{2, "the shop needs a terminal", []string{"--nodes", "3"}},
	} {
		r := p.run(c.args...)
		require.Equal(t, c.code, r.code, r.err)
		require.Contains(t, r.err, c.says)
		require.Empty(t, r.out)
	}
	require.NoDirExists(t, p.dir)
	p.must("load", p.file("rush.json", rush()))
	mixed := p.run("cluster")
	require.Equal(t, 3, mixed.code)
	refusal := "ticketcd: " + p.dir + " holds a store of one member, which stays what it is: choose another --data-dir for a cluster " +
		"(ticketcd dump and load take the data along)"
	require.Equal(t, refusal+"\n", mixed.err)
	mixed = p.run("--plain", "--nodes", "3")
	require.Equal(t, 3, mixed.code)
	require.Equal(t, refusal+", or leave --nodes out to use it\n", mixed.err)
}

func TestANumberOfMembersIsRefusedAlikeWhereverItStands(t *testing.T) {
	t.Parallel()
	for _, nodes := range []string{"4", "-1", "0", "9", "three"} {
		for _, command := range []string{"config", "serve", "search"} {
			r := awayWith(t, []string{"TICKETCD_NODES=" + nodes}, command)
			require.Equal(t, 2, r.code, command)
			require.Equal(t, "ticketcd: TICKETCD_NODES cannot be "+nodes+": choose 1, 3, 5 or 7\n", r.err, command)
		}
		for _, command := range []string{"cluster", "serve", "bench"} {
			r := away(t, command, "--nodes", nodes)
			require.Equal(t, 2, r.code, command)
			require.Equal(t, "ticketcd: --nodes cannot be "+nodes+": choose 1, 3, 5 or 7; see ticketcd "+command+" --help\n", r.err)
		}
	}
	shown := awayWith(t, []string{"TICKETCD_NODES=5"}, "config", "-w", "json")
	value, from := decode[shownConfig](t, shown).value(t, "nodes")
	require.Equal(t, [2]any{"5", "TICKETCD_NODES"}, [2]any{value, from})
}

func TestTheLastMemberOfAClusterCanBeSaved(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	running := p.cluster("--nodes", "3")
	p.must("load", p.file("rush.json", rush()))
	where, found, err := cluster.Find(t.Context(), p.dir)
	require.NoError(t, err)
	require.True(t, found)
	require.NoError(t, where.Do(t.Context(), model.KillMember, "m1"))
	require.NoError(t, where.Do(t.Context(), model.KillMember, "m2"))
	file := filepath.Join(t.TempDir(), "snapshot")
	saved := p.insists("snapshot", "save", file) // the last one may have to find out first that it is
	require.Zero(t, saved.code, "%s", saved.err)
	elsewhere := newPlace(t)
	elsewhere.must("snapshot", "restore", file)
	require.Contains(t, elsewhere.must("event", rushID).out, "red")
	running.end(t, syscall.SIGTERM)
}

func TestTheMembersAllowTransactionsAsLargeAsThoseOfOrdersAre(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, cluster.MaxTxnOps, etcdstore.MaxOrderOps)
}
