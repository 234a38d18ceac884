package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
)

func TestAStoreIsWhatItWasWhenItsSnapshotWasSaved(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	first := decode[order](t, p.must("buy", rushID, "red=2", "--as", "u01", "-w", "json"))
	file := filepath.Join(t.TempDir(), "snapshot")
	require.Contains(t, p.must("snapshot", "save", file).err, "Saved ")
	then := p.must("dump").out
	second := decode[order](t, p.must("buy", rushID, "red=3", "--as", "u02", "-w", "json"))

	r := p.run("snapshot", "restore", file)
	require.Equal(t, 3, r.code)
	require.Contains(t, r.err, "holds a store already: give --replace")
	require.Contains(t, p.must("orders", "--as", "u02").out, second.ID, "nothing was changed")

	kept := decode[struct{ Kept string }](t, p.must("snapshot", "restore", file, "--replace", "-w", "json")).Kept
	require.DirExists(t, kept)
	require.Equal(t, then, p.must("dump").out)
	require.Contains(t, p.must("orders", "--as", "u01").out, first.ID)
	require.NotContains(t, p.must("orders", "--as", "u02").out, second.ID)
	p.must("audit")
	p.must("buy", rushID, "red=18", "--as", "u03")
	require.Equal(t, 3, p.run("buy", rushID, "red=1", "--as", "u04").code, "the tickets of the second order were there again, and no more")
	p.must("audit")

	elsewhere := newPlace(t)
	elsewhere.must("snapshot", "restore", file)
	require.Equal(t, then, elsewhere.must("dump").out, "an empty directory needs no --replace")
}

func TestASnapshotThatCannotBeUsedIsASentence(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	file := filepath.Join(t.TempDir(), "snapshot")
	p.must("snapshot", "save", file)
	whole, err := os.ReadFile(file)
	require.NoError(t, err)

	require.Equal(t, 3, p.run("snapshot", "save", file).code, "a snapshot is never overwritten")
	require.Equal(t, 2, p.run("snapshot").code)
	require.Equal(t, 2, p.run("snapshot", "save", "").code)
	require.Equal(t, 2, p.run("snapshot", "save", "-").code)
	require.Equal(t, 2, p.run("snapshot", "restore", "", "--replace").code)
	require.NoFileExists(t, "-")
	odd := p.must("snapshot", "save", filepath.Join(t.TempDir(), "a\x1b[31mb"))
	require.NotContains(t, odd.err, "\x1b", "a name is shown without what a terminal would obey")
	require.Equal(t, 2, p.run("snapshot", "restore", file, "--endpoints", "127.0.0.1:1").code)
	require.Equal(t, 1, p.run("snapshot", "save", filepath.Join(file, "below a file")).code)

	before := p.must("dump").out
	whole[len(whole)/2] ^= 1
	damaged := p.file("damaged", string(whole))
	r := p.run("snapshot", "restore", damaged, "--replace")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.err, "is damaged: its content does not fit the checksum at its end; nothing was changed")
	r = p.run("snapshot", "restore", p.file("set.json", rush()), "--replace")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.err, "is not a snapshot of etcd, or its end is missing; nothing was changed")
	require.Equal(t, before, p.must("dump").out)
}

func TestNothingIsRestoredUnderARunningShop(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	file := filepath.Join(t.TempDir(), "snapshot")
	p.must("snapshot", "save", file)
	selling, err := cluster.Join(t.Context(), cluster.Config{Dir: p.dir})
	require.NoError(t, err)

	r := p.run("snapshot", "restore", file, "--replace")
	require.Equal(t, 3, r.code, r.err)
	require.Contains(t, r.err, "end every ticketcd that does, and try again; nothing was changed")
	require.NoError(t, selling.Close())
	p.must("audit")
}
