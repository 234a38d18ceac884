package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

const (
	// perTxn is how many keys a bare transaction writes: about as many as a full round of orders.
	perTxn = 120
	// enoughUsers is for how many different users the orders of a turn of a second are, before some order twice.
	// Whoever holds something of an event already costs a look at it.
	enoughUsers = 60_000
	// MaxSlice is the longest turn in which that holds, of as many users as a process remembers to have met, and in which no
	// event sells out.
	MaxSlice = 2 * time.Second
	// tickets is how many of each of four types an event has: more than are sold in a turn.
	tickets = model.MaxCount / 4
	// writers is how many transactions fill the store at once.
	writers = 8
)

// bare is where bare keys are written: below the store's own keys, which no audit takes for the shop's.
const bare = model.PrefixInternal + "bench:"

// value is what bare puts write. With its key it is about as many bytes as an order with its own, so that what is compared is
// how they are written, not how much.
var value = strings.Repeat("v", 160)

// fill makes the accounts that the orders are for, if any are wanted. Nobody can log in with them.
func (b *bench) fill(ctx context.Context) error {
	if !slices.ContainsFunc([]string{"orders", "rivals", "events", "live"}, b.wants) {
		return nil
	}
	b.Tell("making accounts")
	var records []model.Record
	for i := range min(max(1000, int(enoughUsers*b.Slice.Seconds())), etcdstore.KeptUsers) {
		user := model.User{Username: buyer(i), Name: "Somebody", Email: "somebody@example.com", Role: model.RoleUser}
		records = append(records, model.Record{Key: model.UserKey(user.Username), Value: user.Encode()})
		b.users = append(b.users, user.Username)
	}
	if err := b.write(ctx, records); err != nil {
		return err
	}
	b.Tell("having everybody come in")
	return comeIn(ctx, b.store, b.users)
}

// comeIn makes users known to a process, as all are who have logged in to it. Who orders without that is asked for by the
// first transaction.
func comeIn(ctx context.Context, store *etcdstore.Store, users []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(64)
	for _, username := range users {
		group.Go(func() error {
			_, err := store.User(ctx, username)
			return err
		})
	}
	return group.Wait()
}

func buyer(i int) string { return fmt.Sprintf("bench%06d", i) }

// sell puts events on sale that nobody has ordered for.
func (b *bench) sell(ctx context.Context, n int) ([]string, error) {
	var ids []string
	var records []model.Record
	for range n {
		event := model.Event{
			ID: fmt.Sprintf("%08d-be4c-4000-8000-000000000000", len(b.onSale)), Name: "An Evening of Counting",
			Description: "Everybody comes at once", Location: "Hall", Type: "concert", Date: model.ParseDate("2099-12-31 20:00"),
		}
		for _, ticketType := range []string{"green", "pink", "red", "yellow"} {
			ticket := model.Ticket{Type: ticketType, Total: tickets, Left: tickets, Price: 2399}
			event.Left += ticket.Left
			records = append(records, model.Record{Key: model.TicketKey(event.ID, ticketType), Value: ticket.Encode()})
		}
		records = append(records, model.Record{Key: model.EventKey(event.ID), Value: event.Encode()})
		ids, b.onSale = append(ids, event.ID), append(b.onSale, event)
	}
	return ids, b.write(ctx, records)
}

// write writes records as fast as etcd allows.
func (b *bench) write(ctx context.Context, records []model.Record) error {
	var group errgroup.Group
	group.SetLimit(writers)
	for some := range full(records) {
		group.Go(func() error { return b.etcd.PutAll(ctx, some) })
	}
	return group.Wait()
}

// puts is what etcd takes of single keys.
func (b *bench) puts(clients int) measurement {
	return measurement{fmt.Sprintf("puts/%d", clients), func(ctx context.Context, _ string) (sample, error) {
		b.keys++
		return drive(ctx, clients, b.Slice, func(ctx context.Context, client, turn int) error {
			return b.etcd.Put(ctx, fmt.Sprintf("%s%d:%d:%d", bare, b.keys, client, turn), value)
		})
	}}
}

// txns is what etcd takes of keys in full transactions, one after the other.
func (b *bench) txns() measurement {
	return measurement{"keys in transactions of 120", func(ctx context.Context, _ string) (sample, error) {
		b.keys++
		s, err := drive(ctx, 1, b.Slice, func(ctx context.Context, _, turn int) error {
			records := make([]model.Record, perTxn)
			for i := range records {
				records[i] = model.Record{Key: fmt.Sprintf("%s%d:%d:%d", bare, b.keys, turn, i), Value: []byte(value)}
			}
			return b.etcd.PutAll(ctx, records)
		})
		s.Count *= perTxn
		return s, err
	}}
}

// orders is what the shop takes of orders, each for another user, for some events.
func (b *bench) orders(name string, buyers, events int, buy func(ctx context.Context, order model.Order) error) measurement {
	return measurement{name, func(ctx context.Context, _ string) (sample, error) {
		ids, err := b.sell(ctx, events)
		if err != nil {
			return sample{}, err
		}
		var next atomic.Int64
		s, err := drive(ctx, buyers, b.Slice, func(ctx context.Context, _, _ int) error {
			n := int(next.Add(1)) - 1
			return buy(ctx, oneTicket(ids[rand.N(len(ids))], b.users[n%len(b.users)]))
		})
		if err != nil {
			return s, err
		}
		return s, b.requireSold(ctx, ids, s.Count)
	}}
}

func oneTicket(eventID, username string) model.Order {
	return model.Order{Username: username, EventID: eventID, Lines: []model.Line{{Type: "red", Quantity: 1}}}
}

// buy places an order as the shop does.
func (b *bench) buy(ctx context.Context, order model.Order) error {
	_, err := b.store.Buy(ctx, order, nil)
	return err
}

// requireSold makes sure that what is missing of events is what was acknowledged.
func (b *bench) requireSold(ctx context.Context, ids []string, acknowledged int) error {
	stored := 0
	for _, id := range ids {
		event, err := b.store.Event(ctx, id)
		if err != nil {
			return err
		}
		stored += event.Total() - event.Left
	}
	if stored != acknowledged {
		return model.Errorf(model.CodeFailed, "%s were acknowledged, but %s are stored",
			model.Plural(acknowledged, "order"), model.Thousands(stored))
	}
	return nil
}
