package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestASpanIsWrittenInItsLargestUnitToTheNearestSecond(t *testing.T) {
	t.Parallel()
	for d, text := range map[time.Duration]string{
		-time.Hour: "0 s", 400 * time.Millisecond: "0 s", 1600 * time.Millisecond: "2 s", 59*time.Second + 400*time.Millisecond: "59 s",
		59*time.Second + 600*time.Millisecond: "1 min", 59*time.Minute + 59*time.Second: "59 min", 50 * time.Hour: "50 h",
	} {
		require.Equal(t, text, Span(d))
	}
}

func TestPercentilesAreDurationsThatHalfAndNearlyAllDoNotExceed(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	p50, p99 := Percentiles(took)
	require.Zero(t, p50)
	require.Zero(t, p99)
	for n := range 100 {
		took = append(took, time.Duration(99-n))
		p50, p99 = Percentiles(took)
		require.Equal(t, took[len(took)-1], p99, "of fewer than 101, the slowest")
	}
	require.Equal(t, time.Duration(50), p50)
}
