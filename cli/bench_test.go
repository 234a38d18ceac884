package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type figure struct {
	Name           string  `json:"name"`
	Value          float64 `json:"value"`
	Unit           string  `json:"unit"`
	Reference      string  `json:"reference"`
	ReferenceValue float64 `json:"reference_value"`
	Ratio          float64 `json:"ratio"`
}

func TestBenchMeasuresAStoreOfItsOwnAndRemovesIt(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	measured := p.must("bench", "-w", "json", "--turns", "1", "--slice", "50ms", "--events", "50", "--sessions", "3")
	names := map[string]bool{}
	for _, f := range decode[[]figure](t, measured) {
		require.False(t, names[f.Name+f.Reference], "%s is there twice", f.Name)
		names[f.Name+f.Reference] = true
		require.Positive(t, f.Value, f.Name)
		require.NotEmpty(t, f.Unit, f.Name)
		if f.Reference != "" {
			require.InDelta(t, f.Value/f.ReferenceValue, f.Ratio, 0.01, f.Name)
		}
	}
	require.True(t, names["orders/64puts/64"], "%v", names)
	require.True(t, names["orders/3 processes x 64orders/1 process x 64"], "%v", names)
	require.True(t, names["loadbare transactions of 128"], "%v", names)
	require.True(t, names["live/3 sessions, order to frame, half withinlive/3 sessions, bare watch, half within"], "%v", names)
	require.True(t, names["search, 99 of 100 withina frame at 60 a second"], "%v", names)
	require.True(t, names["linear scan, half withinsearch, half within"], "%v", names)
	left, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestABenchOfAPartTakesWhatThatNeeds(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	measured := p.must("bench", "-w", "json", "--only", "loading", "--turns", "1", "--slice", "50ms", "--events", "50")
	require.NotContains(t, measured.err, "accounts")
	require.NotContains(t, measured.err, "puts/")
	names := []string{}
	for _, f := range decode[[]figure](t, measured) {
		names = append(names, f.Name)
	}
	require.Equal(t, []string{"load", "load", "open"}, names)
	measured = p.must("bench", "--only", "search", "--turns", "1", "--slice", "1ms", "--events", "50")
	require.NotContains(t, measured.err, "accounts")
	require.Regexp(t, `(?m)^search, 99 of 100 within +[\d.]+ ms +[\d.]+ x +a frame at 60 a second +16 ms *$`, measured.out, "the goals are for more events")
	require.Regexp(t, `(?m)^linear scan, half within +[\d.,]+ ms +[\d.,]+ x +search, half within +[\d.]+ ms *$`, measured.out)
	measured = p.must("bench", "--only", "loading", "--turns", "1", "--slice", "50ms", "--events", "50")
	require.Regexp(t, `(?m)^load +[\d.,]+ keys/s +[\d.,]+ x +bare transactions of 128 +[\d.,]+ keys/s +at least 0\.8 x: (met|missed)$`, measured.out)
}

func TestABenchRemovesWhatOneThatWasKilledHasLeft(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	killed, running := place{t, filepath.Join(p.dir, "bench-1")}, place{t, filepath.Join(p.dir, "bench-2")}
	killed.must("load", p.file("rush.json", rush()))
	host := running.server()
	require.NoError(t, os.Mkdir(filepath.Join(p.dir, "bench-3"), 0o700)) // of one that is about to begin
	said := p.must("bench", "--only", "search", "--turns", "1", "--slice", "1ms", "--events", "50")
	require.Equal(t, 1, strings.Count(said.err, "that was killed has left"), said.err)
	left, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	require.Len(t, left, 2)
	require.Equal(t, "bench-2", left[0].Name())
	host.ends(t)
}

func TestBenchLeavesAClusterAloneUnlessItMay(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for _, wrong := range [][]string{
		{"--endpoints", "127.0.0.1:1"},
		{"--yes"},
		{"--only", "everything"},
		{"--turns", "0"},
		{"--slice", "3s"},
		{"--nodes", "0"},
		{"--endpoints", "127.0.0.1:1", "--yes", "--nodes", "3"},
	} {
		cmd := p.command(t.Context(), append([]string{"bench"}, wrong...)...)
		cmd.Args = append(cmd.Args[:1], cmd.Args[3:]...) // without --data-dir, which would be for a store
		require.Error(t, cmd.Run())
		require.Equal(t, 2, cmd.ProcessState.ExitCode(), "%v", wrong)
	}
}
