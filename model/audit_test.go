package model

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

// soundShop is a small data set with nothing wrong in it.
func soundShop() map[string]string {
	return map[string]string{
		"user:ann":              `{"name":"Ann","email":"ann@example.com","password":"secret","role":"user"}`,
		"user:bob":              `{"name":"Bob","email":"bob@example.com","password":"secret","role":"user"}`,
		"event:types":           `["concert"]`,
		"event:locations":       `["York"]`,
		"ticket:types":          `["pink","red"]`,
		"event:jazz":            `{"name":"Jazz night","location":"York","type":"concert","date":"soon","current_quantity":"11"}`,
		"event:rock":            `{"name":"Rock","location":"York","type":"concert","date":"2030-01-01","current_quantity":5}`,
		"ticket:jazz:red":       `{"total_quantity":"10","current_quantity":8,"price":"9.5"}`,
		"ticket:jazz:pink":      `{"total_quantity":4,"current_quantity":3,"price":20}`,
		"ticket:rock:red":       `{"total_quantity":5,"current_quantity":5,"price":20}`,
		"purchase:ann:jazz":     `[{"id":"a1","date":"x","tickets":[{"type":"red","quantity":"1"},{"type":"pink","quantity":1}]}]`,
		"purchase:bob:jazz":     `[{"date":"x","tickets":[{"type":"red","quantity":1}]}]`,
		"purchase:gone:gone":    `[]`,
		"notification:ann:jazz": `{"limit":"11","active":false}`,
		"favourite:ann":         `["jazz","never"]`,
		"search:text:jazzy":     `["jazz"]`,
		"search:text:night":     `[]`,
		"search:text:night:1":   `["jazz"]`,
		"search:text:rock-hard": `["rock"]`,
		"search:text:york":      `["jazz","rock"]`,
		"search:type:concert":   `["jazz"]`,
		"search:type:concert:1": `["rock"]`,
		"search:location:York":  `["jazz","rock"]`,
		"elsewhere":             `not ours`,
		"ticketcd:format":       `1`,
	}
}

func auditOf(shop map[string]string) AuditReport {
	return Audit(7, func(yield func(Record) bool) {
		for key, value := range shop {
			if !yield(Record{key, []byte(value)}) {
				return
			}
		}
	})
}

// finding is what an audit says of a violation.
type finding struct {
	Rule         Rule
	Key, Message string
}

func findings(violations []Violation) []finding {
	var found []finding
	for _, v := range violations {
		found = append(found, finding{v.Rule, v.Key, v.Message})
	}
	return found
}

func TestASoundShopHasNoViolations(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(auditOf(soundShop()))
	require.NoError(t, err)
	require.Equal(t, `{"revision":7,"checked":{"users":2,"events":2,"tickets":3,"orders":2,"notifications":1},"violations":[]}`, string(out))
}

func TestAnEmptyShopHasNoViolations(t *testing.T) {
	t.Parallel()
	require.Equal(t, AuditReport{Revision: 7, Violations: []Violation{}}, auditOf(nil))
}

func TestAnAuditNotesWhatHarmsNobody(t *testing.T) {
	t.Parallel()
	shop := soundShop()
	shop["favourite:eve"] = `["jazz"]`
	shop["search:type:a:b:c"] = `["jazz"]`
	shop["search:location::1"] = `["jazz"]`
	shop["search:text:"] = `["jazz"]`
	shop["notification:bob:jazz"] = `{"limit":12,"active":false}`
	shop["notification:bob:rock"] = `{"limit":12,"active":true}`
	shop["purchase:ann:rock"] = `[{"id":"empty","date":"x","tickets":[]}]`
	report := auditOf(shop)
	require.Empty(t, report.Violations)
	require.Empty(t, report.Repairs)
	odd, delete := "the key does not follow the layout, so nothing reads it", "move what it holds to a key of the layout, or delete the key"
	var hints []string
	for _, note := range report.Notes {
		hints = append(hints, note.Hint())
	}
	require.Equal(t, []finding{
		{RuleFavourite, "favourite:eve", "the user of these favourites does not exist"},
		{RuleNotification, "notification:bob:jazz", "the notification is due, but not told yet"},
		{RuleOrder, "purchase:ann:rock", "the order empty is of no tickets"},
		{RuleUnreadable, "search:location::1", odd},
		{RuleUnreadable, "search:text:", odd},
		{RuleUnreadable, "search:type:a:b:c", odd},
	}, findings(report.Notes))
	require.Equal(t, []string{"make the account with ticketcd user add, or delete the key", "open the shop: it tells whatever is due", "its buyer can cancel it", delete, delete, delete}, hints)
}

func TestAnAuditFindsEveryBrokenRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		plant map[string]string // "" removes the key
		want  []finding
	}{
		"a user who is no object": {
			map[string]string{"user:bob": `7`},
			[]finding{{RuleUnreadable, "user:bob", "the record cannot be read: "}},
		},
		"an event without a count": {
			map[string]string{"event:rock": `{"name":"Rock","current_quantity":null}`},
			[]finding{{RuleUnreadable, "event:rock", "the record cannot be read: current_quantity: \"null\" is not a number"}},
		},
		"a ticket without a price": {
			map[string]string{"ticket:rock:red": `{"total_quantity":5,"current_quantity":5}`},
			[]finding{{RuleUnreadable, "ticket:rock:red", "the record cannot be read: price is missing"}},
		},
		"a list of orders that is none": {
			map[string]string{"purchase:gone:gone": `{}`},
			[]finding{{RuleUnreadable, "purchase:gone:gone", "the record cannot be read: "}},
		},
		"one broken order among sound ones": {
			map[string]string{"purchase:bob:jazz": `[{"tickets":[{"type":"red","quantity":1}]},{"tickets":[{"type":"red","quantity":null}]}]`},
			[]finding{{RuleUnreadable, "purchase:bob:jazz", "order 2 of 2 cannot be read: the quantity of red tickets"}},
		},
		"a list of orders that is none, of an event that exists": {
			map[string]string{"purchase:bob:jazz": `{}`},
			[]finding{{RuleUnreadable, "purchase:bob:jazz", "the record cannot be read: "}},
		},
		"one broken order, with which the sums would be right": {
			map[string]string{"purchase:bob:jazz": `[{"tickets":[{"type":"red","quantity":"one"}]}]`},
			[]finding{{RuleUnreadable, "purchase:bob:jazz", "order 1 of 1 cannot be read: the quantity of red tickets"}},
		},
		"favourites that are no list": {
			map[string]string{"favourite:ann": `"jazz"`},
			[]finding{{RuleUnreadable, "favourite:ann", "the record cannot be read: "}},
		},
		"a list of types that is none": {
			map[string]string{"event:types": `{}`},
			[]finding{{RuleUnreadable, "event:types", "the record cannot be read: "}},
		},
		"an index that is no list": {
			map[string]string{"search:text:night": `7`},
			[]finding{{RuleUnreadable, "search:text:night", "the record cannot be read: "}},
		},
		"a key with a part too many": {
			map[string]string{"purchase:ann:jazz:red": `[]`},
			[]finding{{RuleUnreadable, "purchase:ann:jazz:red", "the key does not follow the layout, so nothing reads it"}},
		},
		"more left than there were": {
			map[string]string{"ticket:rock:red": `{"total_quantity":"5","current_quantity":"53","price":1}`, "event:rock": `{"name":"Rock","current_quantity":53}`},
			[]finding{
				{RuleRange, "ticket:rock:red", "53 tickets are left of 5"},
				{RuleSold, "ticket:rock:red", "fewer than none were sold by the ticket's count (53 left of 5), but 0 were bought by the orders"},
			},
		},
		"fewer than none left": {
			map[string]string{
				"ticket:rock:red": `{"total_quantity":5,"current_quantity":-1,"price":1}`,
				"event:rock":      `{"name":"Rock","current_quantity":-1}`, "purchase:ann:rock": `[{"tickets":[{"type":"red","quantity":6}]}]`,
			},
			[]finding{
				{RuleRange, "event:rock", "the event says -1 tickets are left"},
				{RuleRange, "ticket:rock:red", "-1 tickets are left of 5"},
			},
		},
		"a count that is no sum": {
			map[string]string{"event:jazz": `{"name":"Jazz night","location":"York","type":"concert","current_quantity":12}`},
			[]finding{{RuleSum, "event:jazz", "the event says 12 are left, its tickets add up to 11"}},
		},
		"counts in the thousands, and of one": {
			map[string]string{
				"event:jazz":      `{"name":"Jazz night","location":"York","type":"concert","current_quantity":12345}`,
				"event:rock":      `{"name":"Rock","location":"York","type":"concert","current_quantity":1}`,
				"ticket:jazz:red": `{"total_quantity":10000,"current_quantity":9998,"price":1}`,
				"ticket:rock:red": `{"total_quantity":0,"current_quantity":1,"price":1}`,
			},
			[]finding{
				{RuleSum, "event:jazz", "the event says 12,345 are left, its tickets add up to 10,001"},
				{RuleRange, "ticket:rock:red", "1 ticket is left of 0"},
				{RuleSold, "ticket:rock:red", "fewer than none were sold by the ticket's count (1 left of 0), but 0 were bought by the orders"},
			},
		},
		"an event that has lost its tickets": {
			map[string]string{"ticket:rock:red": ""},
			[]finding{{RuleSum, "event:rock", "the event says 5 are left, its tickets add up to 0"}},
		},
		"tickets that have lost their event": {
			map[string]string{"ticket:lost:red": `{"total_quantity":5,"current_quantity":5,"price":20}`},
			[]finding{{RuleSum, "ticket:lost:red", "the event of these tickets does not exist"}},
		},
		"an order that took no tickets": {
			map[string]string{"purchase:ann:rock": `[{"tickets":[{"type":"red","quantity":1}]}]`},
			[]finding{{RuleSold, "ticket:rock:red", "0 were sold by the ticket's count (5 left of 5), but 1 was bought by the orders"}},
		},
		"tickets that went without an order": {
			map[string]string{"purchase:bob:jazz": `[]`},
			[]finding{{RuleSold, "ticket:jazz:red", "2 were sold by the ticket's count (8 left of 10), but 1 was bought by the orders"}},
		},
		"a type that does not exist": {
			map[string]string{"purchase:ann:rock": `[{"tickets":[{"type":"blue","quantity":2}]}]`},
			[]finding{{RuleSold, "ticket:rock:blue", "2 were bought, but there is no such ticket"}},
		},
		"an event that is not found": {
			map[string]string{"search:text:york": `["rock"]`, "search:type:concert": `[]`, "search:location:York": `["rock"]`, "search:location:york": `["jazz"]`},
			[]finding{{RuleIndex, "event:jazz", "the event is missing from 3 lists of the search index: search:text:york, search:type:concert, search:location:York"}},
		},
		"an event that is found only in capitals": {
			map[string]string{"search:text:jazzy": "", "search:text:Jazz": `["jazz"]`, "search:text:York": `["jazz","rock"]`},
			[]finding{{RuleIndex, "event:jazz", "the event is missing from 1 list of the search index: search:text:jazz"}},
		},
		"an event that is found but not there": {
			map[string]string{"search:text:night:1": `["jazz","x1","x2","x3","x4"]`},
			[]finding{{RuleIndex, "search:text:night:1", "the list has 4 event ids that do not exist: x1, x2, x3 and 1 more"}},
		},
		"an event under a type and a place that are not its own": {
			map[string]string{"search:type:opera": `["jazz"]`, "search:location:Leeds:1": `["rock","jazz"]`, "search:location:york": `["jazz"]`},
			[]finding{
				{RuleIndex, "search:location:Leeds:1", "the list has 2 events of another type or place: rock, jazz"},
				{RuleIndex, "search:type:opera", "the list has 1 event of another type or place: jazz"},
			},
		},
		"an order twice": {
			map[string]string{
				"purchase:bob:jazz": `[{"id":"b1","tickets":[{"type":"red","quantity":1}]},{"id":"b1","tickets":[]}]`,
			},
			[]finding{{RuleOrder, "purchase:bob:jazz", "the order b1 stands twice, the other time in purchase:bob:jazz"}},
		},
		"orders of nobody for nothing": {
			map[string]string{"purchase:gone:gone": `[{"tickets":[{"type":"red","quantity":1}]}]`},
			[]finding{
				{RuleOrder, "purchase:gone:gone", "the event of 1 order does not exist"},
				{RuleOrder, "purchase:gone:gone", "the user of 1 order does not exist"},
			},
		},
		"a notification of nobody for nothing": {
			map[string]string{"notification:gone:gone": `{"limit":1}`},
			[]finding{
				{RuleNotification, "notification:gone:gone", "the event of the notification does not exist"},
				{RuleNotification, "notification:gone:gone", "the user of the notification does not exist"},
			},
		},
		"a notification that cannot be read, of an event that is gone": {
			map[string]string{"notification:ann:nope": `zzz`, "notification:bob:nope": `{"active":false}`},
			[]finding{
				{RuleNotification, "notification:ann:nope", "the notification cannot be read, and its event does not exist"},
				{RuleNotification, "notification:bob:nope", "the notification cannot be read, and its event does not exist"},
			},
		},
		"a notification without a limit": {
			map[string]string{"notification:ann:jazz": `{"active":false}`},
			[]finding{{RuleNotification, "notification:ann:jazz", "the notification cannot be read: limit: the number is missing"}},
		},
		"a notification that is no object": {
			map[string]string{"notification:ann:jazz": `true`},
			[]finding{{RuleUnreadable, "notification:ann:jazz", "the record cannot be read: "}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := soundShop()
			maps.Copy(shop, c.plant)
			maps.DeleteFunc(shop, func(_, value string) bool { return value == "" })
			found := auditOf(shop).Violations
			require.Len(t, found, len(c.want), "%v", found)
			for i, want := range c.want {
				require.Equal(t, want.Rule, found[i].Rule)
				require.Equal(t, want.Key, found[i].Key)
				require.Contains(t, found[i].Message, want.Message)
			}
		})
	}
}

