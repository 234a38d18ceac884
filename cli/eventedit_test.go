package cli_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type stats struct {
	Revenue float64 `json:"revenue"`
	Tickets int     `json:"tickets_sold"`
	Orders  int     `json:"orders"`
	Types   []struct {
		Type    string  `json:"type"`
		Revenue float64 `json:"revenue"`
		Tickets int     `json:"tickets_sold"`
	} `json:"by_event_type"`
	TicketTypes []struct {
		Type    string  `json:"type"`
		Revenue float64 `json:"revenue"`
		Tickets int     `json:"tickets_sold"`
	} `json:"by_ticket_type"`
	Top []struct {
		ID, Name    string
		Revenue     float64
		Tickets     int     `json:"tickets_sold"`
		SellThrough float64 `json:"sell_through"`
	} `json:"top_events"`
}

const toscaJSON = `{"name":"Tosca","description":"Love and death","location":"Rome","type":"opera","date":"2099-06-01 20:00",
	"tickets":[{"type":"red","total_quantity":10,"price":"23.99"},{"type":"pink","total_quantity":2,"price":5}]}`

func TestAnAdminCreatesEditsAndRemovesAnEventByScript(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	p.must("user", "role", "u00", "admin")
	created := p.runWith(toscaJSON, "event", "create", "--as", "u00", "-w", "json")
	require.Zero(t, created.code, created.err)
	tosca := decode[event](t, created)
	require.Equal(t, 12, tosca.Left)
	shown := p.must("event", tosca.ID, "-w", "json")
	require.Equal(t, created.out, shown.out)
	require.Len(t, decode[[]event](t, p.must("search", "dea", "--location", "Rome", "-w", "json")), 1)
	bought := decode[order](t, p.must("buy", tosca.ID, "red=3", "--as", "u01", "-w", "json"))

	seen := p.file("seen.json", shown.out)
	changed := strings.Replace(shown.out, "23.99", "30", 1)
	edited := p.runWith(changed, "event", "edit", tosca.ID, "--as", "u00", "--seen", seen, "-w", "json")
	require.Zero(t, edited.code, edited.err)
	require.InDelta(t, 30, decode[event](t, edited).Tickets[1].Price, 0.001)
	require.Contains(t, edited.err, "Tickets sold for this event: 3\n", "their buyers are told by no command")
	second := p.runWith(`{"name":"Aida"}`, "event", "edit", tosca.ID, "-", "--as", "u00", "--seen", seen)
	require.Equal(t, 3, second.code)
	require.Contains(t, second.err, "somebody else has changed this event: the price of red tickets from £23.99 to £30.00")
	require.Zero(t, p.runWith(`{"name":"Aida"}`, "event", "edit", tosca.ID, "--as", "u00").code)
	require.Equal(t, 3, p.runWith(`{"tickets":[{"type":"red","total_quantity":2,"price":1}]}`, "event", "edit", tosca.ID, "--as", "u00").code)

	sold := decode[stats](t, p.must("stats", "-w", "json"))
	require.InDelta(t, bought.Total, sold.Revenue, 0.001)
	require.Equal(t, 3, sold.Tickets)
	require.Equal(t, 1, sold.Orders)
	require.Equal(t, "Aida", sold.Top[0].Name)
	require.InDelta(t, 0.25, sold.Top[0].SellThrough, 0.001)
	require.Equal(t, "opera", sold.Types[0].Type)
	require.InDelta(t, 71.97, sold.TicketTypes[0].Revenue, 0.001)
	require.Zero(t, decode[stats](t, p.must("stats", "flash", "-w", "json")).Orders)
	require.Contains(t, p.must("stats", "--type", "opera").out, "£71.97 paid for 3 tickets in 1 order; 25 % of the tickets of 1 event are sold")
	past := p.runWith(strings.Replace(toscaJSON, "2099", "2019", 1), "event", "create", "--as", "u00")
	require.Contains(t, past.err, "It is over already: nobody can buy tickets for it\n")
	require.Contains(t, p.must("stats", "nothing-like-it").out, "0 % of the tickets of 0 events are sold")

	kept := p.run("event", "rm", tosca.ID, "--as", "u00")
	require.Equal(t, 3, kept.code)
	require.Contains(t, kept.err, "Aida has 1 order: it can only be removed if they are refunded, which --refund does\n")
	removed := p.must("event", "rm", tosca.ID, "--as", "u00", "--refund", "-w", "json").out
	require.JSONEq(t, fmt.Sprintf(`{"event_id":%q,"name":"Aida","orders":1,"tickets":3,"refunded":71.97}`, tosca.ID), removed)
	require.Equal(t, 4, p.run("event", tosca.ID).code)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}

