package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

func TestWhatAListIsNarrowedToAndSortedByTakesAClick(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	boss := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Mouse: true}, 80, 24)
	boss.logsIn("boss", "boss-secret").presses("tab").sees("press / and type").clicks("press / and type").sees("a name, a place").types("noir").sees("1 of 3 events")
	boss.presses("esc").sees("3 events").clicks("Type all").sees("Type of event", "type to narrow").presses("esc").seesNo("Type of event")
	boss.clicks("Where everywhere").sees("│ › everywhere").presses("esc").seesNo("│ › everywhere")
	boss.clicks("Any date").sees("│ › any date").presses("esc").seesNo("│ › any date")
	boss.clicks("Sorted by date").sees("Sorted by name").clicks("  When ").sees("Sorted by date").clicks(" Left").sees("Sorted by tickets left")
	boss.clicks("  Event  ").sees("Sorted by name").seesInOrder("› Café Noir", "The Vanishing Act", "Yesterday's Circus")
	boss.presses("f6").sees("Sold").clicks("  Left ").sees("Sorted by tickets left").clicks("Type all").sees("Type of event").presses("esc")
	boss.presses("f5").sees("Revenue").clicks("Where everywhere").sees("│ › everywhere").presses("esc")
	boss.seesNo("│ › everywhere").clicks("Any date").sees("│ › any date").presses("esc").presses("f3").sees("0 orders").clicks("0 favourites").sees("No favourites yet").clicks("0 orders").sees("No orders yet")
	shop.buys("boss", jazzID, "red", 2)
	boss.sees("1 order").clicks("Sorted by newest purchase").sees("Sorted by next show")
}

func TestAClickOnAFieldGivesItTheFocus(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	boss := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Mouse: true}, 80, 24)
	boss.sees("Log in").clicks("Password  ").seesRow("› Password").clicks("User name").seesRow("› User name").logsIn("boss", "boss-secret")
	boss.presses("f3", "e").sees("Name and email").clicks("│   Email ").seesRow("› Email").clicks("Your name").seesRow("› Your name")
	boss.presses("esc", "f6", "n").sees("what it is called").clicks("  Date  ").seesRow("› Date").clicks("  Type  ").seesRow("› Type").clicks("› Type  ").sees("Type of event").presses("esc")
	boss.seesNo("Type of event").clicks("+ a type of ticket").sees("type to narrow").presses("esc").seesNo("type to narrow")
	boss.clicks(" Put on sale ").sees("! Not saved: please enter a name", "↑ ")
}

func TestAClickOnAPriceOrACountOfATypeOfTicketsGoesIntoIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	boss := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Mouse: true}, 80, 24)
	boss.logsIn("boss", "boss-secret").presses("f6", "down").seesRow("›", "Café Noir").presses("e").seesRow("red", "60.00", "300")
	boss.clicks("60.00").seesRow("› red").clears().types("61").seesRow("› red", "61", "300").clicks(" 300").clears().types("299").seesRow("› red", "61", "299")
	boss.clicks(" pink ").seesRow("› pink").clears().types("100").seesRow("› pink", "100 ", "40").presses("ctrl+s").sees("Saved Café Noir")
	event, err := shop.store.Event(t.Context(), jazzID)
	require.NoError(t, err)
	for kind, want := range map[string]model.Ticket{"red": {Total: 299, Price: 6100}, "pink": {Total: 40, Price: 10000}} {
		got, _ := event.Ticket(kind)
		require.Equal(t, []any{want.Total, want.Price}, []any{got.Total, got.Price}, kind)
	}
	shop.audit()
}

func TestAClickOnTheMarkThatThereAreMoreTypesOfTicketsGoesIntoNone(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(manyTypes(21))...)
	boss := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Mouse: true}, 60, 20)
	boss.logsIn("boss", "boss-secret").presses("f6", "e").sees("row01", "↓ ").seesRow("› Name")
	boss.clicks(" more").clicks(" row02 ").seesRow("› row02").presses("down", "down", "down", "down", "down", "down").seesRow("› row08").sees("↑ ")
	boss.clicks(" more").clicks(" row07 ").seesRow("› row07")
}
