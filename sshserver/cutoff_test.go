package sshserver

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"charm.land/ssh"
	"github.com/charmbracelet/colorprofile"
)

// deaf is a session of a client whose window is full: what is written waits until the connection ends.
type deaf struct {
	ssh.Session

	ended <-chan struct{}
}

func (d deaf) Pty() (ssh.Pty, <-chan ssh.Window, bool) { return ssh.Pty{}, nil, true }
func (d deaf) Stderr() io.ReadWriter                   { return nil }
func (d deaf) Exit(int) error                          { return nil }

func (d deaf) Write([]byte) (int, error) {
	<-d.ended
	return 0, io.EOF
}

// caller is a connection, and what is closed when it ends.
func caller(t *testing.T) (*visit, <-chan struct{}) {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { there.Close() })
	ended, over := context.WithCancel(t.Context())
	v := &visit{Conn: here, over: over, leave: func() {}}
	v.begin = time.AfterFunc(time.Hour, func() {})
	return v, ended.Done()
}

func TestAClientThatReadsNothingIsLetGo(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]func(v *visit, sess deaf){
		"when it is refused": func(v *visit, sess deaf) { v.refuse(sess, "The shop is full.") },
		"when it is asked for its colours": func(v *visit, sess deaf) {
			(&session{Session: sess, visit: v, terminal: terminal{profile: colorprofile.ANSI256}}).askForColours()
		},
		"when its session has ended and its last frame is on the way": func(v *visit, sess deaf) {
			ctx, hangUp := context.WithCancel(context.Background())
			shown := make(chan struct{})
			go func() {
				defer close(shown)
				sess.Write(nil) //nolint:errcheck // it waits
			}()
			hangUp()
			v.cutOff(ctx, shown)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, ended := caller(t)
			says(v, deaf{ended: ended})
			<-ended
		})
	}
}
