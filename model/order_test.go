package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var tonight = wall(2027, 11, 26, 18, 0, 0)

// gala is an event with 3 red tickets of 20, 1 pink one and no green ones.
func gala() Event {
	return Event{
		ID: "gala", Name: "The Gala", Date: EventDate(tonight.Add(time.Hour)), Left: 4,
		Tickets: []Ticket{
			{Type: "green", Total: 5, Left: 0, Price: 7000}, {Type: "pink", Total: 10, Left: 1, Price: 15050}, {Type: "red", Total: 20, Left: 3, Price: 5025},
		},
	}
}

func TestAnOrderIsSoldAtTodaysPrices(t *testing.T) {
	t.Parallel()
	before := gala()
	after, lines, err := before.Sell([]Line{{Type: "red", Quantity: 1}, {Type: "pink", Quantity: 1}, {Type: "red", Quantity: 1}, {Type: "green"}}, tonight)
	require.NoError(t, err)
	require.Equal(t, []Line{{Type: "pink", Quantity: 1, Price: 15050}, {Type: "red", Quantity: 2, Price: 5025}}, lines, "one line per type")
	require.Equal(t, 1, after.Left)
	require.Equal(t, []int{0, 0, 1}, []int{after.Tickets[0].Left, after.Tickets[1].Left, after.Tickets[2].Left})
	require.Equal(t, gala(), before, "the state that was judged is not changed")
	order := Order{Lines: lines}
	require.Equal(t, Cents(25100), order.Total())
	require.Equal(t, 3, order.Quantity())
	require.Equal(t, "1 pink and 2 red tickets", order.String())
}

func TestWhatIsRefusedIsExplained(t *testing.T) {
	t.Parallel()
	hostile := gala()
	hostile.Tickets = []Ticket{{Type: "\x1b[31m", Total: 1, Price: 1}}
	empty := gala()
	empty.Tickets = nil
	past := gala()
	past.Date = EventDate(tonight)
	for _, c := range []struct {
		event    Event
		wanted   []Line
		code     Code
		sentence string
	}{
		{gala(), nil, CodeRefused, "an order needs at least 1 ticket"},
		{gala(), []Line{{Type: "red"}, {Type: "blue"}}, CodeRefused, "an order needs at least 1 ticket"},
		{gala(), []Line{{Type: "red", Quantity: -1}}, CodeRefused, "-1 is not a number of tickets: choose 1 or more"},
		{gala(), []Line{{Type: "red", Quantity: 2}, {Type: "red", Quantity: -1}}, CodeRefused, "-1 is not a number of tickets: choose 1 or more"},
		{gala(), []Line{{Type: "red", Quantity: 4}}, CodeRefused, "only 3 red tickets are left"},
		{gala(), []Line{{Type: "red", Quantity: 2}, {Type: "red", Quantity: 2}}, CodeRefused, "only 3 red tickets are left"},
		{gala(), []Line{{Type: "red", Quantity: MaxCount + 1}}, CodeRefused, "only 3 red tickets are left"},
		{gala(), []Line{{Type: "red", Quantity: 1<<63 - 1}, {Type: "red", Quantity: 1<<63 - 1}, {Type: "red", Quantity: 3}}, CodeRefused, "only 3 red tickets are left"},
		{gala(), []Line{{Type: "red", Quantity: -1 << 63}}, CodeRefused, "-9223372036854775808 is not a number of tickets: choose 1 or more"},
		{gala(), []Line{{Type: "pink", Quantity: 2}}, CodeRefused, "only 1 pink ticket is left"},
		{gala(), []Line{{Type: "green", Quantity: 1}}, CodeRefused, "the green tickets are sold out"},
		{gala(), []Line{{Type: "blue", Quantity: 1}}, CodeNotFound, `The Gala has no "blue" tickets: choose from green, pink, red`},
		{gala(), []Line{{Type: "\x1b[2J", Quantity: 1}}, CodeNotFound, "The Gala has no \"\uFFFD[2J\" tickets: choose from green, pink, red"},
		{gala(), []Line{{Type: "red", Quantity: 1, Price: 4999, Agreed: true}}, CodeConflict, "the price of the red tickets is now £50.25, it was £49.99"},
		{empty, []Line{{Type: "red", Quantity: 1}}, CodeNotFound, "The Gala has no tickets on sale"},
		{past, []Line{{Type: "red", Quantity: 1}}, CodeRefused, "The Gala took place on Fri 26 Nov 2027, 18:00: its tickets are no longer sold"},
		{hostile, []Line{{Type: "\x1b[31m", Quantity: 1}}, CodeRefused, "the \uFFFD[31m tickets are sold out"},
	} {
		_, lines, err := c.event.Sell(c.wanted, tonight)
		require.Equal(t, c.sentence, Sentence(err))
		require.Equal(t, c.code, CodeOf(err), c.sentence)
		require.Empty(t, lines)
		requireShowable(t, err)
	}
}

