package etcdstore

import (
	"fmt"
	"sync"
	"testing"
	"time"

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

// later makes what a store remembers of events so old that all of their tickets are looked at again.
func (s *Store) later() {
	s.tills.mu.Lock()
	defer s.tills.mu.Unlock()
	for id, v := range s.tills.left {
		aged := *v
		aged.looked = time.Time{}
		s.tills.left[id] = &aged
	}
}

// requireSummed checks that the opera's count is what its tickets add up to.
func (s *shop) requireSummed(t *testing.T, left int) {
	t.Helper()
	event := mustEvent(t, s)
	sum := 0
	for _, ticket := range event.Tickets {
		sum += ticket.Left
	}
	require.Equal(t, sum, event.Left)
	require.Equal(t, left, sum)
}

func TestTheNextOrderCountsATicketThatSomebodyElseWroteAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, sent int }{
		"nothing was sold since all were looked at": {before: 1, sent: 2}, // the first says that something is newer
		"others were sold since":                    {before: 3, sent: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 10, 5)
			store, connection := shop.badConnection(t, nothingHappens)
			for n, alone := range []string{"pink", "gold"} { // one that is known, and a new one
				for range c.before {
					_, err := store.Buy(t.Context(), order(1), nil)
					require.NoError(t, err)
				}
				shop.put(t, "ticket:"+opera+":"+alone, `{"total_quantity":5,"current_quantity":2,"price":108.9}`)
				shop.requireTillsClosed(t, store)
				store.later()
				before := connection.sent()
				bobs := order(1)
				bobs.Username = "bob"
				_, err := store.Buy(t.Context(), bobs, nil)
				require.NoError(t, err)
				require.Equal(t, before+c.sent, connection.sent())
				shop.requireSummed(t, 10-(n+1)*(c.before+1)+(n+1)*2)
				shop.requireTillsClosed(t, store)
				store.later()
			}
		})
	}
}

func TestProcessesThatCompeteForAnEventSumItThoughATicketIsWrittenAlone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 50)
	stores := []*Store{shop.open(t), shop.open(t)}
	var everybody sync.WaitGroup
	for i, name := range []string{"ann", "bob"} {
		everybody.Go(func() {
			for range 15 {
				mine := order(1)
				mine.Username = name
				stores[i].later()
				if _, err := stores[i].Buy(t.Context(), mine, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for left := range 20 {
		shop.put(t, "ticket:"+opera+":pink", fmt.Sprintf(`{"total_quantity":50,"current_quantity":%d,"price":108.9}`, left))
	}
	everybody.Wait()
	for i, store := range stores {
		shop.requireTillsClosed(t, store)
		store.later()
		_, err := store.Buy(t.Context(), order(1), nil)
		require.NoError(t, err)
		shop.requireSummed(t, 100-30-(i+1)+19)
	}
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
