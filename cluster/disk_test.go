//go:build linux

package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

// smallDisk mounts a disk in memory, which only root may do.
func smallDisk(t *testing.T, megabytes string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+megabytes+"m,mode=0700"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	return dir
}

func TestAFullDiskIsASentence(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, "40")
	sentence := refused(t, dir, model.CodeFailed)
	require.Contains(t, sentence, "has only 3")
	require.Contains(t, sentence, " MB left; the store needs 160 MB")
}

func TestAHostWhoseDiskFillsUpSaysSoAndLives(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, "200")
	local, err := cluster.Join(t.Context(), cluster.Config{Dir: dir, Log: testLog(t)})
	require.NoError(t, err)
	c := client(t, local)
	fill(t, dir)

	// A busy machine may be slow to answer one of them, so one refused write is not yet the end.
	for n := 0; !closed(local.Done()); n++ {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err = c.Put(ctx, "event:"+strconv.Itoa(n), strings.Repeat("jazz ", 200_000))
		cancel()
	}
	require.Error(t, err)
	require.False(t, local.Hosting())
	require.Equal(t, "the disk that holds "+dir+" is full", model.Sentence(local.Err()))
	require.Equal(t, local.Err(), local.Close())
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// fill writes a file that takes all the room that is left.
func fill(t *testing.T, dir string) {
	t.Helper()
	file, err := os.Create(filepath.Join(dir, "filler"))
	require.NoError(t, err)
	for chunk := make([]byte, 1<<20); err == nil; {
		_, err = file.Write(chunk)
	}
	require.ErrorIs(t, err, unix.ENOSPC)
	require.NoError(t, file.Close())
}
