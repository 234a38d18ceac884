package etcdstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// employs makes accounts: eve and abe are admins, ann and bob are users.
func (s *shop) employs(t *testing.T) {
	t.Helper()
	for name, role := range map[string]string{"eve": "admin", "abe": "admin", "ann": "user", "bob": "user"} {
		s.put(t, "user:"+name, fmt.Sprintf(`{"name":"Somebody","email":"a@b.cd","password":"secret-word","role":%q}`, role))
	}
}

// tosca is a draft with two types of tickets.
func tosca() model.EventDraft {
	return model.EventDraft{
		Name: "Tosca", Description: "Love and death in Rome", Location: "Old Hall", Type: "opera", Date: "2027-06-01 20:00",
		Tickets: []model.TicketDraft{{Type: "red", Total: 50, Price: 2399}, {Type: "pink", Total: 10, Price: 10890}},
	}
}

// creates has eve put an event on sale.
func (s *shop) creates(t *testing.T, draft model.EventDraft) model.Event {
	t.Helper()
	event, err := s.CreateEvent(t.Context(), "eve", draft)
	require.NoError(t, err)
	return event
}

// listing returns the keys of the index, and of the allowed values, under which something is listed.
func (s *shop) listing(t *testing.T, member string) []string {
	t.Helper()
	var keys []string
	for key, record := range s.records(t) {
		if list, err := model.DecodeList([]byte(record.value)); err == nil && slices.Contains(list, member) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func buying(username, id string, red int) model.Order {
	return model.Order{Username: username, EventID: id, Lines: []model.Line{{Type: "red", Quantity: red}}}
}

func TestANewEventAppearsAtOnceWithItsTicketsAndIsFoundByEveryWord(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	shop.put(t, "search:text:rome", `["another"]`)
	shop.put(t, "event:another", `{"name":"Rome","current_quantity":0}`)
	live := follow(t, shop.open(t))
	live.untilLoaded()

	event := shop.creates(t, tosca())
	require.Equal(t, 60, event.Left)
	shown := live.until("on sale", func(s model.Shop) bool { return s.Catalogue.Len() == 2 })
	found := shown.Catalogue.Search(model.Query{Text: "dea ros", Now: today()}).Events()
	require.Empty(t, found)
	found = shown.Catalogue.Search(model.Query{Text: "dea tos hall", Type: "opera", Location: "Old Hall", Now: today()}).Events()
	require.Len(t, found, 1)
	require.Len(t, found[0].Tickets, 2)

	require.Equal(t, []string{
		"search:location:Old Hall", "search:text:and", "search:text:death", "search:text:hall", "search:text:in",
		"search:text:love", "search:text:old", "search:text:rome", "search:text:tosca", "search:type:opera",
	}, shop.listing(t, event.ID))
	all := shop.records(t)
	for _, key := range append(shop.listing(t, event.ID), "ticket:"+event.ID+":red", "ticket:"+event.ID+":pink", "event:types") {
		require.Equal(t, all["event:"+event.ID].revision, all[key].revision, "%s came in another transaction", key)
	}
	require.JSONEq(t, fmt.Sprintf(`["another",%q]`, event.ID), shop.value(t, "search:text:rome"))
	require.Equal(t, `["opera"]`, shop.value(t, "event:types"))
	require.Equal(t, `["Old Hall"]`, shop.value(t, "event:locations"))
	require.Equal(t, `["pink","red"]`, shop.value(t, "ticket:types"))
	shop.put(t, "event:another", `{"name":"Rome","current_quantity":0}`)
	_, err := shop.Buy(t.Context(), buying("ann", event.ID, 3), nil)
	require.NoError(t, err)
	shop.requireSound(t)
}

// words are so many different ones.
func words(prefix string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "%s%d ", prefix, i)
	}
	return strings.TrimSpace(out.String())
}

