package sshserver_test

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// member reads one of the numbers that the etcd member of this process tells.
func member(tb testing.TB, name string) float64 {
	tb.Helper()
	families, err := prometheus.DefaultGatherer.Gather()
	require.NoError(tb, err)
	for _, family := range families {
		if family.GetName() == name {
			return family.GetMetric()[0].GetGauge().GetValue()
		}
	}
	require.Fail(tb, "etcd tells no "+name)
	return 0
}

// visitor is somebody with an SSH client and no eyes: what comes is kept as it is.
type visitor struct {
	client *ssh.Client
	shown  *journal
}

// crowd has n people open the shop at once, with the keys that they have.
func (h *house) crowd(n int, keys ...ssh.Signer) []visitor {
	h.t.Helper()
	visitors := make([]visitor, n)
	var coming sync.WaitGroup
	doors := make(chan struct{}, 16) // as many handshakes at once
	for i := range visitors {
		coming.Go(func() {
			doors <- struct{}{}
			defer func() { <-doors }()
			client, err := h.dials("ann", "127.0.0.1", keys...)
			if err != nil {
				h.t.Error(err)
				return
			}
			visitors[i] = visitor{client, newJournal()}
			if err := visitors[i].sits(); err != nil {
				h.t.Error(err)
			}
		})
	}
	coming.Wait()
	return visitors
}

func (v visitor) sits() error {
	session, err := v.client.NewSession()
	if err != nil {
		return err
	}
	session.Stdout = v.shown
	if _, err = session.StdinPipe(); err != nil {
		return err
	}
	if err = session.RequestPty("xterm-256color", 24, 80, ssh.TerminalModes{}); err != nil {
		return err
	}
	return session.Shell()
}

func inUse() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestACrowdSharesOneWatchAndLeavesNothingBehind(t *testing.T) { //nolint:paralleltest // counts all goroutines
	h := opens(t)
	h.comesAndGoes(339)
	nobodyStays(t)
	full := inUse() // with what is made once and kept
	h.comesAndGoes(338)
	nobodyStays(t)
	var grown uint64
	for began := time.Now(); ; { // the clients, which are in this process too, may take a moment to be gone
		if grown = max(inUse(), full) - full; grown < people*4*1024 || time.Since(began) > patience {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("%d sessions left %d KiB behind", people, grown/1024)
	require.Less(t, grown, uint64(people*4*1024), "sessions leave memory behind")
	require.Contains(t, h.scrape(), "ticketcd_ssh_sessions 0\n")
}

// comesAndGoes is a crowd that sees the shop, while one more buys a ticket and another sees how many are left.
func (h *house) comesAndGoes(left int) {
	h.t.Helper()
	visitors := h.crowd(people)
	for _, v := range visitors {
		v.shown.line(h.t, "Password")
	}
	require.InDelta(h.t, 1, member(h.t, "etcd_debugging_mvcc_watcher_total"), 0, "there is one watch for all")
	require.Contains(h.t, h.scrape(), fmt.Sprintf("ticketcd_ssh_sessions %d\n", people))
	ann, bob := h.visits("ann").logsIn("ann-secret"), h.visits("bob").logsIn("bob-secret")
	bob.presses("enter").sees("Smoke and brass").presses("b").sees("You pay").presses("right", "enter").sees("Confirm the order").presses("y")
	ann.seesRow("Café Noir", strconv.Itoa(left)).leaves()
	bob.leaves()
	for _, v := range visitors {
		require.NoError(h.t, v.client.Close())
	}
}
