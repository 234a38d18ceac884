package etcdstore

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ticketcd/ticketcd/model"
)

func TestAnOrderWhoseAnswerIsLostIsBoughtOnce(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"the connection broke":       errLost,
		"the server's own deadline":  status.Error(codes.DeadlineExceeded, "etcdserver: context deadline exceeded"),
		"the leader was lost":        rpctypes.ErrGRPCTimeoutDueToLeaderFail,
		"the database is full":       errNoSpace,
		"the proposal was dropped":   status.Error(codes.Unknown, "raft proposal dropped"),
		"an error that nobody knows": status.Error(codes.Code(77), "what is this"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 10, 5)
			store, faults := shop.badConnection(t, first(fault{err: err}))
			doubts := 0

			bought, err := store.Buy(t.Context(), order(2), func() { doubts++ })
			require.NoError(t, err)
			if name == "the database is full" { // then nothing more can be written: it is asked once
				require.Equal(t, []int{0, 1}, []int{doubts, faults.sent()})
			} else {
				require.Equal(t, []int{1, 2}, []int{doubts, faults.sent()})
			}
			require.Equal(t, bought.ID, shop.orders(t, "ann")[0].ID)
			require.Equal(t, model.Cents(4798), bought.Total())
			shop.requireSold(t, 2)
		})
	}
}

