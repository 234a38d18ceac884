//go:build unix

package cluster_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

// launch runs a cluster of three members until the test ends.
func launch(t *testing.T, cfg cluster.MembersConfig) *cluster.Members {
	t.Helper()
	if cfg.Nodes == 0 {
		cfg.Nodes = 3
	}
	members, err := cluster.Launch(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, members.Close()) })
	return members
}

// notLaunched launches in vain, and returns the sentence that a person sees.
func notLaunched(t *testing.T, cfg cluster.MembersConfig, code model.Code) string {
	t.Helper()
	members, err := cluster.Launch(t.Context(), cfg)
	require.Nil(t, members)
	require.Error(t, err)
	require.Equal(t, code, model.CodeOf(err), "%v", err)
	require.NotContains(t, model.Sentence(err), "\n")
	return model.Sentence(err)
}

// certified is how clients that are let in come in.
func certified(t *testing.T, c cluster.Connection) *tls.Config {
	t.Helper()
	authority, err := os.ReadFile(c.CACert)
	require.NoError(t, err)
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	require.NoError(t, err)
	cfg := &tls.Config{RootCAs: x509.NewCertPool(), Certificates: []tls.Certificate{pair}}
	require.True(t, cfg.RootCAs.AppendCertsFromPEM(authority))
	return cfg
}

// shopper is a client of those members, or of all.
func shopper(t *testing.T, c cluster.Connection, endpoints ...string) *clientv3.Client {
	t.Helper()
	if len(endpoints) == 0 {
		endpoints = c.Endpoints
	}
	cfg := clientv3.Config{Endpoints: endpoints, Logger: zap.NewNop()}
	if c.CACert != "" {
		cfg.TLS = certified(t, c)
	}
	client, err := clientv3.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// write is put while there may be no leader: a request that comes in then is not answered for seconds, so it is sent again.
func write(t *testing.T, c *clientv3.Client, key, value string) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := c.Put(ctx, key, value)
		cancel()
		if err == nil {
			return
		}
		require.True(t, time.Now().Before(deadline), "%v", err)
	}
}

// await waits until the member is in that state.
func await(t *testing.T, members *cluster.Members, name string, state model.ProcessState) cluster.Member {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		changed := members.Changed()
		if one := member(members, name); one.State == state {
			return one
		}
		select {
		case <-changed:
		case <-ctx.Done():
			require.Fail(t, "it does not become "+string(state), "%+v", member(members, name))
		}
	}
}

func member(members *cluster.Members, name string) cluster.Member {
	all := members.Members()
	return all[slices.IndexFunc(all, func(m cluster.Member) bool { return m.Name == name })]
}

// leader returns the name of the member that leads, and of another one.
func leader(t *testing.T, members *cluster.Members) (leads, follows string) {
	t.Helper()
	c := shopper(t, members.Connection())
	for _, one := range members.Members() {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		status, err := c.Status(ctx, one.ClientURL)
		cancel()
		require.NoError(t, err)
		if status.Leader == status.Header.MemberId {
			leads = one.Name
		} else {
			follows = one.Name
		}
	}
	return leads, follows
}

func TestOnlyWhoHasTheCertificateComesIn(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	members := launch(t, cluster.MembersConfig{Dir: dir})
	where := members.Connection()
	require.Len(t, where.Endpoints, 3)
	put(t, shopper(t, where, where.Endpoints[0]), "event:1", "Jazz night")
	require.Equal(t, "Jazz night", get(t, shopper(t, where, where.Endpoints[2]), "event:1"))

	answer := func(url string, cfg *tls.Config) (string, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		web := &http.Client{Transport: &http.Transport{TLSClientConfig: cfg}}
		defer web.CloseIdleConnections()
		response, err := web.Do(request)
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(response.Body)
		return string(body), err
	}
	own := certified(t, where)
	metrics, err := answer(where.Endpoints[0]+"/metrics", own)
	require.NoError(t, err)
	require.Contains(t, metrics, "etcd_server_has_leader 1")

	stranger := own.Clone()
	stranger.Certificates = nil
	_, err = answer(where.Endpoints[0]+"/metrics", stranger)
	require.ErrorContains(t, err, "certificate required")
	other := filepath.Join(t.TempDir(), "other")
	foreign := launch(t, cluster.MembersConfig{Dir: other, Nodes: 1}).Connection()
	stranger.Certificates = certified(t, foreign).Certificates
	_, err = answer(where.Endpoints[0]+"/metrics", stranger)
	require.Error(t, err, "with another cluster's certificate")
	_, err = answer(members.Members()[0].PeerURL+"/members", own)
	require.Error(t, err, "a client is no member")
	plain, err := answer(strings.Replace(where.Endpoints[0], "https", "http", 1)+"/metrics", nil)
	require.False(t, err == nil && strings.Contains(plain, "etcd_"), plain)

	for _, name := range []string{where.CACert, where.Cert, where.Key} {
		require.Equal(t, os.FileMode(0o600), mode(t, name))
		require.Equal(t, os.FileMode(0o700), mode(t, filepath.Dir(name)))
	}
	require.Equal(t, os.FileMode(0o700), mode(t, filepath.Join(dir, "cluster", "m1", "etcd")))
	require.NoFileExists(t, filepath.Join(filepath.Dir(where.CACert), "ca-key.pem"))
}