func TestAnEventWithoutAReadableDateIsStillSold(t *testing.T) {
	t.Parallel()
	event := gala()
	event.Date = ParseDate("to be announced")
	_, _, err := event.Sell([]Line{{Type: "red", Quantity: 1}}, tonight)
	require.NoError(t, err)
}

func TestTheCountStaysOneThatCanBeReadWhereATicketCannot(t *testing.T) {
	t.Parallel()
	event := gala()
	event.Damaged = map[string]error{"gold": errors.New("current_quantity: the number is missing")}
	event.Left = 1 // less than the others add up to
	sold, _, err := event.Sell([]Line{{Type: "red", Quantity: 2}}, tonight)
	require.NoError(t, err)
	require.Zero(t, sold.Left)
	event.Left = MaxCount
	back, err := event.Return(Order{Lines: []Line{{Type: "red", Quantity: 1}}}, tonight)
	require.NoError(t, err)
	require.Equal(t, MaxCount, back.Left)
	event.Left = 500
	closed := event.Closed()
	require.Equal(t, 500-leftOf(event.Tickets), closed.Left, "what is left of the gold tickets, nobody knows")
	require.Equal(t, closed.Left, closed.Closed().Left)
}

func TestNoSequenceOfOrdersOversells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		event := Event{Name: "E", Date: EventDate(tonight.Add(time.Hour))}
		for _, name := range []string{"green", "pink", "red"} {
			total := rapid.IntRange(0, 30).Draw(t, name)
			event.Tickets = append(event.Tickets, Ticket{Type: name, Total: total, Left: total, Price: 100})
		}
		event.Left = leftOf(event.Tickets)
		sold := map[string]int{}
		for range rapid.IntRange(1, 40).Draw(t, "orders") {
			wanted := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Line {
				return Line{
					Type:     rapid.SampledFrom([]string{"green", "pink", "red", "blue", ""}).Draw(t, "type"),
					Quantity: rapid.OneOf(rapid.IntRange(-2, 12), rapid.SampledFrom([]int{1 << 62, -1 << 62, MaxCount})).Draw(t, "quantity"),
				}
			}), 0, 5).Draw(t, "wanted")
			asked := slices.Clone(wanted)
			before, old := slices.Clone(event.Tickets), event
			after, lines, err := event.Sell(wanted, tonight)
			require.Equal(t, asked, wanted, "what was asked for is not changed")
			require.Equal(t, before, old.Tickets, "the state that was judged is not changed")
			if err != nil {
				require.NotEmpty(t, Sentence(err))
				require.Contains(t, []Code{CodeRefused, CodeNotFound}, CodeOf(err))
				continue
			}
			wantedOf := map[string]int{}
			for _, line := range asked {
				wantedOf[line.Type] += line.Quantity
			}
			for _, line := range lines {
				require.Positive(t, line.Quantity)
				require.Equal(t, wantedOf[line.Type], line.Quantity, "exactly what was asked for is sold")
				delete(wantedOf, line.Type)
				sold[line.Type] += line.Quantity
			}
			for ticketType, rest := range wantedOf {
				require.Zero(t, rest, "%s was asked for and not sold", ticketType)
			}
			event = after
			sum := 0
			for _, ticket := range event.Tickets {
				require.True(t, 0 <= ticket.Left && ticket.Left <= ticket.Total)
				require.Equal(t, ticket.Total-sold[ticket.Type], ticket.Left)
				sum += ticket.Left
			}
			require.Equal(t, sum, event.Left)
		}
	})
}

