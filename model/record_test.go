package model

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// someText draws text as people and attackers write it.
func someText(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.StringMatching(`[A-Za-z' ]{0,20}`),
		rapid.SampledFrom([]string{"Café <Jazz> & \"Blues\"", "a\x1b[31mb", "\u202e", "日本", "line\nbreak", "\u2028", "null", "14"}),
		rapid.String(),
	).Draw(t, name)
}

// unknownFields draws fields that the prototype or a later version might have stored.
func unknownFields(t *rapid.T) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	for range rapid.IntRange(0, 3).Draw(t, "unknown fields") {
		name := "x-" + rapid.StringMatching(`[a-zA-Z"\\é]{1,5}`).Draw(t, "field")
		fields[name] = json.RawMessage(rapid.SampledFrom([]string{`null`, `1.50`, `"\u00e9"`, `{"b": 1, "a":[]}`, `[ ]`}).Draw(t, "value"))
	}
	return fields
}

// encodeObject writes an object with its fields in any order and its values as they are spelled, as another program would.
func encodeObject(t require.TestingT, fields map[string]json.RawMessage) []byte {
	var members []string
	for name, value := range fields {
		quoted, err := json.Marshal(name)
		require.NoError(t, err)
		members = append(members, string(quoted)+": "+string(value))
	}
	return []byte("{" + strings.Join(members, " , ") + "}")
}

func decodeObject(t require.TestingT, raw []byte) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &fields))
	return fields
}

func jsonText(t *rapid.T, name string) json.RawMessage {
	raw, err := json.Marshal(someText(t, name))
	require.NoError(t, err)
	return raw
}

func TestAnEventIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fields := unknownFields(t)
		for _, name := range []string{"name", "description", "location", "type", "date"} {
			fields[name] = jsonText(t, name)
		}
		fields["current_quantity"] = json.RawMessage(rapid.SampledFrom([]string{`7`, `"7"`, `7.0`}).Draw(t, "count"))
		raw := encodeObject(t, fields)

		event, err := DecodeEvent("id", raw)
		require.NoError(t, err)
		written := event.Encode()
		again, err := DecodeEvent("id", written)
		require.NoError(t, err)
		require.Equal(t, written, again.Encode(), "writing again changes nothing")

		got := decodeObject(t, written)
		for name, value := range fields {
			if name == "current_quantity" {
				value = json.RawMessage(`7`)
			}
			require.Equal(t, string(value), string(got[name]), "%s keeps its spelling", name)
		}

		again.Name, again.Left = "Another name", 6
		changed := decodeObject(t, again.Encode())
		require.JSONEq(t, `"Another name"`, string(changed["name"]))
		require.JSONEq(t, `6`, string(changed["current_quantity"]))
		require.Equal(t, string(fields["date"]), string(changed["date"]))
	})
}

func TestATicketIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ticket := Ticket{
			Type: "red", Total: rapid.IntRange(0, MaxCount).Draw(t, "total"), Price: Cents(rapid.Int64Range(0, int64(maxPrice)).Draw(t, "price")),
		}
		ticket.Left = rapid.IntRange(0, ticket.Total).Draw(t, "left")
		again, err := DecodeTicket("red", ticket.Encode())
		require.NoError(t, err)
		require.Equal(t, []any{ticket.Total, ticket.Left, ticket.Price}, []any{again.Total, again.Left, again.Price})
		require.Equal(t, ticket.Encode(), again.Encode())

		fields := unknownFields(t)
		want := len(fields) + 3
		fields["total_quantity"], fields["current_quantity"], fields["price"] = []byte(`"20"`), []byte(`"14"`), []byte(`"108.9"`)
		old, err := DecodeTicket("red", encodeObject(t, fields))
		require.NoError(t, err)
		old.Left--
		got := decodeObject(t, old.Encode())
		require.Len(t, got, want, "unknown fields are kept")
		require.Equal(t, []string{`20`, `13`, `108.9`},
			[]string{string(got["total_quantity"]), string(got["current_quantity"]), string(got["price"])}, "we write numbers")
	})
}

