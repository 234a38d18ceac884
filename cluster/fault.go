package cluster

import (
	"errors"
	"strings"
	"syscall"

	"github.com/ticketcd/ticketcd/model"
)

// describe turns whatever kept the store in dir from being hosted into one sentence.
func describe(dir string, err error) *model.Error {
	if known, ok := errors.AsType[*model.Error](err); ok {
		return known
	}
	_, ofSystem := errors.AsType[syscall.Errno](err)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return model.Wrap(model.CodeFailed, err, "the disk that holds %s is full", dir)
	case errors.Is(err, errStuck):
		return model.Wrap(model.CodeFailed, err,
			"the store in %s does not stop; it can be opened again when this program has ended", dir)
	case ofSystem:
		return model.Wrap(model.CodeFailed, err, "cannot use %s as the data directory: %s", dir, reason(err))
	case isNewer(err):
		return model.Wrap(model.CodeFailed, err, "the data in %s was written by a newer etcd; use a newer TickETCD", dir)
	default:
		return model.Wrap(model.CodeFailed, err, "the store in %s could not be started; its file %s may say why", dir, logName)
	}
}

// isNewer recognises etcd's refusals of data that a later version has written; they have no type.
func isNewer(err error) bool {
	text := err.Error()
	return strings.Contains(text, "invalid downgrade") || strings.Contains(text, "is not supported")
}

// reason is what the operating system said, without the paths and calls that the sentence around it names already.
func reason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return err.Error()
}
