package etcdstore

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

func TestWhenTheAnswerToARoundIsLostEachCustomerIsToldTheTruth(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]fault{
		"it was carried out":        {err: errLost},
		"it never arrived":          {err: errLost, stops: true},
		"the database is full":      {err: errNoSpace},
		"the library sent it twice": {again: func() {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 5, 0)
			shop.hasUsers(t, "cyn")
			held := shop.buys(t, "bob", 1)
			store, connection := shop.badConnection(t, first(what))
			rush := shop.rush(t, store)
			anns, bobs, cyns := rush.buys(t, "ann", 1), rush.buys(t, "bob", 2), rush.buys(t, "cyn", 3)
			gone := rush.cancels(t, held)
			rush.starts()

			gone.requireBought(t)
			require.False(t, hasOrder(shop.orders(t, "bob"), held.ID))
			sold := 0
			for username, told := range map[string]*outcome{"ann": anns, "bob": bobs, "cyn": cyns} {
				if told.err == nil {
					sold += told.order.Quantity()
					require.Equal(t, withoutRaw([]model.Order{told.order}), withoutRaw(shop.orders(t, username)))
					continue
				}
				require.Equal(t, model.CodeRefused, model.CodeOf(told.err)) // cyn need not wait for the others, and may come first
				require.Empty(t, shop.orders(t, username))
			}
			shop.requireSold(t, sold)
			for _, told := range []*outcome{anns, bobs, gone} {
				require.Equal(t, what.err != nil && name != "the database is full", told.doubt == 1)
			}
			require.Zero(t, cyns.doubt, "who was no part of it has nothing to doubt")
			require.LessOrEqual(t, connection.sent(), 4)
			shop.requireTillsClosed(t, store)
		})
	}
}

func TestARoundThatArrivesAfterItsErrorIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*testing.T, *shop){
		"and nothing happens meanwhile":       func(*testing.T, *shop) {},
		"and others buy meanwhile":            func(t *testing.T, s *shop) { t.Helper(); s.buys(t, "cyn", 1) },
		"and one of them buys more meanwhile": func(t *testing.T, s *shop) { t.Helper(); s.buys(t, "ann", 1) },
		"and nothing is left meanwhile":       func(t *testing.T, s *shop) { t.Helper(); s.buys(t, "cyn", 10) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 10, 0)
			shop.hasUsers(t, "cyn")
			late := make(chan struct{})
			store, connection := shop.badConnection(t, first(fault{err: errLost, late: late, after: func() { meanwhile(t, shop) }}))
			rush := shop.rush(t, store)
			answers := []*outcome{rush.buys(t, "ann", 1), rush.buys(t, "bob", 2), rush.buys(t, "ann", 3)}
			rush.starts()
			before := shop.records(t)
			close(late)
			connection.late.Wait()
			require.Equal(t, before, shop.records(t))
			for _, told := range answers {
				if name == "and nothing is left meanwhile" {
					require.Equal(t, "the red tickets are sold out", model.Sentence(told.err))
					continue
				}
				told.requireBought(t)
				_, there := model.FindOrder(shop.orders(t, told.order.Username), told.order.ID)
				require.True(t, there)
			}
		})
	}
}

func TestWhoseOrderOfARoundInDoubtWasCancelledElsewhereIsToldSo(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]fault{"the answer was lost": {err: errLost}, "the library sent it twice": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.sells(t, 10, 0)
			cancelAnns := func() {
				for _, o := range shop.orders(t, "ann") {
					_, err := shop.Cancel(t.Context(), o, nil)
					require.NoError(t, err)
				}
			}
			if what.err != nil {
				what.after = cancelAnns
			} else {
				what.again = cancelAnns
			}
			store, connection := shop.badConnection(t, first(what))
			rush := shop.rush(t, store)
			anns, bobs := rush.buys(t, "ann", 1), rush.buys(t, "bob", 2)
			rush.starts()
			bobs.requireBought(t)
			require.Equal(t, model.CodeConflict, model.CodeOf(anns.err))
			require.Contains(t, model.Sentence(anns.err), "went through, but was cancelled from elsewhere")
			require.LessOrEqual(t, connection.sent(), 2)
			require.Empty(t, shop.orders(t, "ann"))
			shop.requireSold(t, 2)
		})
	}
}

func TestWhoLosesPatienceWhileARoundIsInDoubtLeavesTheOthersToIt(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	ctx, leave := context.WithCancel(t.Context())
	var gone sync.WaitGroup
	gone.Add(1)
	store, connection := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		switch n {
		case 1:
			return fault{err: errLost, stops: true, after: leave}
		case 2: // nobody is told anything but the truth: bob has left by now
			return fault{err: errLost, before: gone.Wait}
		}
		return fault{}
	})
	rush := shop.rush(t, store)
	anns := rush.buys(t, "ann", 1)
	mine := order(2)
	mine.Username = "bob"
	bobs := rush.order(ctx, t, mine, func(s *Store, ctx context.Context, o model.Order, onDoubt func()) (model.Order, error) {
		defer gone.Done()
		return s.Buy(ctx, o, onDoubt)
	})
	rush.starts()

	anns.requireBought(t)
	require.Equal(t, model.CodeUnknown, model.CodeOf(bobs.err))
	require.Equal(t, 1, bobs.doubt)
	require.Equal(t, 3, connection.sent())
	require.Len(t, shop.orders(t, "bob"), 1, "it went through, which was not known")
	shop.requireSold(t, 3)
}

func TestARoundInDoubtDoesNotHoldUpWhoComesAfterIt(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	shop.hasUsers(t, "cyn")
	settled := make(chan struct{})
	store, _ := shop.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
		if buysFor(write, "ann") {
			select {
			case <-settled:
			default:
				return fault{err: errLost, stops: true}
			}
		}
		return fault{}
	})
	inDoubt := make(chan struct{})
	rush := shop.rush(t, store)
	anns := rush.order(t.Context(), t, order(1), func(s *Store, ctx context.Context, o model.Order, _ func()) (model.Order, error) {
		return s.Buy(ctx, o, func() { close(inDoubt) })
	})
	bobs := rush.buys(t, "bob", 2)
	rush.release()
	<-inDoubt
	cyns := order(3)
	cyns.Username = "cyn"
	_, err := store.Buy(t.Context(), cyns, nil)
	require.NoError(t, err)
	close(settled)
	rush.all.Wait()
	anns.requireBought(t)
	bobs.requireBought(t)
	shop.requireSold(t, 6)
	shop.requireTillsClosed(t, store)
}

// Three processes sell the same event as fast as they can. Each of their buyers comes to an end.
func TestNoProcessIsStarvedByOthers(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 1000, 0)
	const buyers, each = 12, 5
	stores := []*Store{shop.open(t), shop.open(t), shop.open(t)}
	var everybody sync.WaitGroup
	for i, name := range shop.buyers(t, buyers) {
		everybody.Go(func() {
			for range each {
				mine := order(1)
				mine.Username = name
				if _, err := stores[i%3].Buy(within(t, waitLong), mine, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	everybody.Wait()
	shop.requireSold(t, buyers*each)
	for _, store := range stores {
		shop.requireTillsClosed(t, store)
	}
}