func TestARecordIsWrittenInTheLayoutsOrder(t *testing.T) {
	t.Parallel()
	event := Event{Name: "A & B", Description: "<d>", Location: "York", Type: "dance", Date: ParseDate("2027-01-02 19:30"), Left: 5}
	require.Equal(t, `{"name":"A & B","description":"<d>","location":"York","type":"dance","date":"2027-01-02 19:30","current_quantity":5}`,
		string(event.Encode()))
	require.Equal(t, `{"total_quantity":20,"current_quantity":5,"price":23.5}`, string(Ticket{Type: "red", Total: 20, Left: 5, Price: 2350}.Encode()))
	require.Equal(t, `{"name":"Ann","email":"a@b.c","password":"x","role":"user"}`,
		string(User{Username: "ann", Name: "Ann", Email: "a@b.c", Password: "x", Role: RoleUser}.Encode()))
	require.Equal(t, `{"limit":42,"active":true}`, string(Notification{Limit: 42, Active: true}.Encode()))
	require.Equal(t, `[]`, string(EncodeList(nil)))
	require.Equal(t, `["a","b"]`, string(EncodeList([]string{"a", "b"})))
}

func TestCountsThatAreNotThereAreErrors(t *testing.T) {
	t.Parallel()
	for _, count := range []string{``, `"current_quantity":null`, `"current_quantity":-1`, `"current_quantity":"NaN"`, `"current_quantity":""`} {
		fields := []string{`"name":"n"`}
		if count != "" {
			fields = append(fields, count)
		}
		_, err := DecodeEvent("id", []byte("{"+strings.Join(fields, ",")+"}"))
		require.ErrorContains(t, err, "current_quantity")
	}
	for _, raw := range []string{
		`{"total_quantity":5,"current_quantity":6,"price":1}`, `{"total_quantity":5,"current_quantity":5}`, `{"current_quantity":5,"price":1}`,
		`{"total_quantity":null,"current_quantity":5,"price":1}`, `{"total_quantity":5,"current_quantity":5,"price":null}`,
		`{"total_quantity":5,"current_quantity":5,"price":-1}`, `{"total_quantity":5,"current_quantity":5,"price":"free"}`,
		`null`, `[]`, `"x"`, ``, `{`, `5`, `{"total_quantity":5}{}`,
	} {
		_, err := DecodeTicket("red", []byte(raw))
		require.Error(t, err, raw)
	}
}

func TestTextFieldsAreReadWhateverTheyAre(t *testing.T) {
	t.Parallel()
	event, err := DecodeEvent("id", []byte(`{"name":1984,"description":null,"location":" York ","type":true,"date":"3/14/2024, 1:45:00\u202fPM","current_quantity":1}`))
	require.NoError(t, err)
	require.Equal(t, []string{"1984", "", " York ", "true"}, []string{event.Name, event.Description, event.Location, event.Type})
	require.Equal(t, "Thu 14 Mar 2024, 13:45", event.Date.String())
	for _, raw := range []string{`{"name":{},"current_quantity":1}`, `{"name":["a"],"current_quantity":1}`} {
		_, err = DecodeEvent("id", []byte(raw))
		require.ErrorContains(t, err, "name is not text")
	}
	_, err = DecodeEvent("id", []byte(`{"current_quantity":1,"x":"`+strings.Repeat("x", MaxValue)+`"}`))
	require.ErrorContains(t, err, "1,048,6", "values of more than a megabyte are not decoded")
}

func TestAUserIsWrittenAsReadAndKeepsTheRole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fields := unknownFields(t)
		fields["name"], fields["email"], fields["password"] = jsonText(t, "name"), jsonText(t, "email"), jsonText(t, "password")
		role := rapid.SampledFrom([]string{`"user"`, `"admin"`, `"owner"`, `5`}).Draw(t, "role")
		fields["role"] = json.RawMessage(role)
		user, err := DecodeUser("ann", encodeObject(t, fields))
		require.NoError(t, err)
		require.Equal(t, role == `"admin"`, user.Role == RoleAdmin)
		got := decodeObject(t, user.Encode())
		for name, value := range fields {
			require.Equal(t, string(value), string(got[name]), name)
		}
		user.Password = "$argon2id$..."
		user, err = DecodeUser("ann", user.Encode())
		require.NoError(t, err)
		require.Equal(t, "$argon2id$...", user.Password)
	})
}