func TestAnEventWithMoreWordsThanATransactionHoldsIsNeverSeenByHalves(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Description = words("w", 400)
	var revisions []int64
	store, _ := shop.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
		require.LessOrEqual(t, max(len(write.Compare), len(write.Success), len(write.Failure)), maxOps)
		return fault{after: func() {
			now, err := shop.reads.Get(t.Context(), "x")
			if err != nil {
				t.Error(err)
				return
			}
			revisions = append(revisions, now.Header.Revision)
		}}
	})
	event, err := store.CreateEvent(t.Context(), "eve", draft)
	require.NoError(t, err)
	require.Len(t, shop.listing(t, event.ID), 400+5)
	shop.requireSound(t)
	require.Greater(t, len(revisions), 3)
	for _, revision := range revisions {
		found, err := shop.reads.Get(t.Context(), "event:"+event.ID, clientv3.WithRev(revision))
		require.NoError(t, err)
		tickets, err := shop.reads.Get(t.Context(), "ticket:"+event.ID, clientv3.WithPrefix(), clientv3.WithRev(revision))
		require.NoError(t, err)
		require.Equal(t, 2*len(found.Kvs), len(tickets.Kvs))
	}

	draft.Description = words("v", 380)
	_, err = store.EditEvent(t.Context(), "eve", event, draft)
	require.NoError(t, err)
	require.Len(t, shop.listing(t, event.ID), 380+5, "old words were left behind")
	shop.requireSound(t)

	_, err = store.RemoveEvent(t.Context(), "eve", event.ID, false)
	require.NoError(t, err)
	require.Empty(t, shop.listing(t, event.ID))
	shop.requireSound(t)
}

func TestAnEventIsNotFoundUnderItsOldWordsHoweverManyNewOnesItHas(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	shop.creates(t, tosca()) // it keeps the old words
	for _, count := range []int{110, 120, 250, 400} {
		event := shop.creates(t, tosca())
		draft := event.Draft()
		draft.Name, draft.Description, draft.Location = "Aida", words("w", count), "New Hall"
		edited, err := shop.EditEvent(t.Context(), "eve", event, draft)
		require.NoError(t, err)
		require.Len(t, shop.listing(t, event.ID), len(edited.Lists()), "with %d new words", count)
		require.NotContains(t, shop.listing(t, event.ID), "search:text:rome")
	}
	shop.requireSound(t)
}

func TestOfALongCreationThatIsDeniedHalfwayNoWordStays(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Description = words("w", 300)
	shop.creates(t, draft)
	before := len(shop.records(t))
	store, connection := shop.badConnection(t, first(fault{after: func() {
		if err := shop.SetRole(t.Context(), "eve", model.RoleUser); err != nil {
			t.Error(err)
		}
	}}))
	_, err := store.CreateEvent(t.Context(), "eve", draft)
	require.Equal(t, "only admins may do this", model.Sentence(err))
	require.Greater(t, connection.sent(), 1, "a part of the index was written before")
	require.Len(t, shop.records(t), before)
	shop.requireSound(t)
}

func TestAListThatIsFullGoesOnInAnotherPart(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	full := make([]string, model.ListPart)
	for i := range full {
		full[i] = fmt.Sprintf("id-%d", i)
	}
	shop.put(t, "search:type:opera", string(model.EncodeList(full)))
	shop.put(t, "search:text:rome:2", `{"no":"list"}`)
	first, second := shop.creates(t, tosca()), shop.creates(t, tosca())
	require.Equal(t, fmt.Sprintf(`[%q,%q]`, first.ID, second.ID), shop.value(t, "search:type:opera:1"))
	require.Equal(t, fmt.Sprintf(`[%q,%q]`, first.ID, second.ID), shop.value(t, "search:text:rome:3"), "what cannot be read is left alone")

	for _, event := range []model.Event{first, second} {
		_, err := shop.RemoveEvent(t.Context(), "eve", event.ID, false)
		require.NoError(t, err)
	}
	require.Empty(t, shop.value(t, "search:type:opera:1"))
	require.Equal(t, `{"no":"list"}`, shop.value(t, "search:text:rome:2"))
	require.Equal(t, string(model.EncodeList(full)), shop.value(t, "search:type:opera"))
}

