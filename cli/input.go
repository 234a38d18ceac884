package cli

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/ticketcd/ticketcd/model"
)

// maxDocument is the largest file, in bytes, that is held in memory as it stands.
const maxDocument = 4 << 20

// unlessEnded returns what get does, unless ctx ends first: a pipe into which nobody writes never gives anything, reading it
// cannot be broken off, and to look through a large data set takes a while. What is left behind then goes with the process.
func unlessEnded[T any](ctx context.Context, get func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := get()
		answers <- answer{value, err}
	}()
	select {
	case got := <-answers:
		return got.value, got.err
	case <-ctx.Done():
		var nothing T
		return nothing, ctx.Err()
	}
}

// untilEnded yields records, or why there are no more of them once ctx has ended.
func untilEnded(ctx context.Context, records []model.Record) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for _, record := range records {
			if !yield(record, ctx.Err()) {
				return
			}
		}
	}
}

// readDocument reads a file, or standard input, whole, until ctx ends.
func (a *app) readDocument(ctx context.Context, name string) ([]byte, error) {
	raw, err := unlessEnded(ctx, func() ([]byte, error) {
		if name == stdio {
			return readAll(a.In)
		}
		return readWhole(name)
	})
	if err != nil && ctx.Err() == nil {
		if name == stdio {
			name = "standard input"
		}
		return nil, model.Wrap(model.CodeUsage, err, "%s cannot be read: %s", model.Clean(name), reason(err))
	}
	return raw, err
}

func readWhole(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	return readAll(file)
}

// readAll refuses what is too long, which may have no end.
func readAll(from io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxDocument+1))
	if err == nil && len(raw) > maxDocument {
		return nil, fmt.Errorf("it has more than %s bytes", model.Thousands(maxDocument))
	}
	return raw, err
}
