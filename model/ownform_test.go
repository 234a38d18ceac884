package model

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// FuzzOurOwnFormIsReadLikeAnyOther reads what may be in our form both ways: what the short way accepts, the long one reads
// as the same, and nothing of it is lost when it is written.
func FuzzOurOwnFormIsReadLikeAnyOther(f *testing.F) {
	for _, raw := range []string{
		`{"name":"Aida","description":"Verdi","location":"York","type":"opera","date":"2027-01-01 20:00","current_quantity":7}`,
		`{"name":"Café","description":"","location":"","type":"","date":"soon","current_quantity":0,"changed":"2027-01-01 20:00:07"}`,
		`{"name":"A","description":"","location":"","type":"","date":"","current_quantity":1,"changed":""}`,
		`{"name":"A\u00e9","description":"","location":"","type":"","date":"","current_quantity":1}`,
		`{"name":"A","description":"","location":"","type":"","date":"","current_quantity":1000001}`,
		`{"total_quantity":500,"current_quantity":23,"price":23.5}`,
		`{"total_quantity":500,"current_quantity":0,"price":0.05}`,
		`{"total_quantity":0500,"current_quantity":-1,"price":10.50}`,
		`{"total_quantity":1000000,"current_quantity":1000000,"price":10000000}`,
		`{"total_quantity":1,"current_quantity":2,"price":1}`,
		`{"total_quantity":1,"current_quantity":1,"price":1e1}`,
		`{"total_quantity":1,"current_quantity":1,"price":0.00}}`,
		`{"date":"2027-01-01 20:00:07","tickets":[{"type":"red","quantity":2,"price":50.25},{"type":"pink","quantity":1}],"id":"7F3K"}`,
		`{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"3"}]}`,
		`{"date":"","tickets":[],"id":""}`,
		`{"date":"","tickets":[{"type":"red","quantity":"3,4","TYPE":"blue"}],"id":7}`,
		`{"date":"","tickets":[{"type":"red","quantity":"","price":"1"}]}`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		long := append([]byte(" "), raw...) // which is not our form
		if event, own := decodeOwnEvent("id", raw); own {
			again, err := DecodeEvent("id", long)
			require.NoError(t, err)
			require.Equal(t, string(raw), string(event.Encode()))
			require.Equal(t, string(raw), string(again.Encode()))
			again.stored = ""
			require.Equal(t, again, event)
		}
		if ticket, own := decodeOwnTicket("red", raw); own {
			again, err := DecodeTicket("red", long)
			require.NoError(t, err)
			require.Equal(t, string(raw), string(ticket.Encode()))
			require.Equal(t, string(raw), string(again.Encode()))
			again.stored = ""
			require.Equal(t, again, ticket)
		}
		if order, own := decodeOwnOrder(raw); own && json.Valid(raw) {
			again, err := decodeOrder(long)
			require.NoError(t, err)
			again.stored = order.stored
			require.Equal(t, again, order)
		}
	})
}

// What is written the short way is what the long way would write, whatever is in it.
func TestOurOwnFormIsWrittenLikeAnyOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", `a"b\c`, "<b>&", "\u2028 Ł \x00\x7f", "\xff"}))
		count, price := rapid.IntRange(-5, MaxCount), rapid.Int64Range(-1050, int64(maxPrice))
		e := Event{
			Name: text.Draw(t, "name"), Description: text.Draw(t, "description"), Location: text.Draw(t, "location"),
			Type: text.Draw(t, "type"), Date: ParseDate(text.Draw(t, "date")), Left: count.Draw(t, "left"), Changed: ParseDate(text.Draw(t, "changed")),
		}
		short := e.Encode()
		e.stored = "{}"
		require.Equal(t, string(e.Encode()), string(short))

		ticket := Ticket{Total: count.Draw(t, "total"), Left: count.Draw(t, "left"), Price: Cents(price.Draw(t, "price"))}
		short = ticket.Encode()
		ticket.stored = "{}"
		require.Equal(t, string(ticket.Encode()), string(short))

		type line struct {
			Type     string `json:"type"`
			Quantity int    `json:"quantity"`
			Price    *Cents `json:"price,omitempty"`
		}
		type order struct {
			Date    string `json:"date"`
			Tickets []line `json:"tickets"`
			ID      string `json:"id,omitempty"`
		}
		o := Order{ID: text.Draw(t, "id"), Date: ParseDate(text.Draw(t, "date"))}
		long := order{Date: o.Date.Raw(), ID: o.ID, Tickets: []line{}}
		for range rapid.IntRange(0, 3).Draw(t, "lines") {
			l := Line{
				Type: text.Draw(t, "type"), Quantity: count.Draw(t, "quantity"),
				Price: Cents(price.Draw(t, "price")), Unpriced: rapid.Bool().Draw(t, "unpriced"),
			}
			o.Lines = append(o.Lines, l)
			wide := line{Type: l.Type, Quantity: l.Quantity}
			if !l.Unpriced {
				wide.Price = &l.Price
			}
			long.Tickets = append(long.Tickets, wide)
		}
		require.Equal(t, string(encodeJSON(long)), string(o.appendOwn(nil)))
	})
}

func TestWhatWeWriteIsInOurOwnForm(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "Aida", "Café Ł", "<b> & 'more'", "日本"} {
		_, own := decodeOwnEvent("id", Event{Name: text, Description: text, Location: text, Type: text, Date: ParseDate(text), Left: 7}.Encode())
		require.True(t, own, text)
	}
	_, own := decodeOwnEvent("id", Event{Changed: ParseDate("2027-01-01 20:00:00")}.Encode())
	require.True(t, own)
	for _, price := range []Cents{0, 5, 10, 99, 100, 1050, 2399, maxPrice} {
		_, own := decodeOwnTicket("red", Ticket{Total: MaxCount, Left: 3, Price: price}.Encode())
		require.True(t, own, price)
		_, own = decodeOwnOrder(Order{ID: "7F3K", Date: OrderDate(tonight), Lines: []Line{{Type: "red", Quantity: 2, Price: price}}}.appendOwn(nil))
		require.True(t, own, price)
	}
}
