package etcdstore

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestABuyerGetsTheTicketsAndEverybodySeesTheCountsFall(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)

	bought, err := shop.Buy(t.Context(), model.Order{Username: "ann", EventID: opera, Lines: []model.Line{
		{Type: "red", Quantity: 1},
		{Type: "pink", Quantity: 1},
		{Type: "red", Quantity: 1},
	}}, nil)
	require.NoError(t, err)

	require.Len(t, bought.ID, 12)
	require.Equal(t, "ann", bought.Username)
	require.Equal(t, opera, bought.EventID)
	require.Equal(t, "2027-03-01 12:00:00", bought.Date.Raw())
	require.Equal(t, []model.Line{{Type: "pink", Quantity: 1, Price: 10890}, {Type: "red", Quantity: 2, Price: 2399}}, bought.Lines)
	require.Equal(t, model.Cents(15688), bought.Total())

	all := shop.records(t)
	require.JSONEq(t, `{"name":"The Opera","description":"Sung","location":"Hall","type":"music","date":"2027-06-01 20:00","current_quantity":12,"changed":"2027-03-01 12:00:00"}`,
		all["event:"+opera].value)
	require.JSONEq(t, `{"total_quantity":10,"current_quantity":8,"price":23.99}`, all["ticket:"+opera+":red"].value)
	require.JSONEq(t, `{"total_quantity":5,"current_quantity":4,"price":108.9}`, all["ticket:"+opera+":pink"].value)
	list := all["purchase:ann:"+opera]
	require.JSONEq(t, fmt.Sprintf(`[{"id":%q,"date":"2027-03-01 12:00:00","tickets":[
		{"type":"pink","quantity":1,"price":108.9},{"type":"red","quantity":2,"price":23.99}]}]`, bought.ID), list.value)
	for _, key := range []string{"event:" + opera, "ticket:" + opera + ":red", "ticket:" + opera + ":pink"} {
		require.Equal(t, list.revision, all[key].revision, "%s was not written in the same transaction", key)
	}
	shop.requireSold(t, 3)
}

func TestRecordsOfThePrototypeAreSoldAndWrittenAsNumbers(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 3, 1)
	shop.put(t, "event:"+opera, `{"name":"The Opera","poster":"a.png","date":"04-06-2027 12:10","current_quantity":"4"}`)
	shop.put(t, "ticket:"+opera+":red", `{"total_quantity":"3","current_quantity":"3","price":"23.9","colour":"#f00"}`)
	shop.put(t, "purchase:ann:"+opera, `[{"date":"3/14/2024, 1:45:00 PM","tickets":[{"type":"red","quantity":"3"}],"note":"mine"}]`)

	_, err := shop.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)

	require.JSONEq(t, `{"name":"The Opera","description":"","location":"","type":"","poster":"a.png","date":"04-06-2027 12:10","current_quantity":2,"changed":"2027-03-01 12:00:00"}`,
		shop.value(t, "event:"+opera))
	require.JSONEq(t, `{"total_quantity":3,"current_quantity":1,"price":23.9,"colour":"#f00"}`, shop.value(t, "ticket:"+opera+":red"))
	require.True(t, strings.HasPrefix(shop.value(t, "purchase:ann:"+opera),
		`[{"date":"3/14/2024, 1:45:00 PM","tickets":[{"type":"red","quantity":"3"}],"note":"mine"},{`))
	require.Len(t, shop.orders(t, "ann"), 2)
}

