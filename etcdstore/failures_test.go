package etcdstore

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ticketcd/ticketcd/model"
)

func TestOnlyWhatEtcdCertainlyDidNotDoIsARefusal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		code model.Code // "" where it may have been done
	}{
		{nil, ""},
		{context.DeadlineExceeded, ""},
		{context.Canceled, ""},
		{errors.New("anything"), ""},
		{status.Error(codes.Unavailable, "error reading from server: EOF"), ""},
		{status.Error(codes.Unavailable, "error reading from server: read: connection reset by peer"), ""},
		{rpctypes.ErrGRPCTimeout, ""},
		{rpctypes.ErrGRPCTimeoutDueToLeaderFail, ""},
		{rpctypes.ErrGRPCTimeoutDueToConnectionLost, ""},
		{rpctypes.ErrGRPCTimeoutWaitAppliedIndex, ""},
		{rpctypes.ErrGRPCLeaderChanged, ""},
		{rpctypes.ErrGRPCStopped, ""},
		{rpctypes.ErrGRPCUnhealthy, ""},
		{rpctypes.ErrGRPCDeadlineExceeded, ""},
		{rpctypes.ErrGRPCCanceled, ""},
		{rpctypes.ErrGRPCNoSpace, ""},
		{rpctypes.ErrGRPCCorrupt, ""},
		{status.Error(codes.Unknown, "raft proposal dropped"), ""},
		{status.Error(codes.Internal, "stream terminated by RST_STREAM"), ""},
		{status.Error(codes.ResourceExhausted, "grpc: trying to send message larger than max"), ""},

		{rpctypes.ErrGRPCNoLeader, model.CodeUnavailable},
		{rpctypes.ErrGRPCRequestTooManyRequests, model.CodeUnavailable},
		{rpctypes.ErrGRPCNotCapable, model.CodeUnavailable},
		{rpctypes.ErrGRPCTooManyOps, model.CodeFailed},
		{rpctypes.ErrGRPCRequestTooLarge, model.CodeFailed},
		{rpctypes.ErrGRPCDuplicateKey, model.CodeFailed},
		{rpctypes.ErrGRPCEmptyKey, model.CodeFailed},
		{rpctypes.ErrGRPCNotSupportedForLearner, model.CodeFailed},
		{rpctypes.ErrGRPCAuthOldRevision, model.CodeFailed},
		{rpctypes.ErrGRPCPermissionDenied, model.CodeDenied},
		{rpctypes.ErrGRPCInvalidAuthToken, model.CodeDenied},
		{rpctypes.ErrGRPCUserEmpty, model.CodeDenied},
		{rpctypes.ErrGRPCAuthFailed, model.CodeDenied},
	} {
		// As it comes from the wire, as the client library makes it, and wrapped by somebody.
		for _, err := range []error{test.err, rpctypes.Error(test.err), fmt.Errorf("buying: %w", test.err)} {
			if test.err == nil {
				err = nil
			}
			no := refusal(err)
			if test.code == "" {
				require.Nil(t, no, "%v", err)
				continue
			}
			require.NotNil(t, no, "%v", err)
			require.Equal(t, test.code, no.Code, "%v", err)
			require.NotEmpty(t, no.Message)
		}
	}
}

func TestAFailedReadSaysWhetherTheStoreIsAway(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		code model.Code
		says string
	}{
		{context.DeadlineExceeded, model.CodeUnavailable, "the store does not answer"},
		{errLost, model.CodeUnavailable, "the store does not answer"},
		{rpctypes.ErrGRPCLeaderChanged, model.CodeUnavailable, "the store does not answer"},
		{rpctypes.ErrGRPCNoLeader, model.CodeUnavailable, "the store's members cannot agree"},
		{rpctypes.ErrGRPCPermissionDenied, model.CodeDenied, "etcd does not allow this user to do that: check its roles"},
		{rpctypes.ErrGRPCCompacted, model.CodeFailed, "the store cannot be read: mvcc: required revision has been compacted"},
		{rpctypes.ErrGRPCCorrupt, model.CodeFailed, "the store cannot be read: corrupt cluster"},
	} {
		failure := readFailure(test.err)
		require.Equal(t, test.code, failure.Code)
		require.Equal(t, test.says, failure.Message)
	}
}

func TestWhoStopsWaitingIsNotToldThatTheStoreDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Users(ctx)
	requireError(t, err, model.CodeUnavailable, "stopped waiting for the store")
}
