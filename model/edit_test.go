package model

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func aida() EventDraft {
	return EventDraft{
		Name: "Aida", Description: "In Egypt", Location: "Old Hall", Type: "opera", Date: "2027-06-01 20:00",
		Tickets: []TicketDraft{{Type: "red", Total: 50, Price: 2399}, {Type: "pink", Total: 10, Price: 0}},
	}
}

func TestADraftIsCheckedFieldByField(t *testing.T) {
	t.Parallel()
	require.NoError(t, aida().Check())
	long := strings.Repeat("é", MaxPlace+1)
	for _, c := range []struct {
		change   func(*EventDraft)
		sentence string
	}{
		{func(d *EventDraft) { d.Name, d.Date = " \t", "" }, "please enter a name"},
		{func(d *EventDraft) { d.Name = strings.Repeat("é", 121) }, "a name has at most 120 characters"},
		{func(d *EventDraft) { d.Name = "A\x1b[31m" }, "a name has only characters that can be shown"},
		{func(d *EventDraft) { d.Description = strings.Repeat("x ", 1001) + "x" }, "a description has at most 2,000 characters"},
		{func(d *EventDraft) { d.Description = "a\u202eb" }, "a description has only characters that can be shown"},
		{func(d *EventDraft) { d.Location = "" }, "please enter a place"},
		{func(d *EventDraft) { d.Location = "Hall: 2" }, `a place has no ':' in it`},
		{func(d *EventDraft) { d.Location = long }, "a place has at most 60 characters"},
		{func(d *EventDraft) { d.Type = "" }, "please enter a type of event"},
		{func(d *EventDraft) { d.Type = "a:b" }, `a type of event has no ':' in it`},
		{func(d *EventDraft) { d.Date = "next week" }, "please enter a date such as 2027-06-01 20:00"},
		{func(d *EventDraft) { d.Date = "2027-02-30 20:00" }, "there is no such day"},
		{func(d *EventDraft) { d.Date = "31/4/2027, 20:00" }, "there is no such day"},
		{func(d *EventDraft) { d.Date = "2027-02-30 or so" }, "please enter a date such as 2027-06-01 20:00"},
		{func(d *EventDraft) { d.Tickets = nil }, "an event needs at least one type of ticket"},
		{func(d *EventDraft) { d.Tickets = make([]TicketDraft, 101) }, "an event has at most 100 types of tickets"},
		{func(d *EventDraft) { d.Tickets[0].Type = "" }, "please enter a type of ticket"},
		{func(d *EventDraft) { d.Tickets[0].Type = "a=b" }, `a type of ticket has no '=' in it`},
		{func(d *EventDraft) { d.Tickets[0].Type = long }, "a type of ticket has at most 60 characters"},
		{func(d *EventDraft) { d.Tickets[0].Type = " pink" }, "the pink tickets are there twice"},
		{func(d *EventDraft) { d.Tickets[0].Total = -1 }, "a number of tickets is between 0 and 1,000,000"},
		{func(d *EventDraft) { d.Tickets[0].Total = 1_000_000 }, "an event has at most 1,000,000 tickets in all"},
		{func(d *EventDraft) { d.Tickets[0].Price = -1 }, "a price is between £0.00 and £10,000,000.00"},
		{func(d *EventDraft) { d.Tickets[0].Price = maxPrice + 1 }, "a price is between £0.00 and £10,000,000.00"},
	} {
		draft := aida()
		c.change(&draft)
		err := draft.Check()
		require.Equal(t, c.sentence, Sentence(err))
		require.Equal(t, CodeRefused, CodeOf(err))
	}
}

func TestANewEventIsStoredTidily(t *testing.T) {
	t.Parallel()
	draft := aida()
	draft.Name, draft.Description, draft.Date = " Ai\u0308da ", "two\nlines", "01-06-2027 20:00"
	event, err := draft.Event("id")
	require.NoError(t, err)
	require.JSONEq(t, `{"name":"Aïda","description":"two lines","location":"Old Hall","type":"opera","date":"2027-06-01 20:00","current_quantity":60}`,
		string(event.Encode()))
	require.Equal(t, "pink", event.Tickets[0].Type, "by type")
	require.JSONEq(t, `{"total_quantity":10,"current_quantity":10,"price":0}`, string(event.Tickets[0].Encode()))
	draft.Date = "2027-06-01"
	event, err = draft.Event("id")
	require.NoError(t, err)
	require.Equal(t, "2027-06-01", event.Date.Raw())
}

