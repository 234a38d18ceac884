package sshserver_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stay returns the goroutines of this process that belong to somebody's connection. A test that looks at them cannot run
// beside others. (The store's own come and go as they like.)
func stay() []string {
	stacks := make([]byte, 1<<20)
	for n := len(stacks); n == len(stacks); {
		stacks = make([]byte, 2*n)
		n = runtime.Stack(stacks, true)
		if n < len(stacks) {
			stacks = stacks[:n]
			break
		}
	}
	return slices.DeleteFunc(strings.Split(string(stacks), "\n\n"), func(stack string) bool {
		for _, theirs := range []string{
			"charm.land/ssh.(*Server).handleConn", "charmbracelet/ultraviolet", "charm.land/bubbletea", "ticketcd/tui.", "sshserver.(*session)", "sshserver.(*screened)",
		} {
			if strings.Contains(stack, theirs) {
				return false
			}
		}
		return true
	})
}

// nobodyStays waits until no goroutine is left of those who came.
func nobodyStays(tb testing.TB) {
	tb.Helper()
	deadline := time.Now().Add(patience)
	for left := stay(); len(left) > 0; left = stay() {
		if time.Now().After(deadline) {
			require.Failf(tb, "goroutines are left behind", "%d, such as:\n%s", len(left), left[0])
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// Cut off in the very moment in which they type, people leave nothing behind.
func TestNobodyStaysWhoIsCutOffWhileTyping(t *testing.T) {
	h := opens(t)
	for range 40 {
		client := h.connects("bob")
		h.sits(client, "bob", terminal{}).sees("Password").presses("a", "b", "c", "tab", "d", "e", "f", "g")
		require.NoError(t, client.Close())
	}
	nobodyStays(t)
}
