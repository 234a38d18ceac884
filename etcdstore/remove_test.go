package etcdstore

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"

	"github.com/ticketcd/ticketcd/model"
)

// told returns a user's notification about an event.
func (s *shop) told(t *testing.T, username, id string) model.Notification {
	t.Helper()
	value := s.value(t, model.NotificationKey(username, id))
	require.NotEmpty(t, value, "%s was told nothing", username)
	n, err := model.DecodeNotification(username, id, []byte(value))
	require.NoError(t, err)
	return n
}

func TestAnEventWithOrdersIsRemovedOnlyWithRefunds(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event, other := shop.creates(t, tosca()), shop.creates(t, tosca())
	for _, order := range []model.Order{buying("ann", event.ID, 2), buying("ann", event.ID, 1), buying("bob", event.ID, 5), buying("bob", other.ID, 1)} {
		_, err := shop.Buy(t.Context(), order, nil)
		require.NoError(t, err)
	}
	shop.put(t, "notification:ann:"+event.ID, `{"limit":"3","active":false,"note":"mine"}`)
	shop.put(t, "notification:abe:"+event.ID, `{"limit":2,"active":"false"}`)
	shop.put(t, gapKey(event.ID), "1000")
	before := shop.records(t)
	_, err := shop.RemoveEvent(t.Context(), "eve", event.ID, false)
	require.Equal(t, "Tosca has 3 orders: it can only be removed if they are refunded", model.Sentence(err))
	require.Equal(t, model.CodeRefused, model.CodeOf(err))
	require.Equal(t, before, shop.records(t))

	back, err := shop.Refunds(t.Context(), "eve", event.ID)
	require.NoError(t, err)
	require.Equal(t, model.Refunds{Buyers: 2, Orders: 3, Tickets: 8, Money: 8 * 2399}, back)
	require.Equal(t, before, shop.records(t), "asking changes nothing")
	_, err = shop.Refunds(t.Context(), "ann", event.ID)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))

	store, connection := shop.badConnection(t, nothingHappens)
	removed, err := store.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.NoError(t, err)
	require.Equal(t, model.Removal{EventID: event.ID, Name: "Tosca", Orders: 3, Tickets: 8, Refunded: 8 * 2399}, removed)
	require.Equal(t, 2, connection.sent(), "one for the event and those who bought, one for those who wait")
	shop.requireSound(t)
	for key := range shop.records(t) {
		if strings.Contains(key, event.ID) {
			require.Contains(t, []string{"notification:ann:" + event.ID, "notification:bob:" + event.ID, "notification:abe:" + event.ID, removedKey(event.ID)}, key)
		}
	}
	require.Empty(t, shop.listing(t, event.ID))
	require.JSONEq(t, `{"limit":3,"active":true,"note":"mine","gone":"Tosca","refunded":71.97}`, shop.value(t, "notification:ann:"+event.ID))
	require.JSONEq(t, `{"limit":0,"active":true,"gone":"Tosca","refunded":119.95}`, shop.value(t, "notification:bob:"+event.ID))
	require.JSONEq(t, `{"limit":2,"active":true,"gone":"Tosca","refunded":0}`, shop.value(t, "notification:abe:"+event.ID))

	again, err := shop.RemoveEvent(t.Context(), "abe", event.ID, false)
	require.NoError(t, err, "that it is gone is what was wanted")
	require.Equal(t, removed, again)
	_, err = shop.RemoveEvent(t.Context(), "eve", opera, true)
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	_, err = shop.Refunds(t.Context(), "eve", event.ID)
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	require.NoError(t, shop.RemoveNotification(t.Context(), "ann", event.ID))
	_, err = shop.Notify(t.Context(), model.Notification{Username: "ann", EventID: event.ID, Limit: 3})
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
}

func TestAnEventWithManyBuyersIsSoldNoMoreWhileTheyAreRefunded(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Tickets[0].Total = 1000
	event := shop.creates(t, draft)
	const buyers = 3*refundsAtOnce + 5
	shop.crowdBuys(t, event.ID, buyers)

	// After each step everything is right, and nobody can buy.
	store, connection := shop.badConnection(t, func(int, *pb.TxnRequest) fault {
		return fault{after: func() {
			_, err := shop.Buy(t.Context(), buying("ann", event.ID, 1), nil)
			if code := model.CodeOf(err); code != model.CodeRefused && code != model.CodeNotFound {
				t.Errorf("ann bought, or not, because of %v", err)
			}
			report, err := shop.Audit(t.Context())
			if err != nil || len(report.Violations) > 0 {
				t.Errorf("%v %v", err, report.Violations)
			}
		}}
	})
	removed, err := store.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.NoError(t, err)
	require.Equal(t, buyers, removed.Orders)
	require.Equal(t, model.Cents(buyers*2399), removed.Refunded)
	require.Equal(t, 1+4, connection.sent())
	shop.requireSound(t)
	for i := range buyers {
		require.Equal(t, "Tosca", shop.told(t, fmt.Sprintf("buyer%d", i), event.ID).Gone)
	}
}

