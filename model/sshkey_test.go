package model

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const someFingerprint = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

func TestKeysAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	keys := []SSHKey{{Fingerprint: someFingerprint, Type: "ssh-ed25519", Added: ParseDate("2027-03-01 12:00:00")}}
	read, err := DecodeSSHKeys(EncodeSSHKeys(keys))
	require.NoError(t, err)
	require.Equal(t, keys, read)
	read, err = DecodeSSHKeys(EncodeSSHKeys(nil))
	require.NoError(t, err)
	require.Empty(t, read)
}

func TestKeysThatMakeNoSenseLetNobodyIn(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `null!`, `{}`, `[1]`} {
		_, err := DecodeSSHKeys([]byte(raw))
		require.Error(t, err, raw)
	}
	read, err := DecodeSSHKeys([]byte(`[{"fingerprint":"","type":"ssh-ed25519"},{"fingerprint":"SHA256:\u001b","type":"x"},` +
		`{"fingerprint":"` + someFingerprint + `","type":"\u001b[31m"}, {"fingerprint":"` + someFingerprint + `","type":"ssh-rsa","added":"\u001b[2J` +
		strings.Repeat("x", 100) + `"}]`))
	require.NoError(t, err)
	require.Len(t, read, 1)
	require.NotContains(t, read[0].Added.String(), "\x1b")
}
