package etcdstore

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestANotificationFiresWhenTheCountFallsBelowItsLimit(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	key := shop.notify(t, "bob", opera, 8)
	shop.put(t, "notification:ann:"+opera, `{"limit":"9","active":false,"colour":"red"}`)
	require.Equal(t, `{"limit":8,"active":false}`, shop.value(t, key))
	witness := shop.witness(t)
	follow(t, shop.open(t)).untilLoaded()

	cli := shop.open(t) // a process that does not follow: the fall is its doing, that it is told is not
	_, err := cli.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	witness.untilActive("notification:ann:" + opera)
	require.Equal(t, `{"limit":9,"active":true,"colour":"red"}`, shop.value(t, "notification:ann:"+opera))
	require.Equal(t, `{"limit":8,"active":false}`, shop.value(t, key), "eight are not fewer than eight")

	_, err = cli.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)
	witness.untilActive(key)
	require.Equal(t, map[string]int{key: 1, "notification:ann:" + opera: 1}, witness.fired())
	witness.requireEachToldOnce()
}

func TestANotificationBelowThePresentMarkIsActiveAtOnce(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	n, err := shop.Notify(t.Context(), model.Notification{Username: "ann", EventID: opera, Limit: 11})
	require.NoError(t, err)
	require.True(t, n.Active)
	require.Equal(t, `{"limit":11,"active":true}`, shop.value(t, "notification:ann:"+opera))
	before := shop.records(t)
	again, err := shop.Notify(t.Context(), model.Notification{Username: "ann", EventID: opera, Limit: 11})
	require.NoError(t, err)
	require.True(t, again.Active)
	require.Equal(t, before, shop.records(t), "it has told already")

	back, err := shop.Notify(t.Context(), model.Notification{Username: "bob", EventID: opera, Back: true})
	require.NoError(t, err)
	require.True(t, back.Active, "there are tickets")
}

func TestWhatCannotBeAskedForIsRefused(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	before := shop.records(t)
	for _, limit := range []int{0, -1, model.MaxCount + 1} {
		_, err := shop.Notify(t.Context(), model.Notification{Username: "ann", EventID: opera, Limit: limit})
		require.Equal(t, model.CodeRefused, model.CodeOf(err))
		require.Equal(t, "a notification needs a number of tickets, 1 or more", model.Sentence(err))
	}
	_, err := shop.Notify(t.Context(), model.Notification{Username: "ann", EventID: opera, Back: true, Limit: -1})
	require.Equal(t, model.CodeRefused, model.CodeOf(err))
	for _, n := range []model.Notification{
		{Username: "ann", EventID: match, Limit: 1}, {Username: "ann", EventID: "types", Limit: 1}, {Username: "a:b", EventID: opera, Limit: 1},
	} {
		_, err := shop.Notify(t.Context(), n)
		require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	}
	require.Equal(t, model.CodeNotFound, model.CodeOf(shop.RemoveNotification(t.Context(), "a:b", opera)))
	require.Equal(t, model.CodeNotFound, model.CodeOf(shop.RemoveNotification(t.Context(), "ann", "a:b")))
	require.Equal(t, before, shop.records(t))
}

func TestANotificationIsChangedArmedAgainAndRemoved(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	shop.fall(t, opera, 10)
	key := shop.notify(t, "ann", opera, 5)
	witness := shop.witness(t)
	follow(t, shop.open(t)).untilLoaded()

	shop.notify(t, "ann", opera, 3)
	shop.fall(t, opera, 4)
	shop.fall(t, opera, 2)
	witness.untilActive(key)
	require.Equal(t, `{"limit":3,"active":true}`, shop.value(t, key))
	shop.fall(t, opera, 10)
	shop.fall(t, opera, 0)
	shop.fall(t, opera, 10)
	shop.notify(t, "ann", opera, 3)
	require.Equal(t, `{"limit":3,"active":false}`, shop.value(t, key), "what fell before counts no longer")
	shop.fall(t, opera, 1)
	witness.untilActive(key)

	shop.fall(t, opera, 10)
	shop.notify(t, "ann", opera, 4)
	bobs := shop.notify(t, "bob", opera, 4)
	require.NoError(t, shop.RemoveNotification(t.Context(), "ann", opera))
	require.NoError(t, shop.RemoveNotification(t.Context(), "ann", opera), "there is nothing left to remove")
	shop.fall(t, opera, 0)
	witness.untilActive(bobs)
	require.Equal(t, map[string]int{key: 2, bobs: 1}, witness.fired())
	require.Empty(t, shop.value(t, key))
	witness.requireEachToldOnce()
}