func TestAnOrderThatNeverArrivedIsSentAgain(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	store, _ := shop.badConnection(t, first(fault{err: errLost, stops: true}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	shop.requireSold(t, 2)
}

func TestAnOrderThatArrivesAfterItsErrorIsNotBoughtTwice(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	late := make(chan struct{})
	store, faults := shop.badConnection(t, first(fault{err: errLost, late: late}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	close(late)
	faults.late.Wait()
	shop.requireSold(t, 2)
}

func TestNobodyIsToldSoldOutWhileAnOlderCopyCouldStillBuy(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 2, 0)
	late := make(chan struct{})
	store, faults := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		switch n {
		case 1: // ann's order is under way, nobody knows where, and bob buys the last tickets
			return fault{err: errLost, late: late, after: func() {
				bobs := order(2)
				bobs.Username = "bob"
				_, err := shop.Buy(t.Context(), bobs, nil)
				require.NoError(t, err)
			}}
		case 2: // etcd turns the next copy away for good
			return fault{err: rpctypes.ErrGRPCPermissionDenied, stops: true}
		}
		return fault{}
	})

	_, err := store.Buy(t.Context(), order(2), nil)
	require.Equal(t, "the red tickets are sold out", model.Sentence(err))
	require.Equal(t, 3, faults.sent())
	close(late)
	faults.late.Wait()
	require.Empty(t, shop.orders(t, "ann"))
	shop.requireSold(t, 2)
}

func TestARefusalIsNotSaidWhileAnOlderCopyCouldComeAliveAgain(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	late := make(chan struct{})
	// Only ann's list moves, from absent to something that cannot be added to. When it is absent again, so is the guard.
	store, faults := shop.badConnection(t, first(fault{err: errLost, late: late, after: func() {
		shop.put(t, "purchase:ann:"+opera, `{"no":"list"}`)
	}}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.Equal(t, model.CodeUnknown, model.CodeOf(err))
	_, err = shop.writes.Delete(t.Context(), "purchase:ann:"+opera)
	require.NoError(t, err)
	close(late)
	faults.late.Wait()
	shop.requireSold(t, 2)
}

func TestAnOrderInDoubtIsJudgedAnewWhenOthersBoughtMeanwhile(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	late := make(chan struct{})
	store, faults := shop.badConnection(t, first(fault{err: errLost, late: late, after: func() {
		bobs := order(3)
		bobs.Username = "bob"
		_, err := shop.Buy(t.Context(), bobs, nil)
		require.NoError(t, err)
	}}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	require.Equal(t, 3, faults.sent())
	close(late)
	faults.late.Wait()
	shop.requireSold(t, 5)
}

// cancelAll takes ann's orders back, so that there are so many red tickets again, as somebody else's process would.
func (s *shop) cancelAll(t *testing.T, red int) {
	t.Helper()
	_, err := s.writes.Txn(t.Context()).Then(
		clientv3.OpPut("event:"+opera, fmt.Sprintf(`{"name":"The Opera","date":"2027-06-01 20:00","current_quantity":%d}`, red)),
		clientv3.OpPut("ticket:"+opera+":red", fmt.Sprintf(`{"total_quantity":%d,"current_quantity":%d,"price":23.99}`, red, red)),
		clientv3.OpPut("purchase:ann:"+opera, "[]"),
	).Commit()
	require.NoError(t, err)
}

func TestAnOrderThatWasBoughtAndCancelledElsewhereIsNotBoughtAgain(t *testing.T) {
	t.Parallel()
	for name, undo := range map[string]func(*testing.T, *shop){
		"by an empty list": func(t *testing.T, s *shop) {
			t.Helper()
			s.cancelAll(t, 10)
		},
		"by removing the list": func(t *testing.T, s *shop) {
			t.Helper()
			s.cancelAll(t, 10)
			_, err := s.writes.Delete(t.Context(), "purchase:ann:"+opera)
			require.NoError(t, err)
		},
		"with the whole event": func(t *testing.T, s *shop) {
			t.Helper()
			_, err := s.writes.Txn(t.Context()).Then(clientv3.OpDelete("event:"+opera), clientv3.OpDelete("purchase:ann:"+opera)).Commit()
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 10, 0)
			store, faults := shop.badConnection(t, first(fault{err: errLost, after: func() { undo(t, shop) }}))
			mine := order(2)
			mine.ID = "7F3K"

			_, err := store.Buy(t.Context(), mine, nil)
			require.Equal(t, "your order 7F3K went through, but was cancelled from elsewhere", model.Sentence(err))
			require.True(t, model.IsSettled(err), "nobody may add that nothing was charged")
			require.Equal(t, model.CodeConflict, model.CodeOf(err))
			require.Equal(t, 2, faults.sent())
			require.Empty(t, shop.orders(t, "ann"))
		})
	}
}

func TestARaceThatWasLostToACopyOfTheSameOrderIsASuccess(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	store, _ := shop.badConnection(t, first(fault{again: func() {}}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	shop.requireSold(t, 2)
}

func TestARaceThatWasLostToACopyThatIsCancelledByNowIsNotRunAgain(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	store, _ := shop.badConnection(t, first(fault{again: func() { shop.cancelAll(t, 10) }}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.Equal(t, model.CodeConflict, model.CodeOf(err))
	shop.requireSold(t, 0)
}

func TestWhatCannotBeKnownIsNotGuessed(t *testing.T) {
	t.Parallel()
	shop := newShopAt(t, endpointOf(startEtcd(t)))
	shop.sells(t, 10, 0)
	store, _ := shop.badConnection(t, first(fault{err: errLost, after: func() {
		// Bought, cancelled, and the history forgotten.
		shop.cancelAll(t, 10)
		shop.put(t, "event:other", "{}")
		now, err := shop.reads.Get(t.Context(), "event:other")
		require.NoError(t, err)
		_, err = shop.writes.Compact(t.Context(), now.Header.Revision)
		require.NoError(t, err)
	}}))
	mine := order(2)
	mine.ID = "7F3K"

	_, err := store.Buy(t.Context(), mine, nil)
	require.Equal(t, model.CodeUnknown, model.CodeOf(err))
	require.Equal(t, "it is not known yet whether your order went through: if it did, your orders will show it as 7F3K", model.Sentence(err))
}

func TestWhereNoAnswerComesTheBuyerIsToldThatItIsNotKnown(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	ctx, cancel := context.WithCancel(t.Context())
	store, faults := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		if n == 3 {
			cancel()
		}
		return fault{err: errLost, stops: true}
	})
	doubts := 0

	_, err := store.Buy(ctx, order(2), func() { doubts++ })
	require.Equal(t, model.CodeUnknown, model.CodeOf(err))
	require.Regexp(t, "^it is not known yet whether your order went through: if it did, your orders will show it as [0-9A-Z]{12}$", model.Sentence(err))
	require.Equal(t, 1, doubts)
	require.Equal(t, 3, faults.sent())
	shop.requireSold(t, 0)
}

func TestClosingTheStoreEndsWhatIsInDoubt(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	connection := &faults{decide: func(int, *pb.TxnRequest) fault { return fault{err: errLost, stops: true} }}
	store, err := Open(t.Context(), Config{
		Endpoints: []string{shop.endpoint}, Now: today, Space: shop.space,
		dialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(connection.intercept)},
	})
	require.NoError(t, err)
	_, err = store.Buy(t.Context(), order(1), func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	require.Equal(t, model.CodeUnknown, model.CodeOf(err))
}

func TestARefusalByEtcdEndsAnOrderAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		code model.Code
		says string
	}{
		{rpctypes.ErrGRPCPermissionDenied, model.CodeDenied, "etcd does not allow this user to do that: check its roles: nothing was charged"},
		{rpctypes.ErrGRPCTooManyOps, model.CodeFailed, "etcd refuses the request: too many operations in txn request: nothing was charged"},
		{
			rpctypes.ErrGRPCRequestTooManyRequests, model.CodeUnavailable,
			"the cluster is overloaded: try again in a few seconds: nothing was charged",
		},
		{rpctypes.ErrGRPCNoLeader, model.CodeUnavailable, "the store's members cannot agree: sales are paused, nothing was charged"},
	} {
		shop := newShop(t)
		shop.sells(t, 10, 0)
		store, _ := shop.badConnection(t, func(int, *pb.TxnRequest) fault { return fault{err: test.err, stops: true} })
		_, err := store.Buy(t.Context(), order(2), func() { t.Error("there was nothing to doubt") })
		require.Equal(t, test.says, model.Sentence(err))
		require.Equal(t, test.code, model.CodeOf(err))
		shop.requireSold(t, 0)
	}
}

func TestAnOrderInDoubtDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	store, _ := shop.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
		if buysFor(write, "ann") {
			return fault{err: errLost, stops: true}
		}
		return fault{}
	})
	ctx, cancel := context.WithCancel(t.Context())
	inDoubt, done := make(chan struct{}), make(chan error)
	go func() {
		_, err := store.Buy(ctx, order(2), func() { close(inDoubt) })
		done <- err
	}()
	<-inDoubt

	bobs := order(1)
	bobs.Username = "bob"
	_, err := store.Buy(t.Context(), bobs, nil)
	require.NoError(t, err)
	cancel()
	require.Equal(t, model.CodeUnknown, model.CodeOf(<-done))
	shop.requireSold(t, 1)
}