func TestOrdersAreDescribedInWords(t *testing.T) {
	t.Parallel()
	for text, lines := range map[string][]Line{
		"no tickets":                         nil,
		"1 red ticket":                       {{Type: "red", Quantity: 1}},
		"2 red tickets":                      {{Type: "red", Quantity: 2}},
		"2 red and 1 pink tickets":           {{Type: "red", Quantity: 2}, {Type: "pink", Quantity: 1}},
		"1,000 a, 1 b and 1 \uFFFDc tickets": {{Type: "a", Quantity: 1000}, {Type: "b", Quantity: 1}, {Type: "\x1bc", Quantity: 1}},
	} {
		require.Equal(t, text, Order{Lines: lines}.String())
	}
}

func TestThePrototypesOrdersAreRead(t *testing.T) {
	t.Parallel()
	orders, err := DecodeOrders("ann", "e", []byte(`[
		{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"3"},{"type":"green","quantity":42}]},
		{"date":"never","tickets":[{"type":"red","quantity":1,"price":"23.5"}],"id":"7F3K","extra":true}]`))
	require.NoError(t, err)
	require.Equal(t, []Line{{Type: "red", Quantity: 3, Unpriced: true}, {Type: "green", Quantity: 42, Unpriced: true}}, orders[0].Lines)
	require.Equal(t, "Sun 26 May 2024, 23:46", orders[0].Date.String())
	require.Equal(t, []string{"ann", "e"}, []string{orders[0].Username, orders[0].EventID})
	require.NotEmpty(t, orders[0].ID)
	require.Zero(t, orders[0].Total())
	require.Equal(t, "7F3K", orders[1].ID)
	require.Equal(t, Cents(2350), orders[1].Total())
	require.Equal(t, "never", orders[1].Date.String())

	empty, err := DecodeOrders("ann", "e", []byte(`[]`))
	require.NoError(t, err)
	require.Empty(t, empty)
	require.Equal(t, `[]`, string(EncodeOrders(empty)))
	for _, raw := range []string{``, `{}`, `"x"`, `[`, `[` + strings.Repeat(" ", MaxValue) + `]`} {
		_, err := DecodeOrders("ann", "e", []byte(raw))
		require.Error(t, err, "%.20s", raw)
	}
}

func TestADamagedOrderIsNeitherHiddenNorLost(t *testing.T) {
	t.Parallel()
	raw := `[{"date":"x","tickets":[{"type":"red","quantity":null}],"id":"A"},5,{"date":"x","tickets":{}},` +
		`{"date":"2024-01-01","tickets":[{"type":"red","quantity":"1.\u001b]52;c"}]},{"date":"x","tickets":[{"type":"red","quantity":2}],"id":"B"}]`
	orders, err := DecodeOrders("ann", "e", []byte(raw))
	require.NoError(t, err)
	require.Len(t, orders, 5)
	for _, damaged := range orders[:4] {
		require.NotEmpty(t, damaged.Damage)
		require.NotEmpty(t, damaged.ID)
		requireShowableText(t, damaged.Damage)
	}
	require.Equal(t, "A", orders[0].ID)
	require.Empty(t, orders[4].Damage)
	require.Equal(t, raw, string(EncodeOrders(orders)), "all are written as they stood")
}

func TestATicketIsCalledByItsTypeOrByTheOnlyOneThatIsSpelledAlike(t *testing.T) {
	t.Parallel()
	e := Event{Tickets: []Ticket{{Type: "VIP"}, {Type: "vip"}, {Type: "Côté"}}}
	for name, want := range map[string]string{"vip": "vip", "VIP": "VIP", "Vip": "", "cote": "Côté", "CÔTÉ": "Côté", "cot": "", "": ""} {
		ticket, ok := e.TicketCalled(name)
		require.Equal(t, want != "", ok, name)
		require.Equal(t, want, ticket.Type, name)
	}
}

func TestAnOrderWithADateThatIsNoTextCanStillBeCancelled(t *testing.T) {
	t.Parallel()
	for raw, shown := range map[string]string{"1710338700": "1710338700", "null": "", `{"day":3}`: `{"day":3}`} {
		orders, err := DecodeOrders("ann", "e", []byte(`[{"date":`+raw+`,"tickets":[{"type":"red","quantity":2}],"id":"A"}]`))
		require.NoError(t, err)
		require.Empty(t, orders[0].Damage)
		require.Equal(t, shown, orders[0].Date.String())
		_, rest, there := TakeOrder(orders, "A")
		require.True(t, there)
		require.Empty(t, rest)
	}
}

