package sshserver_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// crew are the goroutines that were there before guests came.
type crew struct{ known goleak.Option }

// goroutines takes note of all there are when the house is open and empty. A test that does it cannot run beside others.
func (h *house) goroutines() crew {
	h.t.Helper()
	require.NoError(h.t, h.connects("first").Close()) // by now somebody accepts connections
	return crew{goleak.IgnoreCurrent()}
}

// areBack waits until nobody else is left.
func (c crew) areBack(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := goleak.Find(c.known)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			require.NoError(t, err)
		}
	}
}
