//go:build linux

package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// caller is somebody with an SSH client, who remembers only the end of what came.
type caller struct {
	client  *ssh.Client
	session *ssh.Session
	keys    io.Writer

	mu      sync.Mutex
	seen    []byte
	changed chan struct{} // closed, and replaced, whenever something comes
}

// remembered is how many bytes a caller remembers: some screens.
const remembered = 32 << 10

// call connects, and opens the shop on a terminal; without a terminal it stays at the door.
func call(ctx context.Context, address, user, term string) (*caller, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	over, channels, requests, err := ssh.NewClientConn(conn, address, &ssh.ClientConfig{
		User: user, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: soon, //nolint:gosec // a server of the test's own
		Auth: []ssh.AuthMethod{ssh.KeyboardInteractive(func(_, _ string, q []string, _ []bool) ([]string, error) {
			return make([]string, len(q)), nil
		})},
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	c := &caller{client: ssh.NewClient(over, channels, requests), changed: make(chan struct{})}
	if term == "" {
		return c, nil
	}
	if err = c.opens(term); err != nil {
		c.breaksOff()
		return nil, err
	}
	return c, nil
}

func (c *caller) opens(term string) (err error) {
	if c.session, err = c.client.NewSession(); err != nil {
		return err
	}
	c.session.Stdout = c
	if c.keys, err = c.session.StdinPipe(); err != nil {
		return err
	}
	if err = c.session.RequestPty(term, 24, 80, nil); err != nil {
		return err
	}
	return c.session.Shell()
}

// Write is what comes from the shop.
func (c *caller) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, p...)
	if over := len(c.seen) - remembered; over > 0 {
		c.seen = append(c.seen[:0], c.seen[over:]...)
	}
	close(c.changed)
	c.changed = make(chan struct{})
	return len(p), nil
}

// sees waits until a text has come.
func (c *caller) sees(text string, within time.Duration) error {
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	for {
		c.mu.Lock()
		found, changed := bytes.Contains(c.seen, []byte(text)), c.changed
		c.mu.Unlock()
		if found {
			return nil
		}
		select {
		case <-changed:
		case <-timeout.C:
			return fmt.Errorf("waited for %q in vain, and saw %q", text, c.seen)
		}
	}
}

func (c *caller) types(keys string) error {
	_, err := io.WriteString(c.keys, keys)
	return err
}

func (c *caller) logsIn(within time.Duration) error {
	if err := c.sees("Password", soon); err != nil {
		return err
	}
	if err := c.types("secret-word\r"); err != nil {
		return err
	}
	return c.sees("Welcome", within)
}

// leaves waits for the end of a session that was told to end.
func (c *caller) leaves() error {
	ended := time.AfterFunc(soon, c.breaksOff)
	defer ended.Stop()
	err := c.session.Wait()
	c.breaksOff()
	return err
}

// breaksOff is what happens when a lid is closed, or a line is cut. It may be closed already.
func (c *caller) breaksOff() { _ = c.client.Close() }

