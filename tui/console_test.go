package tui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// openConsole opens a shop with an admin, who sits at the console of it.
func openConsole(t *testing.T, more ...model.Record) (*shop, *person) {
	t.Helper()
	shop := openShop(t, append(employs(programme()), more...)...)
	admin := shop.sits("boss")
	admin.logsIn("boss", "boss-secret").presses("f7").sees("Console", "In etcdctl's words", "get KEY [END]")
	return shop, admin
}

// asks the console something.
func (p *person) asks(query string) *person { return p.types(query).presses("enter") }

// value is what the store has at a key, and "" for none.
func (s *shop) value(key string) string {
	s.t.Helper()
	value := ""
	require.NoError(s.t, s.store.Query(s.t.Context(), model.RawQuery{Verb: model.VerbGet, Range: model.Range{Key: key}}, func(a model.Answer) error {
		for _, pair := range a.Pairs {
			value = pair.Value
		}
		return nil
	}))
	return value
}

// puts writes a record as an operator would.
func (s *shop) puts(key, value string) {
	s.t.Helper()
	q := model.RawQuery{Verb: model.VerbPut, Range: model.Range{Key: key}, Value: value}
	require.NoError(s.t, s.store.Query(s.t.Context(), q, func(model.Answer) error { return nil }))
}

func TestAnAdminAsksTheStoreItself(t *testing.T) {
	t.Parallel()
	_, admin := openConsole(t)
	admin.asks("get event:"+jazzID).sees("1 key at revision", "event:"+jazzID, `"name": "Café Noir`)
	admin.asks("get --prefix ticket:" + jazzID + " --count-only").sees("2 keys at revision").seesNo("Café Noir")
	admin.asks("get nothing").sees("No such key at revision")
	admin.asks("member list").sees("started, ").asks("alarm list").sees("No alarms")
	admin.asks("get a --nonsense").seesRow("      ^^^^^^^^^^").sees("✗ --nonsense is not understood here; usage: get KEY", "here: --nonsense")
	admin.presses("ctrl+u").asks("get a --rev 999999").sees("✗ The store has not come to that revision yet")
	admin.types("get a --k").presses("tab").seesRow("› get a --keys-only").presses("esc").seesRow("›   a query: tab shows which there are")
	admin.presses("enter").sees("Type a query first: tab shows which there are")
}

func TestTheListOfQueriesComesBackAndLeavesTheAnswerAsItIs(t *testing.T) {
	t.Parallel()
	shop, admin := openConsole(t)
	admin.seesRow("›   a query, such as").asks("get --prefix event: --limit 1").sees("The first 1 of", `"name"`).seesNo("get KEY [END]")
	admin.presses("tab").sees("In etcdctl's words", "get KEY [END]", "compaction REVISION", "tab back to the answer").seesNo(`"name"`).presses("enter").sees("! Type a query first").presses("tab").sees("The first 1 of", `"name"`)
	admin.presses("tab").sees("get KEY [END]").types("get ").sees("get KEY [END]", "--prefix").presses("esc").seesRow("›   a query, such as").presses("esc").sees("The first 1 of", `"name"`)
	admin.presses("tab").sees("get KEY [END]").asks("get nothing").sees("No such key").seesNo("get KEY [END]")
	admin.asks("watch --prefix event:").sees("Watching keys").presses("tab").sees("get KEY [END]", "esc stop")
	shop.buys("ann", jazzID, "red", 1)
	admin.presses("tab").sees(`"current_quantity": 339`, "esc stop").presses("esc").sees("Stopped watching")
}

