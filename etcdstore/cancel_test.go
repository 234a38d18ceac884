package etcdstore

import (
	"testing"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// buys has somebody buy red tickets.
func (s *shop) buys(t *testing.T, username string, red int) model.Order {
	t.Helper()
	wanted := order(red)
	wanted.Username = username
	bought, err := s.Buy(t.Context(), wanted, nil)
	require.NoError(t, err)
	return bought
}

// findable puts the events into the search index, which an audit expects.
func (s *shop) findable(t *testing.T, ids ...string) {
	t.Helper()
	var events []model.Event
	for _, id := range ids {
		event, err := s.Event(t.Context(), id)
		require.NoError(t, err)
		events = append(events, event)
	}
	for _, list := range model.IndexRecords(events) {
		s.put(t, list.Key, string(list.Value))
	}
}

func TestACancelledOrderGivesEverythingBackInOneTransaction(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	shop.findable(t, opera)
	bought, err := shop.Buy(t.Context(), model.Order{Username: "ann", EventID: opera, Lines: []model.Line{
		{Type: "red", Quantity: 2}, {Type: "pink", Quantity: 1},
	}}, nil)
	require.NoError(t, err)
	shop.requireSold(t, 3)

	cancelled, err := shop.Cancel(t.Context(), bought, func() { t.Error("there was nothing to doubt") })
	require.NoError(t, err)
	require.Equal(t, bought.ID, cancelled.ID)
	require.False(t, cancelled.Gone)
	require.Equal(t, bought.Lines, cancelled.Lines)
	require.Equal(t, model.Cents(15688), cancelled.Total())

	all := shop.records(t)
	require.Equal(t, "[]", all["purchase:ann:"+opera].value)
	require.JSONEq(t, `{"total_quantity":10,"current_quantity":10,"price":23.99}`, all["ticket:"+opera+":red"].value)
	require.JSONEq(t, `{"total_quantity":5,"current_quantity":5,"price":108.9}`, all["ticket:"+opera+":pink"].value)
	require.JSONEq(t, `{"name":"The Opera","description":"Sung","location":"Hall","type":"music","date":"2027-06-01 20:00","current_quantity":15,"changed":"2027-03-01 12:00:00"}`,
		all["event:"+opera].value)
	for _, key := range []string{"event:" + opera, "ticket:" + opera + ":red", "ticket:" + opera + ":pink"} {
		require.Equal(t, all["purchase:ann:"+opera].revision, all[key].revision, "%s was not written in the same transaction", key)
	}
	shop.requireSold(t, 0)
	shop.requireSound(t)
}

func TestAnOrderIsCancelledByItsIDAlone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	keep, give := shop.buys(t, "ann", 1), shop.buys(t, "ann", 2)

	cancelled, err := shop.Cancel(t.Context(), model.Order{ID: give.ID, Username: "ann"}, nil)
	require.NoError(t, err)
	require.Equal(t, opera, cancelled.EventID)
	require.Equal(t, "2 red tickets", cancelled.String())
	require.Equal(t, keep.ID, shop.orders(t, "ann")[0].ID)
	shop.requireSold(t, 1)
}

func TestOrdersOfThePrototypeAreCancelled(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	shop.put(t, "event:"+opera, `{"name":"The Opera","poster":"a.png","date":"04-06-2027 12:10","current_quantity":"11"}`)
	shop.put(t, "ticket:"+opera+":red", `{"total_quantity":"10","current_quantity":"6","price":"23.9","colour":"#f00"}`)
	shop.put(t, "purchase:ann:"+opera, `[{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"3"}],"note":"mine"},`+
		`{"date":"3/14/2024, 1:45:00 PM","tickets":[{"type":"red","quantity":1},{"type":"pink","quantity":"0"}]}]`)
	orders, err := shop.Orders(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, orders, 2)

	cancelled, err := shop.Cancel(t.Context(), model.Order{ID: orders[0].ID, Username: "ann"}, nil)
	require.NoError(t, err)
	require.Equal(t, "3 red tickets", cancelled.String())
	require.JSONEq(t, `{"total_quantity":10,"current_quantity":9,"price":23.9,"colour":"#f00"}`, shop.value(t, "ticket:"+opera+":red"))
	require.JSONEq(t, `{"name":"The Opera","description":"","location":"","type":"","poster":"a.png","date":"04-06-2027 12:10","current_quantity":14,"changed":"2027-03-01 12:00:00"}`,
		shop.value(t, "event:"+opera))
	require.Equal(t, `[{"date":"3/14/2024, 1:45:00 PM","tickets":[{"type":"red","quantity":1},{"type":"pink","quantity":"0"}]}]`,
		shop.value(t, "purchase:ann:"+opera), "what stays is as it was")
	shop.requireSold(t, 1)
	_, err = shop.Cancel(t.Context(), orders[1], nil)
	require.NoError(t, err)
	shop.requireSold(t, 0)
}

