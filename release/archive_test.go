package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestArchivesOfTheSameFilesAreTheSame(t *testing.T) {
	t.Parallel()
	committed := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	pack := func(made time.Time) (tarball, zipball []byte) {
		folder := t.TempDir()
		files := map[string]string{"ticketcd": "", "LICENSE": "", "man/ticketcd.1": ""}
		for name := range files {
			files[name] = filepath.Join(folder, filepath.Base(name))
			require.NoError(t, os.WriteFile(files[name], []byte("content of "+name), 0o600))
			require.NoError(t, os.Chtimes(files[name], made, made))
		}
		var a, b bytes.Buffer
		require.NoError(t, tarred(&a, files, committed))
		require.NoError(t, zipped(&b, files, committed))
		return a.Bytes(), b.Bytes()
	}
	tarball, zipball := pack(committed)
	later, laterZip := pack(committed.AddDate(1, 0, 0))
	require.Equal(t, tarball, later)
	require.Equal(t, zipball, laterZip)

	unpacked, err := gzip.NewReader(bytes.NewReader(tarball))
	require.NoError(t, err)
	modes := map[string]int64{}
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		require.True(t, header.ModTime.Equal(committed))
		modes[header.Name] = header.Mode
	}
	require.Equal(t, map[string]int64{"LICENSE": 0o644, "man/ticketcd.1": 0o644, "ticketcd": 0o755}, modes)
	read, err := zip.NewReader(bytes.NewReader(zipball), int64(len(zipball)))
	require.NoError(t, err)
	require.Len(t, read.File, 3)
	require.Equal(t, os.FileMode(0o755), read.File[2].Mode())
}
