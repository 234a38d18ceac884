package cluster_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// Not parallel: it counts the goroutines of the whole process.
func TestNothingRunsOnAfterClosing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	dir := t.TempDir()
	first, second := join(t, dir), join(t, dir)
	c := client(t, second)
	put(t, c, "event:1", "Jazz night")
	require.NoError(t, first.Close())
	put(t, c, "event:2", "Blues night")
	require.NoError(t, c.Close())
	require.NoError(t, second.Close())
	goleak.VerifyNone(t, before)
}
