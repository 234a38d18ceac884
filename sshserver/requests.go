package sshserver

import (
	"slices"
	"sync/atomic"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// What a client may ask for before its session begins.
const (
	maxEnvironment = 16   // requests
	maxPayload     = 4096 // bytes of a request
)

// honoured is all of a client's environment that is looked at: what its terminal can show.
var honoured = []string{"COLORTERM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"}

// openSession serves a session channel: one at a time on a connection. Its requests are screened before the library sees
// them, which keeps what it is sent without a bound.
func openSession(srv *ssh.Server, conn *gossh.ServerConn, channel gossh.NewChannel, ctx ssh.Context) {
	v := visitOf(ctx)
	if v == nil || !v.busy.CompareAndSwap(false, true) {
		_ = channel.Reject(gossh.ResourceShortage, "one session per connection") //nolint:errcheck // the client is gone then
		return
	}
	defer v.busy.Store(false)
	v.forgetWindow()
	ssh.DefaultSessionHandler(srv, conn, &screened{NewChannel: channel, visit: v}, ctx)
}

// screened is a channel of whose requests only those that the shop knows come through. New window sizes never do: the
// library waits until somebody takes them, and where there is no shop to do so it would wait for ever.
type screened struct {
	gossh.NewChannel
	visit       *visit
	environment atomic.Int32
}

// Accept opens the channel.
func (c *screened) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	channel, requests, err := c.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	passed := make(chan *gossh.Request)
	go func() {
		defer close(passed)
		for request := range requests {
			if request.Type == "window-change" {
				_ = request.Reply(c.visit.resized(request.Payload), nil) //nolint:errcheck // the client is gone then
			} else if c.passes(request) {
				passed <- request
			} else {
				_ = request.Reply(false, nil) //nolint:errcheck // the client is gone then
			}
		}
	}()
	return channel, passed, nil
}

func (c *screened) passes(request *gossh.Request) bool {
	if len(request.Payload) > maxPayload {
		return false
	}
	switch request.Type {
	case "pty-req", "shell", "exec", "subsystem": // what is to be executed is never looked at
		return true
	case "env":
		var variable struct{ Name, Value string }
		return gossh.Unmarshal(request.Payload, &variable) == nil && slices.Contains(honoured, variable.Name) &&
			c.environment.Add(1) <= maxEnvironment
	}
	return false
}
