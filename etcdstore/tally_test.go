package etcdstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// requireCounted waits until the live statistics are what a recount of all orders gives.
func (f *followed) requireCounted(shop *shop) {
	f.t.Helper()
	catalogue, recount, err := shop.Statistics(f.t.Context())
	require.NoError(f.t, err)
	want := recount.Report(catalogue, 5)
	var last model.SalesReport
	defer func() { require.Equal(f.t, want, last) }()
	f.until("counted", func(s model.Shop) bool {
		if s.Statistics == nil {
			return false
		}
		last = s.Statistics.Report(s.Catalogue, 5)
		return fmt.Sprint(last) == fmt.Sprint(want)
	})
}

func TestLiveStatisticsAreWhatARecountOfAllOrdersGives(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	events := []model.Event{shop.creates(t, tosca()), shop.creates(t, tosca()), shop.creates(t, tosca())}
	_, err := shop.Buy(t.Context(), buying("ann", events[0].ID, 2), nil)
	require.NoError(t, err)
	store := shop.open(t)
	live := follow(t, store)
	live.untilLoaded()
	store.Attend(t.Context(), "eve")

	dice := rand.New(rand.NewPCG(1, 2))
	var held []model.Order
	for i := range 80 {
		at := dice.IntN(len(events))
		switch deed := dice.IntN(12); {
		case deed < 6:
			order := buying([]string{"ann", "bob"}[dice.IntN(2)], events[at].ID, 1+dice.IntN(3))
			if dice.IntN(2) == 0 {
				order.Lines = append(order.Lines, model.Line{Type: "pink", Quantity: 1})
			}
			if order, err = shop.Buy(t.Context(), order, nil); err == nil {
				held = append(held, order)
			}
		case deed < 9 && len(held) > 0:
			n := dice.IntN(len(held))
			_, err = shop.Cancel(t.Context(), held[n], nil)
			require.NoError(t, err)
			held = append(held[:n], held[n+1:]...)
		case deed == 9:
			draft := events[at].Draft()
			draft.Type = []string{"opera", "play"}[dice.IntN(2)]
			draft.Tickets[dice.IntN(2)].Price = model.Cents(dice.IntN(10_000))
			draft.Tickets[1].Total += 10
			events[at], err = shop.EditEvent(t.Context(), "eve", events[at], draft)
			require.NoError(t, err)
		case deed == 10:
			shop.put(t, "purchase:old"+fmt.Sprint(i)+":"+events[at].ID, `[{"date":"x","tickets":[{"type":"red","quantity":"3"}]},{"tickets":0}]`)
		case i == 60:
			_, err = shop.RemoveEvent(t.Context(), "eve", events[at].ID, true)
			require.Equal(t, model.CodeFailed, model.CodeOf(err))
		}
		if i%20 == 19 {
			live.requireCounted(shop)
		}
	}
	fresh := shop.creates(t, tosca())
	_, err = shop.Buy(t.Context(), buying("ann", fresh.ID, 4), nil)
	require.NoError(t, err)
	live.requireCounted(shop)
	_, err = shop.RemoveEvent(t.Context(), "eve", fresh.ID, true)
	require.NoError(t, err)
	live.requireCounted(shop)
	total := model.Cents(0)
	for _, order := range held {
		total += order.Total()
	}
	now, _ := live.Shop()
	report := now.Statistics.Report(now.Catalogue, 0)
	require.Equal(t, total+2*2399, report.Total.Revenue-report.Total.Estimated, "what was paid")
}

func TestStatisticsAreKeptWhileAnAdminIsHere(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	store := shop.open(t)
	live := follow(t, store)
	require.Nil(t, live.untilLoaded().Statistics)
	store.Attend(t.Context(), "ann")
	live.until("ann is here", func(s model.Shop) bool { _, here := s.People.Person("ann"); return here })

	here, leave := context.WithCancel(t.Context())
	store.Attend(here, "eve")
	live.until("counted", func(s model.Shop) bool { return s.Statistics != nil })
	_, err := shop.Buy(t.Context(), buying("ann", event.ID, 2), nil)
	require.NoError(t, err)
	shown := live.untilLeft(event.ID, 58)
	require.Equal(t, model.Cents(4798), shown.Statistics.Report(shown.Catalogue, 1).Best[0].Revenue)
	require.Equal(t, []int{0, 0, 1}, shown.Statistics.PerMinute(today(), 3))

	require.NoError(t, shop.SetRole(t.Context(), "eve", model.RoleUser))
	live.until("eve is demoted", func(s model.Shop) bool { return s.Statistics == nil })
	require.NoError(t, shop.SetRole(t.Context(), "eve", model.RoleAdmin))
	live.requireCounted(shop)
	leave()
	gone := live.until("eve is gone", func(s model.Shop) bool { return s.Statistics == nil })
	require.False(t, gone.Stale)
	_, err = shop.Buy(t.Context(), buying("ann", event.ID, 1), nil)
	require.NoError(t, err)
	require.Nil(t, live.untilLeft(event.ID, 57).Statistics)
}

func TestNoChangeIsMissedWhileTheOrdersAreBeingAddedUp(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Tickets[0].Total = 1000
	event := shop.creates(t, draft)
	store := shop.open(t)
	live := follow(t, store)
	live.untilLoaded()
	selling := make(chan error)
	go func() {
		var err error
		for range 60 {
			if _, err = shop.Buy(context.WithoutCancel(t.Context()), buying("ann", event.ID, 1), nil); err != nil {
				break
			}
		}
		selling <- err
	}()
	for range 5 {
		here, leave := context.WithCancel(t.Context())
		store.Attend(here, "eve")
		counted := live.until("counted", func(s model.Shop) bool { return s.Statistics != nil })
		shown, _ := counted.Catalogue.Event(event.ID)
		require.Equal(t, shown.Total()-shown.Left, counted.Statistics.Event(shown).Tickets)
		leave()
		live.until("not counted", func(s model.Shop) bool { return s.Statistics == nil })
	}
	store.Attend(t.Context(), "eve")
	require.NoError(t, <-selling)
	live.requireCounted(shop)
}

func TestWhatEtcdHasForgottenIsCountedAnew(t *testing.T) {
	t.Parallel()
	changed := &clientv3.Event{Kv: &mvccpb.KeyValue{Key: []byte("purchase:ann:" + opera), CreateRevision: 3, ModRevision: 5}}
	counting, idle := tally{on: true}, tally{}
	require.Nil(t, counting.replaced(changed))
	require.Nil(t, idle.replaced(changed))
	require.True(t, counting.torn)
	require.False(t, idle.torn)
	statistics := model.NewStatistics(model.NewCatalogue())
	require.Same(t, statistics, counting.with(statistics, nil, nil, nil), "what is wrong is not shown")
}
