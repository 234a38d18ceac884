//go:build unix

package sshserver_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

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
		pipe:                                          "is not a file with a key",
		dir:                                           "is not a file with a key",
		"/dev/zero":                                   "is not a file with a key",
		name("empty", ""):                             notUsable,
		name("text", "not a key"):                     notUsable,
		name("dsa", unusable(t, "DSA")):               notUsable,
		name("short", unusable(t, "RSA")):             notUsable,
		name("secp256k1", unusable(t, "EC")):          notUsable,
		name("locked", locked(t)):                     "has a passphrase, which nobody is there to type: ssh-keygen -p takes it away",
		name("huge", strings.Repeat("x", 1<<20)):      "is not a file with a key",
		filepath.Join(dir, "empty", "key"):            "cannot be used: not a directory",
		filepath.Join("/proc", "nobody", "can", "do"): "cannot be used: no such file or directory",
	} {
		_, err := sshserver.HostKey(file)
		require.ErrorContains(t, err, file)
		require.ErrorContains(t, err, says)
		require.Equal(t, 1, strings.Count(model.Sentence(err), file), "it is named once: %s", model.Sentence(err))
	}
}

// Closing such a file could break the machine: it may be one that everybody has to read.
func TestWhatIsNoHostKeyIsNotClosedToOthers(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"root:x:0:0:root:/root:/bin/sh\n", unusable(t, "DSA"), ""} {
		file := filepath.Join(t.TempDir(), "passwd")
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		require.NoError(t, os.Chmod(file, 0o644))
		_, err := sshserver.HostKey(file)
		require.Equal(t, model.CodeUsage, model.CodeOf(err))
		require.NotContains(t, model.Sentence(err), "chmod")
	}
}

const notUsable = "is none that can be used: that is a private key, ed25519, ECDSA on P-256, P-384 or P-521, or RSA of at least 1,024 bits"

// unusable is a file of a kind of key that is well formed, and that no client would take.
func unusable(t *testing.T, kind string) string {
	t.Helper()
	number := func(bits uint) *big.Int {
		n, err := rand.Prime(rand.Reader, int(bits))
		require.NoError(t, err)
		return n
	}
	var der []byte
	var err error
	switch kind {
	case "DSA":
		der, err = asn1.Marshal(struct{ Version, P, Q, G, Public, Private *big.Int }{
			big.NewInt(0), number(1024), number(160), number(512), number(512), number(150),
		})
	case "EC":
		der, err = asn1.Marshal(struct {
			Version int
			Private []byte
			Curve   asn1.ObjectIdentifier `asn1:"explicit,tag:0"`
		}{1, number(250).Bytes(), asn1.ObjectIdentifier{1, 3, 132, 0, 10}})
	default:
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{E: 65537}, Primes: []*big.Int{number(256), number(256)}}
		one := big.NewInt(1)
		p, q := key.Primes[0], key.Primes[1]
		key.N = new(big.Int).Mul(p, q)
		order := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		key.D = new(big.Int).ModInverse(big.NewInt(int64(key.E)), order)
		der = x509.MarshalPKCS1PrivateKey(key)
	}
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: kind + " PRIVATE KEY", Bytes: der}))
}

// locked is a file with a key that has a passphrase.
func locked(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("open sesame"))
	require.NoError(t, err)
	return string(pem.EncodeToMemory(block))
}
