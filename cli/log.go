package cli

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"syscall"

	"github.com/gofrs/flock"
)

// maxLog is the size in bytes at which the log of a data directory is set aside as ticketcd.log.1.
const maxLog = 4 << 20

// logFile is a log for its owner alone, to which any number of processes append whole lines. It follows its name: when the
// file was moved away the next line begins a new one, so that whoever rotates it has to tell nobody.
type logFile struct {
	name  string
	limit int64 // in bytes; a file of that size becomes NAME.1 before the next line; 0 for one that others bound

	mu   sync.Mutex
	file *os.File
	torn bool // the end of a line could not be written
}

func openLog(name string, limit int64) (*logFile, error) {
	l := &logFile{name: name, limit: limit}
	return l, l.follow()
}

// Write appends a line. One that fails is lost, but does not spoil the next.
func (l *logFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.follow(); err != nil {
		return 0, err
	}
	text := line
	if l.torn {
		text = append([]byte{'\n'}, line...)
	}
	n, err := l.file.Write(text)
	if err != nil {
		l.torn = l.torn || n > 0
		return 0, err
	}
	l.torn = false
	return len(line), nil
}

// Close closes the file; a later line would open it again.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.leave()
}

// follow sees to it that the open file is the one that bears the name, and is not too large. A process that still has one
// that was set aside leaves it before its next line, since that file does not bear the name; so none is lost.
func (l *logFile) follow() error {
	named, err := os.Stat(l.name)
	if err == nil && l.limit > 0 && named.Size() >= l.limit {
		if err = l.setAside(); err != nil {
			return err
		}
		named, err = os.Stat(l.name)
	}
	if l.file != nil && err == nil {
		if mine, broken := l.file.Stat(); broken == nil && os.SameFile(mine, named) {
			return nil
		}
	}
	if err = l.leave(); err != nil {
		return err
	}
	l.torn = false
	const atOnce = syscall.O_NONBLOCK // a pipe from which nobody reads is refused, and not waited for
	l.file, err = os.OpenFile(l.name, os.O_APPEND|os.O_CREATE|os.O_WRONLY|atOnce, 0o600)
	return err
}

// setAside renames the file. Only one process at a time does, or a second would put the new file in the place of the old
// one, with all its lines. A file that cannot be renamed goes on growing, which is better than no log: on Windows that is
// so as long as another process has it open.
func (l *logFile) setAside() error {
	if err := l.leave(); err != nil { // Windows renames no open file
		return err
	}
	turn := flock.New(l.name+".lock", flock.SetPermissions(0o600))
	mine, err := turn.TryLock()
	if err != nil || !mine {
		return nil //nolint:nilerr // another process does it, or nobody can
	}
	if named, err := os.Stat(l.name); err == nil && named.Size() >= l.limit {
		_ = os.Rename(l.name, l.name+".1") //nolint:errcheck // see above
	}
	return turn.Unlock()
}

// leave closes the file, if one is open.
func (l *logFile) leave() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// accountable is a log that loses no line in silence. The first that cannot be written is told; the first that can be again
// stands below one that says how many are missing.
type accountable struct {
	slog.Handler
	missing *missing
}

// missing are the lines since one could be written.
type missing struct {
	mu    sync.Mutex
	lines int
	tell  func(error) // nil for nobody
}

func newAccountable(log slog.Handler, tell func(error)) slog.Handler {
	return accountable{log, &missing{tell: tell}}
}

// Handle implements slog.Handler.
func (a accountable) Handle(ctx context.Context, line slog.Record) error {
	m := a.missing
	m.mu.Lock()
	defer m.mu.Unlock()
	var err error
	if m.lines > 0 {
		note := slog.NewRecord(line.Time, slog.LevelWarn, "lines are missing here: the log could not be written", line.PC)
		note.AddAttrs(slog.Int("lines", m.lines))
		if err = a.Handler.Handle(ctx, note); err == nil {
			m.lines = 0
		}
	}
	if err == nil {
		err = a.Handler.Handle(ctx, line)
	}
	if err == nil {
		return nil
	}
	if m.lines++; m.lines == 1 && m.tell != nil {
		m.tell(err)
	}
	return err
}

// WithAttrs implements slog.Handler.
func (a accountable) WithAttrs(attrs []slog.Attr) slog.Handler {
	return accountable{a.Handler.WithAttrs(attrs), a.missing}
}

// WithGroup implements slog.Handler.
func (a accountable) WithGroup(name string) slog.Handler {
	return accountable{a.Handler.WithGroup(name), a.missing}
}
