package model

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// store is a plain map of keys that remembers what each change replaced.
type store struct {
	values   map[string]string
	revision int64
}

func (s *store) put(key, value string) Change {
	s.revision++
	change := Change{Key: key, Value: []byte(value), Before: []byte(s.values[key]), Revision: s.revision}
	s.values[key] = value
	return change
}

func (s *store) remove(key string) Change {
	s.revision++
	change := Change{Key: key, Before: []byte(s.values[key]), Deleted: true, Revision: s.revision}
	delete(s.values, key)
	return change
}

// recount adds up everything anew.
func (s *store) recount() (*Catalogue, *Statistics) {
	var changes []Change
	for key, value := range s.values {
		changes = append(changes, Change{Key: key, Value: []byte(value)})
	}
	catalogue, _ := NewCatalogue().With(s.revision, changes)
	return catalogue, NewStatistics(catalogue).With(catalogue, catalogue, changes)
}

func TestStatisticsAreExactWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &store{values: map[string]string{}}
		catalogue := NewCatalogue()
		statistics := NewStatistics(catalogue)
		one := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
		for range rapid.IntRange(1, 12).Draw(t, "batches") {
			var changes []Change
			for range rapid.IntRange(1, 4).Draw(t, "changes") {
				id := one("event", "a", "b", "c")
				kind := one("ticket", "red", "pink")
				number := rapid.IntRange(0, 30).Draw(t, "number")
				switch one("what", "event", "ticket", "orders", "orders", "orders", "gone") {
				case "event":
					changes = append(changes, s.put("event:"+id, fmt.Sprintf(`{"name":"E","type":%q,"current_quantity":1}`, one("type", "opera", "play"))))
				case "ticket":
					changes = append(changes, s.put("ticket:"+id+":"+kind, one("ticket value",
						fmt.Sprintf(`{"total_quantity":%d,"current_quantity":0,"price":%d}`, number, number),
						fmt.Sprintf(`{"total_quantity":%d,"current_quantity":0,"price":%d,"first_price":7}`, number, number), `broken`)))
				case "orders":
					sold := fmt.Sprintf(`{"id":"%d","date":"2027-03-01 12:0%d:00","tickets":[{"type":%q,"quantity":%d,"price":2.5}]}`, number, number%3, kind, number)
					old := fmt.Sprintf(`{"tickets":[{"type":%q,"quantity":"%d"}]}`, kind, number)
					key := "purchase:" + one("user", "ann", "bob") + ":" + id
					changes = append(changes, s.put(key, one("orders", "["+sold+"]", "["+old+"]", "["+sold+","+old+`,{"tickets":1}]`, "[]", "{}")))
				case "gone":
					changes = append(changes, s.remove(one("key", "event:"+id, "ticket:"+id+":"+kind, "purchase:ann:"+id)))
				}
			}
			next, _ := catalogue.With(s.revision, changes)
			statistics = statistics.With(catalogue, next, changes)
			catalogue = next
		}
		wantCatalogue, want := s.recount()
		require.Equal(t, want.Report(wantCatalogue, 9), statistics.Report(catalogue, 9))
		noon := time.Date(2027, time.March, 1, 12, 3, 0, 0, time.UTC)
		require.Equal(t, want.PerMinute(noon, 5), statistics.PerMinute(noon, 5))
		all := catalogue.Search(Query{}).Events()
		report, some := statistics.Report(catalogue, 9), statistics.ReportOn(all, 9)
		if len(all) == 3 {
			require.Equal(t, report, some)
		}
	})
}

func TestSalesAreWhatWasPaid(t *testing.T) {
	t.Parallel()
	s := &store{values: map[string]string{}}
	s.put("event:a", `{"name":"Aida","type":"opera","location":"York","current_quantity":5}`)
	s.put("ticket:a:red", `{"total_quantity":10,"current_quantity":5,"price":99,"first_price":"10.5"}`)
	s.put("event:b", `{"name":"Bus","type":"play","current_quantity":0}`)
	s.put("ticket:b:red", `{"total_quantity":4,"current_quantity":0,"price":3}`)
	s.put("purchase:ann:a", `[{"date":"2027-03-01 12:00:59","tickets":[{"type":"red","quantity":3,"price":23.99}]},
		{"date":"2027-03-01 12:01:00","tickets":[{"type":"red","quantity":2}]}]`)
	s.put("purchase:bob:b", `[{"date":"x","tickets":[{"type":"red","quantity":4,"price":1}]}]`)
	s.put("purchase:bob:gone", `[{"date":"2027-03-01 12:01:30","tickets":[{"type":"old","quantity":1,"price":1}]}]`)
	catalogue, statistics := s.recount()
	report := statistics.Report(catalogue, 2)
	require.Equal(t, SalesReport{
		Total: Sales{Revenue: 7197 + 2100 + 400 + 100, Estimated: 2100, Tickets: 10, Orders: 4, Offered: 14},
		EventTypes: []TypeSales{
			{"opera", Sales{Revenue: 9297, Estimated: 2100, Tickets: 5, Orders: 2, Offered: 10}},
			{"play", Sales{Revenue: 400, Tickets: 4, Orders: 1, Offered: 4}},
			{"", Sales{Revenue: 100, Tickets: 1, Orders: 1}},
		},
		TicketTypes: []TypeSales{
			{"red", Sales{Revenue: 9697, Estimated: 2100, Tickets: 9, Offered: 14}},
			{"old", Sales{Revenue: 100, Tickets: 1}},
		},
		Best: []EventSales{
			{"a", "Aida", Sales{Revenue: 9297, Estimated: 2100, Tickets: 5, Orders: 2, Offered: 10}},
			{"b", "Bus", Sales{Revenue: 400, Tickets: 4, Orders: 1, Offered: 4}},
		},
	}, report)
	require.InDelta(t, 0.5, report.Best[0].SellThrough(), 0)
	require.Equal(t, []int{0, 1, 2, 0}, statistics.PerMinute(time.Date(2027, time.March, 1, 12, 2, 30, 0, time.UTC), 4))
	york := catalogue.Search(Query{Location: "York"}).Events()
	require.Equal(t, Cents(9297), statistics.ReportOn(york, 1).Total.Revenue)
	require.Equal(t, []TypeSales{report.EventTypes[0]}, statistics.ReportOn(york, 1).EventTypes)
}

// BenchmarkAnOrderInLargeStatistics is what each order costs where there are 100,000 events.
func BenchmarkAnOrderInLargeStatistics(b *testing.B) {
	s := &store{values: map[string]string{}}
	for i := range 100_000 {
		s.put(fmt.Sprintf("event:%d", i), `{"name":"Aida","type":"opera","location":"York","current_quantity":5}`)
		s.put(fmt.Sprintf("ticket:%d:red", i), `{"total_quantity":10,"current_quantity":5,"price":99}`)
		s.put(fmt.Sprintf("purchase:ann:%d", i), `[{"date":"2027-03-01 12:00:59","tickets":[{"type":"red","quantity":3,"price":23.99}]}]`)
	}
	catalogue, statistics := s.recount()
	order := s.put("purchase:ann:77", `[{"date":"2027-03-01 12:00:59","tickets":[{"type":"red","quantity":3,"price":23.99}]},
		{"date":"2027-03-01 12:01:59","tickets":[{"type":"red","quantity":3,"price":23.99}]}]`)
	for b.Loop() {
		statistics.With(catalogue, catalogue, []Change{order})
		statistics.Report(catalogue, 10)
	}
}
