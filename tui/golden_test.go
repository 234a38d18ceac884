package tui_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/tui"
)

var update = flag.Bool("update", false, "write the golden frames and the documents' pictures instead of comparing with them")

var pictures = flag.String("pictures", "", "a directory into which every golden frame is drawn as a picture too, to be looked at")

// looksLike compares a frame with the one that was reviewed.
func looksLike(t *testing.T, name, frame string) {
	t.Helper()
	draws(t, name, frame, true)
	readsLike(t, name, frame)
}

// readsLike compares the text of a frame, and what else is said of it, with what was reviewed.
func readsLike(t *testing.T, name, frame string) {
	t.Helper()
	var text strings.Builder
	for line := range strings.Lines(ansi.Strip(frame)) {
		text.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	golden(t, filepath.Join("testdata", "frames", name+".txt"), text.String())
}

// draws draws a frame as a picture, if pictures are wanted.
func draws(t *testing.T, name, frame string, dark bool) {
	t.Helper()
	if *pictures == "" {
		return
	}
	file := filepath.Join(*pictures, name+map[bool]string{true: "-dark", false: "-light"}[dark]+".svg")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	width, height := lipgloss.Size(frame)
	require.NoError(t, os.WriteFile(file, []byte(tui.Picture(frame, width, height, dark)), 0o644))
}

// isPictured compares the picture of a frame with the one in the documents.
func isPictured(t *testing.T, name, frame string, width, height int) {
	t.Helper()
	golden(t, filepath.Join("..", "docs", name+".svg"), tui.Picture(frame, width, height, true))
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "there is no such frame yet: run make golden, and look at it")
	if filepath.Ext(file) == ".svg" {
		require.True(t, string(want) == got, "the picture %s has changed: run make golden, and look at it", file)
	}
	require.Equal(t, string(want), got, "%s has changed: run make golden, and look at the difference", file)
}
