package sshserver_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/model"
)

func TestWhoseAccountIsRemovedIsLoggedOutHoweverTheyCameIn(t *testing.T) {
	t.Parallel()
	h := opens(t)
	key := newKey(t)
	require.NoError(t, h.store.LinkKey(t.Context(), model.User{Username: "ann"}, model.SSHKey{
		Fingerprint: ssh.FingerprintSHA256(key.PublicKey()), Type: key.PublicKey().Type(),
	}))
	withKey := h.visits("ann", key).sees("Welcome back, ANN")
	withPassword := h.visits("ann").logsIn("ann-secret").presses("f3").sees("No orders yet")
	bob := h.visits("bob").logsIn("bob-secret")
	remove := model.RawQuery{Verb: model.VerbDel, Range: model.Range{Key: "user:ann"}}
	require.NoError(t, h.store.Query(t.Context(), remove, func(model.Answer) error { return nil }))
	for _, ann := range []*guest{withKey, withPassword} {
		ann.sees("! Your account was removed, so you are logged out.", "Password")
	}
	_, err := h.store.Register(t.Context(), model.Registration{Username: "ann", Name: "Another Ann", Email: "a@b.cd", Password: "ann-secret"})
	require.NoError(t, err)
	withPassword.logsIn("ann-secret").sees("Welcome back, Another Ann")
	withKey.sees("Password").leaves()
	h.visits("ann", key).sees("Log in").leaves() // the key was the former's
	bob.sees("Search")
}
