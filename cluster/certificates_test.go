package cluster

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCertificatesLastUntilTheyAreAboutToExpireOrAreDamaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, clusterName), 0o700))
	files, now := certificatesIn(dir), time.Now()
	read := func() string {
		text, err := os.ReadFile(files.authority)
		require.NoError(t, err)
		return string(text)
	}
	require.NoError(t, prepareCertificates(dir, now))
	first := read()
	require.NoError(t, prepareCertificates(dir, now.Add(certificateLife-certificateLeft-2*time.Hour)))
	require.Equal(t, first, read())
	require.NoError(t, prepareCertificates(dir, now.Add(certificateLife-certificateLeft+2*time.Hour)))
	second := read()
	require.NotEqual(t, first, second)

	require.NoError(t, prepareCertificates(dir, now))
	require.NotEqual(t, second, read(), "they were of a time that is yet to come: the clock had been ahead")

	for _, name := range []string{files.authority, files.member, files.clientKey} {
		before := read()
		require.NoError(t, os.WriteFile(name, []byte("garbage"), 0o600))
		require.NoError(t, prepareCertificates(dir, now))
		require.NotEqual(t, before, read())
		require.True(t, files.usable(now))
	}
}
