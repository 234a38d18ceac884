package sshserver_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/sshserver"
)

// patience is how long a story waits for what should happen. Nothing waits that long unless it fails.
const patience = 30 * time.Second

// opening is the day on which all stories begin.
var opening = time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC)

const jazzID = "1a7d1f2e-0000-4000-8000-000000000001"

// programme is a shop with one event, and two people who have an account.
func programme() []model.Record {
	e := model.Event{
		ID: jazzID, Name: "Café Noir Jazz Night", Description: "Smoke and brass.", Location: "London", Type: "concert",
		Date: model.ParseDate("2027-03-05 20:30"), Left: 340,
	}
	records := model.IndexRecords([]model.Event{e})
	for _, ticket := range []model.Ticket{
		{Type: "pink", Left: 40, Total: 40, Price: 12050}, {Type: "red", Left: 300, Total: 300, Price: 6000},
	} {
		records = append(records, model.Record{Key: model.TicketKey(jazzID, ticket.Type), Value: ticket.Encode()})
	}
	records = append(records, model.Record{Key: model.EventKey(jazzID), Value: e.Encode()})
	for _, name := range []string{"ann", "bob"} {
		u := model.User{Username: name, Name: strings.ToUpper(name), Password: name + "-secret", Role: model.RoleUser}
		records = append(records, model.Record{Key: model.UserKey(name), Value: u.Encode()})
	}
	return records
}

// house is a real server in front of a real etcd.
type house struct {
	t       testing.TB
	store   *etcdstore.Store
	live    *model.Live
	metrics *sshserver.Metrics
	key     ssh.Signer
	address string
	log     *journal
	clock   *clock
	stop    context.CancelFunc
	ended   chan struct{} // closed when Serve has returned
}

// clock stands still unless it is moved, so that no budget grows back by itself.
type clock struct{ past atomic.Int64 }

func (c *clock) now() time.Time         { return opening.Add(time.Duration(c.past.Load())) }
func (c *clock) moves(on time.Duration) { c.past.Add(int64(on)) }
func generous(change func(*sshserver.Limits)) func(*sshserver.Config) {
	return func(cfg *sshserver.Config) {
		cfg.Limits = sshserver.DefaultLimits()
		cfg.Limits.Sessions, cfg.Limits.PerAddress, cfg.Limits.Connects = 1000, 1000, 10_000
		if change != nil {
			change(&cfg.Limits)
		}
	}
}

// opens has a server listen, with generous limits unless they are changed.
func opens(tb testing.TB, changes ...func(*sshserver.Config)) *house {
	tb.Helper()
	return opensOn(tb, func(usual net.Listener) net.Listener { return usual }, changes...)
}

// opensOn is opens with lines of one's own.
func opensOn(tb testing.TB, lines func(net.Listener) net.Listener, changes ...func(*sshserver.Config)) *house {
	tb.Helper()
	local, err := cluster.Join(tb.Context(), cluster.Config{Dir: tb.TempDir(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, local.Close()) })
	h := &house{t: tb, clock: &clock{}, log: newJournal(), ended: make(chan struct{})}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.store, err = etcdstore.Open(tb.Context(), etcdstore.Config{
		Endpoints: []string{local.Endpoint()}, Log: slog.New(slog.DiscardHandler), Now: h.clock.now,
	})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, h.store.Close()) })
	_, err = h.store.Load(tb.Context(), programme(), etcdstore.LoadOptions{})
	require.NoError(tb, err)
	h.follow()

	h.key, err = sshserver.HostKey(filepath.Join(tb.TempDir(), "key"))
	require.NoError(tb, err)
	h.metrics = sshserver.NewMetrics(h.live, h.store.Revision, h.clock.now)
	cfg := sshserver.Config{
		Store: h.store, Live: h.live, HostKey: h.key, Log: log, Metrics: h.metrics, Now: h.clock.now,
	}
	generous(nil)(&cfg)
	for _, change := range changes {
		change(&cfg)
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(tb.Context(), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	h.address = listener.Addr().String()
	var ctx context.Context
	ctx, h.stop = context.WithCancel(context.Background())
	go func() {
		defer close(h.ended)
		err := sshserver.New(cfg).Serve(ctx, lines(listener))
		if err != nil {
			tb.Error("the server ended with", err)
		}
	}()
	tb.Cleanup(h.closes)
	return h
}

// follow keeps the catalogue up to date for the rest of the story, and waits until it has loaded.
func (h *house) follow() {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h.live = model.NewLive()
	var following sync.WaitGroup
	following.Go(func() { h.store.Follow(ctx, h.live) })
	h.t.Cleanup(func() {
		cancel()
		following.Wait()
	})
	h.shows("an event", func(shop model.Shop) bool { return shop.Catalogue.Len() == 1 })
}

// shows waits until something is true of the shop that sessions see.
func (h *house) shows(what string, holds func(model.Shop) bool) {
	h.t.Helper()
	timeout := time.After(patience)
	for {
		shop, changed := h.live.Shop()
		if holds(shop) {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			require.Fail(h.t, "the shop never shows "+what)
		}
	}
}

// closes has the server end as SIGTERM would, and waits for it.
func (h *house) closes() {
	h.t.Helper()
	h.stop()
	select {
	case <-h.ended:
	case <-time.After(patience):
		require.Fail(h.t, "the server does not end")
	}
}

// newKey makes a key as ssh-keygen would.
func newKey(tb testing.TB) ssh.Signer {
	tb.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(tb, err)
	signer, err := ssh.NewSignerFromKey(private)
	require.NoError(tb, err)
	return signer
}

// stranger is how somebody comes in who has no key: the server asks nothing.
func stranger() ssh.AuthMethod {
	return ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		return make([]string, len(questions)), nil
	})
}

