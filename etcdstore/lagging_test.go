package etcdstore

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/ticketcd/ticketcd/model"
)

// lagging opens a store that is connected to a member which is behind the others: where it is asked for what it knows itself,
// it tells how everything is now, however much is changed later.
func (s *shop) lagging(t *testing.T) *Store {
	t.Helper()
	now, err := s.Revision(t.Context())
	require.NoError(t, err)
	return s.open(t, func(cfg *Config) {
		cfg.dialOptions = append(cfg.dialOptions, grpc.WithChainUnaryInterceptor(func(
			ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
		) error {
			if txn, ok := req.(*pb.TxnRequest); ok {
				req = before(txn, now)
			}
			return invoke(ctx, method, req, reply, cc, opts...)
		}))
	})
}

// before has the reads of a transaction that need not be agreed on see the state at a revision.
func before(txn *pb.TxnRequest, revision int64) *pb.TxnRequest {
	txn = proto.CloneOf(txn)
	for _, op := range txn.Success {
		if read := op.GetRequestRange(); read.GetSerializable() {
			read.Revision = revision
		}
	}
	return txn
}

func TestNobodyIsRefusedOnWhatAMemberKnewThatIsBehind(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 2, 0)
	held := shop.buys(t, "bob", 2)
	store := shop.lagging(t)
	_, err := shop.Cancel(t.Context(), held, nil)
	require.NoError(t, err)

	_, err = store.Buy(t.Context(), order(1), nil)
	require.NoError(t, err, "they are not sold out any more")
	shop.requireSold(t, 1)
}

func TestWhoIsNewToAMemberThatIsBehindBuysAndGivesBack(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 9, 0)
	store, again := shop.lagging(t), shop.lagging(t)
	shop.hasUsers(t, "cyn")
	cyns := order(2)
	cyns.Username = "cyn"
	bought, err := store.Buy(t.Context(), cyns, nil)
	require.NoError(t, err)
	shop.requireSold(t, 2)

	_, err = again.Cancel(t.Context(), bought, nil)
	require.NoError(t, err)
	shop.requireSold(t, 0)

	cyns.EventID = opera
	cyns.Lines[0].Quantity = 10
	_, err = again.Buy(t.Context(), cyns, nil)
	require.Equal(t, model.CodeRefused, model.CodeOf(err), "what is so is said, once it is agreed on")
}
