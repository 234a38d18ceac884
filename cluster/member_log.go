package cluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// maxLog is the size in bytes at which etcd.log is set aside as etcd.log.old.
const maxLog = 1 << 20

// newMemberLog returns a logger for etcd that writes warnings to the file. Where etcd would end the process, because it
// cannot go on, it calls fail with its last words and ends the goroutine that said them. Nothing can be acknowledged
// wrongly after that: the goroutine that failed is the one that would have done the work.
func newMemberLog(file io.Writer, fail func(error)) *zap.Logger {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(file), zap.WarnLevel)
	final := finalHook{fail}
	return zap.New(core, zap.ErrorOutput(zapcore.AddSync(io.Discard)), zap.WithFatalHook(final), zap.WithPanicHook(final))
}

// finalHook takes the place of exit and panic at the end of a log line.
type finalHook struct{ fail func(error) }

// OnWrite implements zapcore.CheckWriteHook.
func (h finalHook) OnWrite(line *zapcore.CheckedEntry, fields []zapcore.Field) {
	err := errors.New(line.Message)
	for _, field := range fields {
		if cause, ok := field.Interface.(error); ok && field.Type == zapcore.ErrorType {
			err = fmt.Errorf("%s: %w", line.Message, cause)
		}
	}
	h.fail(err)
	runtime.Goexit()
}

// boundedFile is a log file, readable by its owner only. When it would grow past its limit it becomes NAME.old, and a new
// one begins. It opens with the first line.
type boundedFile struct {
	name  string
	limit int64

	mu   sync.Mutex
	file *os.File
	size int64
}

// Write appends p, which should be whole lines.
func (b *boundedFile) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file != nil && b.size+int64(len(p)) > b.limit {
		if err := b.setAside(); err != nil {
			return 0, err
		}
	}
	if b.file == nil {
		if err := b.open(); err != nil {
			return 0, err
		}
	}
	n, err := b.file.Write(p)
	b.size += int64(n)
	return n, err
}

// Close closes the file; a later line would open it again.
func (b *boundedFile) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file == nil {
		return nil
	}
	err := b.file.Close()
	b.file = nil
	return err
}

func (b *boundedFile) open() error {
	file, err := os.OpenFile(b.name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	b.file, b.size = file, info.Size()
	return nil
}

func (b *boundedFile) setAside() error {
	err := errors.Join(b.file.Close(), os.Rename(b.name, b.name+".old"))
	b.file = nil
	return err
}