func TestEveryRefusalSaysWhatWouldWorkAndChangesNothing(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 3, 0)
	shop.put(t, "event:"+match, `{"name":"The Match","date":"2027-02-28 20:00","current_quantity":9}`)
	shop.put(t, "ticket:"+match+":red", `{"total_quantity":9,"current_quantity":9,"price":1}`)
	shop.put(t, "event:broken", `{"name":"Broken","current_quantity":null}`)
	shop.put(t, "ticket:broken:red", `{"total_quantity":9,"current_quantity":9,"price":1}`)
	shop.put(t, "ticket:"+opera+":torn", `{"total_quantity":9,"current_quantity":null,"price":1}`)
	shop.put(t, "event:locations", `["Hall"]`)
	shop.put(t, "purchase:bob:"+opera, `{"no":"list"}`)
	shop.put(t, "user:max", `{"name":"Max","email":"a@b.cd","password":"secret-word","role":"user"}`)
	shop.put(t, "purchase:max:"+opera, "["+strings.TrimSuffix(strings.Repeat(`{},`, model.MaxOrders), ",")+"]")
	shop.put(t, "user:big", `{"name":"Big","email":"a@b.cd","password":"secret-word","role":"user"}`)
	shop.put(t, "purchase:big:"+opera, `[{"note":"`+strings.Repeat("x", model.MaxValue-20)+`"}]`)
	before := shop.records(t)

	line := func(kind string, quantity int) []model.Line { return []model.Line{{Type: kind, Quantity: quantity}} }
	for _, test := range []struct {
		name  string
		order model.Order
		code  model.Code
		says  string
	}{
		{"no tickets at all", model.Order{Username: "ann", EventID: opera}, model.CodeRefused, "an order needs at least 1 ticket"},
		{"zero tickets", order(0), model.CodeRefused, "an order needs at least 1 ticket"},
		{"a negative quantity", order(-1), model.CodeRefused, "-1 is not a number of tickets: choose 1 or more"},
		{"a huge quantity", order(9_000_000), model.CodeRefused, "only 3 red tickets are left"},
		{"more than are left", order(4), model.CodeRefused, "only 3 red tickets are left"},
		{"sold out", model.Order{Username: "ann", EventID: opera, Lines: line("pink", 1)}, model.CodeRefused, "the pink tickets are sold out"},
		{
			"one of two types is sold out",
			model.Order{Username: "ann", EventID: opera, Lines: append(line("red", 1), line("pink", 1)...)},
			model.CodeRefused, "the pink tickets are sold out",
		},
		{
			"no such ticket type",
			model.Order{Username: "ann", EventID: opera, Lines: line("blue", 1)},
			model.CodeNotFound, `The Opera has no "blue" tickets: choose from pink, red`,
		},
		{
			"a type that is no key",
			model.Order{Username: "ann", EventID: opera, Lines: line("red:x", 1)},
			model.CodeNotFound, `The Opera has no "red:x" tickets: choose from pink, red`,
		},
		{
			"a ticket that cannot be read",
			model.Order{Username: "ann", EventID: opera, Lines: line("torn", 1)},
			model.CodeFailed, "the record of the torn tickets cannot be read: they are not on sale",
		},
		{
			"another price than was agreed",
			model.Order{Username: "ann", EventID: opera, Lines: []model.Line{{Type: "red", Quantity: 1, Price: 1999, Agreed: true}}},
			model.CodeConflict, "the price of the red tickets is now £23.99, it was £19.99",
		},
		{
			"a past event",
			model.Order{Username: "ann", EventID: match, Lines: line("red", 1)},
			model.CodeRefused, "The Match took place on Sun 28 Feb 2027, 20:00: its tickets are no longer sold",
		},
		{
			"no such event",
			model.Order{Username: "ann", EventID: "nowhere", Lines: line("red", 1)},
			model.CodeNotFound, "there is no event nowhere",
		},
		{
			"a list is no event",
			model.Order{Username: "ann", EventID: "locations", Lines: line("red", 1)},
			model.CodeNotFound, "there is no event locations",
		},
		{"an id that is no key", model.Order{Username: "ann", EventID: "a:b", Lines: line("red", 1)}, model.CodeNotFound, "there is no event a:b"},
		{
			"an event that cannot be read",
			model.Order{Username: "ann", EventID: "broken", Lines: line("red", 1)},
			model.CodeFailed, "this event's record cannot be read: it is not on sale",
		},
		{
			"no such user",
			model.Order{Username: "eve", EventID: opera, Lines: line("red", 1)},
			model.CodeNotFound, "there is no user eve",
		},
		{
			"a user name that is no key",
			model.Order{Username: "a:b", EventID: opera, Lines: line("red", 1)},
			model.CodeNotFound, "there is no user a:b",
		},
		{
			"orders that cannot be read",
			model.Order{Username: "bob", EventID: opera, Lines: line("red", 1)},
			model.CodeFailed, "your orders for this event cannot be read: none can be added",
		},
		{
			"too many orders",
			model.Order{Username: "max", EventID: opera, Lines: line("red", 1)},
			model.CodeRefused, "you hold 500 orders for this event, the most that one buyer may have",
		},
		{
			"too large a list",
			model.Order{Username: "big", EventID: opera, Lines: line("red", 1)},
			model.CodeRefused, "your list of orders for this event is full: it holds 1 order",
		},
		{
			"an odd id",
			model.Order{ID: "\x1b[31m", Username: "ann", EventID: opera, Lines: line("red", 1)},
			model.CodeUsage, "an order id has at most 64 printable characters",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := shop.Buy(t.Context(), test.order, func() { t.Error("there was nothing to doubt") })
			require.Equal(t, test.says, model.Sentence(err))
			require.Equal(t, test.code, model.CodeOf(err))
			require.Equal(t, before, shop.records(t))
		})
	}
}