func TestEveryOrderOfAPrototypeDatabaseIsCancelled(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	records, _, err := model.ShiftDates(prototype(t), today())
	require.NoError(t, err)
	_, err = shop.Load(t.Context(), records, LoadOptions{})
	require.NoError(t, err)
	users, err := shop.Users(t.Context())
	require.NoError(t, err)
	cancelled := 0
	for _, user := range users {
		orders, err := shop.Orders(t.Context(), user.Username)
		require.NoError(t, err)
		for _, bought := range orders {
			_, err = shop.Cancel(t.Context(), model.Order{ID: bought.ID, Username: user.Username}, nil)
			require.NoError(t, err)
			cancelled++
			shop.requireSound(t)
		}
	}
	require.Equal(t, 7, cancelled)
	require.Zero(t, shop.requireSound(t).Checked.Orders)
}

func TestAnOrderThatStandsTwiceGivesBackAllThatIsRemoved(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	shop.put(t, "ticket:"+opera+":red", `{"total_quantity":10,"current_quantity":5,"price":1}`)
	shop.put(t, "purchase:ann:"+opera,
		`[{"id":"A","tickets":[{"type":"red","quantity":2}]},{"id":"B","tickets":[{"type":"red","quantity":1}]},{"id":"A","tickets":[{"type":"red","quantity":2}]}]`)
	_, err := shop.Cancel(t.Context(), model.Order{ID: "A", Username: "ann"}, nil)
	require.NoError(t, err)
	shop.requireSold(t, 1)
}

func TestCountsThatDoNotFitTheOrdersAreNotMadeWorse(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	shop.findable(t, opera)
	shop.put(t, "event:"+opera, `{"name":"The Opera","description":"Sung","location":"Hall","type":"music","date":"2027-06-01 20:00","current_quantity":"77"}`)
	shop.put(t, "ticket:"+opera+":red", `{"total_quantity":"10","current_quantity":"9","price":"1"}`)
	shop.put(t, "purchase:ann:"+opera, `[{"date":"2024-01-01","tickets":[{"type":"red","quantity":3}]},{"date":"2024-01-02","tickets":[{"type":"red","quantity":"4"},{"type":"blue","quantity":2}]}]`)
	violations := func() int {
		report, err := shop.Audit(t.Context())
		require.NoError(t, err)
		return len(report.Violations)
	}
	before := violations()
	require.Positive(t, before)
	for _, bought := range shop.orders(t, "ann") {
		_, err := shop.Cancel(t.Context(), bought, nil)
		require.NoError(t, err)
		require.JSONEq(t, `{"total_quantity":10,"current_quantity":10,"price":1}`, shop.value(t, "ticket:"+opera+":red"))
		require.LessOrEqual(t, violations(), before)
		before = violations()
	}
	shop.requireSold(t, 0)
	shop.requireSound(t)
}

