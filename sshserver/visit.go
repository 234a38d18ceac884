package sshserver

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/model"
)

// visit is one connection, from before its handshake to its end.
type visit struct {
	net.Conn
	address string
	leave   func()      // gives the place back
	begin   *time.Timer // closes a connection on which no session begins
	in, out atomic.Int64
	busy    atomic.Bool            // a session is open
	turn    sync.Mutex             // held by the session that is served, to its last word
	used    bool                   // by a session; guarded by turn
	windows chan tea.WindowSizeMsg // the newest size, until it is taken

	// Written during the handshake, by the one goroutine that there is.
	offered  []model.SSHKey
	asked    bool
	askedFor string
	linked   []model.SSHKey

	pacing sync.Mutex
	pace   pace
	gone   <-chan struct{} // closed when the connection is, or the server is to end
	over   context.CancelFunc

	ending sync.Mutex
	ended  bool
}

type visitKey struct{}

func visitOf(ctx ssh.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// admit takes a connection in, or returns nil for one that is too many.
func (s *Server) admit(ctx ssh.Context, conn net.Conn) net.Conn {
	address := addressOf(conn.RemoteAddr())
	if s.connects.take(address) > 0 {
		s.cfg.Metrics.refused(whyConnectionRate)
		return nil
	}
	if why := s.connections.enter(address); why != notFull {
		s.cfg.Metrics.refused(whyConnections)
		return nil
	}
	open, over := context.WithCancel(s.closing)
	v := &visit{
		Conn: conn, address: address, gone: open.Done(), over: over, leave: func() { s.connections.leave(address) },
		windows: make(chan tea.WindowSizeMsg, 1),
		// A keystroke comes as a packet of some fifty bytes, so the connection may take many times what the keyboard may.
		pace: pace{rate: float64(s.cfg.Limits.Input) * packetOverhead},
	}
	v.begin = time.AfterFunc(2*s.cfg.Limits.Handshake, func() { _ = v.Close() }) //nolint:errcheck // nobody is there
	context.AfterFunc(open, func() {
		if !v.busy.Load() || v.begin.Stop() { // a channel may be open in which no session was ever asked for
			_ = conn.Close()
		}
	})
	ctx.SetValue(visitKey{}, v)
	return v
}

const packetOverhead = 64

// Read reads, no faster than the pace allows: requests, channels and keys all cost something.
func (v *visit) Read(p []byte) (int, error) {
	n, err := v.Conn.Read(p)
	v.in.Add(int64(n))
	v.pacing.Lock()
	wait := v.pace.wait(n, time.Now())
	v.pacing.Unlock()
	v.rest(wait)
	return n, err
}

// rest waits, but not beyond the end of the connection.
func (v *visit) rest(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-v.gone:
	}
}

// Write counts what is sent.
func (v *visit) Write(p []byte) (int, error) {
	n, err := v.Conn.Write(p)
	v.out.Add(int64(n))
	return n, err
}

// wait closes the connection if no other session begins on it in time. One that is closed already is not kept for it.
func (v *visit) wait(d time.Duration) {
	v.ending.Lock()
	defer v.ending.Unlock()
	if !v.ended {
		v.begin.Reset(d)
	}
}

// Close gives the place back, once.
func (v *visit) Close() error {
	v.ending.Lock()
	defer v.ending.Unlock()
	if !v.ended {
		v.ended = true
		v.over()
		v.begin.Stop()
		v.leave()
	}
	return v.Conn.Close()
}

// unlessHeard closes the connection if it takes a client too long to take what is being said: it need not read at all. Call
// what it returns when it has. (What a timer calls is kept until its time has come, even if it is stopped: so it knows the
// visit, and no session.)
func (v *visit) unlessHeard() (heard func()) {
	late := time.AfterFunc(farewellPatience, func() { _ = v.Close() }) //nolint:errcheck // it is being given up
	return func() { late.Stop() }
}

// cutOff closes the connection if some time after the end of a session not all of it is said: its last frame, or its
// farewell, waits for a client that does not read.
func (v *visit) cutOff(ended context.Context, said <-chan struct{}) {
	<-ended.Done()
	defer v.unlessHeard()()
	<-said
}

// resized takes a new window size from a request. Only the newest matters.
func (v *visit) resized(payload []byte) bool {
	var window struct{ Width, Height, PixelWidth, PixelHeight uint32 }
	if gossh.Unmarshal(payload, &window) != nil {
		return false
	}
	v.forgetWindow()
	v.windows <- clamp(window.Width, window.Height) // nobody else puts any there
	return true
}

func (v *visit) forgetWindow() {
	select {
	case <-v.windows:
	default:
	}
}
