//go:build linux

package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// smallDisk mounts a disk of a megabyte in memory, which only root may do.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	return dir
}

// fill writes a file that takes all the room that is left.
func fill(t *testing.T, name string) {
	t.Helper()
	file, err := os.Create(name)
	require.NoError(t, err)
	for page := make([]byte, os.Getpagesize()); err == nil; {
		_, err = file.Write(page)
	}
	require.ErrorIs(t, err, unix.ENOSPC)
	require.NoError(t, file.Close())
}

func TestAServerWhoseLogIsOnAFullDiskSaysSoAndGoesOnSelling(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t)
	log, filler := filepath.Join(disk, "serve.log"), filepath.Join(disk, "filler")
	// There is room in the file for the beginning of a line.
	require.NoError(t, os.WriteFile(log, []byte(strings.Repeat("an old line\n", os.Getpagesize()/12-3)), 0o600))
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	require.Zero(t, p.runWith("bob-secret\n", "user", "add", "bob", "--email", "bob@example.com").code)
	server := p.server("--log", log)
	fill(t, filler)

	shopping := strings.Join([]string{"login bob", "bob-secret", "search flash", "1", "buy 1 red", "yes", "quit", ""}, "\r")
	for range 3 {
		require.Contains(t, typing(t.Context(), t, server.address, "bob", "dumb", shopping), "Bought 1 red ticket")
	}
	told := "The log " + log + " cannot be written: no space left on device. The shop goes on selling"
	require.Eventually(t, func() bool { return strings.Contains(server.said(), told) }, soon, 10*time.Millisecond)

	require.NoError(t, os.Remove(filler))
	for range 2 {
		require.Contains(t, typing(t.Context(), t, server.address, "bob", "dumb", shopping), "Bought 1 red ticket")
	}
	require.Equal(t, 1, strings.Count(server.ends(t), told))
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	missing := regexp.MustCompile(`(?m)^time=.* msg="lines are missing here: the log could not be written" lines=(\d+)$`).FindSubmatch(text)
	require.NotNil(t, missing, "%s", text)
	lost, err := strconv.Atoi(string(missing[1]))
	require.NoError(t, err)
	require.Equal(t, 5, lost+len(regexp.MustCompile(`(?m)^time=.* msg=session .* end=left$`).FindAll(text, -1)), "%s", text)
}

func TestTheLogOfAServerIsRotatedByMovingItAway(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "serve.log")
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	server := p.server("--log", log)
	for _, aside := range []string{log + ".1", log + ".2"} {
		typing(t.Context(), t, server.address, "bob", "dumb", "quit\r")
		require.Eventually(t, func() bool {
			text, err := os.ReadFile(log)
			return err == nil && strings.HasSuffix(string(text), " end=left\n")
		}, soon, 10*time.Millisecond)
		require.NoError(t, os.Rename(log, aside))
	}
	require.Equal(t, "Stopped serving.\n", patient(server.ends(t)))
	for _, aside := range []string{log + ".1", log + ".2"} {
		text, err := os.ReadFile(aside)
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(text), "msg=session"))
	}
}

func TestOutputThatIsLostIsSaidWithItsReason(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close()
	for _, line := range []string{
		"search", "search -w json", "query get event: --prefix", "query get event: --prefix -w json", "config", "config -w json",
		"completion bash", "--help", "buy --help", "help buy", "--version",
	} {
		cmd := p.command(t.Context(), strings.Fields(line)...)
		var errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &errs
		require.Error(t, cmd.Run(), line)
		require.Equal(t, 1, cmd.ProcessState.ExitCode(), line)
		require.Equal(t, "ticketcd: the output could not be written: no space left on device\n", patient(errs.String()), line)
	}
}