func TestATicketTypeThatCannotBeReadDoesNotHoldUpTheRefundsOfOthers(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	const buyers = refundsAtOnce + 5
	shop.crowdBuys(t, event.ID, buyers)
	shop.put(t, "ticket:"+event.ID+":pink", `{"total_quantity":10,"current_quantity":null,"price":1}`)
	removed, err := shop.RemoveEvent(within(t, waitLong), "eve", event.ID, true)
	require.NoError(t, err)
	require.Equal(t, model.Cents(buyers*2399), removed.Refunded)
	shop.requireSound(t)
}

// crowdBuys has so many buyers hold one order of one red ticket each.
func (s *shop) crowdBuys(t *testing.T, id string, buyers int) {
	t.Helper()
	var everybody sync.WaitGroup
	for i := range buyers {
		name := fmt.Sprintf("buyer%d", i)
		s.put(t, "user:"+name, `{"name":"Buyer","email":"a@b.cd","password":"secret-word","role":"user"}`)
		everybody.Go(func() {
			if _, err := s.Buy(t.Context(), buying(name, id, 1), nil); err != nil {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
}

func TestARemovalThatIsInterruptedIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Tickets[0].Total = 200
	event := shop.creates(t, draft)
	const buyers = 2*refundsAtOnce + 5
	shop.crowdBuys(t, event.ID, buyers)

	// The third write, after the closing and the first refunds, is turned away; of the first refunds no answer came.
	store, _ := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		switch n {
		case 2:
			return fault{err: errLost}
		case 4:
			return fault{err: rpctypes.ErrGRPCPermissionDenied, stops: true}
		}
		return fault{}
	})
	_, err := store.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
	require.Equal(t, "etcd does not allow this user to do that: check its roles: 30 orders refunded so far, nothing is sold any more; "+
		"remove the event again to go on", model.Sentence(err))
	shop.requireSound(t)

	// A user cancels, and buys what came back, before another admin goes on.
	orders, err := shop.Orders(t.Context(), "buyer0")
	require.NoError(t, err)
	refunded := 0
	if len(orders) > 0 {
		_, err = shop.Cancel(t.Context(), orders[0], nil)
		require.NoError(t, err)
		refunded = 1
	}
	removed, err := shop.RemoveEvent(t.Context(), "abe", event.ID, true)
	require.NoError(t, err)
	require.Equal(t, buyers-refunded, removed.Orders)
	require.Equal(t, buyers-refunded, removed.Tickets)
	shop.requireSound(t)
	require.Empty(t, shop.listing(t, event.ID))
}

func TestWhoLeavesDuringARemovalIsNotToldThatNothingWasChanged(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Tickets[0].Total = 200
	few, many := shop.creates(t, draft), shop.creates(t, draft)
	shop.crowdBuys(t, many.ID, 2*refundsAtOnce)

	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	store, _ := shop.badConnection(t, first(fault{after: leave}))
	_, err := store.RemoveEvent(ctx, "eve", few.ID, true)
	require.ErrorContains(t, err, "the event is removed, but not all traces of it are")

	ctx, leave = context.WithCancel(t.Context())
	defer leave()
	store, _ = shop.badConnection(t, first(fault{after: leave}))
	_, err = store.RemoveEvent(ctx, "eve", many.ID, true)
	require.Equal(t, "stopped in the midst of it: nothing is sold any more; remove the event again to go on", model.Sentence(err))
	removed, err := shop.RemoveEvent(t.Context(), "eve", many.ID, true)
	require.NoError(t, err)
	require.Equal(t, 2*refundsAtOnce, removed.Orders)
	shop.requireSound(t)
}

// listsAsThePrototype puts an event on lists for which our own splitting of its texts gives no reason, one of them a later
// part of a list of our own words.
func (s *shop) listsAsThePrototype(t *testing.T, id string) {
	t.Helper()
	for _, list := range []string{"text:café", "text:jazz-night", "text:don't", "text:it!", "text:odd:odd", "text:tosca:3", "location:old hall"} {
		s.put(t, "search:"+list, `["another", "`+id+`"]`)
	}
	s.put(t, "search:text:alone", `["`+id+`"]`)
	s.put(t, "event:another", `{"name":"Caf\u00e9","location":"Old hall","current_quantity":0}`)
}

func TestAnEventIsTakenOffTheListsThatThePrototypePutItOn(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	shop.listsAsThePrototype(t, event.ID)
	store, connection := shop.badConnection(t, nothingHappens)
	_, err := store.RemoveEvent(t.Context(), "eve", event.ID, false)
	require.NoError(t, err)
	require.Equal(t, 1, connection.sent(), "no reader finds the event without its lists, or the lists without it")
	require.Empty(t, shop.listing(t, event.ID))
	require.Equal(t, `["another"]`, shop.value(t, "search:text:jazz-night"))
	require.Empty(t, shop.value(t, "search:text:alone"))
}

func TestARemovalThatLeftTheEventOnListsTakesItOffWhenItIsAskedForAgain(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Description = words("w", 300) // more lists than one transaction holds
	event := shop.creates(t, draft)
	shop.listsAsThePrototype(t, event.ID)
	store, _ := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		switch n {
		case 1:
			return fault{err: errLost} // the event is gone, but nobody is told so
		case 4:
			return fault{err: rpctypes.ErrGRPCPermissionDenied, stops: true}
		}
		return fault{}
	})
	_, err := store.RemoveEvent(t.Context(), "eve", event.ID, false)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
	require.Contains(t, model.Sentence(err), "the event is removed, but not all traces of it are: remove it again to finish that")
	require.NotEmpty(t, shop.listing(t, event.ID))

	removed, err := shop.RemoveEvent(t.Context(), "abe", event.ID, false)
	require.NoError(t, err)
	require.Equal(t, "Tosca", removed.Name)
	require.Empty(t, shop.listing(t, event.ID))
	require.Equal(t, `["another"]`, shop.value(t, "search:text:tosca:3"))
}

