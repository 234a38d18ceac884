//go:build linux

package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// withoutLinks makes a process of the test binary live as on a file system that has no hard links, such as exFAT.
const withoutLinks = "TEST_WITHOUT_LINKS"

func init() { //nolint:gochecknoinits // it comes before TestMain, which becomes the program
	if os.Getenv(withoutLinks) != "" {
		forbidLinks()
	}
}

// forbidLinks has the kernel refuse links to all threads of this process.
func forbidLinks() {
	const allow, refuse = 0x7fff0000, 0x00050000 | uint32(unix.EPERM)
	number := func(is uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: is, Jt: skip}
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}, // the number of the system call
		number(unix.SYS_LINKAT, 1),
		{Code: unix.BPF_RET | unix.BPF_K, K: allow},
		{Code: unix.BPF_RET | unix.BPF_K, K: refuse},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	const setFilter, allThreads = 1, 1
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, setFilter, allThreads, uintptr(unsafe.Pointer(&program))); errno != 0 {
		panic(errno)
	}
}

func TestFilesAppearCompleteWhereThereAreNoLinks(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	run := func(args ...string) result {
		cmd := p.command(t.Context(), args...)
		cmd.Env = append(cmd.Env, withoutLinks+"=1")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		_ = cmd.Run() //nolint:errcheck // the exit code tells
		return resultOf(cmd, &out, &errs)
	}
	dir := t.TempDir()
	file, key := filepath.Join(dir, "snapshot"), filepath.Join(dir, "key")
	r := run("snapshot", "save", file)
	require.Zero(t, r.code, r.err)
	first, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 3, run("snapshot", "save", file).code)
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, bytes.Equal(first, again), "a snapshot is never overwritten")
	restored := newPlace(t)
	restored.must("snapshot", "restore", file)
	require.Equal(t, p.must("dump").out, restored.must("dump").out)

	const elsewhere = "192.0.2.1:2222" // is kept for documents: no machine has that address
	r = run("serve", "--host-key", key, "--listen", elsewhere)
	require.Contains(t, r.err, "cannot listen on "+elsewhere, "the key comes first")
	made, err := os.ReadFile(key)
	require.NoError(t, err)
	require.NotEmpty(t, made)
	run("serve", "--host-key", key, "--listen", elsewhere)
	kept, err := os.ReadFile(key)
	require.NoError(t, err)
	require.Equal(t, string(made), string(kept))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing half done is left")
}