func TestAnAdminReadsMoreThanFitsPageByPage(t *testing.T) {
	t.Parallel()
	var many []model.Record
	for i := range 230 {
		many = append(many, model.Record{Key: fmt.Sprintf("search:text:many%03d", i), Value: []byte(`["x"]`)})
	}
	_, admin := openConsole(t, many...)
	admin.asks("get --prefix search:text:many --keys-only").sees("The first 100 of 230 keys", "search:text:many000", "↓ 86 more lines", "enter more")
	admin.presses("pgdown").sees("↑ 13 lines", "search:text:many013").presses("pgup").sees("search:text:many000")
	admin.presses("enter").sees("The first 200 of 230 keys", "↓ 186 more lines")
	for range 15 {
		admin.presses("pgdown")
	}
	admin.sees("↑ 186 lines", "search:text:many199").presses("pgdown") // it goes on by itself
	admin.sees("\n 230 keys at revision").presses("pgdown", "pgdown", "pgdown").sees("search:text:many229", "↑ 216 lines").seesNo("enter more")
	admin.program.Send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	admin.sees("↑ 213 lines", "↓ 3 more lines")
}

func TestAnAdminIsAskedBeforeARawWrite(t *testing.T) {
	t.Parallel()
	shop, admin := openConsole(t)
	before := shop.value("user:ann")
	admin.asks("del --prefix user:").sees("Removes all 3 keys that begin with user:", "bypasses the shop's rules: ticketcd audit").presses("enter")
	admin.seesNo("Write to the store").seesRow("› del --prefix user:")
	require.Equal(t, before, shop.value("user:ann"))
	admin.presses("ctrl+u").asks(`put ticket:types '["blue"]'`).sees(`Replaces the value of ticket:types with ["blue"]`).presses("y")
	admin.sees("✓ Written at revision")
	require.Equal(t, `["blue"]`, shop.value("ticket:types"))
	admin.asks(`txn value("ticket:types") = "[]" then put a 1 else put b 2 ; put c 3`).
		sees("If the conditions hold:", "- Creates the key a with 1", "If not:", "- Creates the key c with 3").presses("y")
	admin.sees("✓ The conditions did not hold at revision", "FAILURE")
	require.Equal(t, "3", shop.value("c"))
	admin.asks("txn then del a ; del b ; del c ; del d ; del e ; del f").sees("- and 2 more writes, which are not listed").presses("n")
	admin.presses("ctrl+u").asks("compaction 2").sees("Forgets how everything was before revision 2, for good", "The history of counts goes with it").presses("y")
	admin.sees("✓ What was before that revision is forgotten")
}

func TestAnAdminWatchesWhatChanges(t *testing.T) {
	t.Parallel()
	shop, admin := openConsole(t)
	admin.asks("watch --prefix event:").sees("Watching keys that begin with event:, as of revision", "esc stop")
	shop.buys("ann", jazzID, "red", 1)
	admin.sees("PUT", "event:"+jazzID, `"current_quantity": 339`)
	admin.presses("f5").sees("Sales", "£60.00")
	shop.buys("ann", jazzID, "red", 1)
	admin.presses("f7").sees("Watching", `"current_quantity": 338`).presses("esc").sees("Stopped watching", "Console")
	admin.asks("watch --prefix purchase: --limit 1").sees("Watching")
	shop.buys("bob", jazzID, "red", 1)
	admin.sees("The watch has seen as much as it was to see", "purchase:bob:"+jazzID)
	admin.asks("watch x --rev 1").sees("Watching x").asks("get nothing").sees("No such key").seesNo("esc stop")
}

func TestAQueryThatCannotBeReadLeavesAWatchAsItIs(t *testing.T) {
	t.Parallel()
	shop, admin := openConsole(t)
	admin.asks("watch --prefix event:").sees("Watching keys that begin with event:")
	shop.buys("ann", jazzID, "red", 1)
	admin.sees(`"current_quantity": 339`).asks("gte x").sees("✗ ", `"current_quantity": 339`, "watch --prefix event:", "esc stop")
	admin.presses("ctrl+u").asks("gte x").sees("esc stop")
	shop.buys("ann", jazzID, "red", 1)
	admin.sees(`"current_quantity": 338`, "✗ ")
}