func TestAnEventIsRemovedInTheMidstOfItsSale(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Tickets[0].Total = 10_000
	event := shop.creates(t, draft)
	stores := []*Store{shop.open(t), shop.open(t)}
	var everybody sync.WaitGroup
	begun := make(chan struct{})
	bought, held := make([]int, 6), make([]int, 6)
	// Whoever cancels what the removal has just refunded is told that it is cancelled, which is so: it came back once.
	maybe := make([]int, 6)
	for i := range bought {
		name := fmt.Sprintf("buyer%d", i)
		shop.put(t, "user:"+name, `{"name":"Buyer","email":"a@b.cd","password":"secret-word","role":"user"}`)
		everybody.Go(func() {
			for {
				order, err := stores[i%2].Buy(t.Context(), buying(name, event.ID, 1), nil)
				if err == nil {
					held[i]++
					maybe[i] = 0 // the event was there after the last order was cancelled
				}
				if err == nil && bought[i]%5 == 4 {
					if _, err = stores[i%2].Cancel(t.Context(), order, nil); err == nil {
						held[i]--
						maybe[i] = 1
					}
				}
				switch model.CodeOf(err) {
				case "":
					if bought[i]++; i == 0 && bought[i] == 3 {
						close(begun)
					}
				case model.CodeRefused, model.CodeNotFound:
					return
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	<-begun
	removed, err := shop.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.NoError(t, err)
	everybody.Wait()
	require.Positive(t, removed.Orders)
	shop.requireSound(t)
	require.Empty(t, shop.listing(t, event.ID))
	all := 0
	for i := range held {
		refunded := 0
		if held[i]+maybe[i] > 0 && shop.value(t, fmt.Sprintf("notification:buyer%d:%s", i, event.ID)) != "" {
			refunded = int(shop.told(t, fmt.Sprintf("buyer%d", i), event.ID).Refunded / 2399)
		}
		require.Contains(t, []int{held[i], held[i] + maybe[i]}, refunded)
		all += refunded
	}
	require.Equal(t, all, removed.Orders)
}

func TestOrdersThatCannotBeReadKeepTheirEvent(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	shop.put(t, "purchase:ann:"+event.ID, `{"no":"list"}`)
	_, err := shop.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.Equal(t, "the orders of ann cannot be read, so they cannot be refunded: nothing was changed", model.Sentence(err))
	shop.put(t, "purchase:ann:"+event.ID, `[{"tickets":[{"type":"red","quantity":"many"}]}]`)
	_, err = shop.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.Equal(t, "an order of ann's cannot be read, so it cannot be refunded: nothing was changed", model.Sentence(err))
	shop.put(t, "purchase:ann:"+event.ID, `[]`)
	_, err = shop.RemoveEvent(t.Context(), "eve", event.ID, false)
	require.NoError(t, err)
	require.Empty(t, shop.value(t, "purchase:ann:"+event.ID))
	require.Empty(t, shop.value(t, "notification:ann:"+event.ID), "who holds nothing has nothing to be told")
	shop.requireSound(t)
}

func TestNobodyIsRefundedAPriceThatNobodyKnows(t *testing.T) {
	t.Parallel()
	const unreadable = "it is not recorded what ann paid for red tickets, and the record of these tickets cannot be read, so it has to be repaired first"
	for name, c := range map[string]struct{ red, says string }{
		"more left than there were": {`{"total_quantity":"50","current_quantity":"1003","price":"23.99"}`, unreadable},
		"nothing known to be left":  {`{"total_quantity":50,"current_quantity":null,"price":23.99}`, unreadable},
		"a type that was deleted": {
			"", "it is not recorded what ann paid for red tickets, and there is no record of such tickets any more, so it has to be loaded again first",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.employs(t)
			event := shop.creates(t, tosca())
			bobs, err := shop.Buy(t.Context(), buying("bob", event.ID, 1), nil)
			require.NoError(t, err)
			shop.put(t, "purchase:ann:"+event.ID, `[{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"2"}]}]`)
			if c.red != "" {
				shop.put(t, "ticket:"+event.ID+":red", c.red)
			} else {
				_, err = shop.writes.Delete(t.Context(), "ticket:"+event.ID+":red")
				require.NoError(t, err)
			}
			before := shop.records(t)
			_, err = shop.Refunds(t.Context(), "eve", event.ID)
			require.Equal(t, c.says, model.Sentence(err))
			require.Equal(t, model.CodeFailed, model.CodeOf(err))
			_, err = shop.RemoveEvent(t.Context(), "eve", event.ID, true)
			require.Equal(t, c.says+": nothing was changed", model.Sentence(err))
			require.Equal(t, before, shop.records(t))

			// What was paid is recorded in orders of ours, and need not be known of tickets that came to nothing.
			shop.put(t, "purchase:ann:"+event.ID, `[{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"0"}]}]`)
			removed, err := shop.RemoveEvent(t.Context(), "eve", event.ID, true)
			require.NoError(t, err)
			require.Equal(t, bobs.Total(), removed.Refunded)
		})
	}
}

func TestWhoeverIsDemotedDuringARemovalDoesNotFinishIt(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Tickets[0].Total = 200
	event := shop.creates(t, draft)
	shop.crowdBuys(t, event.ID, refundsAtOnce+5)
	store, _ := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		if n != 2 {
			return fault{}
		}
		return fault{before: func() { require.NoError(t, shop.SetRole(context.WithoutCancel(t.Context()), "eve", model.RoleUser)) }}
	})
	_, err := store.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.Equal(t, "only admins may do this", model.Sentence(err))
	shop.requireSound(t)
	_, err = shop.Event(t.Context(), event.ID)
	require.NoError(t, err)
	removed, err := shop.RemoveEvent(t.Context(), "abe", event.ID, true)
	require.NoError(t, err)
	require.Equal(t, refundsAtOnce+5, removed.Orders)
	shop.requireSound(t)
}

func TestOrdersOfThePrototypeAreRefundedAtThePriceThatTheyHad(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	shop.put(t, "purchase:ann:"+event.ID, `[{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"2"}]}]`)
	shop.put(t, "ticket:"+event.ID+":red", `{"total_quantity":"50","current_quantity":"48","price":"10.5"}`)
	shop.put(t, "event:"+event.ID, strings.Replace(shop.value(t, "event:"+event.ID), `"current_quantity":60`, `"current_quantity":"58"`, 1))
	shop.requireSound(t)
	seen, err := shop.Event(t.Context(), event.ID)
	require.NoError(t, err)
	draft := seen.Draft()
	for i := range draft.Tickets {
		draft.Tickets[i].Price = 9900
	}
	edited, err := shop.EditEvent(t.Context(), "eve", seen, draft)
	require.NoError(t, err)
	require.JSONEq(t, `{"total_quantity":50,"current_quantity":48,"price":99,"first_price":10.5}`, shop.value(t, "ticket:"+event.ID+":red"))
	_, statistics, err := shop.Statistics(t.Context())
	require.NoError(t, err)
	require.Equal(t, model.Sales{Revenue: 2100, Estimated: 2100, Tickets: 2, Orders: 1, Offered: 60}, statistics.Event(&edited))
	removed, err := shop.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.NoError(t, err)
	require.Equal(t, model.Cents(2100), removed.Refunded)
}