func TestAClusterWithoutCertificatesIsForThoseWhoAskForIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	members := launch(t, cluster.MembersConfig{Dir: dir, Nodes: 1, Insecure: true})
	where := members.Connection()
	require.True(t, strings.HasPrefix(where.Endpoints[0], "http://127.0.0.1:"), where.Endpoints[0])
	require.Empty(t, where.CACert+where.Cert+where.Key)
	put(t, shopper(t, where), "event:1", "Jazz night")
	require.NoDirExists(t, filepath.Join(dir, "cluster", "tls"))

	require.NoError(t, members.Close())
	where = launch(t, cluster.MembersConfig{Dir: dir, Nodes: 1}).Connection()
	require.Equal(t, "Jazz night", get(t, shopper(t, where), "event:1"), "it stays what it is")
}

func TestTheClusterGoesOnWhenAMemberIsKilledStoppedOrPaused(t *testing.T) {
	t.Parallel()
	members := launch(t, cluster.MembersConfig{Dir: t.TempDir()})
	c := shopper(t, members.Connection())
	put(t, c, "event:1", "Jazz night")

	leads, _ := leader(t, members)
	require.NoError(t, syscall.Kill(member(members, leads).PID, syscall.SIGKILL))
	gone := await(t, members, leads, model.ProcessStopped)
	require.Zero(t, gone.PID)
	require.Equal(t, "member "+leads+" was killed", gone.Fault)
	write(t, c, "event:1", "Blues night")
	require.Equal(t, model.CodeRefused, model.CodeOf(members.Kill(leads)))
	require.NoError(t, members.Start(t.Context(), leads))
	require.Empty(t, await(t, members, leads, model.ProcessRunning).Fault)
	require.Equal(t, "Blues night", get(t, shopper(t, members.Connection(), member(members, leads).ClientURL), "event:1"))

	leads, follows := leader(t, members)
	began := time.Now()
	require.NoError(t, members.Stop(leads))
	require.Less(t, time.Since(began), 3*time.Second)
	require.Empty(t, await(t, members, leads, model.ProcessStopped).Fault, "it was asked to")
	write(t, c, "event:1", "Tango night")
	require.Equal(t, model.CodeRefused, model.CodeOf(members.Start(t.Context(), follows)), "it runs")
	require.NoError(t, members.Start(t.Context(), leads))
	await(t, members, leads, model.ProcessRunning)

	_, follows = leader(t, members)
	require.NoError(t, members.Pause(follows))
	require.Equal(t, model.ProcessPaused, member(members, follows).State)
	others := slices.DeleteFunc(members.Connection().Endpoints, func(e string) bool { return e == member(members, follows).ClientURL })
	write(t, shopper(t, members.Connection(), others...), "event:1", "Swing night")
	require.NoError(t, members.Resume(follows))
	require.Equal(t, "Swing night", get(t, shopper(t, members.Connection(), member(members, follows).ClientURL), "event:1"))
	require.NoError(t, members.Pause(follows))
	require.NoError(t, members.Kill(follows), "also if it is paused")
	require.Equal(t, model.ProcessStopped, member(members, follows).State)
	require.Equal(t, model.CodeNotFound, model.CodeOf(members.Kill("m9")))
}

func TestStoppingTheClusterIsQuickWhileOthersWatchAndAMemberIsPaused(t *testing.T) {
	t.Parallel()
	members := launch(t, cluster.MembersConfig{Dir: t.TempDir()})
	c := shopper(t, members.Connection())
	put(t, c, "event:1", "Jazz night")
	changes := c.Watch(clientv3.WithRequireLeader(t.Context()), "event:", clientv3.WithPrefix(), clientv3.WithRev(1))
	require.Len(t, (<-changes).Events, 1)
	require.NoError(t, members.Pause("m2"))
	pids := make([]int, 3)
	for i, one := range members.Members() {
		pids[i] = one.PID
	}

	began := time.Now()
	require.NoError(t, members.Close())
	require.Less(t, time.Since(began), 4*time.Second)
	for i, one := range members.Members() {
		require.Equal(t, model.ProcessStopped, one.State)
		require.Empty(t, one.Fault)
		require.ErrorIs(t, syscall.Kill(pids[i], 0), syscall.ESRCH)
	}
	require.NoError(t, members.Close(), "closing twice does no harm")
	require.Equal(t, model.CodeRefused, model.CodeOf(members.Start(t.Context(), "m1")))
}
