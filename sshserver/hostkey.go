package sshserver

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/model"
)

// HostKey reads the key by which clients recognise the server. If there is no such file, an ed25519 key is made and kept
// there for its owner alone.
func HostKey(file string) (ssh.Signer, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		if raw, err = makeHostKey(file); errors.Is(err, os.ErrExist) {
			raw, err = os.ReadFile(file) // another server was faster
		}
	}
	if err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "the host key %s cannot be used: %s", file, err)
	}
	signer, err := ssh.ParsePrivateKey(raw)
	if err != nil {
		return nil, model.Wrap(model.CodeUsage, err, "the host key %s is no private key without a passphrase", file)
	}
	return signer, nil
}

// makeHostKey writes the key beside its place first, so that nobody ever reads half of it.
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
	part, err := os.CreateTemp(filepath.Dir(file), ".host-key-*") // for its owner alone
	if err != nil {
		return nil, err
	}
	_, err = part.Write(raw)
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Link(part.Name(), file) // fails if there is one by now
	}
	return raw, errors.Join(err, os.Remove(part.Name()))
}
