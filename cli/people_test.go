package cli_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

type listedOrder struct {
	order
	EventName     string `json:"event_name"`
	EventDate     string `json:"event_date"`
	EventLocation string `json:"event_location"`
	Cancellable   bool   `json:"cancellable"`
}

func TestAnOrderIsListedAndCancelled(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	bought := decode[order](t, p.must("buy", rushID, "red=3", "--as", "u01", "-w", "json"))
	listed := decode[[]listedOrder](t, p.must("orders", "--as", "u01", "-w", "json"))
	require.Equal(t, []listedOrder{{order: bought, EventName: "Flash", EventDate: "2099-01-01 20:00", EventLocation: "York", Cancellable: true}}, listed)
	require.Regexp(t, `(?m)^ORDER +BOUGHT +EVENT +WHEN +TICKETS +PAID +CAN BE CANCELLED$\n`+bought.ID+
		` +.*  Flash  Thu 1 Jan 2099, 20:00  3 red tickets  £31\.50  yes$`, p.must("orders", "--as", "u01").out)

	found := p.must("orders", "--id", strings.ToLower(bought.ID))
	require.Contains(t, found.out, bought.ID)
	require.Equal(t, "1 order of u01's\n", found.err)
	require.Equal(t, listed, decode[[]listedOrder](t, p.must("orders", "--id", bought.ID, "-w", "json")))

	cancelled := p.must("cancel", strings.ToLower(bought.ID), "--as", "u01", "-w", "json")
	require.Equal(t, bought, decode[order](t, cancelled))
	require.Contains(t, cancelled.out, `"cancelled_before":false`)
	require.Equal(t, "[]\n", p.must("orders", "--as", "u01", "-w", "json").out)
	require.Equal(t, "0 orders\n", p.must("orders", "--as", "u01").err)
	require.Equal(t, 20, decode[event](t, p.must("event", rushID, "-w", "json")).Left)
	again := p.must("cancel", bought.ID, "--as", "u01", "-w", "json")
	require.Equal(t, bought, decode[order](t, again), "once more is no harm")
	require.Contains(t, again.out, `"cancelled_before":true`)
	require.Equal(t, "Order "+bought.ID+" is cancelled already: nothing was changed\n", p.must("cancel", bought.ID, "--as", "u01").out)
	require.Equal(t, 20, decode[event](t, p.must("event", rushID, "-w", "json")).Left)
	never := p.run("cancel", "7F3KQ2M9XN4T", "--as", "u01")
	require.Equal(t, 4, never.code)
	require.Contains(t, never.err, "no order 7F3KQ2M9XN4T")
	require.Contains(t, p.run("cancel", "7f3kq2m9xn4t", "--as", "u01").err, "no order 7f3kq2m9xn4t", "as it was written")
	require.Equal(t, 4, p.run("orders", "--as", "nobody").code)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}

func TestAnOrderOfThePrototypeHasNoIDAndIsCancelledAllTheSame(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	old := strings.Replace(rush(), `"current_quantity":"20"`, `"current_quantity":"17"`, 1)
	old = strings.Replace(old, `"current_quantity":20`, `"current_quantity":17`, 1)
	old = strings.TrimSuffix(old, "}") + fmt.Sprintf(
		`,"purchase:u01:%s":[{"date":"26-05-2024, 23:46:15","tickets":[{"type":"red","quantity":"3"}]}]}`, rushID)
	p.must("load", p.file("old.json", old))
	listed := decode[[]listedOrder](t, p.must("orders", "--as", "u01", "-w", "json"))
	require.Len(t, listed, 1)
	require.Equal(t, 3, listed[0].Tickets[0].Quantity)
	p.must("cancel", strings.ToUpper(listed[0].ID), "--as", "u01")
	require.Contains(t, p.must("dump").out, fmt.Sprintf(`"purchase:u01:%s": []`, rushID))
	require.Equal(t, 20, decode[event](t, p.must("event", rushID, "-w", "json")).Left)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}

