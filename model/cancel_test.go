package model

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestACancelledOrderBringsItsTicketsBack(t *testing.T) {
	t.Parallel()
	before := gala()
	after, err := before.Return(Order{Lines: []Line{{Type: "red", Quantity: 2}, {Type: "pink", Quantity: 1}}}, tonight)
	require.NoError(t, err)
	require.Equal(t, []int{0, 2, 5}, []int{after.Tickets[0].Left, after.Tickets[1].Left, after.Tickets[2].Left})
	require.Equal(t, 7, after.Left)
	require.Equal(t, "2027-11-26 18:00:00", after.Changed.Raw())
	require.Equal(t, gala(), before, "the state that was judged is not changed")
}

func TestCancellingDoesNotMakeDamagedCountsWorse(t *testing.T) {
	t.Parallel()
	after, err := gala().Return(Order{Lines: []Line{
		{Type: "red", Quantity: 18}, {Type: "green", Quantity: 3}, {Type: "green", Quantity: 3}, {Type: "no longer sold", Quantity: 7},
	}}, tonight)
	require.NoError(t, err)
	require.Equal(t, []int{5, 1, 20}, []int{after.Tickets[0].Left, after.Tickets[1].Left, after.Tickets[2].Left}, "never more than there were")
	require.Equal(t, 26, after.Left)
}

func TestAnOrderIsNotCancelledAfterItsEventOrWhenItCannotBeRead(t *testing.T) {
	t.Parallel()
	past := gala()
	past.Date = EventDate(tonight)
	_, err := past.Return(Order{Lines: []Line{{Type: "red", Quantity: 1}}}, tonight)
	require.Equal(t, CodeRefused, CodeOf(err))
	require.Equal(t, past.CannotCancel(tonight), Sentence(err))
	requireShowable(t, err)
	require.Empty(t, past.CannotCancel(tonight.Add(-time.Second)))

	_, err = gala().Return(Order{Damage: "the quantity of red tickets is not readable"}, tonight)
	require.Equal(t, CodeFailed, CodeOf(err))
	require.Equal(t, "this order's record cannot be read, so it cannot be cancelled: the quantity of red tickets is not readable", Sentence(err))

	unknown := gala()
	unknown.Date = ParseDate("to be announced")
	require.Empty(t, unknown.CannotCancel(tonight))
}

func TestAnOrderIsTakenOffItsListAndTheOthersStayAsTheyWere(t *testing.T) {
	t.Parallel()
	raw := `[{"id":"A","tickets":[{"type":"red","quantity":1}]},{"id":"B","note":"mine","tickets":[]},5]`
	orders, err := DecodeOrders("ann", "gala", []byte(raw))
	require.NoError(t, err)
	taken, rest, ok := TakeOrder(orders, "A")
	require.True(t, ok)
	require.Equal(t, "1 red ticket", taken.String())
	require.Equal(t, `[{"id":"B","note":"mine","tickets":[]},5]`, string(EncodeOrders(rest)))
	require.Equal(t, raw, string(EncodeOrders(orders)))

	_, rest, ok = TakeOrder(rest, "B")
	require.True(t, ok)
	_, rest, ok = TakeOrder(rest, "B")
	require.False(t, ok)
	require.Len(t, rest, 1)
	only, err := DecodeOrders("ann", "gala", []byte(`[{"id":"A","tickets":[]}]`))
	require.NoError(t, err)
	_, rest, _ = TakeOrder(only, "A")
	require.Equal(t, "[]", string(EncodeOrders(rest)))
}

// The prototype stored no ids, and two orders of the same second may look the same.
func TestWhenOneOfSeveralTwinsIsTakenTheOthersKeepTheirIDs(t *testing.T) {
	t.Parallel()
	const twin = `{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"3"}],"seat":"any"}`
	raw := fmt.Sprintf(`[%s,{"date":"x","tickets":[]},%s,%s]`, twin, twin, strings.ReplaceAll(twin, ":", ": "))
	orders, err := DecodeOrders("ann", "gala", []byte(raw))
	require.NoError(t, err)
	for i, order := range orders {
		taken, rest, ok := TakeOrder(orders, order.ID)
		require.True(t, ok)
		require.Equal(t, order.Lines, taken.Lines)
		again, err := DecodeOrders("ann", "gala", EncodeOrders(rest))
		require.NoError(t, err)
		want := []string{}
		for j, other := range orders {
			if j != i {
				want = append(want, other.ID)
			}
		}
		got := []string{}
		for _, other := range again {
			require.Empty(t, other.Damage)
			got = append(got, other.ID)
		}
		require.Equal(t, want, got)
		_, _, ok = TakeOrder(again, order.ID)
		require.False(t, ok, "what is gone does not come back under another order")
		if i != 1 {
			require.Contains(t, string(EncodeOrders(rest)), `"seat":"any"`, "fields that we do not know stay")
		}
	}
}

func TestAnOrderThatStandsTwiceIsTakenWhole(t *testing.T) {
	t.Parallel()
	orders, err := DecodeOrders("ann", "gala", []byte(
		`[{"id":"A","tickets":[{"type":"red","quantity":1}]},{"id":"B","tickets":[]},{"id":"A","tickets":[{"type":"red","quantity":2}]}]`))
	require.NoError(t, err)
	taken, rest, ok := TakeOrder(orders, "A")
	require.True(t, ok)
	require.Equal(t, 3, taken.Quantity())
	require.Len(t, rest, 1)

	orders, err = DecodeOrders("ann", "gala", []byte(`[{"id":"A","tickets":[]},{"id":"A","tickets":[{"type":"red","quantity":null}]}]`))
	require.NoError(t, err)
	taken, _, _ = TakeOrder(orders, "A")
	require.NotEmpty(t, taken.Damage, "half of it cannot be read")
}

func TestBuyingAndCancellingInAnyOrderKeepsTheCountsRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		event := gala()
		for i := range event.Tickets {
			event.Tickets[i].Left = event.Tickets[i].Total
		}
		event.Left = leftOf(event.Tickets)
		var held []Order
		for n := range rapid.IntRange(1, 40).Draw(t, "steps") {
			if len(held) > 0 && rapid.Bool().Draw(t, "cancels") {
				order := rapid.SampledFrom(held).Draw(t, "order")
				taken, rest, ok := TakeOrder(held, order.ID)
				require.True(t, ok)
				after, err := event.Return(taken, tonight)
				require.NoError(t, err)
				event, held = after, rest
			} else {
				wanted := []Line{{Type: rapid.SampledFrom([]string{"green", "pink", "red"}).Draw(t, "type"), Quantity: rapid.IntRange(1, 6).Draw(t, "quantity")}}
				after, lines, err := event.Sell(wanted, tonight)
				if err != nil {
					continue
				}
				event, held = after, append(held, Order{ID: fmt.Sprint(n), Lines: lines})
			}
			bought := map[string]int{}
			for _, order := range held {
				for _, line := range order.Lines {
					bought[line.Type] += line.Quantity
				}
			}
			sum := 0
			for _, ticket := range event.Tickets {
				require.Equal(t, bought[ticket.Type], ticket.Total-ticket.Left)
				sum += ticket.Left
			}
			require.Equal(t, sum, event.Left)
		}
	})
}

func TestWhatComesBackIsWhatWasPaid(t *testing.T) {
	t.Parallel()
	require.Equal(t, "£21.00", Order{Lines: []Line{{Type: "red", Quantity: 2, Price: 10_50}}}.MoneyBack())
	require.Equal(t, "what you paid", Order{Lines: []Line{{Type: "red", Quantity: 2, Unpriced: true}}}.MoneyBack())
}
