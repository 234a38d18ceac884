package sshserver

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/atomicfile"
	"github.com/ticketcd/ticketcd/model"
)

// maxHostKey is the largest file, in bytes, that is taken for a key. One of 16,384 bits RSA has 13,000.
const maxHostKey = 64 << 10

// HostKey reads the key by which clients recognise the server. If there is no such file, an ed25519 key is made and kept
// there for its owner alone. A key that others can read is refused, as sshd does.
func HostKey(file string) (ssh.Signer, error) {
	raw, open, err := readHostKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		if raw, err = makeHostKey(file); errors.Is(err, fs.ErrExist) {
			raw, open, err = readHostKey(file) // another server was faster
		}
	}
	if _, known := errors.AsType[*model.Error](err); known {
		return nil, err
	}
	if err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "the host key %s cannot be used: %s", file, reason(err))
	}
	signer, err := ssh.ParsePrivateKey(raw)
	if _, locked := errors.AsType[*ssh.PassphraseMissingError](err); locked {
		return nil, model.Wrap(model.CodeUsage, err,
			"the host key %s has a passphrase, which nobody is there to type: ssh-keygen -p takes it away", file)
	}
	if err != nil || !serves(signer) {
		return nil, model.Wrap(model.CodeUsage, err, "the host key %s is none that can be used: that is a private key, "+
			"ed25519, ECDSA on P-256, P-384 or P-521, or RSA of at least 1,024 bits", file)
	}
	if open { // of nothing but a key is it said how to close it: other files may have to be open
		return nil, model.Errorf(model.CodeUsage, "the host key %s can be read by others, who could pass for this server: chmod 600 %s", file, file)
	}
	return signer, nil
}

// minRSA is the length in bits of the shortest RSA key that clients take.
const minRSA = 1024

// serves says whether clients would take a key. Some that are well formed they would not, and nobody could connect.
func serves(key ssh.Signer) bool {
	if key.PublicKey().Type() == ssh.InsecureKeyAlgoDSA { //nolint:staticcheck // it is named to be refused
		return false
	}
	public, known := key.PublicKey().(ssh.CryptoPublicKey)
	if !known {
		return true
	}
	short, isRSA := public.CryptoPublicKey().(*rsa.PublicKey)
	return !isRSA || short.N.BitLen() >= minRSA
}

// reason is what the system says is the matter, without the names of files, some of which are nobody's business.
func reason(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}

// readHostKey returns what is in the file, and whether others can read it too.
func readHostKey(file string) (raw []byte, open bool, err error) {
	info, err := os.Stat(file) // before it is opened: opening a pipe would wait for whoever writes into it
	switch {
	case err != nil:
		return nil, false, err
	case !info.Mode().IsRegular() || info.Size() > maxHostKey:
		return nil, false, model.Errorf(model.CodeUsage, "the host key %s is not a file with a key", file)
	}
	raw, err = os.ReadFile(file)
	return raw, openToOthers(info), err
}

// makeHostKey makes a key and keeps it in a new file.
func makeHostKey(file string) ([]byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "ticketcd")
	if err != nil {
		return nil, err
	}
	raw := pem.EncodeToMemory(block)
	if err = os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	return raw, atomicfile.Create(file, func(out io.Writer) error {
		_, err := out.Write(raw)
		return err
	})
}
