package tui_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/tui"
)

var update = flag.Bool("update", false, "write the golden frames and the documents' pictures instead of comparing with them")

// looksLike compares a frame with the one that was reviewed.
func looksLike(t *testing.T, name, frame string) {
	t.Helper()
	var text strings.Builder
	for line := range strings.Lines(ansi.Strip(frame)) {
		text.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	golden(t, filepath.Join("testdata", "frames", name+".txt"), text.String())
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
