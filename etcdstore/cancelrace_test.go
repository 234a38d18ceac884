package etcdstore

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestFourWhoCancelAnOrderAtOnceAllSucceedAndItsTicketsComeBackOnce(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	shop.buys(t, "ann", 1)
	bought := shop.buys(t, "ann", 3)
	shop.buys(t, "bob", 2)
	var everybody sync.WaitGroup
	for i := range 4 {
		store, named := shop.open(t), bought
		if i%2 == 0 {
			named = model.Order{ID: bought.ID, Username: "ann"}
		}
		everybody.Go(func() {
			cancelled, err := store.Cancel(t.Context(), named, nil)
			if err != nil || cancelled.Quantity() != 3 {
				t.Error(cancelled, err)
			}
		})
	}
	everybody.Wait()
	shop.requireSold(t, 3)
}

func TestWhoComesSecondInTheMiddleOfACancellationSucceedsToo(t *testing.T) {
	t.Parallel()
	shop := newShopAt(t, endpointOf(startEtcd(t)))
	shop.sells(t, 10, 5)
	bought := shop.buys(t, "ann", 3)
	store, faults := shop.badConnection(t, first(fault{before: func() {
		_, err := shop.Cancel(t.Context(), bought, nil)
		require.NoError(t, err)
		shop.compact(t) // nothing but what was seen before tells that the order was there
	}}))
	cancelled, err := store.Cancel(t.Context(), bought, func() { t.Error("there was nothing to doubt") })
	require.NoError(t, err)
	require.False(t, cancelled.Gone, "nobody knows whether it was by a copy of this call")
	require.Equal(t, "3 red tickets", cancelled.String())
	require.Equal(t, 1, faults.sent())
	shop.requireSold(t, 0)
}

func TestCancellingAgainLaterChangesNothingAndIsNoError(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	bought := shop.buys(t, "ann", 3)
	_, err := shop.Cancel(t.Context(), bought, nil)
	require.NoError(t, err)
	other := shop.buys(t, "ann", 1)
	_, err = shop.Cancel(t.Context(), other, nil)
	require.NoError(t, err)
	before := shop.records(t)

	for _, named := range []model.Order{bought, {ID: bought.ID, Username: "ann"}, {ID: other.ID, Username: "ann"}} {
		again, err := shop.Cancel(t.Context(), named, nil)
		require.NoError(t, err)
		require.Equal(t, named.ID, again.ID)
		require.True(t, again.Gone)
	}
	require.Equal(t, before, shop.records(t))
}

// The prototype took two such orders for one, removed both and gave back the tickets of one.
func TestOfTwoOrdersThatLookTheSameOnlyOneIsCancelledHoweverOftenItIsAskedFor(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	shop.put(t, "event:"+opera, `{"name":"The Opera","date":"04-06-2027 12:10","current_quantity":"7"}`)
	shop.put(t, "ticket:"+opera+":red", `{"total_quantity":"10","current_quantity":"2","price":"23.9"}`)
	const twin = `{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"4"}]}`
	shop.put(t, "purchase:ann:"+opera, "["+twin+","+twin+"]")
	twins := shop.orders(t, "ann")

	var everybody sync.WaitGroup
	for range 4 {
		store, _ := shop.badConnection(t, first(fault{err: errLost}))
		everybody.Go(func() {
			if _, err := store.Cancel(t.Context(), twins[0], nil); err != nil {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	_, err := shop.Cancel(t.Context(), twins[0], nil)
	require.NoError(t, err)
	shop.requireSold(t, 4)
	require.Equal(t, twins[1].ID, shop.orders(t, "ann")[0].ID, "the other one is still called the same")
	_, err = shop.Cancel(t.Context(), twins[1], nil)
	require.NoError(t, err)
	shop.requireSold(t, 0)
}

func hasOrder(orders []model.Order, id string) bool {
	_, has := model.FindOrder(orders, id)
	return has
}

func TestFiftyCancelAndFiftyBuyAtOnceAndTheCountsAreRight(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 20)
	shop.findable(t, opera)
	stores := []*Store{shop.open(t), shop.open(t), shop.open(t)}
	var held []model.Order
	for i := range 50 {
		username := fmt.Sprintf("holder%d", i%25)
		if i < 25 {
			shop.put(t, "user:"+username, `{"name":"Holder","email":"a@b.cd","password":"secret-word","role":"user"}`)
		}
		held = append(held, shop.buys(t, username, 1))
	}
	var everybody sync.WaitGroup
	for i, bought := range held {
		everybody.Go(func() {
			if _, err := stores[i%3].Cancel(t.Context(), bought, nil); err != nil {
				t.Error(err)
			}
		})
		everybody.Go(func() {
			mine := model.Order{Username: bought.Username, EventID: opera, Lines: []model.Line{{Type: "red", Quantity: 2}}}
			if i%5 == 0 {
				mine.Lines = []model.Line{{Type: "pink", Quantity: 2}}
			}
			if _, err := stores[(i+1)%3].Buy(t.Context(), mine, nil); err != nil && model.CodeOf(err) != model.CodeRefused {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	for _, bought := range held {
		require.False(t, hasOrder(shop.orders(t, bought.Username), bought.ID))
	}
	sold := 0
	for i := range 25 {
		for _, o := range shop.orders(t, fmt.Sprintf("holder%d", i)) {
			sold += o.Quantity()
		}
	}
	shop.requireSold(t, sold)
	shop.requireSound(t)
}

func TestThoseWhoCancelThroughTheSameStoreDoNotFightEachOther(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 20, 0)
	var held []model.Order
	for range 10 {
		held = append(held, shop.buys(t, "ann", 1))
	}
	before := shop.timesWritten(t)
	connection := &faults{decide: nothingHappens}
	store := shop.open(t, connection.on)
	var everybody sync.WaitGroup
	for _, bought := range held {
		everybody.Go(func() {
			if _, err := store.Cancel(t.Context(), bought, nil); err != nil {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	require.Equal(t, shop.timesWritten(t)-before, connection.sent())
	shop.requireSold(t, 0)
}
