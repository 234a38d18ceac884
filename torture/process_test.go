//go:build unix

package torture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"

	"github.com/stretchr/testify/require"
)

// shopProc is a process in which shoppers are at work, as the stage sees it.
type shopProc struct {
	stage  *stage
	config shopConfig
	runs   int

	cmd     *exec.Cmd
	orders  io.WriteCloser
	cries   *bytes.Buffer // what it says to stderr; read it when it has ended
	reading sync.WaitGroup
	telling sync.Mutex

	// Guarded by the stage.
	newest  int64 // when the newest order that went through was sent
	reports []string
	shows   map[string]counts
}

// start starts the process, or its successor, which takes over its users.
func (p *shopProc) start() error {
	p.runs++
	config := p.config
	config.Process = fmt.Sprintf("%s.%d", config.Process, p.runs)
	config.Seed += uint64(p.runs)
	text, err := json.Marshal(config)
	if err != nil {
		return err
	}
	cmd := exec.Command(os.Args[0]) //nolint:noctx // it lives until its orders end
	cmd.Env = append(os.Environ(), shopProcess+"="+string(text))
	p.cries = &bytes.Buffer{}
	cmd.Stderr = p.cries
	orders, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	history, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err = cmd.Start(); err != nil {
		return err
	}
	p.telling.Lock()
	p.cmd, p.orders = cmd, orders
	p.telling.Unlock()
	p.reading.Go(func() {
		copied := io.TeeReader(history, &lineWriter{to: p.stage.log, mu: &p.stage.mu})
		err := readEntries(copied, func(e entry) {
			if p.stage.take(p, e) {
				selling := p.stage.selling()
				for _, other := range p.stage.shops {
					other.tell(orderSell, selling)
				}
			}
		})
		if err != nil {
			p.stage.take(p, entry{Report: "its history cannot be read: " + err.Error()})
		}
	})
	return nil
}

// lineWriter passes on whole lines, so that several of them do not interrupt each other. A last line that is torn is left out.
type lineWriter struct {
	to   io.Writer
	mu   *sync.Mutex
	torn []byte // what has come of the next line
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.torn = append(w.torn, p...)
	whole := bytes.LastIndexByte(w.torn, '\n') + 1
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.to.Write(w.torn[:whole]); err != nil {
		return 0, err
	}
	w.torn = append(w.torn[:0], w.torn[whole:]...)
	return len(p), nil
}

// tell gives an order. A process that has been killed does not hear it.
func (p *shopProc) tell(order, rest string) {
	p.telling.Lock()
	defer p.telling.Unlock()
	if p.orders != nil {
		_, _ = io.WriteString(p.orders, order+" "+rest+"\n") //nolint:errcheck // see above
	}
}

// await waits until the process reports something.
func (p *shopProc) await(report string) {
	p.stage.t.Helper()
	require.True(p.stage.t, p.stage.until(p.stage.soon(), func() bool { return slices.Contains(p.reports, report) }),
		"%s does not report %q", p.config.Process, report)
}

// kill ends the process in whatever it is doing. What it had to complain of until then is not forgotten.
func (p *shopProc) kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	p.reading.Wait()
	_ = p.cmd.Wait() //nolint:errcheck // it was killed
	if cry := cried(p.cries.String()); cry != "" {
		return fmt.Errorf("%s cried %q: %s", p.config.Process, cry, p.cries)
	}
	return nil
}

// restart starts the successor of a process that was killed.
func (p *shopProc) restart() error {
	p.stage.mu.Lock()
	p.reports = nil
	p.stage.mu.Unlock()
	if err := p.start(); err != nil {
		return err
	}
	p.tell(orderSell, p.stage.selling())
	return nil
}

func (p *shopProc) signal(signal syscall.Signal) error { return p.cmd.Process.Signal(signal) }

// leave lets the process end, and returns what it has to complain of.
func (p *shopProc) leave() error {
	if err := p.orders.Close(); err != nil {
		return err
	}
	p.reading.Wait()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", p.config.Process, err, p.cries)
	}
	return nil
}

// end makes sure that nothing stays behind.
func (p *shopProc) end() {
	if p.cmd != nil && p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill() //nolint:errcheck // it may have ended
		p.reading.Wait()
		_ = p.cmd.Wait() //nolint:errcheck // it was killed
	}
}
