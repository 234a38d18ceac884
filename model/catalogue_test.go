package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// catalogueOf folds records into a new catalogue, all at once.
func catalogueOf(records ...Record) *Catalogue {
	var changes []Change
	for _, r := range records {
		changes = append(changes, Change{Key: r.Key, Value: r.Value})
	}
	c, _ := NewCatalogue().With(1, changes)
	return c
}

// sights is everything that a screen can learn from a catalogue.
func sights(c *Catalogue) string {
	var out strings.Builder
	fmt.Fprintln(&out, c.Len(), c.Types(), c.Locations(), c.TicketTypes())
	for _, q := range []Query{
		{},
		{Sort: SortName},
		{Sort: SortLeft},
		{Now: wall(2026, 6, 1, 0, 0, 0)},
		{Text: "jazz"},
		{Text: "ja ni"},
		{Text: "mdnt"},
		{Text: "café"},
		{Text: "york"},
		{Type: "concert"},
		{Type: "dance", Text: "night"},
		{Location: "York"},
		{Location: "London", Type: "concert"},
		{Type: "opera"},
	} {
		found := c.Search(q)
		fmt.Fprintf(&out, "%+v: %d of", q, found.Exact)
		for _, event := range found.Events() {
			fmt.Fprintf(&out, " %s %s %v;", event.ID, event.Encode(), event.Tickets)
		}
		fmt.Fprintln(&out)
	}
	for n := range 6 {
		event, ok := c.Event(fmt.Sprint("e", n))
		fmt.Fprintln(&out, ok, event != nil && event.ID == fmt.Sprint("e", n))
	}
	return out.String()
}

func someChange(t *rapid.T) Change {
	id := fmt.Sprint("e", rapid.IntRange(0, 5).Draw(t, "event"))
	change := Change{Deleted: rapid.IntRange(0, 3).Draw(t, "deleted") == 0}
	pick := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	switch pick("family", "event", "event", "ticket", "ticket", "list", "other") {
	case "event":
		change.Key = EventKey(id)
		change.Value = fmt.Appendf(nil, `{"name":%q,"description":%q,"location":%q,"type":%q,"date":%q,"current_quantity":%s}`,
			pick("name", "Jazz Night", "Midnight Jazz", "Café Noir", "Night Night", ""), pick("description", "jazz", "a night", ""),
			pick("location", "York", "London", ""), pick("type", "concert", "dance"),
			pick("date", "2026-01-01 20:00", "2026-12-31 20:00", "2026-12-31", "soon"), pick("count", "5", "0", "-1", `"7"`))
	case "ticket":
		change.Key = TicketKey(id, pick("ticket", "red", "pink", "\x1b"))
		change.Value = fmt.Appendf(nil, `{"total_quantity":%s,"current_quantity":3,"price":1}`, pick("total", "3", "5", "2", "null"))
	case "list":
		change.Key = pick("key", KeyTypes, KeyLocations, KeyTicketTypes)
		change.Value = []byte(pick("values", `["opera","concert"]`, `[]`, `["York","red"]`, `{}`))
	default:
		change.Key = pick("key", UserKey("ann"), "search:text:jazz", "nonsense", "event:", "event:a\x1b", PurchaseKey("ann", "e1"))
		change.Value = []byte(pick("value", `{}`, `["e1"]`, `{"name":"n","current_quantity":1}`))
	}
	return change
}

func TestACatalogueOfChangesIsTheCatalogueOfWhatTheyLeave(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		store := map[string][]byte{}
		c := NewCatalogue()
		type snapshot struct {
			catalogue *Catalogue
			seen      string
		}
		var old []snapshot
		for revision := range int64(rapid.IntRange(1, 12).Draw(t, "batches")) {
			var batch []Change
			for range rapid.IntRange(0, 6).Draw(t, "changes") {
				change := someChange(t)
				batch = append(batch, change)
				if change.Deleted {
					delete(store, change.Key)
				} else {
					store[change.Key] = change.Value
				}
			}
			old = append(old, snapshot{c, sights(c)})
			page := rapid.IntRange(0, len(batch)).Draw(t, "page")
			edit := c.Edit()
			edit.Apply(batch[:page])
			edit.Apply(batch[page:])
			c = edit.Commit(revision)
			require.Equal(t, revision, c.Revision())
		}
		var left []Record
		for _, key := range rapid.Permutation(sortedKeysOf(store)).Draw(t, "order") {
			left = append(left, Record{key, store[key]})
		}
		require.Equal(t, sights(catalogueOf(left...)), sights(c))
		for _, before := range old {
			require.Equal(t, before.seen, sights(before.catalogue), "a snapshot never changes")
		}
	})
}

