package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/cluster"
)

// freeAddress is where nobody listens, nor will before the test does: on Linux everybody else uses 127.0.0.1, of which
// whoever connects to something may be given any port, while all other addresses of the loopback network are free as well.
func freeAddress(t *testing.T) string {
	t.Helper()
	address := "127.0.0.1:0"
	if runtime.GOOS == "linux" {
		address = fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
	}
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	require.NoError(t, err)
	require.NoError(t, free.Close())
	return free.Addr().String()
}

// away runs the program on a cluster, without a data directory.
func away(t *testing.T, args ...string) result {
	t.Helper()
	return awayWith(t, nil, args...)
}

// awayWith is away with more in the environment.
func awayWith(t *testing.T, env []string, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", noConfig(), "XDG_STATE_HOME="+t.TempDir())
	cmd.Env = append(cmd.Env, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return resultOf(cmd, &out, &errs)
}

func TestTheStatusOfTheLocalStoreIsShown(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	status := decode[map[string]any](t, p.must("status", "-w", "json"))
	require.Equal(t, true, status["quorum"])
	require.EqualValues(t, 1, status["healthy"])
	require.Equal(t, "local", status["leader"])
	members, ok := status["members"].([]any)
	require.True(t, ok)
	require.Len(t, members, 1)
	member, ok := members[0].(map[string]any)
	require.True(t, ok)
	for key, value := range map[string]any{"name": "local", "healthy": true, "leader": true, "version": "3.7.3", "error": ""} {
		require.Equal(t, value, member[key], key)
	}
	for _, key := range []string{"raft_term", "raft_index", "raft_applied_index", "db_size", "db_size_in_use", "db_size_quota", "latency_ms"} {
		number, ok := member[key].(float64)
		require.True(t, ok, key)
		require.Positive(t, number, key)
	}
	require.Contains(t, member["endpoint"], "unix://")
	require.Len(t, member["id"], len("a4f4e4adde4b1eea"))
	require.Equal(t, []any{}, member["alarms"])
	require.Contains(t, member, "uptime_s", "of the local store it is not known")
	require.Len(t, member, 16)
	require.Len(t, status, 4)

	table := p.must("status").out
	lines := strings.Split(table, "\n")
	require.Regexp(t, `^NAME +ID +ENDPOINT +VERSION +ROLE +TERM +INDEX +APPLIED +LAG +SIZE +IN USE +QUOTA +LATENCY +UPTIME +ALARMS +ERRORS$`, lines[0])
	require.Regexp(t, `^local +[0-9a-f]+ +unix://.* +3\.7\.3 +leader +\d+ +\d+ +\d+ +0 +\d+ kB +\d+ kB +2 GB +[0-9.]+ ms +`, lines[1])
	require.Equal(t, "1 of 1 member healthy: sales stop if it fails.", lines[3])
}

func TestTheStatusOfAFullDatabaseSaysThatSalesAreRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	store, err := cluster.Join(t.Context(), cluster.Config{Dir: p.dir, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{store.Endpoint()}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	member, err := client.Status(t.Context(), store.Endpoint())
	require.NoError(t, err)
	_, err = pb.NewMaintenanceClient(client.ActiveConnection()).Alarm(t.Context(), &pb.AlarmRequest{
		Action: pb.AlarmRequest_ACTIVATE, MemberID: member.Header.MemberId, Alarm: pb.AlarmType_NOSPACE,
	})
	require.NoError(t, err)

	full := p.run("status")
	require.Equal(t, 5, full.code)
	require.Contains(t, full.out, "0 of 1 member healthy: sales are refused, as the database is full.\n")
	require.Equal(t, "ticketcd: sales are refused, as the database is full: compact the history in the console, defragment every member, "+
		"then clear the alarms\n", full.err)
	full = p.run("status", "-w", "json")
	require.Equal(t, 5, full.code)
	var status struct {
		Quorum  bool
		Healthy int
		Members []struct {
			Healthy bool
			Alarms  []string
			Error   string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(full.out), &status))
	require.True(t, status.Quorum)
	require.Zero(t, status.Healthy)
	require.False(t, status.Members[0].Healthy)
	require.Equal(t, []string{"NOSPACE"}, status.Members[0].Alarms)
	require.Equal(t, "alarm NOSPACE", status.Members[0].Error)
}

func TestTheStatusOfAClusterThatIsAwayIsShownToo(t *testing.T) {
	t.Parallel()
	one, two := freeAddress(t), freeAddress(t)
	gone := away(t, "status", "--endpoints", one+","+two, "-w", "json")
	require.Equal(t, 5, gone.code)
	require.Equal(t, "ticketcd: the cluster has no quorum; sales are paused, as no member answers\n", gone.err)
	var status struct {
		Quorum  bool
		Healthy int
		Members []struct{ Endpoint, Error string }
	}
	require.NoError(t, json.Unmarshal([]byte(gone.out), &status))
	require.False(t, status.Quorum)
	require.Len(t, status.Members, 2)
	require.Equal(t, one, status.Members[0].Endpoint)
	require.Equal(t, "nothing listens at "+two+": is etcd running there?", status.Members[1].Error)

	gone = away(t, "status", "--endpoints", one)
	require.Equal(t, 5, gone.code)
	require.Contains(t, gone.out, "down")
	require.Contains(t, gone.out, "0 of 1 member healthy")
	require.Equal(t, 2, away(t, "status", "now").code)
}

func TestMembersOfAClusterThatIsAwayAreAskedNevertheless(t *testing.T) {
	t.Parallel()
	one := freeAddress(t)
	gone := away(t, "query", "endpoint", "health", "--endpoints", one)
	require.Equal(t, 5, gone.code)
	require.Contains(t, gone.out, one+" is unhealthy: failed to commit proposal: nothing listens at "+one)
	require.Equal(t, "ticketcd: not healthy: 1 of 1 endpoint\n", gone.err)
}