func TestAPasswordIsComparedAsItIsStored(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"password":"pa\u202ess"}`: "pa\u202ess", `{"password":12345}`: "12345", `{"password":"null"}`: "null", `{"password":null}`: "", `{}`: "",
		`{"password": "  x "}`: "  x ",
	} {
		user, err := DecodeUser("ann", []byte(raw))
		require.NoError(t, err, raw)
		require.Equal(t, want, user.Password, raw)
	}
}

func TestANotificationIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Notification{
		`{"limit":5,"active":false}`:     {Limit: 5},
		`{"limit":"5","active":"true"}`:  {Limit: 5, Active: true},
		`{"limit":5.0,"active":true}`:    {Limit: 5, Active: true},
		`{"limit":0}`:                    {},
		`{"active":null,"limit":5}`:      {Limit: 5},
		`{"limit":5,"active":1,"x":[1]}`: {Limit: 5},
	} {
		got, err := DecodeNotification("ann", "e", []byte(raw))
		require.NoError(t, err, raw)
		require.Equal(t, []any{want.Limit, want.Active}, []any{got.Limit, got.Active}, raw)
		again, err := DecodeNotification("ann", "e", got.Encode())
		require.NoError(t, err)
		require.Equal(t, got.Encode(), again.Encode())
		require.Equal(t, strings.Contains(raw, `"x"`), strings.Contains(string(got.Encode()), `"x":[1]`))
	}
	for _, raw := range []string{`{}`, `{"limit":-1}`, `{"limit":null}`, `{"limit":5,"active":[]}`, `[]`} {
		_, err := DecodeNotification("ann", "e", []byte(raw))
		require.Error(t, err, raw)
	}
}

func TestAListIsReadOnlyIfItIsOne(t *testing.T) {
	t.Parallel()
	list, err := DecodeList([]byte(` ["b","a:b"] `))
	require.NoError(t, err)
	require.Equal(t, []string{"b", "a:b"}, list)
	for _, raw := range []string{``, `{}`, `"a"`, `[1]`, `[["a"]]`, `["a"`, `[` + strings.Repeat(`"",`, maxList) + `""]`} {
		_, err := DecodeList([]byte(raw))
		require.Error(t, err, "%.20s", raw)
	}
}

func FuzzDecoders(f *testing.F) {
	for _, seed := range []string{
		`{"name":"n","description":"d","location":"l","type":"t","date":"2024-03-13","current_quantity":"14","x":{}}`,
		`{"total_quantity":"20","current_quantity":5,"price":"23.99"}`,
		`{"name":"n","email":"e","password":"p","role":"admin"}`,
		`{"limit":"5","active":true}`, `["a","b"]`, `null`, `{"NAME":1}`, `{"name":"\ud800"}`,
		`[ {"date": "x"}, {"date": "x"} ]`, `[{"date":"2024-03-14 13:45:00","tickets":[{"type":"red","quantity":"3"}]},{"id":"X","date":null,"tickets":null},5]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if event, err := DecodeEvent("id", raw); err == nil {
			requireShowableText(t, event.Name, event.Description, event.Location, event.Type, event.Date.String())
			again, err := DecodeEvent("id", event.Encode())
			require.NoError(t, err)
			require.Equal(t, string(event.Encode()), string(again.Encode()))
		} else {
			requireShowable(t, err)
		}
		if ticket, err := DecodeTicket("red", raw); err == nil {
			require.True(t, 0 <= ticket.Left && ticket.Left <= ticket.Total && ticket.Total <= MaxCount && ticket.Price >= 0)
			again, err := DecodeTicket("red", ticket.Encode())
			require.NoError(t, err)
			require.Equal(t, string(ticket.Encode()), string(again.Encode()))
		} else {
			requireShowable(t, err)
		}
		if user, err := DecodeUser("ann", raw); err == nil {
			requireShowableText(t, user.Name, user.Email)
			again, err := DecodeUser("ann", user.Encode())
			require.NoError(t, err)
			require.Equal(t, string(user.Encode()), string(again.Encode()))
		} else {
			requireShowable(t, err)
		}
		if asked, err := DecodeNotification("ann", "e", raw); err == nil {
			again, err := DecodeNotification("ann", "e", asked.Encode())
			require.NoError(t, err)
			require.Equal(t, string(asked.Encode()), string(again.Encode()))
		} else {
			requireShowable(t, err)
		}
		if orders, err := DecodeOrders("ann", "e", raw); err == nil {
			for _, order := range orders {
				requireShowableText(t, order.ID, order.Damage, order.Date.String(), order.String())
			}
			again, err := DecodeOrders("ann", "e", EncodeOrders(orders))
			require.NoError(t, err)
			require.Equal(t, string(EncodeOrders(orders)), string(EncodeOrders(again)))
			for i := range orders {
				require.Equal(t, orders[i].ID, again[i].ID)
			}
		} else {
			requireShowable(t, err)
		}
	})
}

func requireShowableText(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		require.Equal(t, Clean(text), text)
	}
}
