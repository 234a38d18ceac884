package sshserver_test

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/sshserver"
)

// fromTheDeaf is the address of those whose line fills up.
const fromTheDeaf = "127.0.0.2"

// lines are a listener's, of which those of the deaf take nothing more once they are full: a client that does not read has
// that effect as soon as the megabytes that are kept on the way are used up.
type lines struct {
	net.Listener
	full chan struct{} // close it, and they are
	held chan struct{} // closed when the server waits for one of them
	once sync.Once
}

func (l *lines) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if from, ok := conn.RemoteAddr().(*net.TCPAddr); ok && from.IP.String() == fromTheDeaf {
		return &line{Conn: conn, lines: l, ended: make(chan struct{})}, nil
	}
	return conn, nil
}

type line struct {
	net.Conn
	lines *lines
	ended chan struct{}
	once  sync.Once
}

func (l *line) Write(p []byte) (int, error) {
	select {
	case <-l.lines.full:
		l.lines.once.Do(func() { close(l.lines.held) })
		<-l.ended
		return 0, net.ErrClosed
	default:
		return l.Conn.Write(p)
	}
}

func (l *line) Close() error {
	l.once.Do(func() { close(l.ended) })
	return l.Conn.Close()
}

// opensToTheDeaf is opens, and has a guest in a session whose line is full: the server waits for it to be read.
func opensToTheDeaf(t *testing.T, limits func(*sshserver.Limits)) (*house, func()) {
	t.Helper()
	l := &lines{full: make(chan struct{}), held: make(chan struct{})}
	h := opensOn(t, func(usual net.Listener) net.Listener { l.Listener = usual; return l }, generous(limits))
	client, err := h.dials("eve", fromTheDeaf)
	require.NoError(t, err)
	eve := h.sits(client, "eve", terminal{}).sees("Log in")
	return h, func() {
		t.Helper()
		close(l.full)
		require.NoError(t, eve.session.WindowChange(40, 120)) // which is a new frame
		select {
		case <-l.held:
		case <-time.After(patience):
			require.Fail(t, "nothing is drawn")
		}
	}
}

func TestWhoDoesNotReadStaysNoLongerThanOthers(t *testing.T) {
	t.Parallel()
	h, turnsDeaf := opensToTheDeaf(t, func(l *sshserver.Limits) {
		l.Sessions, l.Idle, l.Grace = 1, 4*time.Second, time.Second
	})
	turnsDeaf()
	h.log.line(t, "msg=session", "user=eve", "end=idle")
	h.visits("bob").sees("Log in")
}

func TestWhoDoesNotListenDelaysNobody(t *testing.T) {
	t.Parallel()
	h, turnsDeaf := opensToTheDeaf(t, func(l *sshserver.Limits) { l.Grace = time.Second })
	ann, bob := h.visits("ann").logsIn("ann-secret"), h.visits("bob").logsIn("bob-secret")
	turnsDeaf()
	bob.presses("enter").sees("Smoke and brass").presses("b").sees("You pay").presses("right", "enter").sees("Confirm the order").presses("y")
	bob.sees("Bought 1 red ticket")
	ann.seesRow("Café Noir", "339")

	h.stop()
	require.Zero(t, ann.goneWith())
	require.Zero(t, bob.goneWith())
	h.closes()
	h.log.line(t, "msg=session", "user=eve", "end=shutdown")
}