// storedAida is an event as it may come from elsewhere: with fields of somebody else's, and against the rules.
func storedAida(t *testing.T) Event {
	t.Helper()
	event, err := DecodeEvent("id", []byte(`{"name":"","location":"a:b","type":"opera","date":"soon","poster":"a.png","current_quantity":"45"}`))
	require.NoError(t, err)
	red, err := DecodeTicket("red", []byte(`{"total_quantity":"50","current_quantity":"40","price":"10.0","colour":"#f00"}`))
	require.NoError(t, err)
	odd, err := DecodeTicket("a=b", []byte(`{"total_quantity":5,"current_quantity":5,"price":1}`))
	require.NoError(t, err)
	event.Tickets = []Ticket{odd, red}
	return event
}

func TestAnEditKeepsWhatItDoesNotChange(t *testing.T) {
	t.Parallel()
	event := storedAida(t)
	draft := event.Draft()
	same, err := event.Edit(draft)
	require.NoError(t, err, "rules are for what changes")
	require.Empty(t, Differences(event, same))
	require.Equal(t, `"soon"`, string(same.stored.fields()["date"]))

	draft.Tickets[1].Price, draft.Tickets[1].Total = 1250, 10
	after, err := event.Edit(draft)
	require.NoError(t, err)
	require.Equal(t, 5, after.Left)
	require.Contains(t, string(after.Encode()), `"poster":"a.png"`)
	red, _ := after.Ticket("red")
	require.JSONEq(t, `{"total_quantity":10,"current_quantity":0,"price":12.5,"colour":"#f00","first_price":10.0}`, string(red.Encode()))
	require.Equal(t, Cents(1000), red.FirstPrice())
	again, err := after.Edit(aidaWith(after.Draft(), 1, 9900))
	require.NoError(t, err)
	red, _ = again.Ticket("red")
	require.Equal(t, Cents(1000), red.FirstPrice(), "the first price stays the first")
	was, _ := event.Ticket("red")
	require.Equal(t, Cents(1000), was.Price, "the event that was edited has changed itself")
}

func aidaWith(d EventDraft, ticket int, price Cents) EventDraft {
	d.Tickets[ticket].Price = price
	return d
}

// soMany are as many types of tickets, each with so many in all.
func soMany(types, total int) []Ticket {
	var tickets []Ticket
	for i := range types {
		tickets = append(tickets, Ticket{Type: fmt.Sprintf("t%03d", i), Total: total, Left: total})
	}
	return tickets
}

func TestAnEventWithOddTicketsCanBeEdited(t *testing.T) {
	t.Parallel()
	for what, tickets := range map[string][]Ticket{
		"none":           nil,
		"too many types": soMany(maxTicketTypes+1, 1),
		"too many":       soMany(2, 700_000),
	} {
		event := storedAida(t)
		event.Tickets = tickets
		draft := event.Draft()
		draft.Name = "Aida!"
		after, err := event.Edit(draft)
		require.NoError(t, err, what)
		require.Equal(t, "Aida!", after.Name)
		require.Len(t, after.Tickets, len(tickets), what)
		_, err = DecodeEvent("id", after.Encode())
		require.NoError(t, err, "what was written can be read, with %s", what)
	}

	event := storedAida(t)
	event.Tickets = soMany(2, 700_000)
	draft := event.Draft()
	draft.Tickets[0].Total = 600_000
	_, err := event.Edit(draft)
	require.NoError(t, err, "fewer than there were")
	draft.Tickets[0].Total = 700_001
	_, err = event.Edit(draft)
	require.Equal(t, "an event has at most 1,000,000 tickets in all", Sentence(err))

	event.Tickets = soMany(maxTicketTypes+1, 1)
	draft = event.Draft()
	draft.Tickets = append(draft.Tickets, TicketDraft{Type: "more", Total: 1})
	_, err = event.Edit(draft)
	require.Equal(t, "an event has at most 100 types of tickets", Sentence(err))

	event.Tickets = soMany(1, 1)
	draft = event.Draft()
	draft.Tickets = nil
	_, err = event.Edit(draft)
	require.Equal(t, "an event needs at least one type of ticket", Sentence(err))
}

func TestWhatIsSoldStaysSold(t *testing.T) {
	t.Parallel()
	event := storedAida(t)
	draft := event.Draft()
	draft.Tickets[1].Total = 9
	_, err := event.Edit(draft)
	require.Equal(t, "10 red tickets are sold: there cannot be fewer", Sentence(err))
	draft.Tickets = draft.Tickets[:1]
	_, err = event.Edit(draft)
	require.Equal(t, "10 red tickets are sold: that type cannot be removed", Sentence(err))
	draft = event.Draft()
	draft.Tickets = draft.Tickets[1:]
	after, err := event.Edit(draft)
	require.NoError(t, err)
	require.Equal(t, 40, after.Left)

	closed := event.Closed()
	require.Zero(t, closed.Left)
	require.Equal(t, 10, closed.Total())
	refunded := closed.Refund([]Order{{Lines: []Line{{Type: "red", Quantity: 4}, {Type: "blue", Quantity: 1}}}})
	require.Equal(t, 6, refunded.Total())
	require.Zero(t, refunded.Refund([]Order{{Lines: []Line{{Type: "red", Quantity: 40}}}}).Total())
}