// letIn fills the shop, until the function that it returns has seen everybody out.
func (s *soak) letIn(seed uint64) (leave func()) {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	staying := make([]*caller, soakStaying)
	var coming, busy sync.WaitGroup
	doors := make(chan struct{}, 4) // a password takes a processor 40 ms
	for i := range staying {
		coming.Go(func() {
			doors <- struct{}{}
			defer func() { <-doors }()
			c, err := call(ctx, s.server.address, saleBuyer(i%saleBuyers), "xterm-256color")
			switch staying[i] = c; {
			case err != nil:
			case i >= soakSitting || i%10 == 0:
				err = c.logsIn(soon)
			default:
				err = c.sees("Password", soon)
			}
			if err != nil {
				s.t.Errorf("somebody who wanted to stay: %v", err)
			}
		})
	}
	coming.Wait()
	if s.t.Failed() {
		s.t.FailNow()
	}
	for i, c := range staying[soakSitting:] {
		busy.Go(func() { s.looksAround(ctx, c, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	for i := range soakComing {
		busy.Go(func() { s.comesAndGoes(ctx, saleBuyer(i%saleBuyers), rand.New(rand.NewPCG(seed, uint64(1000+i)))) })
	}
	return func() {
		stop()
		busy.Wait()
		for _, c := range staying {
			c.breaksOff()
		}
	}
}

// looksAround types what people type who do not leave. What it does depends on the screen that is open by then, as with
// people.
func (s *soak) looksAround(ctx context.Context, c *caller, dice *rand.Rand) {
	const up, down, esc, f2, f3 = "\x1b[A", "\x1b[B", "\x1b", "\x1bOQ", "\x1bOR"
	habits := []string{"ga", down, down, "\r", "f", esc, "\t", down, up, "\r", esc, f2, esc, f3, esc, esc, "/"}
	for n := dice.IntN(len(habits)); rests(ctx, time.Duration(500+dice.IntN(1500))*time.Millisecond); n++ {
		s.quiet.RLock()
		err := c.types(habits[n%len(habits)])
		s.quiet.RUnlock()
		if err != nil {
			s.t.Errorf("somebody who looked around: %v", err)
			return
		}
	}
}

// comesAndGoes visits the shop again and again, each time in another way.
func (s *soak) comesAndGoes(ctx context.Context, user string, dice *rand.Rand) {
	ways := []func(context.Context, string) error{s.knocks, s.turnsBack, s.looksIn, s.isCutOff, s.buys}
	for rests(ctx, time.Duration(2000+dice.IntN(6000))*time.Millisecond) {
		s.quiet.RLock()
		err := ways[dice.IntN(len(ways))](ctx, user)
		s.visits.Add(1)
		s.quiet.RUnlock()
		if err != nil && ctx.Err() == nil {
			s.t.Errorf("somebody who came: %v", err)
			return
		}
	}
}

// rests waits, and says whether there is time left.
func rests(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// knocks is somebody who connects, and opens nothing.
func (s *soak) knocks(ctx context.Context, user string) error {
	c, err := call(ctx, s.server.address, user, "")
	if err == nil {
		c.breaksOff()
	}
	return err
}

// turnsBack is somebody who does not log in.
func (s *soak) turnsBack(ctx context.Context, user string) error {
	c, err := call(ctx, s.server.address, user, "xterm-256color")
	if err != nil {
		return err
	}
	defer c.breaksOff()
	return c.sees("Password", soon)
}

// trying is how long somebody waits who cannot be let in because the members fail, before they give up.
const trying = 15 * time.Second

// looksIn is somebody who looks at an event, and leaves as one should.
func (s *soak) looksIn(ctx context.Context, user string) error {
	c, err := call(ctx, s.server.address, user, "xterm-256color")
	if err != nil {
		return err
	}
	defer c.breaksOff()
	if c.logsIn(trying) == nil {
		_ = c.types("\r") //nolint:errcheck // who cannot type cannot leave either
	}
	if err = c.types("\x03\x03"); err != nil { // the second answers the question whether they will leave while it is busy
		return err
	}
	return c.leaves()
}

// isCutOff is somebody whose connection breaks while they choose tickets.
func (s *soak) isCutOff(ctx context.Context, user string) error {
	c, err := call(ctx, s.server.address, user, "xterm-256color")
	if err != nil {
		return err
	}
	defer c.breaksOff()
	if c.logsIn(trying) == nil {
		err = c.types("\rb\x1b[C")
	}
	return err
}

// buys is somebody who buys line by line, and takes it back. While the members fail nobody may be let in, or sold to.
func (s *soak) buys(ctx context.Context, user string) error {
	c, err := call(ctx, s.server.address, user, "dumb")
	if err != nil {
		return err
	}
	lines := []string{"login " + user, "secret-word", "search gala", "1", "buy 1 red", "yes", "orders", "cancel 1", "yes", "quit", ""}
	if err = c.types(strings.Join(lines, "\r")); err != nil {
		return err
	}
	return c.leaves()
}
