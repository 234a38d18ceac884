package model

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAVectorIsAListWhoseOldCopiesStay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var v vector[int]
		var list []int
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			before, old := v, slices.Clone(list)
			edit := v.edit()
			for range rapid.IntRange(0, 2*chunkSize).Draw(t, "added") {
				require.Equal(t, len(list), edit.add(len(list)))
				list = append(list, len(list))
			}
			if len(list) > 0 {
				for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(list)-1), 0, 10).Draw(t, "changed") {
					edit.set(i, -list[i])
					list[i] = -list[i]
				}
			}
			v = edit.vector
			requireElements(t, list, v)
			requireElements(t, old, before)
		}
	})
}

func requireElements(t *rapid.T, want []int, v vector[int]) {
	require.Equal(t, len(want), v.length)
	for i := range want {
		if want[i] != v.at(i) {
			t.Fatalf("element %d is %d, not %d", i, v.at(i), want[i])
		}
	}
}
