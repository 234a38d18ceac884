package cli

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/bench"
)

func TestAGoalSaysWhetherItIsMet(t *testing.T) {
	t.Parallel()
	for says, of := range map[string]struct {
		goal  bench.Goal
		ratio float64
	}{
		"at most 1 x: met":         {bench.Goal{Limit: 1, AtMost: true}, 0.11},
		"at most 1.4 x: missed":    {bench.Goal{Limit: 1.4, AtMost: true}, 1.41},
		"at least 30 x: met":       {bench.Goal{Limit: 30}, 1641.8},
		"at least 0.667 x: missed": {bench.Goal{Limit: 1 / 1.5}, 0.6},
		"":                         {bench.Goal{}, 3},
	} {
		require.Equal(t, says, goal(of.goal, of.ratio))
	}
}