func sortedKeysOf(store map[string][]byte) []string {
	var keys []string
	for key := range store {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func event(id, name, description, location, eventType, date string, left int) Record {
	e := Event{Name: name, Description: description, Location: location, Type: eventType, Date: ParseDate(date), Left: left}
	return Record{EventKey(id), e.Encode()}
}

func TestTicketsMayArriveBeforeTheirEvent(t *testing.T) {
	t.Parallel()
	ticket := Record{TicketKey("a", "red"), Ticket{Total: 5, Left: 3, Price: 100}.Encode()}
	c := catalogueOf(ticket)
	_, ok := c.Event("a")
	require.False(t, ok)
	require.Zero(t, c.Len())
	c, problems := c.With(2, []Change{{Key: EventKey("a"), Value: event("a", "A", "", "York", "dance", "2027-01-01", 3).Value}})
	require.Empty(t, problems)
	found, ok := c.Event("a")
	require.True(t, ok)
	red, ok := found.Ticket("red")
	require.True(t, ok)
	require.Equal(t, []int{3, 5, 5}, []int{red.Left, red.Total, found.Total()})
	_, ok = found.Ticket("blue")
	require.False(t, ok)
}

func TestRecordsThatCannotBeReadAreReportedAndSkipped(t *testing.T) {
	t.Parallel()
	good := event("good", "Good", "", "York", "dance", "2027-01-01", 3)
	c, problems := NewCatalogue().With(1, []Change{
		{Key: EventKey("null"), Value: []byte(`null`)},
		{Key: EventKey("uncounted"), Value: []byte(`{"name":"n"}`)},
		{Key: EventKey("hidden\u202e"), Value: good.Value},
		{Key: TicketKey("good", "red"), Value: []byte(`{"total_quantity":1,"current_quantity":2,"price":1}`)},
		{Key: TicketKey("good", "\x1b[31m"), Value: []byte(`{"total_quantity":1,"current_quantity":1,"price":1}`)},
		{Key: KeyTypes, Value: []byte(`{}`)},
		{Key: good.Key, Value: good.Value},
	})
	require.Equal(t, 1, c.Len())
	require.Len(t, c.Search(Query{}).Events(), 1)
	var keys []string
	for _, problem := range problems {
		require.Error(t, problem.Err)
		keys = append(keys, problem.Key)
	}
	require.Equal(t, []string{"event:null", "event:uncounted", "event:hidden\u202e", "ticket:good:red", "event:types"}, keys)

	c, problems = c.With(2, []Change{{Key: good.Key, Value: []byte(`{`)}})
	require.Len(t, problems, 1)
	require.Zero(t, c.Len(), "an event that became unreadable is not sold from memory")
}

func TestTwoEditsOfOneCatalogueDoNotMeet(t *testing.T) {
	t.Parallel()
	c := catalogueOf(event("e1", "Jazz Night", "", "York", "dance", "2027-01-01", 3), Record{TicketKey("e1", "red"), Ticket{Total: 5, Left: 3}.Encode()})
	before := sights(c)
	left := func(n int) []Change {
		return []Change{
			{Key: EventKey("e1"), Value: event("e1", "Jazz Night", "", "York", "dance", "2027-01-01", n).Value},
			{Key: TicketKey("e1", "red"), Value: Ticket{Total: 5, Left: n}.Encode()},
		}
	}
	one, other := c.Edit(), c.Edit()
	one.Apply(left(2))
	other.Apply(left(1))
	seen := sights(one.Commit(2))
	again, _ := c.With(2, left(2))
	require.Equal(t, sights(again), seen)
	require.NotEqual(t, seen, sights(other.Commit(2)))
	require.Equal(t, before, sights(c))
}

func TestTheRevisionNeverGoesBack(t *testing.T) {
	t.Parallel()
	c, _ := NewCatalogue().With(7, nil)
	c, _ = c.With(5, nil)
	require.Equal(t, int64(7), c.Revision())
}

func TestAChangeOfACountKeepsTheIndex(t *testing.T) {
	t.Parallel()
	c := catalogueOf(event("a", "A", "", "York", "dance", "2027-01-01", 3))
	next, _ := c.With(2, []Change{
		{Key: EventKey("a"), Value: event("a", "A", "", "York", "dance", "2027-01-01", 2).Value},
		{Key: TicketKey("a", "red"), Value: Ticket{Total: 5, Left: 2}.Encode()},
	})
	require.Same(t, c.index.words[inName].tree, next.index.words[inName].tree)
	require.Same(t, &c.index.byDate[0], &next.index.byDate[0])
}

// largeCatalogue has n events with four types of tickets each.
func largeCatalogue(tb testing.TB, n int) *Catalogue {
	tb.Helper()
	var records []Record
	words := strings.Fields("Midnight Orchestra plays Holst at the old Corn Exchange with cello and clarinet from York to Leeds in winter light")
	for i := range n {
		id := fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)
		name := fmt.Sprintf("%s %s %d", words[i%len(words)], words[i/7%len(words)], i)
		records = append(records, event(id, name, strings.Join(words[i%9:], " "), []string{"York", "Leeds", "London"}[i%3],
			[]string{"concert", "dance"}[i%2], fmt.Sprintf("2027-%02d-%02d 19:30", i%12+1, i%28+1), i%500))
		for _, ticketType := range []string{"green", "pink", "red", "yellow"} {
			records = append(records, Record{TicketKey(id, ticketType), Ticket{Total: 500, Left: i % 500, Price: 100}.Encode()})
		}
	}
	return catalogueOf(records...)
}

func BenchmarkFoldingOneOrderInto100000Events(b *testing.B) {
	c := largeCatalogue(b, 100_000)
	id := "00050000-0000-4000-8000-000000000000"
	changed, _ := c.Event(id)
	changes := []Change{
		{Key: EventKey(id), Value: changed.Encode()},
		{Key: TicketKey(id, "red"), Value: Ticket{Total: 500, Left: 1}.Encode()},
	}
	for b.Loop() {
		c, _ = c.With(1, changes)
	}
}

func BenchmarkChangingTheTextOfAll20000Events(b *testing.B) {
	c := largeCatalogue(b, 20_000)
	var changes []Change
	for _, e := range c.Search(Query{}).Events() {
		moved := *e
		moved.Date = moved.Date.addDays(1)
		changes = append(changes, Change{Key: EventKey(e.ID), Value: moved.Encode()})
	}
	for b.Loop() {
		c.With(1, changes)
	}
}

func BenchmarkSearchIn100000Events(b *testing.B) {
	c := largeCatalogue(b, 100_000)
	for _, text := range []string{"", "o", "orchestra yo", "mdnght hlst", "nothing like it"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				c.Search(Query{Text: text})
			}
		})
	}
	for _, q := range []Query{
		{Days: Days{From: wall(2027, 5, 1, 0, 0, 0), Until: wall(2027, 5, 3, 0, 0, 0)}},
		{Days: Days{From: wall(2027, 1, 1, 0, 0, 0)}},
		{Days: Days{From: wall(2027, 1, 1, 0, 0, 0)}, Text: "orchestra yo"},
	} {
		b.Run(q.Text+" from "+q.Days.From.Format(time.DateOnly), func(b *testing.B) {
			for b.Loop() {
				c.Search(q)
			}
		})
	}
}

func BenchmarkLoading20000Events(b *testing.B) {
	for b.Loop() {
		largeCatalogue(b, 20_000)
	}
}
