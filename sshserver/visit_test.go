package sshserver_test

import (
	"crypto/rand"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/model"
)

func TestAnybodySeesTheLoginScreenAndWhoHasAnAccountBuys(t *testing.T) {
	t.Parallel()
	h := opens(t)
	ann := h.visits("ann")
	ann.sees("Log in").seesRow("User name", "ann").logsIn("ann-secret").sees("Welcome back, ANN")
	ann.presses("enter").sees("Smoke and brass").presses("b").sees("You pay").presses("right", "enter")
	ann.sees("Confirm the order").presses("y").sees("Bought 1 red ticket: order")
	ann.leaves()

	line := h.log.line(t, "msg=session", "account=ann")
	for _, part := range []string{"address=127.0.0.1", "user=ann", "key=false", "seconds=0", " in=", " out=", "end=left"} {
		require.Contains(t, line, part)
	}
	require.NotContains(t, h.log.text(), "secret", "a password is in the log")
}

func TestSomebodyWithoutAnAccountMakesOne(t *testing.T) {
	t.Parallel()
	h := opens(t)
	eve := h.visits("eve.day")
	eve.sees("Log in").presses("ctrl+r").sees("Create an account").seesRow("User name", "eve.day")
	for _, answer := range []string{"long enough", "long enough", "Eve Day", "eve@example.com"} {
		eve.presses("enter").types(answer)
	}
	eve.presses("enter").sees("Your account is ready. Welcome, Eve Day")
	eve.leaves()
	require.Contains(t, h.log.line(t, "msg=session"), "account=eve.day")
}

func TestAPurchaseIsSeenInAnotherSession(t *testing.T) {
	t.Parallel()
	h := opens(t)
	ann, bob := h.visits("ann").logsIn("ann-secret"), h.visits("bob").logsIn("bob-secret")
	ann.seesRow("Café Noir", "340")
	bob.presses("enter").sees("Smoke and brass").presses("b").sees("You pay").presses("right", "right", "right", "enter")
	bob.sees("Confirm the order").presses("y").sees("Bought 3 red tickets")
	ann.seesRow("Café Noir", "337")
}

func TestALinkedKeyLogsItsOwnerIn(t *testing.T) {
	t.Parallel()
	h := opens(t)
	key, other := newKey(t), newKey(t)
	ann := h.visits("ann", other, key)
	ann.logsIn("ann-secret").presses("f3").sees("No orders yet").presses("l").sees("not linked")
	ann.seesRow("›", ssh.FingerprintSHA256(other.PublicKey())[:40]).presses("down")
	ann.seesRow("›", ssh.FingerprintSHA256(key.PublicKey())[:40]).presses("enter").sees("Linked the key: ssh ann@")
	ann.leaves()

	again := h.visits("ann", other, key)
	again.sees("Welcome back, ANN", "Search")
	require.Contains(t, again.leavesLogged(h), "account=ann key=true")
	h.visits("bob", key).sees("Log in").seesRow("User name", "bob")
	h.visits("ann", other).sees("Log in")

	again = h.visits("ann", key)
	again.sees("Search").presses("f3").sees("No orders yet").presses("l").seesRow("›", "09:30").presses("d").sees("Remove this key?").presses("y")
	again.sees("Removed the key")
	again.leaves()
	h.visits("ann", key).sees("Log in")
}

// leavesLogged leaves, and returns the line that is logged of it.
func (g *guest) leavesLogged(h *house) string {
	g.t.Helper()
	g.leaves()
	return h.log.line(g.t, "msg=session", "key=true")
}

// thief has somebody's public key, and signs with another one.
type thief struct {
	ssh.Signer
	stolen ssh.PublicKey
}

func (s thief) PublicKey() ssh.PublicKey { return s.stolen }

func (s thief) Sign(random io.Reader, data []byte) (*ssh.Signature, error) {
	return s.Signer.Sign(random, data)
}

func TestAKeyThatIsOfferedAndNotProvedLetsNobodyIn(t *testing.T) {
	t.Parallel()
	h := opens(t)
	key := newKey(t)
	require.NoError(t, h.store.LinkKey(t.Context(), model.User{Username: "ann"}, model.SSHKey{
		Fingerprint: ssh.FingerprintSHA256(key.PublicKey()), Type: key.PublicKey().Type(),
	}))
	h.visits("ann", key).sees("Welcome back, ANN")
	_, err := h.dials("ann", "127.0.0.1", thief{newKey(t), key.PublicKey()})
	require.Error(t, err)
}

// A certificate says until when it is good, and for whom: nobody here would look at that again once it is linked.
func TestACertificateIsNotOfferedToBeLinked(t *testing.T) {
	t.Parallel()
	h := opens(t)
	authority, key := newKey(t), newKey(t)
	certificate := &ssh.Certificate{
		Key: key.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{"ann"}, ValidBefore: ssh.CertTimeInfinity,
	}
	require.NoError(t, certificate.SignCert(rand.Reader, authority))
	certified, err := ssh.NewCertSigner(certificate, key)
	require.NoError(t, err)
	ann := h.visits("ann", certified, key)
	ann.logsIn("ann-secret").presses("f3").sees("No orders yet").presses("l").sees("not linked")
	ann.seesRow("›", ssh.FingerprintSHA256(key.PublicKey())[:40])
	require.NotContains(t, ann.frame(), ssh.FingerprintSHA256(certificate)[:40])
}

// A client that shares one connection among its windows, as OpenSSH's ControlMaster does, closes one and opens the next.
func TestWhoClosesASessionOpensAnotherOnTheSameConnectionAtOnce(t *testing.T) {
	t.Parallel()
	h := opens(t)
	client := h.connects("eve")
	for range 20 {
		g := h.sitsAgain(client).sees("Log in")
		require.NoError(t, g.session.Close())
	}
}

// sitsAgain opens a session on a connection as soon as the server has noticed that the one before was closed.
func (h *house) sitsAgain(client *ssh.Client) *guest {
	h.t.Helper()
	for began := time.Now(); ; {
		session, err := client.NewSession()
		if err == nil {
			return h.seats(client, session, "eve", terminal{})
		}
		require.ErrorContains(h.t, err, "one session per connection")
		require.Less(h.t, time.Since(began), patience)
	}
}