func TestEveryRefusalToCancelSaysWhyAndChangesNothing(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	list := `[{"id":"A","date":"2026-01-01 10:00:00","tickets":[{"type":"red","quantity":1,"price":1}]}]`
	shop.put(t, "event:"+match, `{"name":"The Match","date":"2027-02-28 20:00","current_quantity":8}`)
	shop.put(t, "ticket:"+match+":red", `{"total_quantity":9,"current_quantity":8,"price":1}`)
	shop.put(t, "event:broken", `{"name":"Broken","current_quantity":null}`)
	shop.put(t, "ticket:"+opera+":torn", `{"total_quantity":9,"current_quantity":null,"price":1}`)
	for _, id := range []string{opera, match, "broken", "nowhere"} {
		shop.put(t, "purchase:ann:"+id, list)
	}
	shop.put(t, "purchase:bob:"+opera, `{"no":"list"}`)
	shop.put(t, "purchase:bob:"+match, `[{"id":"D","tickets":[{"type":"red","quantity":"1.5"}]}]`)
	shop.put(t, "purchase:bob:broken", `[{"id":"D","tickets":[{"type":"red","quantity":"1.5"}]}]`)
	shop.put(t, "user:max", `{"name":"Max","email":"a@b.cd","password":"secret-word","role":"user"}`)
	shop.put(t, "purchase:max:"+opera, `[{"id":"D","tickets":[{"type":"red","quantity":"1.5"}]},{"id":"T","tickets":[{"type":"torn","quantity":1}]}]`)
	before := shop.records(t)

	for _, test := range []struct {
		name  string
		order model.Order
		code  model.Code
		says  string
	}{
		{
			"after the event",
			model.Order{ID: "A", Username: "ann", EventID: match},
			model.CodeRefused, "too late to cancel: the event was on Sun 28 Feb 2027, 20:00",
		},
		{"no such order", model.Order{ID: "7F3K", Username: "ann", EventID: opera}, model.CodeNotFound, "ann has no order 7F3K"},
		{"no such order anywhere", model.Order{ID: "7F3K", Username: "ann"}, model.CodeNotFound, "ann has no order 7F3K"},
		{"an odd id", model.Order{ID: "\x1b[2J", Username: "ann"}, model.CodeNotFound, "ann has no order \uFFFD[2J"},
		{"somebody else's order", model.Order{ID: "A", Username: "max", EventID: opera}, model.CodeNotFound, "max has no order A"},
		{"somebody else's order by its id", model.Order{ID: "A", Username: "max"}, model.CodeNotFound, "max has no order A"},
		{"no such user", model.Order{ID: "A", Username: "eve"}, model.CodeNotFound, "there is no user eve"},
		{"a user who cannot be", model.Order{ID: "A", Username: "a:b", EventID: opera}, model.CodeNotFound, "there is no user a:b"},
		{"an event that cannot be", model.Order{ID: "A", Username: "ann", EventID: "locations"}, model.CodeNotFound, "there is no event locations"},
		{
			"the event is gone",
			model.Order{ID: "A", Username: "ann", EventID: "nowhere"},
			model.CodeRefused, "the event of this order is gone: there is nothing to give back",
		},
		{
			"the event cannot be read",
			model.Order{ID: "A", Username: "ann", EventID: "broken"},
			model.CodeFailed, "this event's record cannot be read: its orders cannot be cancelled",
		},
		{
			"the order cannot be read",
			model.Order{ID: "D", Username: "max"},
			model.CodeFailed, `this order's record cannot be read, so it cannot be cancelled: the quantity of red tickets is not readable: "1.5" is not a whole number`,
		},
		{
			"the tickets cannot be read",
			model.Order{ID: "T", Username: "max"},
			model.CodeFailed, "the record of the torn tickets cannot be read: they cannot be given back",
		},
		{
			"the list cannot be read",
			model.Order{ID: "A", Username: "bob", EventID: opera},
			model.CodeFailed, "your orders for this event cannot be read: none can be cancelled",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := shop.Cancel(t.Context(), test.order, func() { t.Error("there was nothing to doubt") })
			require.Equal(t, test.says, model.Sentence(err))
			require.Equal(t, test.code, model.CodeOf(err))
			require.Equal(t, before, shop.records(t))
		})
	}
}

func TestAllOrdersOfAUserAreListedAndNoneOfOthers(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 20, 0)
	shop.put(t, "user:annabel", `{"name":"Annabel"}`)
	mine := shop.buys(t, "ann", 1)
	shop.buys(t, "annabel", 2)
	shop.put(t, "purchase:ann:"+match, `[{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"3"}]}]`)
	shop.put(t, "purchase:ann:gone", `no list`)
	shop.put(t, "purchase:late:"+opera, `[{"id":"L","tickets":[]}]`)

	orders, err := shop.Orders(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, orders, 3)
	require.Equal(t, mine.ID, orders[0].ID)
	require.Equal(t, match, orders[1].EventID)
	require.Equal(t, "gone", orders[2].EventID)
	require.NotEmpty(t, orders[2].Damage)

	none, err := shop.Orders(t.Context(), "bob")
	require.NoError(t, err)
	require.Empty(t, none)
	orphans, err := shop.Orders(t.Context(), "late")
	require.NoError(t, err, "the account is gone, its orders are not")
	require.Len(t, orphans, 1)
	for _, username := range []string{"eve", "a:b", ""} {
		_, err = shop.Orders(t.Context(), username)
		require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	}
}

func TestAWrongOrderIDIsNoticedAlsoWhenTheHistoryIsForgotten(t *testing.T) {
	t.Parallel()
	shop := newShopAt(t, endpointOf(startEtcd(t)))
	shop.sells(t, 20, 0)
	bought := shop.buys(t, "ann", 1)
	_, err := shop.Cancel(t.Context(), bought, nil)
	require.NoError(t, err)
	shop.compact(t)
	_, err = shop.Cancel(t.Context(), bought, nil)
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	shop.requireSold(t, 0)
}

// compact has etcd forget all that was before now.
func (s *shop) compact(t *testing.T) {
	t.Helper()
	now, err := s.reads.Get(t.Context(), "x")
	require.NoError(t, err)
	_, err = s.writes.Compact(t.Context(), now.Header.Revision, clientv3.WithCompactPhysical())
	require.NoError(t, err)
}