func TestViolationsAreSafeToShow(t *testing.T) {
	t.Parallel()
	shop := soundShop()
	shop["search:text:york"] = `["jazz","rock","\u001b[31m"]`
	shop["event:rock"] = fmt.Sprintf(`{"current_quantity":%q}`, make([]byte, 5000))
	for _, v := range auditOf(shop).Violations {
		require.Equal(t, Clean(v.Message), v.Message)
		require.LessOrEqual(t, len([]rune(v.Message)), 300)
	}
}

// What a hint promises to mend is what a repair is planned for, whatever words the records hold.
func TestAHintIsNotTakenInByWhatARecordSays(t *testing.T) {
	t.Parallel()
	shop := soundShop()
	shop["notification:ann:jazz"] = `{"limit":"does not exist","active":false}`
	shop["notification:ann:rock"] = `{"limit":"not told yet"}`
	shop["notification:bob:gone"] = `{"limit":1,"active":false}`
	shop["ticket:rock:red"] = `{"total_quantity":700000,"current_quantity":700000,"price":20}`
	shop["ticket:rock:blue"] = `{"total_quantity":700000,"current_quantity":700000,"price":20}`
	report := auditOf(shop)
	hints := map[string]string{}
	for _, v := range report.Violations {
		hints[v.Key] = v.Hint()
	}
	require.Equal(t, map[string]string{
		"event:rock":            "lower the numbers of tickets in the event's form",
		"notification:ann:jazz": "its user can set it anew on the event's screen",
		"notification:ann:rock": "its user can set it anew on the event's screen",
		"notification:bob:gone": "ticketcd audit --repair mends it",
	}, hints)
	require.Len(t, report.Repairs, 2, "%v", report.Repairs)
	require.Equal(t, "notification:bob:gone", report.Repairs[0].Key)
	require.Equal(t, KeyTicketTypes, report.Repairs[1].Key)
}