// calls opens a connection on which nothing is said yet.
func (h *house) calls() net.Conn {
	h.t.Helper()
	dialer := net.Dialer{Timeout: patience}
	conn, err := dialer.DialContext(h.t.Context(), "tcp", h.address)
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// dials connects as a client of a user's would, from an address of this machine.
func (h *house) dials(user, from string, keys ...ssh.Signer) (*ssh.Client, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	conn, err := dialer.DialContext(h.t.Context(), "tcp", h.address)
	if err != nil {
		return nil, err
	}
	return h.shakesHands(conn, user, ssh.PublicKeys(keys...), stranger())
}

func (h *house) shakesHands(conn net.Conn, user string, auth ...ssh.AuthMethod) (*ssh.Client, error) {
	over, chans, reqs, err := ssh.NewClientConn(conn, h.address, &ssh.ClientConfig{
		User: user, Auth: auth, HostKeyCallback: ssh.FixedHostKey(h.key.PublicKey()), Timeout: patience,
	})
	if err != nil {
		return nil, err
	}
	return ssh.NewClient(over, chans, reqs), nil
}

// connects is dials from the usual address, and has to succeed.
func (h *house) connects(user string, keys ...ssh.Signer) *ssh.Client {
	h.t.Helper()
	client, err := h.dials(user, "127.0.0.1", keys...)
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = client.Close() })
	return client
}

// guest is somebody with an SSH client and a terminal.
type guest struct {
	t       testing.TB
	name    string
	session *ssh.Session
	keys    io.Writer
	raw     *journal // every byte that the terminal was sent
	stderr  *journal
	ended   chan error
	off     func() // switches the terminal off

	mu     sync.Mutex
	screen *vt.Emulator
}

// terminal is what a guest's client says of the terminal.
type terminal struct {
	term          string
	width, height int
	env           map[string]string
	bright        bool // the background is white
}

func (term terminal) orUsual() terminal {
	if term.term == "" {
		term.term = "xterm-256color"
	}
	if term.width == 0 {
		term.width, term.height = 80, 24
	}
	return term
}

// visits is the usual guest: a terminal of 80 by 24, from the usual address.
func (h *house) visits(user string, keys ...ssh.Signer) *guest {
	h.t.Helper()
	return h.sits(h.connects(user, keys...), user, terminal{})
}

// sits has a guest open a session on a connection.
func (h *house) sits(client *ssh.Client, name string, term terminal) *guest {
	h.t.Helper()
	session, err := client.NewSession()
	require.NoError(h.t, err)
	return h.seats(client, session, name, term)
}

// seats gives a guest a terminal in a session.
func (h *house) seats(client *ssh.Client, session *ssh.Session, name string, term terminal) *guest {
	h.t.Helper()
	term = term.orUsual()
	g := &guest{
		t: h.t, name: name, session: session, raw: newJournal(), stderr: newJournal(), ended: make(chan error, 1),
		screen: vt.NewEmulator(term.width, term.height),
	}
	if term.bright {
		g.screen.SetDefaultBackgroundColor(white{})
	}
	for name, value := range term.env {
		_ = session.Setenv(name, value) //nolint:errcheck // a server may refuse it
	}
	require.NoError(h.t, session.RequestPty(term.term, term.height, term.width, ssh.TerminalModes{}))
	keys, err := session.StdinPipe()
	require.NoError(h.t, err)
	g.keys = keys
	session.Stdout, session.Stderr = g, g.stderr
	answering, screen := make(chan struct{}), g.screen
	go func() { // what the terminal itself answers to questions of the program
		defer close(answering)
		_, _ = io.Copy(g.keys, screen) //nolint:errcheck // it ends with the session
	}()
	require.NoError(h.t, session.Shell())
	go func() {
		g.ended <- session.Wait()
		g.raw.close()
	}()
	g.off = sync.OnceFunc(func() {
		_ = client.Close()
		_ = g.screen.InputPipe().(io.Closer).Close()
		<-answering
		g.mu.Lock()
		defer g.mu.Unlock()
		g.screen = nil // it is some megabytes
	})
	h.t.Cleanup(g.off)
	return g
}

