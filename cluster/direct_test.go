package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ticketcd/ticketcd/cluster"
)

// shortcut returns a client whose reads and writes go the direct way, and a count of the writes that did not.
func shortcut(t *testing.T, local *cluster.Local) (*clientv3.Client, *atomic.Int64) {
	t.Helper()
	c := client(t, local)
	network := &counted{KVClient: clientv3.RetryKVClient(c)}
	c.KV = clientv3.NewKVFromKVClient(local.Direct(network), c)
	return c, &network.puts
}

type counted struct {
	pb.KVClient

	puts atomic.Int64
}

func (c *counted) Put(ctx context.Context, in *pb.PutRequest, opts ...grpc.CallOption) (*pb.PutResponse, error) {
	c.puts.Add(1)
	return c.KVClient.Put(ctx, in, opts...)
}

func TestTheHostReachesItsMemberWithoutTheNetworkAndOthersAsBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := join(t, dir), join(t, dir)
	near, nearPuts := shortcut(t, first)
	far, farPuts := shortcut(t, second)
	put(t, near, "event:1", "Jazz night")
	put(t, far, "event:2", "Blues night")
	require.Equal(t, "Blues night", get(t, near, "event:2"))
	require.Equal(t, "Jazz night", get(t, far, "event:1"))
	require.Zero(t, nearPuts.Load())
	require.Positive(t, farPuts.Load())

	require.NoError(t, first.Close())
	put(t, far, "event:3", "Soul night") // which lasts until the second one hosts
	farPuts.Store(0)
	put(t, far, "event:4", "Funk night")
	require.Zero(t, farPuts.Load(), "it hosts now")
	put(t, near, "event:5", "Folk night")
	require.Positive(t, nearPuts.Load(), "whoever hosts no longer is a client like any other")
	require.Equal(t, "Folk night", get(t, far, "event:5"))
}

func TestTheDirectWayFailsAsTheNetworkDoes(t *testing.T) {
	t.Parallel()
	local := join(t, t.TempDir())
	near, _ := shortcut(t, local)
	far := client(t, local)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	for _, c := range []*clientv3.Client{near, far} {
		_, err := c.Get(ended, "event:1")
		require.ErrorIs(t, err, context.Canceled)
		_, err = c.Put(ended, "event:1", "Jazz night")
		require.ErrorIs(t, err, context.Canceled)
		_, err = c.Get(late, "event:1")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = c.Put(t.Context(), "", "Jazz night")
		require.ErrorContains(t, err, "key is not provided")
		_, err = c.Get(t.Context(), "event:1", clientv3.WithRev(1_000_000))
		require.ErrorContains(t, err, "required revision is a future revision")
	}
	require.Empty(t, get(t, near, "event:1"))
}

func TestQuittingInTheMidstOfDirectCallsLosesNothingThatWasAnswered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	local := join(t, dir)
	c, _ := shortcut(t, local)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var busy sync.WaitGroup
	var written [8]int // by each writer: the first so many keys were acknowledged
	var calls errgroup.Group
	for i := range written {
		busy.Add(1)
		calls.Go(func() error {
			for n := 0; ; n++ {
				if _, err := c.Put(ctx, fmt.Sprintf("order:%d:%d", i, n), "Jazz night"); err != nil {
					return endedWell(err)
				}
				if written[i]++; n == 20 {
					busy.Done()
				}
			}
		})
		calls.Go(func() error {
			for {
				if _, err := c.Get(ctx, "order:", clientv3.WithPrefix()); err != nil {
					return endedWell(err)
				}
			}
		})
	}
	busy.Wait()
	require.NoError(t, local.Close())
	cancel() // of those that look for another host by now
	require.NoError(t, calls.Wait())

	again := client(t, join(t, dir))
	for i, n := range written {
		for k := range n {
			require.Equal(t, "Jazz night", get(t, again, fmt.Sprintf("order:%d:%d", i, k)))
		}
	}
}

// endedWell says whether that is how a call ends with its host.
func endedWell(err error) error {
	if status.Code(err) == codes.Unavailable || errors.Is(err, rpctypes.ErrStopped) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