func TestWhoWaitsForASoldOutEventIsToldWhenTicketsComeBack(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 2, 0)
	bought := shop.buys(t, "ann", 2)
	n, err := shop.Notify(t.Context(), model.Notification{Username: "bob", EventID: opera, Back: true})
	require.NoError(t, err)
	require.False(t, n.Active)
	witness := shop.witness(t)
	follow(t, shop.open(t)).untilLoaded()
	_, err = shop.Cancel(t.Context(), bought, nil)
	require.NoError(t, err)
	witness.untilActive("notification:bob:" + opera)
	require.Equal(t, `{"limit":0,"active":true,"back":true}`, shop.value(t, "notification:bob:"+opera))
	witness.requireEachToldOnce()
}

func TestANotificationThatCannotBeReadRingsNoBellAndIsReplaced(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.fall(t, opera, 10)
	shop.put(t, "notification:ann:"+opera, `{"active":false}`)
	shop.put(t, "notification:bob:"+opera, `[]`)
	shop.put(t, "notification:max:"+opera, `{"limit":9,"active":false}`)
	witness := shop.witness(t)
	follow(t, shop.open(t)).untilLoaded()
	shop.fall(t, opera, 0)
	witness.untilActive("notification:max:" + opera)
	require.Equal(t, `{"active":false}`, shop.value(t, "notification:ann:"+opera))
	require.Equal(t, `[]`, shop.value(t, "notification:bob:"+opera))
	shop.fall(t, opera, 10)
	shop.notify(t, "bob", opera, 5)
	require.Equal(t, `{"limit":5,"active":false}`, shop.value(t, "notification:bob:"+opera))
}

// storm lets the counts of some events rise and fall, and users arm their notifications again.
type storm struct {
	shop   *shop
	stores []*Store
	ids    []string // of events whose counts are written by hand
	users  int
}

func (st storm) store(n int) *Store { return st.stores[n%len(st.stores)] }

// arms has all users, who get their accounts here, wait for all events.
func (st storm) arms(t *testing.T) {
	t.Helper()
	for i := range st.users {
		st.shop.hasUsers(t, fmt.Sprintf("user%d", i))
		for n, id := range append([]string{opera}, st.ids...) {
			limit := 1 + (7*i+n)%40
			st.shop.put(t, model.NotificationKey(fmt.Sprintf("user%d", i), id), fmt.Sprintf(`{"limit":%d,"active":false}`, limit))
		}
	}
}

func (st storm) blows(t *testing.T) {
	t.Helper()
	var weather sync.WaitGroup
	for n := range 4 {
		weather.Go(func() { // people buy, and cancel every other order
			for i := range 12 {
				mine := order(1)
				bought, err := st.store(n+i).Buy(t.Context(), mine, nil)
				if err == nil && i%2 == 0 {
					_, err = st.store(n+i+1).Cancel(t.Context(), bought, nil)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n, id := range st.ids {
		weather.Go(func() {
			for range 20 {
				st.shop.fall(t, id, rand.N(45))
			}
			for i := range 5 {
				username := fmt.Sprintf("user%d", (10*n+i)%st.users)
				n := model.Notification{Username: username, EventID: id, Limit: 41 + i, Back: i == 0}
				if _, err := st.store(i).Notify(t.Context(), n); err != nil {
					t.Error(err)
				}
				st.shop.fall(t, id, rand.N(45))
			}
			st.shop.fall(t, id, 0)
			st.shop.fall(t, id, 1)
		})
	}
	weather.Wait()
	mine := order(20)
	_, err := st.store(0).Buy(t.Context(), mine, nil)
	require.NoError(t, err)
}

func TestWithEightProcessesEachOfTwoHundredNotificationsFiresOncePerArming(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 44, 0)
	st := storm{shop: shop, users: 50}
	st.ids = shop.hasEvents(t, 3)
	for _, id := range st.ids {
		shop.fall(t, id, 44)
	}
	witness := shop.witness(t)
	shop.fall(t, opera, 44)
	for _, id := range st.ids {
		shop.fall(t, id, 44)
	}
	for range 8 {
		st.stores = append(st.stores, shop.open(t))
	}
	var lives []*followed
	for _, store := range st.stores {
		lives = append(lives, follow(t, store))
	}
	for _, live := range lives {
		live.untilLoaded()
	}
	st.arms(t)
	st.blows(t)
	witness.until("all who are due told", func(values map[string]string) bool {
		for key, value := range values {
			at := model.ParseKey(key)
			if at.Family != model.FamilyNotification {
				continue
			}
			n, err := model.DecodeNotification(at.Username, at.EventID, []byte(value))
			require.NoError(t, err)
			event, err := model.DecodeEvent(at.EventID, []byte(values[model.EventKey(at.EventID)]))
			require.NoError(t, err)
			if !n.Active && n.IsDue(event.Left) {
				return false
			}
		}
		return true
	})
	delays := witness.requireEachToldOnce()
	slices.Sort(delays)
	require.Greater(t, len(delays), 150)
	t.Logf("%d told, half of them within %v, the last after %v", len(delays), delays[len(delays)/2], delays[len(delays)-1])
}