type white struct{}

func (white) RGBA() (r, g, b, a uint32) { return 0xffff, 0xffff, 0xffff, 0xffff }

// Write is the terminal showing what it is sent.
func (g *guest) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.screen == nil {
		return len(p), nil
	}
	n, err := g.screen.Write(p)
	if err == nil {
		_, err = g.raw.Write(p) // last: it wakes those who wait for the screen
	}
	return n, err
}

func (g *guest) frame() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var lines []string
	for line := range strings.Lines(g.screen.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.Join(lines, "\n")
}

// until waits for a screen of which something is true, and returns it.
func (g *guest) until(what string, holds func(frame string) bool) string {
	g.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		_, changed := g.raw.read()
		frame := g.frame()
		if holds(frame) {
			return frame
		}
		select {
		case <-changed:
		case <-timeout.C:
			require.Failf(g.t, "waited in vain", "%s should see %s, but sees:\n%s\n%s", g.name, what, frame, g.stderr.text())
		}
	}
}

// sees waits until all texts stand on the screen.
func (g *guest) sees(texts ...string) *guest {
	g.t.Helper()
	g.until(strings.Join(texts, " and "), func(frame string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(frame, text) })
	})
	return g
}

// seesRow waits for a line of the screen with all texts in it.
func (g *guest) seesRow(texts ...string) *guest {
	g.t.Helper()
	g.until("a row with "+strings.Join(texts, " and "), func(frame string) bool {
		for line := range strings.Lines(frame) {
			if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) }) {
				return true
			}
		}
		return false
	})
	return g
}

var specialKeys = map[string]string{
	"enter": "\r", "tab": "\t", "esc": "\x1b", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "ctrl+c": "\x03", "ctrl+u": "\x15", "ctrl+r": "\x12", "backspace": "\x7f",
}

// presses keys, named as the footer names them.
func (g *guest) presses(keys ...string) *guest {
	g.t.Helper()
	for _, key := range keys {
		if special, ok := specialKeys[key]; ok {
			key = special
		}
		g.types(key)
	}
	return g
}

// types text as it is.
func (g *guest) types(text string) *guest {
	g.t.Helper()
	_, err := io.WriteString(g.keys, text)
	require.NoError(g.t, err, "%s cannot type", g.name)
	return g
}

// logsIn at a login screen that knows the name already.
func (g *guest) logsIn(password string) *guest {
	g.t.Helper()
	return g.sees("Log in").types(password).presses("enter").sees("Search", "live")
}

// goneWith waits for the end of the session and returns its exit code; -1 if the connection just ended.
func (g *guest) goneWith() int {
	g.t.Helper()
	select {
	case err := <-g.ended:
		return exitCode(g.t, err)
	case <-time.After(patience):
		require.Failf(g.t, "still here", "%s sees:\n%s", g.name, g.frame())
		return 0
	}
}

func exitCode(tb testing.TB, err error) int {
	tb.Helper()
	if err == nil {
		return 0
	}
	var exit *ssh.ExitError
	var missing *ssh.ExitMissingError
	switch {
	case errors.As(err, &exit):
		return exit.ExitStatus()
	case errors.As(err, &missing):
		return -1
	}
	require.NoError(tb, err)
	return -1
}

// leaves the shop as a person would.
func (g *guest) leaves() {
	g.t.Helper()
	g.presses("ctrl+c")
	require.Zero(g.t, g.goneWith())
	g.off()
}

// journal is text that grows, and a way to wait for more of it.
type journal struct {
	mu   sync.Mutex
	kept bytes.Buffer
	more chan struct{}
}

func newJournal() *journal { return &journal{more: make(chan struct{})} }

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	n, err := j.kept.Write(p)
	close(j.more)
	j.more = make(chan struct{})
	return n, err
}

// close wakes everybody once more.
func (j *journal) close() { _, _ = j.Write(nil) } //nolint:errcheck // it keeps everything

func (j *journal) read() (string, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.kept.String(), j.more
}

func (j *journal) text() string {
	text, _ := j.read()
	return text
}

// line waits for a line with all texts in it, and returns it.
func (j *journal) line(tb testing.TB, texts ...string) string {
	tb.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		kept, more := j.read()
		for line := range strings.Lines(kept) {
			if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) }) {
				return line
			}
		}
		select {
		case <-more:
		case <-timeout.C:
			require.Fail(tb, fmt.Sprintf("no line with %q in:\n%s", texts, kept))
		}
	}
}