func TestAnEditChangesOnlyTheWordsThatChanged(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	shop.put(t, "event:"+event.ID, strings.Replace(shop.value(t, "event:"+event.ID), "{", `{"poster":"a.png",`, 1))
	before := shop.records(t)

	draft := event.Draft()
	draft.Description, draft.Type, draft.Date = "Love and life in Rome", "play", "2027-07-01 19:30"
	draft.Tickets[1].Price = 2500
	edited, err := shop.EditEvent(t.Context(), "abe", event, draft)
	require.NoError(t, err)
	require.Equal(t, "Love and life in Rome", edited.Description)

	var changed []string
	after := shop.records(t)
	for key, record := range after {
		if before[key] != record {
			changed = append(changed, key)
			require.Equal(t, after["event:"+event.ID].revision, record.revision, "%s came in another transaction", key)
		}
	}
	for key := range before {
		if _, still := after[key]; !still {
			changed = append(changed, key)
		}
	}
	slices.Sort(changed)
	require.Equal(t, []string{
		"event:" + event.ID, "event:types", "search:text:death", "search:text:life", "search:type:opera", "search:type:play",
		"ticket:" + event.ID + ":red",
	}, changed)
	require.Contains(t, after["event:"+event.ID].value, `"poster":"a.png"`)
	require.Equal(t, `["opera","play"]`, after["event:types"].value)
	shop.requireSound(t)

	again, err := shop.EditEvent(t.Context(), "abe", event, draft)
	require.NoError(t, err, "it is as wanted already")
	require.Equal(t, edited.Name, again.Name)
	require.Equal(t, after, shop.records(t))
}

func TestTheSecondOfTwoAdminsIsToldAndShownTheDifference(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	first, second := event.Draft(), event.Draft()
	first.Name, first.Tickets[1].Price = "Tosca!", 3000
	second.Name = "Tosca?"
	_, err := shop.EditEvent(t.Context(), "eve", event, first)
	require.NoError(t, err)
	before := shop.records(t)

	now, err := shop.EditEvent(t.Context(), "abe", event, second)
	require.Equal(t, model.CodeConflict, model.CodeOf(err))
	require.Equal(t, `somebody else has changed this event: the name from “Tosca” to “Tosca!”; `+
		"the price of red tickets from £23.99 to £30.00", model.Sentence(err))
	require.Equal(t, "Tosca!", now.Name)
	require.Equal(t, before, shop.records(t))

	again := now.Draft()
	again.Name = "Tosca?"
	_, err = shop.EditEvent(t.Context(), "abe", now, again)
	require.NoError(t, err)
	shop.requireSound(t)
}

func TestASaleInBetweenIsNoConflict(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	store, connection := shop.badConnection(t, first(fault{before: func() {
		_, err := shop.Buy(t.Context(), buying("ann", event.ID, 4), nil)
		require.NoError(t, err)
	}}))
	draft := event.Draft()
	draft.Name, draft.Tickets[1].Total, draft.Tickets[1].Price = "Tosca!", 30, 100
	edited, err := store.EditEvent(t.Context(), "eve", event, draft)
	require.NoError(t, err)
	require.Equal(t, 2, connection.sent())
	red, _ := edited.Ticket("red")
	require.Equal(t, 26, red.Left)
	orders, err := shop.Orders(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, model.Cents(4*2399), orders[0].Total(), "a new price is for later orders")
	shop.requireSound(t)

	draft.Tickets[1].Total = 3
	_, err = store.EditEvent(t.Context(), "eve", edited, draft)
	require.Equal(t, "4 red tickets are sold: there cannot be fewer", model.Sentence(err))
	draft.Tickets = draft.Tickets[:1]
	_, err = store.EditEvent(t.Context(), "eve", edited, draft)
	require.Equal(t, "4 red tickets are sold: that type cannot be removed", model.Sentence(err))
	require.Equal(t, model.CodeRefused, model.CodeOf(err))
}

