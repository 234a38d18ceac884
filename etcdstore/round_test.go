package etcdstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/ticketcd/ticketcd/model"
)

// rush makes customers come at the same moment: what they do waits until all of them have queued.
type rush struct {
	store   *Store
	release func()
	joined  int
	all     sync.WaitGroup
}

func (s *shop) rush(t *testing.T, store *Store) *rush {
	t.Helper()
	release, err := store.turns.take(t.Context(), opera)
	require.NoError(t, err)
	return &rush{store: store, release: release}
}

// outcome is what a customer is told.
type outcome struct {
	order model.Order
	err   error
	doubt int
}

// order has one more customer queue, after the others, who orders or gives back.
func (r *rush) order(ctx context.Context, t *testing.T, wanted model.Order, do func(*Store, context.Context, model.Order, func()) (model.Order, error)) *outcome {
	t.Helper()
	told := &outcome{}
	r.all.Go(func() { told.order, told.err = do(r.store, ctx, wanted, func() { told.doubt++ }) })
	r.joined++
	require.Eventually(t, func() bool { return r.store.queued(opera) == r.joined }, waitLong, waitStep)
	return told
}

func (r *rush) buys(t *testing.T, username string, red int) *outcome {
	t.Helper()
	wanted := order(red)
	wanted.Username = username
	return r.order(t.Context(), t, wanted, (*Store).Buy)
}

func (r *rush) cancels(t *testing.T, bought model.Order) *outcome {
	t.Helper()
	return r.order(t.Context(), t, bought, (*Store).Cancel)
}

// starts lets them all be served, and waits for their answers.
func (r *rush) starts() {
	r.release()
	r.all.Wait()
}

func (s *Store) queued(eventID string) int {
	s.tills.mu.Lock()
	defer s.tills.mu.Unlock()
	if t := s.tills.open[eventID]; t != nil {
		return len(t.waiting)
	}
	return 0
}

// buyers makes accounts, so many, and returns their names. They are made before anybody queues: who waits in a rush must not
// wait for the disk as well, and run out of patience.
func (s *shop) buyers(t *testing.T, count int) []string {
	t.Helper()
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprint("buyer", i)
	}
	s.hasUsers(t, names...)
	return names
}

// hasUsers makes accounts.
func (s *shop) hasUsers(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		s.put(t, "user:"+name, `{"name":"Somebody","email":"a@b.cd","password":"secret-word","role":"user"}`)
	}
}

func (a *outcome) requireBought(t *testing.T) {
	t.Helper()
	require.NoError(t, a.err)
	require.NotEmpty(t, a.order.ID)
}

func TestThoseWhoOrderAtTheSameMomentShareOneTransaction(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 5)
	held := shop.buys(t, "bob", 3)
	store, connection := shop.badConnection(t, nothingHappens)
	buyers := shop.buyers(t, 20)
	rush := shop.rush(t, store)
	var answers []*outcome
	for _, name := range buyers {
		answers = append(answers, rush.buys(t, name, 2))
	}
	cancelled := rush.cancels(t, held)
	rush.starts()

	require.Equal(t, 1, connection.sent())
	for i, told := range answers {
		told.requireBought(t)
		require.Zero(t, told.doubt)
		require.Equal(t, "2 red tickets", told.order.String())
		require.Equal(t, []model.Order{told.order}, withoutRaw(shop.orders(t, fmt.Sprint("buyer", i))))
	}
	cancelled.requireBought(t)
	require.Empty(t, shop.orders(t, "bob"))
	shop.requireSold(t, 40)
	require.Equal(t, 60, mustEvent(t, shop).Tickets[1].Left)
}

// withoutRaw returns orders as they are told to their buyers, without what only the store knows.
func withoutRaw(orders []model.Order) []model.Order {
	var told []model.Order
	for _, o := range orders {
		told = append(told, model.Order{ID: o.ID, Username: o.Username, EventID: o.EventID, Date: o.Date, Lines: o.Lines})
	}
	return told
}