func TestQueriesAreKeptForTheNextTime(t *testing.T) {
	t.Parallel()
	shop, admin := openConsole(t)
	for _, query := range []string{"get a", " get secret", "get b", "get a"} {
		admin.asks(query).sees("\n "+query+" ", "No such key")
	}
	require.Eventually(t, func() bool { return shop.value("ticketcd:console:boss") == `["get b","get a"]` }, patience, patience/1000)
	again := shop.sits("boss again")
	again.logsIn("boss", "boss-secret").presses("f7").sees("Console")
	again.mayBeTold("There is no earlier query").until("the history", func(frame string) bool {
		again.presses("up")
		return strings.Contains(frame, "› get")
	})
	again.presses("up", "up", "up").seesRow("› get b").presses("down").seesRow("› get a").presses("down").seesRow("›   a query")
	again.types("get x").presses("up").seesRow("› get a").presses("down").seesRow("› get x")
	again.program.Send(tea.PasteMsg{Content: strings.Repeat("x", 9000)})
	again.sees("This is too long for the line, which takes 8,192 characters")
}

func TestTheConsoleIsForAdminsAndGoesWithTheRole(t *testing.T) {
	t.Parallel()
	shop, admin := openConsole(t)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").presses("f7", "f1").sees("Keys").seesNo("console")
	admin.asks("watch --prefix event:").sees("Watching").types("get user:ann").presses("f1").sees("Keys: Console")
	shop.puts("user:boss", `{"name":"The Boss","role":"user"}`)
	admin.sees("You are no longer an admin, so this screen is closed").seesNo("Watching")
	admin.presses("f7").seesNo("Console")
}

func TestHostileAnswersDoNotReachTheTerminal(t *testing.T) {
	t.Parallel()
	hostile := "\x1b[31mred\x1b]52;c;AAAA\x07\u202Eevil\x9b2J\x00\u2028"
	shop := openShop(t, append(employs(programme()),
		model.Record{Key: "user:" + hostile, Value: []byte(hostile + "\n" + hostile)},
		model.Record{Key: "user:json", Value: []byte(`{"a":"\u001b[31m` + "\u202e" + `"}`)})...)
	admin := shop.sits("boss")
	admin.logsIn("boss", "boss-secret").presses("f7").asks("get --prefix user: --limit 1").sees("The first 1 of", "\uFFFD")
	isHarmless(t, admin.frame())
	admin.asks("get user:json").sees("\n get user:json", `"a":`)
	isHarmless(t, admin.frame())
	admin.program.Send(tea.PasteMsg{Content: "get \x1b[31m\u202e x y z"})
	admin.presses("enter").sees("Wrong number of words")
	isHarmless(t, admin.frame())
}

// calm is a store whose raw answers always have the same revision, so that they can stand in a frame.
type calm struct{ tui.Store }

func (c calm) QueryAs(ctx context.Context, actor string, q model.RawQuery) (model.Answer, error) {
	a, err := c.Store.QueryAs(ctx, actor, q)
	a.Revision = 41
	return a, err
}

func (c calm) WatchAs(ctx context.Context, actor string, q model.RawQuery, take func(model.Answer)) error {
	return c.Store.WatchAs(ctx, actor, q, func(a model.Answer) {
		a.Revision = 42
		take(a)
	})
}

func TestTheConsoleLooksAsItShould(t *testing.T) {
	t.Parallel()
	for _, size := range looked {
		name := fmt.Sprintf("%dx%d", size.width, size.height)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, employs(programme())...)
			admin := sit(t, "boss", tui.Config{Store: calm{shop.store}, Live: shop.live}, size.width, size.height)
			look := func(frame string) { looksLike(t, frame+"-"+name, admin.frame()) }
			admin.logsIn("boss", "boss-secret").presses("f7").sees("In etcdctl's words")
			look("console")
			admin.asks("get --prefix event: --limit 2").sees("The first 2 of 5 keys")
			look("console-answer")
			admin.types("get user:ann --limit x")
			admin.presses("enter").seesRow("^")
			look("console-misread")
			admin.presses("ctrl+u").asks("del --prefix search:text:").sees("Write to the store")
			look("console-confirm")
			admin.presses("n", "ctrl+u").asks("watch user:eve").sees("Watching user:eve")
			shop.puts("user:eve", `{"name":"Eve"}`)
			admin.sees("PUT")
			look("console-watch")
		})
	}
}
