package etcdstore

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/ticketcd/ticketcd/model"
)

// members are the members of one cluster, which a test stops one by one.
type members struct {
	etcds     []*embed.Etcd // nil where stopped
	endpoints []string
}

// startMembers runs a cluster of so many members, called m0, m1 and so on.
func startMembers(t *testing.T, n int) *members {
	t.Helper()
	clients, peers, initial := make([]url.URL, n), make([]url.URL, n), make([]string, n)
	for i := range n {
		clients[i], peers[i] = freeURL(t), freeURL(t)
		initial[i] = fmt.Sprintf("m%d=%s", i, peers[i].String())
	}
	all := &members{etcds: make([]*embed.Etcd, n)}
	for i := range n {
		cfg := etcdConfig(t.TempDir())
		cfg.Name = fmt.Sprint("m", i)
		cfg.ListenClientUrls, cfg.AdvertiseClientUrls = clients[i:i+1], clients[i:i+1]
		cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = peers[i:i+1], peers[i:i+1]
		cfg.InitialCluster = strings.Join(initial, ",")
		etcd, err := embed.StartEtcd(cfg)
		require.NoError(t, err)
		all.etcds[i], all.endpoints = etcd, append(all.endpoints, clients[i].Host)
		t.Cleanup(func() { all.stop(i) })
	}
	for _, etcd := range all.etcds {
		<-etcd.Server.ReadyNotify()
	}
	return all
}

func (all *members) stop(i int) {
	if all.etcds[i] != nil {
		all.etcds[i].Close()
		all.etcds[i] = nil
	}
}

// leader returns which member leads.
func (all *members) leader() int {
	return slices.IndexFunc(all.etcds, func(etcd *embed.Etcd) bool {
		return etcd != nil && etcd.Server.Leader() == etcd.Server.MemberID()
	})
}

// freeURL is where nobody listens, nor will before the test does: on Linux everybody else uses 127.0.0.1, of which whoever
// connects to something may be given any port, while all other addresses of the loopback network are free as well.
func freeURL(t *testing.T) url.URL {
	t.Helper()
	address := "127.0.0.1"
	if runtime.GOOS == "linux" {
		address = fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
	}
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(address, "0"))
	require.NoError(t, err)
	require.NoError(t, free.Close())
	return url.URL{Scheme: "http", Host: free.Addr().String()}
}

// mute accepts connections at an address, and never says a word, until it is stopped.
func mute(t *testing.T, address string) (stop func()) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	require.NoError(t, err)
	stop = sync.OnceFunc(func() { listener.Close() })
	t.Cleanup(stop)
	return stop
}

// summary is a member in a few words.
func summary(m model.Member) string {
	return strings.Join(strings.Fields(m.Name+" "+m.Role()+" "+m.Err), " ")
}

func summaries(c model.Cluster) []string {
	var all []string
	for _, m := range c.Members {
		all = append(all, summary(m))
	}
	return all
}