func TestOnlyAnOrderLeavesTheTimeAtWhichItMovedTheCount(t *testing.T) {
	t.Parallel()
	event := storedAida(t)
	sold, _, err := event.Sell([]Line{{Type: "red", Quantity: 1}}, autumn)
	require.NoError(t, err)
	sold, err = DecodeEvent("id", sold.Encode())
	require.NoError(t, err)
	require.Contains(t, string(sold.Encode()), `"changed":"2026-11-01 00:00:00"`)
	sold = sold.with(event.Tickets)
	require.NotContains(t, string(sold.Encode()), "changed", "the record keeps its other fields")
	require.Contains(t, string(sold.Encode()), "poster")

	draft := event.Draft()
	draft.Name = "Aida!"
	event.Changed = OrderDate(autumn)
	renamed, err := event.Edit(draft)
	require.NoError(t, err)
	require.Equal(t, event.Changed, renamed.Changed)
	mended, err := MendCount("id", sold.Encode(), 3)
	require.NoError(t, err)
	require.NotContains(t, string(mended), "changed")
}

func TestADifferenceIsSaidInWords(t *testing.T) {
	t.Parallel()
	before, err := aida().Event("id")
	require.NoError(t, err)
	require.Empty(t, Differences(before, before))
	sold, _, err := before.Sell([]Line{{Type: "red", Quantity: 3}}, before.Date.at.AddDate(-1, 0, 0))
	require.NoError(t, err)
	require.Empty(t, Differences(before, sold), "a sale is no edit")
	draft := aida()
	draft.Description = ""
	draft.Location, draft.Type, draft.Date = "York", "play", "2027-06-02 20:00"
	draft.Tickets[0].Total, draft.Tickets[0].Price = 60, 2000
	draft.Tickets[1] = TicketDraft{Type: "gold", Total: 1, Price: 5}
	after, err := draft.Event("id")
	require.NoError(t, err)
	require.Equal(t, []string{
		`the description from “In Egypt” to “”`,
		`the place from “Old Hall” to “York”`,
		`the type from “opera” to “play”`,
		"the date from Tue 1 Jun 2027, 20:00 to Wed 2 Jun 2027, 20:00",
		"no pink tickets any more",
		"the number of red tickets from 50 to 60",
		"the price of red tickets from £23.99 to £20.00",
		"new: 1 gold ticket at £0.05",
	}, Differences(before, after))

	long := strings.Repeat("a long story ", 20)
	before.Description, before.Name = long+"ends well and they live on for a very long time to come", "Aida"
	after = before
	after.Description = long + "ends badly"
	require.Equal(t, []string{
		`the description from “…y a long story ends well and they live on for a very long time to come” to “…y a long story ends badly”`,
	}, Differences(before, after))

	after.Description, after.Name = before.Description, "the \"new\" C:\\Aida 👩\u200d🚀\x1b[2J\u202e"
	require.Equal(t, []string{"the name from “Aida” to “the \"new\" C:\\Aida 👩\u200d🚀\ufffd[2J\ufffd”"}, Differences(before, after))
}

func TestANotificationTellsThatItsEventIsGone(t *testing.T) {
	t.Parallel()
	n, err := DecodeNotification("ann", "id", []byte(`{"limit":"3","active":"false","back":true,"note":1}`))
	require.NoError(t, err)
	told := n.Told("Aida", 1250).Told("Aida", 50)
	require.JSONEq(t, `{"limit":3,"active":true,"back":true,"note":1,"gone":"Aida","refunded":13}`, string(told.Encode()))
	again, err := DecodeNotification("ann", "id", told.Encode())
	require.NoError(t, err)
	require.Equal(t, "Aida", again.Gone)
	require.Equal(t, Cents(1300), again.Refunded)
	require.JSONEq(t, `{"limit":5,"active":false,"note":1}`, string(again.Rearmed(Notification{Limit: 5}).Encode()))

	records := []Record{{"user:ann", []byte(`{"name":"Ann"}`)}, {"notification:ann:id", told.Encode()}}
	require.Empty(t, Audit(1, func(yield func(Record) bool) {
		for _, r := range records {
			if !yield(r) {
				return
			}
		}
	}).Violations)
}