func TestOnlyAnAdminEditsAndOnlySoundJSONIsTaken(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	p.must("user", "role", "u00", "admin")
	before := p.must("dump").out
	for _, c := range []struct {
		input string
		args  []string
		code  int
		says  string
	}{
		{toscaJSON, []string{"create", "--as", "u01"}, 6, "only admins may do this"},
		{`{"name":"x"}`, []string{"edit", rushID, "--as", "u01"}, 6, "only admins may do this"},
		{"", []string{"rm", rushID, "--as", "nobody"}, 6, "only admins may do this"},
		{toscaJSON, []string{"create"}, 2, "--as ADMIN"},
		{`{"title":"x"}`, []string{"create", "--as", "u00"}, 2, `there is no field "title"`},
		{`{"nam":"x"}`, []string{"create", "--as", "u00"}, 2, `there is no field "nam"; did you mean name?`},
		{`{"name":`, []string{"create", "--as", "u00"}, 2, "standard input is not the JSON of an event: it ends in the middle"},
		{"{\"name\"\n\"x\"}", []string{"create", "--as", "u00"}, 2, `in line 2, '"' is not expected`},
		{" \n", []string{"create", "--as", "u00"}, 2, "standard input is empty"},
		{"null", []string{"create", "--as", "u00"}, 2, "it has to be an object"},
		{"[]", []string{"edit", rushID, "-", "--as", "u00"}, 2, "standard input is not the JSON of an event: it has to be an object"},
		{`{"name":3}`, []string{"create", "--as", "u00"}, 2, "name has to be a text"},
		{`{"tickets":{}}`, []string{"create", "--as", "u00"}, 2, "tickets has to be a list"},
		{`{"tickets":["red"]}`, []string{"create", "--as", "u00"}, 2, "each of its tickets has to be an object"},
		{`{"tickets":[{"total_quantity":"9"}]}`, []string{"create", "--as", "u00"}, 2, "total_quantity has to be a whole number"},
		{`{"tickets":[{"price":"much"}]}`, []string{"create", "--as", "u00"}, 2, `"much" is not a price`},
		{
			`{"tickets":[{"type":"red","total_quantity":1,"price":10000000.01}]}`,
			[]string{"create", "--as", "u00"},
			2,
			`the "red" tickets: a price is between £0.00 and £10,000,000.00`,
		},
		{`{"tickets":[{"type":"red","total_quantity":1,"price":1e300}]}`, []string{"edit", rushID, "--as", "u00"}, 2, "a price is between"},
		{toscaJSON + "x", []string{"create", "--as", "u00"}, 2, "more after its end"},
		{`{"tickets":[{"type":"red"}]}`, []string{"create", "--as", "u00"}, 2, "total_quantity"},
		{`{"name":"x"}`, []string{"create", "--as", "u00"}, 3, "please enter a place"},
		{`{"name":"x"}`, []string{"edit", "none", "--as", "u00"}, 4, "no event"},
		{"", []string{"create", "not-there.json", "--as", "u00"}, 2, "cannot be read"},
		{"", []string{"rm", "none", "--as", "u00"}, 4, "no event"},
	} {
		r := p.runWith(c.input, append([]string{"event"}, c.args...)...)
		require.Equal(t, c.code, r.code, "%v said: %s", c.args, r.err)
		require.Contains(t, r.err, c.says)
		require.NotRegexp(t, `\bjson:|cli\.`, r.err, "nobody has to know how this is written")
		require.Empty(t, r.out)
	}
	require.Equal(t, 2, p.run("stats", "--top", "-1").code)
	require.Equal(t, before, p.must("dump").out)
}