func mustEvent(t *testing.T, s *shop) model.Event {
	t.Helper()
	event, err := s.Event(t.Context(), opera)
	require.NoError(t, err)
	return event
}

func TestTheSameBuyerTwiceInARoundHasBothOrders(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 5)
	before := shop.buys(t, "ann", 1)
	store, connection := shop.badConnection(t, nothingHappens)
	rush := shop.rush(t, store)
	one, two := rush.buys(t, "ann", 2), rush.buys(t, "ann", 3)
	gone := rush.cancels(t, before)
	rush.starts()

	one.requireBought(t)
	two.requireBought(t)
	gone.requireBought(t)
	require.Equal(t, 1, connection.sent())
	require.Equal(t, []model.Order{one.order, two.order}, withoutRaw(shop.orders(t, "ann")))
	shop.requireSold(t, 5)
}

func TestTheSameOrderTwiceInARoundIsOneOrder(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 5)
	held := shop.buys(t, "ann", 1)
	once := order(2)
	once.ID = NewOrderID()
	rush := shop.rush(t, shop.Store)
	var bought, cancelled []*outcome
	for range 3 {
		bought = append(bought, rush.order(t.Context(), t, once, (*Store).Buy))
		cancelled = append(cancelled, rush.cancels(t, held))
	}
	rush.starts()

	for i := range 3 {
		bought[i].requireBought(t)
		require.Equal(t, once.ID, bought[i].order.ID)
		cancelled[i].requireBought(t)
		require.Equal(t, held.ID, cancelled[i].order.ID)
	}
	shop.requireSold(t, 2)
}

func TestAnOrderThatIsPlacedAndGivenBackAtOnceIsGone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 5)
	brief := order(2)
	brief.ID = NewOrderID()
	rush := shop.rush(t, shop.Store)
	bought := rush.order(t.Context(), t, brief, (*Store).Buy)
	cancelled := rush.cancels(t, brief)
	rush.starts()
	bought.requireBought(t)
	cancelled.requireBought(t)
	require.Equal(t, "2 red tickets", cancelled.order.String())
	shop.requireSold(t, 0)
}

func TestABadRequestDoesNotFailItsNeighbours(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	shop.hasUsers(t, "max", "cyn")
	shop.put(t, "purchase:max:"+opera, `{"no":"list"}`)
	store, connection := shop.badConnection(t, nothingHappens)
	rush := shop.rush(t, store)
	bad := map[string]*outcome{"there is no user eve": rush.buys(t, "eve", 1)}
	first := rush.buys(t, "ann", 2)
	bad["only 5 red tickets are left"] = rush.buys(t, "bob", 9)
	bad["your orders for this event cannot be read: none can be added"] = rush.buys(t, "max", 1)
	dear := order(1)
	dear.Lines[0].Price, dear.Lines[0].Agreed = 1, true
	bad["the price of the red tickets is now £23.99, it was £0.01"] = rush.order(t.Context(), t, dear, (*Store).Buy)
	bad["ann has no order 7F3K"] = rush.cancels(t, model.Order{ID: "7F3K", Username: "ann", EventID: opera})
	last := rush.buys(t, "cyn", 3)
	rush.starts()

	first.requireBought(t)
	last.requireBought(t)
	for says, told := range bad {
		require.Equal(t, says, model.Sentence(told.err))
		require.Zero(t, told.doubt)
	}
	require.Equal(t, 1, connection.sent())
	shop.put(t, "purchase:max:"+opera, `[]`)
	shop.requireSold(t, 5)
}

// Whoever finds the last tickets gone to others in the same round is told so when those others have them.
func TestSoldOutIsOnlySaidOfWhatIsStored(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 2, 0)
	store, connection := shop.badConnection(t, first(fault{before: func() {
		shop.put(t, "ticket:"+opera+":red", `{"total_quantity":4,"current_quantity":4,"price":23.99}`)
	}}))
	rush := shop.rush(t, store)
	anns, bobs := rush.buys(t, "ann", 2), rush.buys(t, "bob", 2)
	rush.starts()
	anns.requireBought(t)
	bobs.requireBought(t)
	require.Equal(t, 2, connection.sent())
	shop.requireSold(t, 4)
}

