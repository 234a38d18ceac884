package cluster

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// endPatience is how long a member that was told to end may take; it gives up itself before that.
const endPatience = handOverPatience + stopPatience + time.Second

// process is one run of a member.
type process struct {
	cmd    *exec.Cmd
	orders io.WriteCloser // held open: its end tells the member that this process has ended
	up     chan struct{}  // closed when the member listens, or has ended before
	ended  chan struct{}  // closed when it has ended

	// Guarded by the Members.
	listens, ready, paused, over bool
	asked                        bool   // to end
	words                        string // why it could not go on, in its own words
	fault                        error  // why it ended without being asked; nil before
}

func (p *process) state() model.ProcessState {
	switch {
	case p.over:
		return model.ProcessStopped
	case p.paused:
		return model.ProcessPaused
	case p.ready:
		return model.ProcessRunning
	default:
		return model.ProcessStarting
	}
}

// keeper starts processes, one after the other, from a thread that it never gives up: Linux ends such processes together
// with the thread that started them.
type keeper chan func()

func newKeeper() keeper {
	k := make(keeper)
	go func() {
		runtime.LockOSThread()
		for start := range k {
			start()
		}
	}()
	return k
}

func (k keeper) start(cmd *exec.Cmd) error {
	done := make(chan error, 1)
	k <- func() { done <- cmd.Start() }
	return <-done
}

// withoutUser is an environment without etcd's own user and password, which are no business of a member's: whoever may look at
// the process would see them for as long as the cluster lives. The user's variable may hold the password as well.
func withoutUser(environ []string) []string {
	return slices.DeleteFunc(environ, func(variable string) bool {
		return strings.HasPrefix(variable, "TICKETCD_USER=") || strings.HasPrefix(variable, "TICKETCD_PASSWORD=")
	})
}

// spawn starts a member's process.
func (m *Members) spawn(name string) (*process, error) {
	cmd := exec.Command(m.program, "member", m.dir, name) //nolint:noctx // it lives until it is told to end
	cmd.Env = withoutUser(os.Environ())
	isolate(cmd)
	orders, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, orders.Close())
	}
	own := filepath.Join(m.dir, clusterName, name)
	if err = os.MkdirAll(own, 0o700); err != nil {
		return nil, errors.Join(err, orders.Close(), answers.Close())
	}
	log, err := os.OpenFile(filepath.Join(own, logName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) // for a crash
	if err != nil {
		return nil, errors.Join(err, orders.Close(), answers.Close())
	}
	cmd.Stderr = log
	if err = errors.Join(m.keeper.start(cmd), log.Close()); err != nil {
		return nil, errors.Join(err, orders.Close())
	}
	p := &process{cmd: cmd, orders: orders, up: make(chan struct{}), ended: make(chan struct{})}
	go m.follow(name, p, answers)
	return p, nil
}

// follow keeps what is known about the process up to date until it has ended.
func (m *Members) follow(name string, p *process, answers io.Reader) {
	for lines := bufio.NewScanner(answers); lines.Scan(); {
		m.change(func() { p.hear(lines.Text()) })
	}
	err := p.cmd.Wait()
	m.change(func() {
		p.over = true
		switch {
		case p.asked, err == nil:
		case p.words != "":
			p.fault = model.Errorf(model.CodeFailed, "%s", p.words)
		case p.cmd.ProcessState.String() == "signal: killed":
			p.fault = model.Wrap(model.CodeFailed, err, "member %s was killed", name)
		default:
			p.fault = model.Wrap(model.CodeFailed, err, "member %s ended: %s", name, p.cmd.ProcessState)
		}
		if !p.listens {
			close(p.up)
		}
	})
	close(p.ended)
}

// awaitUp reports whether the member listens, or has ended before, by the end of ctx.
func (p *process) awaitUp(ctx context.Context) bool {
	select {
	case <-p.up:
		return true
	case <-ctx.Done():
		return false
	}
}

// hear notes what the member says.
func (p *process) hear(line string) {
	switch words, failed := strings.CutPrefix(line, answerFailed); {
	case failed:
		p.words = words
	case line == answerStarted && !p.listens:
		p.listens = true
		close(p.up)
	case line == answerReady:
		p.ready = true
	}
}

// end tells the process to end, and makes sure that it does.
func (p *process) end(order string) error {
	_, err := io.WriteString(p.orders, order+"\n")
	if err == nil {
		patience := time.NewTimer(endPatience)
		defer patience.Stop()
		select {
		case <-p.ended:
			return nil
		case <-patience.C:
		}
	}
	return p.kill()
}

// kill ends the process as kill -9 does.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.ended
	return nil
}
