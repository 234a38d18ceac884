package model

import (
	"errors"
	"fmt"
)

// Code says to a program what kind of failure an [Error] is. Each code has one exit status on the command line.
type Code string

// The codes of every error that leaves one of our packages.
const (
	CodeFailed      Code = "failed"      // something went wrong that is nobody's choice
	CodeUsage       Code = "usage"       // the request itself is malformed
	CodeRefused     Code = "refused"     // a rule says no: sold out, past, not enough left
	CodeConflict    Code = "conflict"    // somebody else's change came first
	CodeNotFound    Code = "not_found"   // there is no such event, user or order
	CodeUnavailable Code = "unavailable" // no cluster, or no quorum in it
	CodeDenied      Code = "denied"      // wrong password, or not allowed for this role
	CodeUnknown     Code = "unknown"     // sent, but its outcome could not be learnt yet
)

// Error is a failure with a code for programs and a sentence for people. The sentence is plain text, ends without a
// full stop, and is safe to show; Err is the cause and is for the log.
type Error struct {
	Code    Code
	Message string
	Err     error

	// Settles says that the sentence tells what came of it as well, such as that nothing was charged: nothing is to be added.
	Settles bool
}

// Error returns the sentence, followed by the cause if there is one.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an [Error] from a sentence, without a cause.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an [Error] whose sentence is said to people and whose cause is kept for the log.
func Wrap(code Code, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: cause}
}

// Settled marks an error whose sentence tells what came of it as well.
func (e *Error) Settled() *Error {
	e.Settles = true
	return e
}

// IsSettled says whether the first [Error] in err's chain is marked as such.
func IsSettled(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Settles
}

// CodeOf returns the code of the first [Error] in err's chain, [CodeFailed] if there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeFailed
}

// Sentence returns what to tell a person about err: the first [Error]'s message, or err's own text.
func Sentence(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return err.Error()
}