func TestAnOrderThatCannotBeReadIsNotListedAsFree(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("odd.json", strings.TrimSuffix(rush(), "}")+fmt.Sprintf(
		`,"purchase:u01:%s":[{"id":"odd","date":"2027-01-01 10:00:00","tickets":[{"type":"red","quantity":"many","price":5}]}]}`, rushID)))
	require.Regexp(t, `\nodd +.* Flash +Thu 1 Jan 2099, 20:00  unreadable +unreadable +no\n$`, p.must("orders", "--as", "u01").out)
	listed := decode[[]map[string]any](t, p.must("orders", "--as", "u01", "-w", "json"))[0]
	require.Contains(t, listed, "total")
	require.Nil(t, listed["total"])
	require.Equal(t, `the quantity of red tickets is not readable: "many" is not a number`, listed["damage"])
	p.must("buy", rushID, "red=1", "--as", "u02")
	require.NotContains(t, decode[[]map[string]any](t, p.must("orders", "--as", "u02", "-w", "json"))[0], "damage")
}

func TestAnEventWithoutANameIsCalledThat(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("nameless.json", `{"event:nameless":{"location":"York","current_quantity":0},"event:bare":{"current_quantity":0}}`))
	require.Contains(t, p.must("search").out, "nameless  an event without a name ")
	require.Contains(t, p.must("event", "nameless").out, "an event without a name\nYork\n\n")
	require.NotContains(t, p.must("event", "bare").out, ", ")
	require.Contains(t, p.must("search", "-w", "json").out, `"name":""`)
}

func TestTheCommandsSayWhatWasBoughtAndThatTheMoneyComesBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	bought := p.must("buy", rushID, "red=2", "--as", "u01").out
	require.Regexp(t, `^Bought 2 red tickets for Flash, £21\.00 paid by u01: order \w{12}\n$`, bought)
	id := strings.TrimSpace(bought[strings.LastIndex(bought, " "):])
	require.Equal(t, "Cancelled order "+id+": 2 red tickets given back; £21.00 comes back to u01\n", p.must("cancel", id, "--as", "u01").out)
}

func TestNumbersEndBelowOneAnother(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	p.must("buy", rushID, "red=20", "--as", "u01")
	require.Regexp(t, `(?m)^ID .* TYPE +LEFT\n.* concert  sold out$`, p.must("search").out)
	require.Contains(t, p.must("event", rushID).out, "\nTICKET   PRICE  LEFT  OF\nred     £10.50     0  20\n")
	require.Contains(t, p.must("stats").out, "\nEVENT TYPE  REVENUE  TICKETS   SOLD\nconcert     £210.00       20  100 %\n")
}

func TestTwentyProcessesCancelOneOrderAndItsTicketsComeBackOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	bought := decode[order](t, p.must("buy", rushID, "red=7", "--as", "u01", "-w", "json"))
	var cancelling sync.WaitGroup
	for range 20 {
		cancelling.Go(func() { p.run("cancel", bought.ID, "--as", "u01") })
	}
	cancelling.Wait()
	require.Equal(t, 20, decode[event](t, p.must("event", rushID, "-w", "json")).Left)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}

func TestOperatorsLookAfterUsers(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	type user struct{ Username, Name, Email, Role string }
	ann := user{"ann", "Ann Lee", "ann@example.com", "user"}
	add := []string{"user", "add", "ann", "--name", "Ann Lee", "--email", "ann@example.com", "-w", "json"}
	added := p.runWith("correct horse\n", add...)
	require.Zero(t, added.code, added.err)
	require.Equal(t, ann, decode[user](t, added))
	require.Equal(t, 3, p.runWith("correct horse\n", add...).code, "the name is taken")
	require.Equal(t, 3, p.runWith("short\n", "user", "passwd", "ann").code)
	require.Equal(t, 2, p.run("user", "passwd", "ann").code, "no password on standard input")
	require.Zero(t, p.runWith(strings.Repeat("😀", 128)+"\r\n", "user", "passwd", "ann").code, "of as many characters as are said")
	require.Equal(t, 3, p.runWith(strings.Repeat("😀", 129)+"\n", "user", "passwd", "ann").code)
	require.Zero(t, p.runWith("battery staple\n", "user", "passwd", "ann").code)
	ann.Role = "admin"
	require.Equal(t, ann, decode[user](t, p.must("user", "role", "ann", "admin", "-w", "json")))
	require.Contains(t, p.must("user", "role", "ann", "user").err, "No admin is left")
	require.NotContains(t, p.must("user", "role", "ann", "admin").err, "No admin is left")
	require.Equal(t, 2, p.run("user", "role", "ann", "king").code)
	require.Equal(t, 4, p.run("user", "role", "nobody", "admin").code)
	require.Equal(t, []user{ann}, decode[[]user](t, p.must("user", "list", "-w", "json")))
	require.NotContains(t, p.must("dump").out, "battery staple")
}
