package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// moved is a history of counts, one a minute until tonight, each at the next revision.
func moved(lefts ...int) History {
	var h History
	for i, left := range lefts {
		at := tonight.Add(time.Duration(i+1-len(lefts)) * time.Minute)
		h.Add(&Event{Left: left, Changed: OrderDate(at)}, int64(i+1))
	}
	return h
}

func TestAHistoryKeepsTheMovesAndNotWhatStandsStill(t *testing.T) {
	t.Parallel()
	h := moved(10, 8, 8, 9)
	require.Equal(t, []int{10, 8, 9}, h.Lefts())
	require.Equal(t, int64(4), h.Moments[2].Revision)
	h.Add(&Event{Left: 3}, 4)
	h.Add(&Event{Left: 3}, 2)
	require.Equal(t, []int{10, 8, 9}, h.Lefts(), "what is known already is no news")
	require.Empty(t, History{}.Lefts())
}

func TestAHistoryForgetsItsOldestMoments(t *testing.T) {
	t.Parallel()
	var h History
	for i := range 3 * MaxMoments {
		h.Add(&Event{Left: i}, int64(i+1))
	}
	require.Len(t, h.Moments, MaxMoments)
	require.Equal(t, 2*MaxMoments, h.Moments[0].Left)
	require.Equal(t, 3*MaxMoments-1, h.Moments[MaxMoments-1].Left)
}

func TestAHistoryTellsHowFastTicketsSell(t *testing.T) {
	t.Parallel()
	h := moved(100, 90, 95, 60, 59)
	require.Equal(t, 1, h.Sold(tonight, time.Minute))
	require.Equal(t, 36, h.Sold(tonight, 90*time.Second))
	require.Equal(t, 36, h.Sold(tonight, 3*time.Minute), "what came back is not taken off")
	require.Equal(t, 46, h.Sold(tonight, time.Hour))
	require.Zero(t, h.Sold(tonight.Add(time.Hour), time.Minute))
	require.Zero(t, History{}.Sold(tonight, time.Hour))

	h.Add(&Event{Left: 10}, 9)
	require.Equal(t, 46, h.Sold(tonight, time.Hour), "nobody knows when")
}