func TestNothingIsPlannedThatTheStateOfOtherRecordsPrevents(t *testing.T) {
	t.Parallel()
	shop := soundShop()
	shop["event:rock"] = `{"name":"Polka","location":"York","type":"concert","date":"2030-01-01","current_quantity":-5}`
	mendable := auditOf(shop).Repairs
	require.Len(t, mendable, 2)
	require.Equal(t, RepairCount, mendable[0].Kind)
	require.Equal(t, []string{"rock"}, mendable[1].Join, "which can be read by then")

	shop["ticket:rock:red"] = `{"total_quantity":5,"current_quantity":5,"price":"1e400"}`
	require.Empty(t, auditOf(shop).Repairs, "the event's count is not known, so no list can take it")
}

func TestAnOrderThatIsNothingIsReported(t *testing.T) {
	t.Parallel()
	shop := soundShop()
	shop["purchase:ann:rock"] = `[null,{"id":"a2","tickets":"none"}]`
	require.Equal(t, []finding{
		{RuleUnreadable, "purchase:ann:rock", "order 1 of 2 cannot be read: the order is null"},
		{RuleUnreadable, "purchase:ann:rock", "order 2 of 2 cannot be read: the order is not readable: its tickets cannot be a JSON string"},
	}, findings(auditOf(shop).Violations))
}
