package sshserver_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/sshserver"
)

// mayNot opens a session that is refused, from an address, and returns what was said.
func (h *house) mayNot(from string) string {
	h.t.Helper()
	client, err := h.dials("eve", from)
	require.NoError(h.t, err)
	g := h.sits(client, "eve", terminal{})
	require.Equal(h.t, 1, g.goneWith())
	return g.frame()
}

// mayFrom opens a session from an address.
func (h *house) mayFrom(from string) *guest {
	h.t.Helper()
	client, err := h.dials("eve", from)
	require.NoError(h.t, err)
	return h.sits(client, "eve", terminal{}).sees("Log in")
}

func TestWhoIsOneTooManyIsToldSo(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Sessions, l.PerAddress = 3, 2 }))
	one, two := h.mayFrom("127.0.0.1"), h.mayFrom("127.0.0.1")
	require.Contains(t, h.mayNot("127.0.0.1"), "too many sessions from your address")
	three := h.mayFrom("127.0.0.2")
	require.Contains(t, h.mayNot("127.0.0.3"), "The shop is full at the moment")

	for _, g := range []*guest{one, two, three} {
		g.leaves()
	}
	for range 3 {
		h.log.line(t, "msg=session", "end=left")
	}
	h.mayFrom("127.0.0.1").leaves()
	require.Contains(t, h.scrape(), `ticketcd_ssh_refusals_total{why="sessions"} 2`)
}

func TestConnectionsThatDoNothingAreCounted(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.PerAddress = 2 }))
	for range 4 { // twice as many as sessions
		_, err := h.dials("eve", "127.0.0.1")
		require.NoError(t, err)
	}
	_, err := h.dials("eve", "127.0.0.1")
	require.Error(t, err)
	h.mayFrom("127.0.0.2")
}

func TestWhoConnectsTooOftenHasToWait(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Connects = 3 }))
	for range 3 {
		client, err := h.dials("eve", "127.0.0.1")
		require.NoError(t, err)
		require.NoError(t, client.Close())
	}
	_, err := h.dials("eve", "127.0.0.1")
	require.Error(t, err)
	h.mayFrom("127.0.0.2")
	h.clock.moves(20 * time.Second)
	h.mayFrom("127.0.0.1")
	_, err = h.dials("eve", "127.0.0.1")
	require.Error(t, err)
	require.Contains(t, h.scrape(), `ticketcd_ssh_refusals_total{why="connection rate"} 2`)
}

// Each session costs a line of the log and a screen, so nobody has any number of them by never hanging up.
func TestWhoNeverHangsUpComesInNoMoreOften(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Connects = 3 }))
	client := h.connects("eve")
	for range 3 {
		g := h.sitsAgain(client).sees("Log in").presses("ctrl+c")
		require.Zero(t, g.goneWith())
	}
	g := h.sitsAgain(client)
	require.NotZero(t, g.goneWith())
	require.Contains(t, g.frame(), "You come in too often. Please wait a minute.")
	require.Error(t, client.Wait())
	h.mayFrom("127.0.0.2")
	require.Contains(t, h.scrape(), `ticketcd_ssh_refusals_total{why="connection rate"} 1`)
}

func TestGuessingPasswordsIsSlow(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Logins = 2 }))
	for range 2 {
		h.visits("ann").sees("Log in").types("guess").presses("enter").sees("Wrong user name or password").leaves()
	}
	h.visits("ann").sees("Log in").types("ann-secret").presses("enter").sees("Too many attempts to log in: try again in")
	other := h.visits("bob")
	other.logsIn("bob-secret").leaves()

	h.clock.moves(time.Minute)
	h.visits("ann").logsIn("ann-secret").leaves()
	require.Contains(t, h.scrape(), `ticketcd_ssh_refusals_total{why="password"} 2`)
}

func TestOneAddressDoesNotGuessThePasswordsOfMany(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Logins = 1 })) // four from an address
	guesses := func(from, user string) *guest {
		client, err := h.dials(user, from)
		require.NoError(t, err)
		return h.sits(client, user, terminal{}).sees("Log in").types("guess").presses("enter")
	}
	for _, user := range []string{"ann", "nobody", "zoe", "max"} { // whether there is such a user makes no difference
		guesses("127.0.0.1", user).sees("Wrong user name or password").leaves()
	}
	guesses("127.0.0.1", "bob").sees("Too many attempts to log in: try again in")
	guesses("127.0.0.2", "bob").sees("Wrong user name or password")

	session, err := h.connects("ann").NewSession()
	require.NoError(t, err)
	said := newJournal()
	session.Stdout = said
	require.NoError(t, session.RequestPty("dumb", 24, 80, nil))
	keys, err := session.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, session.Shell())
	_, err = io.WriteString(keys, "login\rann-secret\r")
	require.NoError(t, err)
	said.line(t, "oo many attempts to log in: try again in") // line by line, too
}

