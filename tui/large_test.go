package tui_test

import (
	"regexp"
	"runtime"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// grand is a shop in which everything is as large as it may be, and much of it is sold.
func grand() []model.Record {
	const price, total = 10_000_000_00, 400_000
	e := model.Event{
		ID: jazzID, Name: strings.Repeat("Unbroken", 14), Location: strings.Repeat("Place", 12), Type: strings.Repeat("type", 15),
		Date: model.ParseDate("2027-03-05 20:30"), Left: total,
	}
	records := employs([]model.Record{user("ann", "Ann Lee"), {Key: model.EventKey(jazzID), Value: e.Encode()}})
	for _, kind := range []string{"red", strings.Repeat("balcony", 8)} {
		records = append(records, model.Record{Key: model.TicketKey(jazzID, kind), Value: model.Ticket{Type: kind, Left: total / 2, Total: total / 2, Price: price}.Encode()})
	}
	return records
}

// touching finds two numbers, or a word and an amount, without a space between them.
var touching = regexp.MustCompile(`[0-9a-z…~](£|GBP)|\.[0-9]{2}[0-9…~]`)

func TestNothingTouchesHoweverLargeItIs(t *testing.T) {
	t.Parallel()
	shop := openShop(t, grand()...)
	for _, onlyASCII := range []bool{false, true} {
		for _, size := range sizes() {
			boss := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, ASCII: onlyASCII}, size.width, size.height)
			look := func(texts ...string) {
				t.Helper()
				boss.sees(texts...)
				isAligned(t, boss.frame(), size.width)
				require.NotRegexp(t, touching, ansi.Strip(boss.frame()))
			}
			boss.sees("Log in").types("boss").presses("enter").types("boss-secret").presses("enter").sees("1 event")
			look("Unbroken")
			boss.presses("tab", "enter")
			look("In all", "10,000,000.00", "buy tickets")
			boss.presses("b", "1", "0", "0", "0", "0", "0")
			look("You pay", "10,000,000.00", "1,000,000,000,000.00", "buys 100,000")
			boss.presses("enter")
			look("Confirm the order", "Unbroken", "Not yet", "You pay")
		}
	}
}

func TestALargeSaleIsReadInFull(t *testing.T) {
	t.Parallel()
	shop := openShop(t, grand()...)
	shop.buys("boss", jazzID, "red", 150_000)
	for _, size := range sizes() {
		boss := shop.sitsAt("boss", size.width, size.height).logsIn("boss", "boss-secret")
		boss.presses("f3").sees("1 order", "£1,500,000,000,000.00")
		require.NotRegexp(t, touching, ansi.Strip(boss.frame()))
		boss.presses("f5").sees("Revenue", "£1,500,000,000,000.00", "150,000")
		isAligned(t, boss.frame(), size.width)
		require.NotRegexp(t, touching, ansi.Strip(boss.frame()))
	}
}

func TestWhatIsCutIsNotTakenForWholeInASCII(t *testing.T) {
	t.Parallel()
	shop := openShop(t, grand()...)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, ASCII: true}, 150, 40)
	ann.sees("Log in").types("ann").presses("enter").types("ann-secret").presses("enter")
	ann.sees("Unbroken", "~").seesRow("balco", "~ GBP 10,000,000.00 ").seesRow("red", "   GBP 10,000,000.00 ").seesNo("…")
}

func TestTheHeaderKeepsAGapBeforeWhatIsToldAtItsRight(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	_, err := shop.store.Notify(t.Context(), model.Notification{Username: "boss", EventID: jazzID, Limit: 340})
	require.NoError(t, err)
	shop.buys("boss", jazzID, "red", 1)
	boss := shop.sitsAt("boss", 60, 20)
	boss.mayBeTold("ran low").mayBeTold("You have").logsIn("boss", "boss-secret").presses("f6").sees("new event").presses("n")
	boss.sees("what it is called").sees("  f5  New event  f7  …  ", "  ! 1  ● live")
}

// Whoever gets a megabyte into a name, as only raw writes can, must not slow down all who see it in a list. It is not
// parallel, for what is measured is what the process allocates.
func TestNobodyMeasuresMoreThanCanBeShown(t *testing.T) {
	drawn := func(letters int) (frames []string, allocated uint64) {
		huge := strings.Repeat("ab ", letters/3)
		e := model.Event{ID: jazzID, Name: huge, Description: huge, Location: huge, Type: huge, Date: model.ParseDate("2027-03-05 20:30")}
		ticket := model.Ticket{Type: huge, Total: 1, Price: 1}
		catalogue, problems := model.NewCatalogue().With(1, []model.Change{
			{Key: model.EventKey(jazzID), Value: e.Encode()}, {Key: model.TicketKey(jazzID, huge), Value: ticket.Encode()},
		})
		require.Empty(t, problems)
		for _, size := range sizes() {
			home := tui.Home(catalogue, opening, size.width, size.height)
			home.Update(tea.KeyPressMsg{Code: 'a', Text: "a"})
			var before, after runtime.MemStats
			home.Shows(catalogue)
			runtime.ReadMemStats(&before)
			frames = append(frames, home.Shows(catalogue))
			runtime.ReadMemStats(&after)
			allocated += after.TotalAlloc - before.TotalAlloc
		}
		return frames, allocated
	}
	const letters = 240_000
	small, little := drawn(letters / 20)
	large, much := drawn(letters)
	require.Equal(t, small, large)
	require.Less(t, much, little+3*4*letters, "no more than that the four texts are copied once for each frame")
}
