//go:build unix

package sshserver_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/sshserver"
)

func TestAHostKeyIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "made", "key")
	first, err := sshserver.HostKey(file)
	require.NoError(t, err)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	again, err := sshserver.HostKey(file)
	require.NoError(t, err)
	require.Equal(t, first.PublicKey(), again.PublicKey())

	for _, open := range []os.FileMode{0o640, 0o604, 0o620} {
		require.NoError(t, os.Chmod(file, open))
		_, err = sshserver.HostKey(file)
		require.Equal(t, model.CodeUsage, model.CodeOf(err), open)
		require.ErrorContains(t, err, "can be read by others, who could pass for this server: chmod 600 "+file)
	}
}

func TestWhatIsNoHostKeyIsASentence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := func(name, content string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		return file
	}
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for file, says := range map[string]string{
		pipe:                                     "is not a file with a key",
		dir:                                      "is not a file with a key",
		"/dev/zero":                              "is not a file with a key",
		name("empty", ""):                        "is no private key without a passphrase",
		name("text", "not a key"):                "is no private key without a passphrase",
		name("huge", strings.Repeat("x", 1<<20)): "is not a file with a key",
		filepath.Join(dir, "empty", "key"):       "cannot be used: not a directory",
		filepath.Join("/proc", "nobody", "can", "do"): "cannot be used: no such file or directory",
	} {
		_, err := sshserver.HostKey(file)
		require.ErrorContains(t, err, file)
		require.ErrorContains(t, err, says)
		require.Equal(t, 1, strings.Count(model.Sentence(err), file), "it is named once: %s", model.Sentence(err))
	}
}
