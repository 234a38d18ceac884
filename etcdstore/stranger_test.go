package etcdstore

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// knows makes a store know the state of the opera, and nothing of anybody but max.
func (s *shop) knows(t *testing.T, store *Store) {
	t.Helper()
	s.hasUsers(t, "max")
	first := order(1)
	first.Username = "max"
	_, err := store.Buy(t.Context(), first, nil)
	require.NoError(t, err)
	s.requireTillsClosed(t, store)
}

func TestWhoIsNotKnownIsAssumedToOrderForTheFirstTime(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 5)
	store, connection := shop.badConnection(t, nothingHappens)
	shop.knows(t, store)
	before := connection.sent()
	_, err := store.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	require.Equal(t, before+1, connection.sent())
	shop.requireSold(t, 3)
}

func TestWhoHoldsOrdersThatAreNotKnownKeepsThem(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 5)
	store, connection := shop.badConnection(t, nothingHappens)
	shop.knows(t, store)
	anns, before := shop.buys(t, "ann", 2), connection.sent()
	rush := shop.rush(t, store)
	more, bobs := rush.buys(t, "ann", 3), rush.buys(t, "bob", 4)
	rush.starts()
	more.requireBought(t)
	bobs.requireBought(t)
	require.Equal(t, []model.Order{anns, more.order}, withoutRaw(shop.orders(t, "ann")))
	require.LessOrEqual(t, connection.sent(), before+3, "others sold as well, so one race is lost, and one assumption wrong")
	shop.requireSold(t, 10)
}

func TestTheSameOrderFromAnotherProcessIsFoundThoughNothingIsKnownOfIt(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 5)
	store := shop.open(t)
	shop.knows(t, store)
	mine := order(2)
	mine.ID = NewOrderID()
	bought, err := shop.Buy(t.Context(), mine, nil)
	require.NoError(t, err)
	again, err := store.Buy(t.Context(), mine, nil)
	require.NoError(t, err)
	require.Equal(t, withoutRaw([]model.Order{bought}), withoutRaw([]model.Order{again}))
	shop.requireSold(t, 3)
}

func TestAStrangerWhoDoesNotExistBuysNothingAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 5)
	store := shop.open(t)
	shop.knows(t, store)
	rush := shop.rush(t, store)
	eves, anns := rush.buys(t, "eve", 1), rush.buys(t, "ann", 2)
	rush.starts()
	anns.requireBought(t)
	require.Equal(t, "there is no user eve", model.Sentence(eves.err))
	require.Empty(t, shop.orders(t, "eve"))
	shop.requireSold(t, 3)
	shop.hasUsers(t, "eve")
	late := order(1)
	late.Username = "eve"
	_, err := store.Buy(t.Context(), late, nil)
	require.NoError(t, err, "who gets an account after a refusal can order")
}

// What a till left behind is good enough to try, and never good enough to refuse.
func TestNobodyIsRefusedBecauseOfWhatWasSoBefore(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 2, 5)
	store := shop.open(t)
	shop.knows(t, store)
	last := order(1)
	last.Username = "bob"
	held, err := store.Buy(t.Context(), last, nil)
	require.NoError(t, err)
	shop.requireTillsClosed(t, store)
	_, err = shop.Cancel(t.Context(), held, nil) // another process: the store does not know
	require.NoError(t, err)
	_, err = store.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)
	_, err = store.Buy(t.Context(), order(1), nil)
	require.Equal(t, "the red tickets are sold out", model.Sentence(err))
	shop.requireSold(t, 2)
}

// Those who order for the second time, of whom nothing is known, spoil a round each; that must not hold up the others for
// as long as such people come.
func TestThoseWhoseAssumptionsWereWrongComeFirst(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 400, 0)
	buyers := shop.buyers(t, 20)
	for _, name := range buyers {
		shop.buys(t, name, 1)
	}
	store, connection := shop.badConnection(t, nothingHappens)
	shop.knows(t, store)
	before := connection.sent()
	rush := shop.rush(t, store)
	var answers []*outcome
	for _, name := range buyers {
		answers = append(answers, rush.buys(t, name, 2))
	}
	rush.starts()
	for i, told := range answers {
		told.requireBought(t)
		require.Len(t, shop.orders(t, fmt.Sprint("buyer", i)), 2)
	}
	require.Equal(t, before+2, connection.sent())
	shop.requireSold(t, 61)
}

// Accounts are for good in this shop, but somebody may delete one with etcd's own tools.
func TestNothingIsSoldToWhoseAccountWasDeletedElsewhere(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 100, 0)
	store := shop.open(t)
	watched := follow(t, store)
	watched.untilLoaded()
	_, err := store.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)
	shop.requireTillsClosed(t, store)
	gone, err := shop.reads.Delete(t.Context(), "user:ann")
	require.NoError(t, err)
	watched.until("as it was after that", func(s model.Shop) bool { return s.Catalogue.Revision() >= gone.Header.Revision })
	_, err = store.Buy(t.Context(), order(1), nil)
	require.Equal(t, "there is no user ann", model.Sentence(err))
	shop.requireSold(t, 1)
}