func TestTwentyEditsOfOneEventRaceWithItsSale(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Tickets[0].Total = 200
	event := shop.creates(t, draft)
	stores := []*Store{shop.open(t), shop.open(t), shop.open(t)}
	var paid, sold atomic.Int64
	var everybody sync.WaitGroup
	editing, done := context.WithCancel(t.Context())
	for i, buyer := range []string{"ann", "bob", "eve", "abe"} {
		everybody.Go(func() {
			for editing.Err() == nil {
				order, err := stores[i%2].Buy(t.Context(), buying(buyer, event.ID, 1), nil)
				switch {
				case err != nil && model.CodeOf(err) != model.CodeRefused:
					t.Error(err)
				case err == nil && i == 3:
					if _, err = stores[1].Cancel(t.Context(), order, nil); err != nil {
						t.Error(err)
					}
				case err == nil:
					paid.Add(int64(order.Total()))
					sold.Add(1)
				}
			}
		})
	}
	now := event
	for i := range 20 {
		draft := now.Draft()
		draft.Name = fmt.Sprintf("Tosca number%d", i)
		draft.Description = words(fmt.Sprintf("x%d", i%5), 3)
		draft.Tickets[1].Price += 100
		draft.Tickets[1].Total += 5 * (i % 3)
		edited, err := stores[1+i%2].EditEvent(t.Context(), []string{"eve", "abe"}[i%2], now, draft)
		require.NoError(t, err)
		now = edited
	}
	done()
	everybody.Wait()

	shop.requireSound(t)
	require.Len(t, shop.listing(t, event.ID), 2+3+1+3, "the words of its last form, and no others")
	_, statistics, err := shop.Statistics(t.Context())
	require.NoError(t, err)
	require.Equal(t, model.Cents(paid.Load()), statistics.Event(&now).Revenue)
	require.Equal(t, int(sold.Load()), statistics.Event(&now).Tickets)
	require.Positive(t, sold.Load())
}

func TestOnlyAdminsMayChangeTheShop(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	shop.put(t, "user:odd", `{"name":"Odd","role":"owner"}`)
	shop.put(t, "user:torn", `[]`)
	event := shop.creates(t, tosca())
	draft := event.Draft()
	draft.Name = "Mine now"
	before := shop.records(t)
	for name, verb := range map[string]func(actor string) error{
		"create": func(actor string) error { _, err := shop.CreateEvent(t.Context(), actor, tosca()); return err },
		"edit":   func(actor string) error { _, err := shop.EditEvent(t.Context(), actor, event, draft); return err },
		"remove": func(actor string) error { _, err := shop.RemoveEvent(t.Context(), actor, event.ID, true); return err },
	} {
		for _, actor := range []string{"ann", "nobody", "", "odd", "torn", "eve:x", "ev"} {
			err := verb(actor)
			require.Equal(t, model.CodeDenied, model.CodeOf(err), "%s by %q: %v", name, actor, err)
			require.Equal(t, "only admins may do this", model.Sentence(err))
		}
	}
	require.Equal(t, before, shop.records(t))
}

func TestWhoeverIsDemotedAtThatMomentIsTooLate(t *testing.T) {
	t.Parallel()
	for name, verb := range map[string]func(context.Context, *Store, model.Event) error{
		"create": func(ctx context.Context, s *Store, _ model.Event) error {
			_, err := s.CreateEvent(ctx, "eve", tosca())
			return err
		},
		"edit": func(ctx context.Context, s *Store, event model.Event) error {
			draft := event.Draft()
			draft.Name = "Mine"
			_, err := s.EditEvent(ctx, "eve", event, draft)
			return err
		},
		"remove": func(ctx context.Context, s *Store, e model.Event) error {
			_, err := s.RemoveEvent(ctx, "eve", e.ID, true)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.employs(t)
			event := shop.creates(t, tosca())
			var before map[string]stored
			store, _ := shop.badConnection(t, first(fault{before: func() {
				require.NoError(t, shop.SetRole(t.Context(), "eve", model.RoleUser))
				before = shop.records(t)
			}}))
			err := verb(t.Context(), store, event)
			require.Equal(t, "only admins may do this", model.Sentence(err))
			require.Equal(t, model.CodeDenied, model.CodeOf(err))
			require.Equal(t, before, shop.records(t))
		})
	}
}

func TestAnAdminWhoChangesTheirNameMeanwhileIsStillAnAdmin(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	store, _ := shop.badConnection(t, first(fault{before: func() {
		require.NoError(t, shop.ChangeDetails(t.Context(), model.User{Username: "eve"}, "Eve Two", "e@b.cd"))
	}}))
	_, err := store.CreateEvent(t.Context(), "eve", tosca())
	require.NoError(t, err)
}