func TestWhoGuessesAPasswordDoesNotKeepItsOwnerOut(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Logins = 1 }))
	client, err := h.dials("ann", "127.0.0.2")
	require.NoError(t, err)
	stranger := h.sits(client, "ann", terminal{}).sees("Log in")
	stranger.types("guess").presses("enter").sees("Wrong user name or password")
	stranger.types("guess").presses("enter").sees("Too many attempts to log in: try again in")

	h.visits("ann").logsIn("ann-secret").leaves()
}

func TestWhoIsTurnedAwayFromAnAccountTakesNothingFromOthersAtTheAddress(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Logins = 1 })) // four from an address
	h.visits("ann").sees("Log in").types("guess").presses("enter").sees("Wrong user name or password").leaves()
	for range 5 {
		h.visits("ann").sees("Log in").types("guess").presses("enter").sees("Too many attempts to log in: try again in").leaves()
	}
	h.visits("bob").logsIn("bob-secret").leaves()
}

func TestOneAddressMakesNoManyAccounts(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Logins = 1 }))
	for i, answer := range []string{"Your account is ready", "Too many new accounts"} {
		eve := h.visits(fmt.Sprintf("eve%d", i))
		eve.sees("Log in").presses("ctrl+r").sees("Create an account")
		for _, field := range []string{"long enough", "long enough", "Eve", "eve@example.com"} {
			eve.presses("enter").types(field)
		}
		eve.presses("enter").sees(answer)
	}
}

func TestWhoDoesNothingIsSentAway(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Idle = 2 * time.Second }))
	ann := h.visits("ann")
	require.Zero(t, ann.goneWith())
	ann.sees("Nothing was pressed for 2 seconds, so the shop has closed this session.")
	h.log.line(t, "msg=session", "end=idle")
}

func TestASessionHasAnEnd(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Longest = 2 * time.Second }))
	ann := h.visits("ann")
	stop := make(chan struct{})
	defer close(stop)
	go func() { // pressing keys does not help
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				if _, err := ann.keys.Write([]byte("x\x7f")); err != nil {
					return
				}
			}
		}
	}()
	require.Zero(t, ann.goneWith())
	ann.sees("A session lasts at most 2 seconds. Please connect again.")
	h.log.line(t, "msg=session", "end=longest")
}

func TestWhoDoesNotGetInIsDropped(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Handshake = time.Second }))
	conn := h.calls()
	var err error
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	buffer := make([]byte, 1024)
	for err == nil { // the server's greeting, and then the end
		_, err = conn.Read(buffer)
	}
	require.ErrorContains(t, err, "EOF", "no handshake")

	client := h.connects("ann")
	ended := make(chan error, 1)
	go func() { ended <- client.Wait() }()
	select {
	case err = <-ended:
		require.Error(t, err)
	case <-time.After(patience):
		require.Fail(t, "no session begins, and the connection stays")
	}
}

func TestKeysThatComeTooFastWait(t *testing.T) {
	t.Parallel()
	h := opens(t, generous(func(l *sshserver.Limits) { l.Input = 250 }))
	ann, bob := h.visits("ann"), h.visits("bob")
	ann.sees("Log in").presses("tab", "ctrl+u")
	began := time.Now()
	ann.types(strings.Repeat("x\x7f", 800)).types("ann2")
	bob.logsIn("bob-secret").leaves() // meanwhile
	ann.seesRow("User name", "ann2")
	// 1,600 bytes at 250 a second, after a burst of four seconds' worth: never sooner, on whatever machine.
	require.Greater(t, time.Since(began), 2*time.Second)
}

func TestManyOffersOfKeysEndTheHandshake(t *testing.T) {
	t.Parallel()
	h := opens(t)
	var keys []ssh.Signer
	for range 20 {
		keys = append(keys, newKey(t))
	}
	h.visits("ann", keys...).sees("Log in")
	for range 5 {
		keys = append(keys, newKey(t))
	}
	_, err := h.dials("ann", "127.0.0.1", keys...)
	require.ErrorContains(t, err, "too many authentication failures")
}