func TestFieldsOfAnOrderAreToldApartByTheirCapitals(t *testing.T) {
	t.Parallel()
	raw := `[{"ID":"b","date":"2027-01-01 20:00:00","tickets":[{"type":"red","quantity":2,"TYPE":"blue","Quantity":9,"PRICE":1}],` +
		`"id":"a","Tickets":[],"Date":"never"}]`
	orders, err := DecodeOrders("ann", "e", []byte(raw))
	require.NoError(t, err)
	require.Empty(t, orders[0].Damage)
	require.Equal(t, "a", orders[0].ID)
	require.Equal(t, "2027-01-01 20:00:00", orders[0].Date.Raw())
	require.Equal(t, []Line{{Type: "red", Quantity: 2, Unpriced: true}}, orders[0].Lines)
	require.Equal(t, raw, string(EncodeOrders(orders)))
}

func TestANumberIsAnOrdersIDByItsDigits(t *testing.T) {
	t.Parallel()
	raw := `[{"date":"2027-01-01 20:00:00","tickets":[{"type":7,"quantity":2}],"id":17}]`
	orders, err := DecodeOrders("ann", "e", []byte(raw))
	require.NoError(t, err)
	require.Empty(t, orders[0].Damage)
	require.Equal(t, "2 7 tickets", orders[0].String())
	more, err := AddOrder(orders, Order{ID: "b", Date: OrderDate(tonight)})
	require.NoError(t, err)
	require.Contains(t, string(EncodeOrders(more)), `"id":17}`, "it stays as it was")
	taken, rest, there := TakeOrder(more, "17")
	require.True(t, there)
	require.Equal(t, "17", taken.ID)
	require.Len(t, rest, 1)

	orders, err = DecodeOrders("ann", "e", []byte(`[{"tickets":[],"id":{"no":17}},{"tickets":[{"type":["red"],"quantity":1}]}]`))
	require.NoError(t, err)
	require.Equal(t, "the order is not readable: id is not text", orders[0].Damage)
	require.Equal(t, "the order is not readable: type is not text", orders[1].Damage)
}

func TestOrdersAreWrittenAsTheyWereRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var orders []Order
		for n := range rapid.IntRange(0, 5).Draw(t, "orders") {
			order := Order{ID: fmt.Sprint("id", n), Username: "ann", EventID: "e", Date: OrderDate(tonight)}
			for range rapid.IntRange(1, 3).Draw(t, "lines") {
				line := Line{Type: someText(t, "type"), Quantity: rapid.IntRange(0, MaxCount).Draw(t, "quantity")}
				line.Unpriced = rapid.Bool().Draw(t, "unpriced")
				if !line.Unpriced {
					line.Price = Cents(rapid.Int64Range(0, int64(maxPrice)).Draw(t, "price"))
				}
				line.Type = strings.ToValidUTF8(line.Type, "?")
				order.Lines = append(order.Lines, line)
			}
			orders = append(orders, order)
		}
		raw := EncodeOrders(orders)
		again, err := DecodeOrders("ann", "e", raw)
		require.NoError(t, err)
		require.Equal(t, string(raw), string(EncodeOrders(again)))
		require.Len(t, again, len(orders))
		for i := range orders {
			again[i].stored = nil
			require.Equal(t, orders[i], again[i])
		}
	})
}

