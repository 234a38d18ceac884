package etcdstore

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// crowd lets many buyers each order one red ticket at the same time, through the stores in turn, and returns how many
// were told that they have one. The others must have been told that there are none.
func (s *shop) crowd(t *testing.T, buyers int, stores ...*Store) int {
	t.Helper()
	for i := range buyers {
		s.put(t, fmt.Sprintf("user:buyer%d", i), `{"name":"Buyer","email":"a@b.cd","password":"secret-word","role":"user"}`)
	}
	var mu sync.Mutex
	var everybody sync.WaitGroup
	bought := 0
	for i := range buyers {
		everybody.Go(func() {
			mine := order(1)
			mine.Username = fmt.Sprintf("buyer%d", i)
			_, err := stores[i%len(stores)].Buy(t.Context(), mine, func() { t.Error("nothing was to be doubted") })
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				bought++
			} else if model.Sentence(err) != "the red tickets are sold out" {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	return bought
}

func TestFiftyShoppersRaceForTwentyTicketsThroughThreeStores(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 20, 5)

	bought := shop.crowd(t, 50, shop.open(t), shop.open(t), shop.open(t))
	require.Equal(t, 20, bought)
	shop.requireSold(t, 20)
}

func TestThoseWhoUseTheSameStoreDoNotFightEachOther(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 20, 0)
	connection := &faults{decide: nothingHappens}
	bought := shop.crowd(t, 30, shop.open(t, connection.on))
	require.Equal(t, 20, bought)
	shop.requireSold(t, 20)
	require.Equal(t, shop.timesWritten(t)-1, connection.sent(), "orders of one process made each other lose the race")
}

// timesWritten counts how often the opera's record was written since it exists.
func (s *shop) timesWritten(t *testing.T) int {
	t.Helper()
	resp, err := s.reads.Get(t.Context(), "event:"+opera)
	require.NoError(t, err)
	return int(resp.Kvs[0].Version)
}

func TestOneBuyerAtManyTerminalsGetsEveryOrderOnce(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 0)
	stores := []*Store{shop.open(t), shop.open(t), shop.open(t)}
	var everybody sync.WaitGroup
	for i := range 30 {
		everybody.Go(func() {
			mine := order(1)
			mine.ID = fmt.Sprintf("id-%d", i%10) // each is sent three times, from three places
			if _, err := stores[i/10].Buy(t.Context(), mine, nil); err != nil {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	require.Len(t, shop.orders(t, "ann"), 10)
	shop.requireSold(t, 10)
}

func TestATicketThatSomebodyElseEditedIsNotSoldOnItsOldCount(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	// The prototype writes a ticket without touching its event, just before the order arrives.
	store, _ := shop.badConnection(t, first(fault{before: func() {
		shop.put(t, "ticket:"+opera+":red", `{"total_quantity":"10","current_quantity":"1","price":"23.99"}`)
	}}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.Equal(t, "only 1 red ticket is left", model.Sentence(err))
	_, err = store.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)
	require.JSONEq(t, `{"total_quantity":10,"current_quantity":0,"price":23.99}`, shop.value(t, "ticket:"+opera+":red"))
}

func TestTheEventCountsWhatOthersBoughtOfOtherTypesMeanwhile(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	store, _ := shop.badConnection(t, first(fault{before: func() {
		_, err := shop.Buy(t.Context(), model.Order{Username: "bob", EventID: opera, Lines: []model.Line{{Type: "pink", Quantity: 3}}}, nil)
		require.NoError(t, err)
	}}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	shop.requireSold(t, 5)
}

func TestAnOrderThatThePrototypeAddsMeanwhileIsKept(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	// It writes the list of orders first, and the ticket and the event when it comes to that.
	store, _ := shop.badConnection(t, first(fault{before: func() {
		shop.put(t, "purchase:ann:"+opera, `[{"date":"26-05-2024, 23:46:15","tickets":[{"type":"pink","quantity":"1"}]}]`)
	}}))

	_, err := store.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	orders := shop.orders(t, "ann")
	require.Len(t, orders, 2)
	require.Equal(t, "1 pink ticket", orders[0].String())
	require.Equal(t, "2 red tickets", orders[1].String())
}

func TestTurnsAreTakenInOrderAndLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	var queue turns
	release, err := queue.take(t.Context(), opera)
	require.NoError(t, err)
	other, err := queue.take(t.Context(), match)
	require.NoError(t, err, "another event has turns of its own")

	_, err = queue.take(within(t, 1), opera)
	require.Error(t, err, "the turn is taken")

	got := make(chan func())
	go func() {
		next, err := queue.take(t.Context(), opera)
		if err != nil {
			t.Error(err)
		}
		got <- next
	}()
	release()
	release()
	(<-got)()
	other()
	require.Empty(t, queue.queues)
}