func TestADraftThatIsWrongMakesNothing(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	before := shop.records(t)
	draft := tosca()
	draft.Location = "a:b"
	_, err := shop.CreateEvent(t.Context(), "eve", draft)
	require.Equal(t, model.CodeRefused, model.CodeOf(err))
	_, err = shop.EditEvent(t.Context(), "eve", model.Event{ID: opera}, tosca())
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	_, err = shop.EditEvent(t.Context(), "eve", model.Event{ID: "locations"}, tosca())
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	require.Equal(t, before, shop.records(t))
}

func TestManyCreateAtOnceAndNoWordIsLost(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	stores := []*Store{shop.open(t), shop.open(t), shop.open(t)}
	var everybody sync.WaitGroup
	for i := range 12 {
		everybody.Go(func() {
			draft := tosca()
			draft.Name = fmt.Sprintf("Tosca %d", i)
			if _, err := stores[i%3].CreateEvent(t.Context(), "eve", draft); err != nil {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	shop.requireSound(t)
	listed, err := model.DecodeList([]byte(shop.value(t, "search:type:opera")))
	require.NoError(t, err)
	require.Len(t, listed, 12)
}

func TestAnAdminsChangeWhoseAnswerIsLostIsMadeOnce(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]fault{
		"and it was done":    {err: errLost},
		"and it never came":  {err: errLost, stops: true},
		"with a full disk":   {err: errNoSpace},
		"and it came twice":  {again: func() {}},
		"and it comes later": {err: errLost, late: make(chan struct{})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.employs(t)
			store, connection := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
				if n%2 == 1 {
					return lost
				}
				return fault{}
			})
			event, err := store.CreateEvent(t.Context(), "eve", tosca())
			require.NoError(t, err)
			draft := event.Draft()
			draft.Name = "Aida"
			edited, err := store.EditEvent(t.Context(), "eve", event, draft)
			require.NoError(t, err)
			require.Equal(t, "Aida", edited.Name)
			_, err = shop.Buy(t.Context(), buying("ann", event.ID, 2), nil)
			require.NoError(t, err)
			shop.requireSound(t)
			removed, err := store.RemoveEvent(t.Context(), "eve", event.ID, true)
			require.NoError(t, err)
			require.Equal(t, model.Removal{EventID: event.ID, Name: "Aida", Orders: 1, Tickets: 2, Refunded: 4798}, removed)
			if lost.late != nil {
				close(lost.late)
				connection.late.Wait()
			}
			require.Empty(t, shop.listing(t, event.ID))
			require.Empty(t, shop.value(t, "event:"+event.ID))
			shop.requireSound(t)
		})
	}
}

func TestAnEventThatIsRemovedBeforeItsMakerKnowsOfItStaysRemoved(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	store, _ := shop.badConnection(t, first(fault{err: errLost, after: func() {
		made, err := shop.Catalogue(t.Context())
		if err != nil || made.Len() != 1 {
			t.Errorf("%v, %d events", err, made.Len())
		}
		for _, event := range made.Search(model.Query{Now: today()}).Events() {
			if _, err := shop.RemoveEvent(t.Context(), "abe", event.ID, false); err != nil {
				t.Error(err)
			}
		}
	}}))
	_, err := store.CreateEvent(t.Context(), "eve", tosca())
	require.Equal(t, model.CodeConflict, model.CodeOf(err))
	require.Equal(t, "the event was created, but somebody else has removed it since", model.Sentence(err))
	left, err := shop.Catalogue(t.Context())
	require.NoError(t, err)
	require.Zero(t, left.Len())
	shop.requireSound(t)
}

func TestWhatAnAdminCannotKnowYetIsSaid(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	for _, verb := range []func(context.Context, *Store) error{
		func(ctx context.Context, s *Store) error { _, err := s.CreateEvent(ctx, "eve", tosca()); return err },
		func(ctx context.Context, s *Store) error {
			draft := event.Draft()
			draft.Name = "Aida"
			_, err := s.EditEvent(ctx, "eve", event, draft)
			return err
		},
		func(ctx context.Context, s *Store) error {
			_, err := s.RemoveEvent(ctx, "eve", event.ID, true)
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		store, _ := shop.badConnection(t, func(int, *pb.TxnRequest) fault {
			cancel()
			return fault{err: errLost, stops: true}
		})
		err := verb(ctx, store)
		require.Equal(t, model.CodeUnknown, model.CodeOf(err))
		require.Contains(t, model.Sentence(err), "not known yet")
	}
}