// buysFor says whether a write is an order of a user.
func buysFor(write *pb.TxnRequest, username string) bool {
	for _, op := range write.Success {
		if put := op.GetRequestPut(); put != nil && endsIn(put.Key, model.PurchaseKey(username, opera)) {
			return true
		}
	}
	return false
}

// A third of the answers are lost and a third of the requests come late, while many buy the same tickets.
func TestOnABadConnectionNothingIsLostDoubledOrChargedAfterARefusal(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	const buyers, tickets = 20, 30
	shop.sells(t, tickets, 0)
	for i := range buyers {
		shop.put(t, fmt.Sprintf("user:buyer%d", i), `{"name":"Buyer","email":"a@b.cd","password":"secret-word","role":"user"}`)
	}
	var stores []*Store
	var connections []*faults
	for range 3 {
		store, faults := shop.badConnection(t, badly)
		stores, connections = append(stores, store), append(connections, faults)
	}

	var mu sync.Mutex
	var everybody sync.WaitGroup
	bought, refused, doubts := map[string]bool{}, map[string]bool{}, 0
	for i := range buyers {
		everybody.Go(func() {
			for n := range 2 {
				mine := model.Order{
					ID: fmt.Sprintf("%d-%d", i, n), Username: fmt.Sprintf("buyer%d", i), EventID: opera,
					Lines: []model.Line{{Type: "red", Quantity: 1}},
				}
				_, err := stores[(i+n)%3].Buy(t.Context(), mine, func() { mu.Lock(); doubts++; mu.Unlock() })
				mu.Lock()
				switch model.CodeOf(err) {
				case "":
					bought[mine.ID] = true
				case model.CodeRefused:
					refused[mine.ID] = true
				default:
					t.Errorf("order %s: %v", mine.ID, err)
				}
				mu.Unlock()
			}
		})
	}
	everybody.Wait()
	for _, connection := range connections {
		connection.late.Wait()
	}

	require.Positive(t, doubts)
	require.Len(t, bought, tickets)
	require.Len(t, refused, 2*buyers-tickets)
	shop.requireSold(t, tickets)
	for i := range buyers {
		for _, o := range shop.orders(t, fmt.Sprintf("buyer%d", i)) {
			require.True(t, bought[o.ID], "order %s was refused and is there", o.ID)
		}
	}
}