func TestATicketTypeThatCannotBeReadDoesNotStopTheSaleOfOthers(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	shop.put(t, "ticket:"+opera+":pink", `{"total_quantity":5,"current_quantity":9,"price":1}`)

	_, err := shop.Buy(t.Context(), order(2), nil)
	require.NoError(t, err)
	require.JSONEq(t, `{"total_quantity":10,"current_quantity":8,"price":23.99}`, shop.value(t, "ticket:"+opera+":red"))
	require.Equal(t, `{"total_quantity":5,"current_quantity":9,"price":1}`, shop.value(t, "ticket:"+opera+":pink"))
}

func TestTheCountKeepsWhatItSaysOfATicketTypeThatCannotBeRead(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	shop.sells(t, 10, 100)
	shop.put(t, "ticket:"+opera+":pink", `{"total_quantity":100,"current_quantity":null,"price":1}`)
	left := func() int { return mustEvent(t, shop).Left }

	bought, err := shop.Buy(t.Context(), order(3), nil)
	require.NoError(t, err)
	require.Equal(t, 107, left(), "3 red tickets are sold, and no pink ones")
	_, err = shop.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)
	_, err = shop.Cancel(t.Context(), bought, nil)
	require.NoError(t, err)
	require.Equal(t, 109, left())

	seen := mustEvent(t, shop)
	draft := seen.Draft()
	draft.Name = "The New Opera"
	seen, err = shop.EditEvent(t.Context(), "eve", seen, draft)
	require.NoError(t, err)
	require.Equal(t, 109, left(), "another name changes no count")
	draft.Tickets[0].Total = 12
	_, err = shop.EditEvent(t.Context(), "eve", seen, draft)
	require.NoError(t, err)
	require.Equal(t, 111, left())

	shop.put(t, "ticket:"+opera+":pink", `{"total_quantity":100,"current_quantity":98,"price":1}`)
	_, err = shop.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)
	require.Equal(t, 10+98, left(), "once all can be read, the count is their sum again")
}

func TestTheSameOrderSentTwiceIsOneOrder(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	once := order(2)
	once.ID = NewOrderID()

	first, err := shop.Buy(t.Context(), once, nil)
	require.NoError(t, err)
	before := shop.records(t)
	second, err := shop.Buy(t.Context(), once, nil)
	require.NoError(t, err)

	require.Equal(t, first.ID, second.ID)
	require.Equal(t, first.Lines, second.Lines)
	require.Equal(t, first.Date, second.Date)
	require.Equal(t, before, shop.records(t))
}

func TestAnEventMayHaveMoreTicketTypesThanATransactionHasRoomFor(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 0, 0)
	var lines []model.Line
	for i := range 150 {
		kind := fmt.Sprintf("row%03d", i)
		shop.put(t, "ticket:"+opera+":"+kind, `{"total_quantity":2,"current_quantity":2,"price":1}`)
		lines = append(lines, model.Line{Type: kind, Quantity: 1})
	}

	bought, err := shop.Buy(t.Context(), model.Order{Username: "ann", EventID: opera, Lines: lines[:maxLines]}, nil)
	require.NoError(t, err)
	require.Equal(t, maxLines, bought.Quantity())
	shop.requireSold(t, maxLines)

	_, err = shop.Buy(t.Context(), model.Order{Username: "ann", EventID: opera, Lines: lines[:maxLines+1]}, nil)
	require.Equal(t, "one order holds at most 100 types of tickets", model.Sentence(err))
	shop.requireSold(t, maxLines)
}

func TestAnEventIsReadWithItsTickets(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	shop.put(t, "ticket:"+opera+":torn", `{}`)
	shop.put(t, "ticket:"+opera+"2:blue", `{"total_quantity":1,"current_quantity":1,"price":1}`)

	event, err := shop.Event(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, "The Opera", event.Name)
	require.Equal(t, 15, event.Left)
	require.Len(t, event.Tickets, 2)
	require.Equal(t, "pink", event.Tickets[0].Type)
	require.Equal(t, "red", event.Tickets[1].Type)

	_, err = shop.Event(t.Context(), match)
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	require.Equal(t, "there is no event "+match, model.Sentence(err))
	_, err = shop.Event(t.Context(), "types")
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
}

func TestOrderIDsAreShortAndDoNotRepeat(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 10_000 {
		id := NewOrderID()
		require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{12}$`, id)
		require.False(t, seen[id])
		seen[id] = true
	}
}
