package etcdstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ticketcd/ticketcd/model"
)

// noAgreement says that the members have no leader, which is so while most of them are out of reach.
const noAgreement = "the store's members cannot agree"

// refusal judges the error of a write. Where etcd certainly did not carry it out and never will, it returns what to tell
// people. Nil means that it may have been done, or may yet be, since a request can arrive after its error: a deadline, a
// lost connection or leader, and whatever else is not known to come before the proposal to the cluster.
//
// "Database space exceeded" is among the doubtful: members report it of writes that they have applied. [Store.sentToFull] finds
// out.
func refusal(err error) *model.Error {
	if denied := denial(err); denied != nil {
		return denied
	}
	switch code := grpcCode(err); {
	case errors.Is(err, errFull):
		return model.Wrap(model.CodeUnavailable, err, "the database is full")
	case isNoLeader(err):
		return model.Wrap(model.CodeUnavailable, err, noAgreement)
	case says(err, rpctypes.ErrGRPCRequestTooManyRequests):
		return model.Wrap(model.CodeUnavailable, err, "the cluster is overloaded: try again in a few seconds")
	case says(err, rpctypes.ErrGRPCNotCapable):
		return model.Wrap(model.CodeUnavailable, err, "the cluster is still starting: try again in a few seconds")
	case code == codes.InvalidArgument, code == codes.FailedPrecondition:
		return model.Wrap(model.CodeFailed, err, "etcd refuses the request: %s", reason(err))
	}
	return nil
}

// denial returns what to tell people about an error by which etcd does not let us in, and nil for any other error.
func denial(err error) *model.Error {
	switch code := grpcCode(err); {
	case says(err, rpctypes.ErrGRPCAuthFailed):
		return model.Wrap(model.CodeDenied, err, "etcd does not know this user, or the password is wrong: check --user")
	case says(err, rpctypes.ErrGRPCUserEmpty):
		return model.Wrap(model.CodeDenied, err, "etcd asks for a user and a password: give them with --user NAME:PASSWORD")
	case code == codes.PermissionDenied:
		return model.Wrap(model.CodeDenied, err, "etcd does not allow this user to do that: check its roles")
	case code == codes.Unauthenticated:
		return model.Wrap(model.CodeDenied, err, "etcd no longer accepts our log-in: start ticketcd again")
	}
	return nil
}

// readFailure returns what to tell people about the error of a read, which is always definite: nothing was changed.
func readFailure(err error) *model.Error {
	if no := refusal(err); no != nil {
		return no
	}
	switch code := grpcCode(err); {
	case strings.Contains(err.Error(), "unexpected HTTP status code"): // grpc has no code for it
		return model.Wrap(model.CodeUnavailable, err, "what answers there is not etcd")
	case errors.Is(err, context.Canceled):
		return model.Wrap(model.CodeUnavailable, err, "stopped waiting for the store")
	case code == codes.Unavailable, code == codes.DeadlineExceeded, code == codes.Canceled, code == codes.ResourceExhausted,
		errors.Is(err, context.DeadlineExceeded):
		return model.Wrap(model.CodeUnavailable, err, "the store does not answer")
	}
	return model.Wrap(model.CodeFailed, err, "the store cannot be read: %s", reason(err))
}

// turnFailure returns what to tell those who left before it was their turn to change an event, seeing the error of the context
// that ended their wait, and what came of it: nothing.
func turnFailure(err error, nothing string) error {
	why := "too many orders for this event are waiting"
	if errors.Is(err, context.Canceled) {
		why = "stopped waiting for a turn"
	}
	return model.Wrap(model.CodeUnavailable, err, "%s: %s", why, nothing).Settled()
}

// unchanged adds to the failure of a store that cannot be asked that nothing was changed.
func unchanged(err error) error {
	if model.CodeOf(err) != model.CodeUnavailable {
		return err
	}
	return nothingChanged(err)
}

// nothingChanged adds to a failure what people want to know first, unless it is not known.
func nothingChanged(err error) error {
	failure, ok := errors.AsType[*model.Error](err)
	if !ok || slices.Contains([]model.Code{model.CodeNotFound, model.CodeDenied, model.CodeUnknown}, failure.Code) {
		return err
	}
	return model.Wrap(failure.Code, failure.Err, "%s: nothing was changed", failure.Message)
}

// isUnseen says whether a member turned a request away without looking at it, so that sending it again is safe and may
// help: this member has no leader or does not vote, or our token had become stale (and is renewed by now).
func isUnseen(err error) bool {
	return isNoLeader(err) || says(err, rpctypes.ErrGRPCNotSupportedForLearner) ||
		says(err, rpctypes.ErrGRPCInvalidAuthToken) || says(err, rpctypes.ErrGRPCAuthOldRevision)
}

// isNoLeader says whether a member answered that it knows no leader.
func isNoLeader(err error) bool { return says(err, rpctypes.ErrGRPCNoLeader) }

// says compares by code and text: the client library wraps some of etcd's errors and leaves others raw.
func says(err, known error) bool {
	if err == nil { // as after every order
		return false
	}
	code, text := etcdStatus(err)
	knownCode, knownText := etcdStatus(known)
	return code == knownCode && text == knownText
}

func grpcCode(err error) codes.Code {
	code, _ := etcdStatus(err)
	return code
}

// etcdStatus returns the code and the words of the error in err's chain that came from etcd or gRPC.
func etcdStatus(err error) (codes.Code, string) {
	if known, ok := errors.AsType[rpctypes.EtcdError](err); ok {
		return known.Code(), known.Error()
	}
	var raw interface{ GRPCStatus() *status.Status }
	if errors.As(err, &raw) {
		return raw.GRPCStatus().Code(), raw.GRPCStatus().Message()
	}
	return codes.Unknown, fmt.Sprint(err)
}

// reason returns etcd's own words, fit to be shown.
func reason(err error) string {
	_, text := etcdStatus(err)
	return model.Excerpt(strings.TrimPrefix(text, "etcdserver: "), 200)
}

// isTooMany says whether a member turned a transaction away because it has more operations than it allows.
func isTooMany(err error) bool { return says(err, rpctypes.ErrGRPCTooManyOps) }

// isForgotten says whether the history that was asked for has been compacted away, so that asking again is in vain.
func isForgotten(err error) bool {
	return says(err, rpctypes.ErrGRPCCompacted)
}

// isFuture says whether a revision was asked for that the store has not come to.
func isFuture(err error) bool {
	return says(err, rpctypes.ErrGRPCFutureRev)
}

// isTooSlow says whether no answer came in time, although there may be a connection.
func isTooSlow(err error) bool {
	return grpcCode(err) == codes.DeadlineExceeded || errors.Is(err, context.DeadlineExceeded)
}
