package cluster_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

// sellerDir in the environment makes this test binary a process of its own that sells from the store in that directory.
const sellerDir = "TICKETCD_TEST_SELLER_DIR"

// runnerDir in the environment makes it one that runs a cluster in that directory.
const runnerDir = "TICKETCD_TEST_RUNNER_DIR"

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "member" {
		if err := cluster.RunMember(context.Background(), os.Args[2], os.Args[3], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if dir := os.Getenv(runnerDir); dir != "" {
		if err := runCluster(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if dir := os.Getenv(sellerDir); dir != "" {
		if err := sell(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// The race detector lets every process sleep for a second before it ends, unless it is told not to.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// sell joins the store, says so, and writes orders until it is killed; each one that etcd has acknowledged is a line.
func sell(dir string) error {
	local, err := cluster.Join(context.Background(), cluster.Config{Dir: dir})
	if err != nil {
		return err
	}
	c, err := dial(local.Endpoint())
	if err != nil {
		return err
	}
	fmt.Println("joined, hosting:", local.Hosting())
	for n := 0; ; n++ {
		key := fmt.Sprintf("order:%d:%d", os.Getpid(), n)
		if _, err := c.Put(context.Background(), key, "sold"); err != nil {
			return err
		}
		fmt.Println(key)
	}
}

// runCluster runs three members, says which, and goes on until it is killed.
func runCluster(dir string) error {
	members, err := cluster.Launch(context.Background(), cluster.MembersConfig{Dir: dir, Nodes: 3})
	if err != nil {
		return err
	}
	for _, one := range members.Members() {
		fmt.Println(one.PID)
	}
	select {}
}

func join(t *testing.T, dir string) *cluster.Local {
	t.Helper()
	local, err := cluster.Join(t.Context(), cluster.Config{Dir: dir, Log: testLog(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, local.Close()) })
	return local
}

// refused joins in vain, and returns the sentence that a person sees.
func refused(t *testing.T, dir string, code model.Code) string {
	t.Helper()
	began := time.Now()
	local, err := cluster.Join(t.Context(), cluster.Config{Dir: dir, Log: testLog(t)})
	require.Nil(t, local)
	require.Error(t, err)
	require.Less(t, time.Since(began), 5*time.Second)
	require.Equal(t, code, model.CodeOf(err), "%v", err)
	require.NotContains(t, model.Sentence(err), "\n")
	return model.Sentence(err)
}

func testLog(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// dial returns a client that looks for a new host often, as the shop's own does.
func dial(endpoint string) (*clientv3.Client, error) {
	retry := backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 1.5, MaxDelay: 200 * time.Millisecond}
	return clientv3.New(clientv3.Config{
		Endpoints:   []string{endpoint},
		Logger:      zap.NewNop(),
		DialOptions: []grpc.DialOption{grpc.WithConnectParams(grpc.ConnectParams{Backoff: retry, MinConnectTimeout: time.Second})},
	})
}

func client(t *testing.T, local *cluster.Local) *clientv3.Client {
	t.Helper()
	c, err := dial(local.Endpoint())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// put writes until it is acknowledged: a write that meets the end of a host is not sent again by etcd's client.
func put(t *testing.T, c *clientv3.Client, key, value string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err := c.Put(ctx, key, value)
	for status.Code(err) == codes.Unavailable && ctx.Err() == nil {
		_, err = c.Put(ctx, key, value)
	}
	require.NoError(t, err)
}

// get returns the value of the key, or "" if there is none.
func get(t *testing.T, c *clientv3.Client, key string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	answer, err := c.Get(ctx, key)
	require.NoError(t, err)
	if len(answer.Kvs) == 0 {
		return ""
	}
	return string(answer.Kvs[0].Value)
}