func TestTicketsThatComeBackAreSoldInTheSameRound(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 2, 0)
	held := shop.buys(t, "bob", 2)
	store, connection := shop.badConnection(t, nothingHappens)
	rush := shop.rush(t, store)
	cancelled, bought := rush.cancels(t, held), rush.buys(t, "ann", 2)
	rush.starts()
	cancelled.requireBought(t)
	bought.requireBought(t)
	require.Equal(t, 1, connection.sent())
	shop.requireSold(t, 2)
}

// sizes is how large the transactions of orders were that were sent.
type sizes struct {
	mu       sync.Mutex
	ops      []int
	compares []int
}

func (s *sizes) note(_ int, write *pb.TxnRequest) fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ops = append(s.ops, max(len(write.Success), len(write.Failure)))
	s.compares = append(s.compares, len(write.Compare))
	return fault{}
}

// rushes has many buyers order one ticket each at the same moment.
func (s *shop) rushes(t *testing.T, store *Store, buyers []string) {
	t.Helper()
	rush := s.rush(t, store)
	answers := make([]outcome, len(buyers))
	for i, name := range buyers {
		wanted := order(1)
		wanted.Username = name
		rush.all.Go(func() { answers[i].order, answers[i].err = store.Buy(t.Context(), wanted, nil) })
	}
	require.Eventually(t, func() bool { return store.queued(opera) == len(buyers) }, waitLong, waitStep)
	rush.starts()
	for _, told := range answers {
		told.requireBought(t)
	}
}

func TestManyOrdersShareATransactionWhereEtcdAllowsIt(t *testing.T) {
	t.Parallel()
	etcd := startEtcd(t, func(cfg *embed.Config) { cfg.MaxTxnOps = MaxOrderOps })
	shop := newShopAt(t, endpointOf(etcd))
	shop.sells(t, 1000, 0)
	store, connection := shop.badConnection(t, nothingHappens)
	buyers := shop.buyers(t, 500)
	shop.rushes(t, store, buyers[:300])
	require.Eventually(t, func() bool { return store.room.wide.Load() }, waitLong, waitStep, "the first crowd has etcd asked")
	before := connection.sent()
	shop.rushes(t, store, buyers[300:])
	require.Equal(t, 1, connection.sent()-before)
	shop.requireSold(t, 500)
}

func TestWhereEtcdAllowsNoMoreThanByDefaultOrdersAreSentInSmallerTransactions(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 1000, 0)
	var sent sizes
	store, connection := shop.badConnection(t, sent.note)
	buyers := shop.buyers(t, 200)
	shop.rushes(t, store, buyers)
	require.LessOrEqual(t, connection.sent(), 3)
	require.Equal(t, maxOps-1, slices.Max(sent.ops), "one is left for a look at who asks for a gap")
	require.Equal(t, maxOps, slices.Max(sent.compares), "the first round looks at all tickets, too")
	shop.requireSold(t, 200)

	require.True(t, store.lookForRoom(), "etcd has said that there is no more")
	before := connection.sent()
	shop.rushes(t, store, buyers)
	require.LessOrEqual(t, slices.Max(sent.ops[before:]), maxOps)
	shop.requireSold(t, 400)
}

func TestAMemberThatAllowsFewerThanTheOthersIsSentSmallerTransactions(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 1000, 0)
	var sent sizes
	store, connection := shop.badConnection(t, sent.note)
	store.room.wide.Store(true) // as another member has said
	shop.rushes(t, store, shop.buyers(t, 200))
	require.LessOrEqual(t, connection.sent(), 4)
	require.Greater(t, sent.ops[0], maxOps, "so many at once, which etcd refuses before it does anything of it")
	require.LessOrEqual(t, slices.Max(sent.ops[1:]), maxOps)
	shop.requireSold(t, 200)
}