func TestAnOldOrderKeepsItsIDWhileOthersComeAndGo(t *testing.T) {
	t.Parallel()
	// Two of the three are the same, and the second is spelled with spaces, as another program writes JSON.
	raw := `[{"date":"2024-01-01","tickets":[{"type":"red","quantity":1}]}, {"date": "2024-01-01", "tickets": [{"type": "red", "quantity": 1}]},` +
		`{"date":"2024-01-02","tickets":[]}]`
	orders, err := DecodeOrders("ann", "e", []byte(raw))
	require.NoError(t, err)
	ids := func(orders []Order) []string {
		var ids []string
		for _, order := range orders {
			ids = append(ids, order.ID)
		}
		return ids
	}
	before := ids(orders)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(before))), 3, "each has an id of its own")

	more, err := AddOrder(orders, Order{ID: "new", Date: OrderDate(tonight), Lines: []Line{{Type: "red", Quantity: 1}}})
	require.NoError(t, err)
	again, err := DecodeOrders("ann", "e", EncodeOrders(more))
	require.NoError(t, err)
	require.Equal(t, append(slices.Clone(before), "new"), ids(again))

	fewer := slices.Delete(again, 0, 1)
	again, err = DecodeOrders("ann", "e", EncodeOrders(fewer))
	require.NoError(t, err)
	require.Contains(t, ids(again), before[2], "what was not touched keeps its id")

	other, err := DecodeOrders("bob", "e", []byte(raw))
	require.NoError(t, err)
	require.NotEqual(t, before, ids(other))
}

func TestAListOfOrdersStaysSmall(t *testing.T) {
	t.Parallel()
	orders := make([]Order, MaxOrders-1)
	full, err := AddOrder(orders, Order{ID: "last"})
	require.NoError(t, err)
	require.Len(t, orders, MaxOrders-1)
	_, err = AddOrder(full, Order{ID: "too many"})
	require.Equal(t, CodeRefused, CodeOf(err))
	require.Equal(t, "you hold 500 orders for this event, the most that one buyer may have", Sentence(err))
	found, ok := FindOrder(full, "last")
	require.True(t, ok)
	require.Equal(t, "last", found.ID)
	_, ok = FindOrder(full, "none")
	require.False(t, ok)
}

func TestAnOrderIsWrittenInTheLayout(t *testing.T) {
	t.Parallel()
	orders := []Order{{ID: "7F3K", Date: OrderDate(tonight), Lines: []Line{{Type: "red", Quantity: 2, Price: 5025}, {Type: "pink", Quantity: 1, Unpriced: true}}}}
	require.Equal(t, `[{"date":"2027-11-26 18:00:00","tickets":[{"type":"red","quantity":2,"price":50.25},{"type":"pink","quantity":1}],"id":"7F3K"}]`,
		string(EncodeOrders(orders)))
	require.True(t, json.Valid(EncodeOrders([]Order{{}})))
}

func TestWhatWasPaidIsNeverGuessed(t *testing.T) {
	t.Parallel()
	red, pink := Line{Type: "red", Quantity: 2, Price: 5025}, Line{Type: "pink", Quantity: 1, Unpriced: true}
	require.Equal(t, "£100.50", Order{Lines: []Line{red}}.Paid())
	require.Equal(t, "not recorded", Order{Lines: []Line{red, pink}}.Paid())
	require.Equal(t, "unreadable", Order{Lines: []Line{red}, Damage: "the date is missing"}.Paid())
}

func TestNoOrderCostsLessThanNothing(t *testing.T) {
	t.Parallel()
	line := `{"type":"red","quantity":1000000,"price":10000000}`
	orders, err := DecodeOrders("ann", "e", []byte(`[{"id":"A","tickets":[`+strings.Repeat(line+",", 9300)+line+`]}]`))
	require.NoError(t, err)
	require.Empty(t, orders[0].Damage)
	require.Equal(t, Cents(math.MaxInt64), orders[0].Total())
	paid, err := Event{}.Paid([]Order{orders[0], orders[0]})
	require.NoError(t, err)
	require.Equal(t, Cents(math.MaxInt64), paid)
}

func BenchmarkReadingAndWritingOrders(b *testing.B) {
	var ours []Order
	for n := range 20 {
		ours = append(ours, Order{
			ID: fmt.Sprintf("%012d", n), Date: OrderDate(tonight),
			Lines: []Line{{Type: "pink", Quantity: 1, Price: 10890}, {Type: "red", Quantity: 2, Price: 2399}},
		})
	}
	prototypes := "[" + strings.Repeat(`{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"3"},{"type":"pink","quantity":1}]},`, 19) +
		`{"date":"x","tickets":[]}]`
	for name, raw := range map[string][]byte{"ours": EncodeOrders(ours), "the prototype's": []byte(prototypes)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				orders, err := DecodeOrders("ann", "e", raw)
				if err != nil || len(orders) != 20 || len(EncodeOrders(orders)) != len(raw) {
					b.Fatal(err, len(orders))
				}
			}
		})
	}
}