func TestWhatIsTooLargeTogetherIsWrittenInSeveralTransactions(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 400, 0)
	store, connection := shop.badConnection(t, nothingHappens)
	buyers := shop.buyers(t, 4)
	for _, name := range buyers {
		shop.put(t, model.PurchaseKey(name, opera), `[{"note":"`+strings.Repeat("x", 400_000)+`"}]`)
	}
	rush := shop.rush(t, store)
	var answers []*outcome
	for _, name := range buyers {
		answers = append(answers, rush.buys(t, name, 1))
	}
	rush.starts()
	for _, told := range answers {
		told.requireBought(t)
	}
	require.Equal(t, 2, connection.sent())
	shop.requireSold(t, 4)
}

func TestARefusalByEtcdOfOneOrderIsNotOneOfAll(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	shop.hasUsers(t, "cyn")
	store, _ := shop.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
		if buysFor(write, "bob") {
			return fault{err: rpctypes.ErrGRPCPermissionDenied, stops: true}
		}
		return fault{}
	})
	rush := shop.rush(t, store)
	anns, bobs, cyns := rush.buys(t, "ann", 1), rush.buys(t, "bob", 1), rush.buys(t, "cyn", 1)
	rush.starts()
	anns.requireBought(t)
	cyns.requireBought(t)
	require.Equal(t, model.CodeDenied, model.CodeOf(bobs.err))
	shop.requireSold(t, 2)
}

func TestWhoGivesUpInTheQueueBuysNothingAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	ctx, leave := context.WithCancel(t.Context())
	rush := shop.rush(t, shop.Store)
	bobs := order(4)
	bobs.Username = "bob"
	left := make(chan error)
	go func() {
		_, err := shop.Buy(ctx, bobs, nil)
		left <- err
	}()
	require.Eventually(t, func() bool { return shop.queued(opera) == 1 }, waitLong, waitStep)
	rush.joined = 1
	stays := rush.buys(t, "ann", 2)
	leave()
	err := <-left
	require.Equal(t, model.CodeUnavailable, model.CodeOf(err))
	require.Equal(t, "stopped waiting for a turn: your order was not sent, nothing was charged", model.Sentence(err))
	rush.starts()
	stays.requireBought(t)
	require.Empty(t, shop.orders(t, "bob"))
	shop.requireSold(t, 2)
	shop.requireTillsClosed(t, shop.Store)
}

// requireTillsClosed makes sure that nobody is left behind who serves nobody.
func (s *shop) requireTillsClosed(t *testing.T, store *Store) {
	t.Helper()
	require.Eventually(t, func() bool {
		store.tills.mu.Lock()
		defer store.tills.mu.Unlock()
		return len(store.tills.open) == 0
	}, waitLong, waitStep)
}

func TestWhatEtcdRefusesToSeveralIsDoneForEachAloneAndForOthersTogether(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	names := shop.buyers(t, 6)
	var rush *rush
	var together []int
	store, _ := shop.badConnection(t, func(n int, write *pb.TxnRequest) fault {
		lists := 0
		for _, op := range write.Success {
			if strings.Contains(string(op.GetRequestPut().GetKey()), model.PrefixPurchase) {
				lists++
			}
		}
		together = append(together, lists)
		switch n {
		case 1:
			return fault{err: rpctypes.ErrGRPCPermissionDenied, stops: true}
		case 2:
			return fault{before: func() { // others come meanwhile
				rush.joined = 0
				for _, name := range names[3:] {
					rush.buys(t, name, 1)
				}
			}}
		}
		return fault{}
	})
	rush = shop.rush(t, store)
	for _, name := range names[:3] {
		rush.buys(t, name, 1)
	}
	rush.starts()

	shop.requireSold(t, 6)
	require.Equal(t, []int{3, 1, 1, 1, 3}, together)
}
