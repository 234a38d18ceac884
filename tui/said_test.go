package tui_test

import "testing"

func TestWhyAKeyDidNothingIsNotSaidOnAnotherScreen(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	shop.buys("bob", magicID, "red", 1)
	const soldOut, none = "! This event is sold out", "! No event is selected"
	ann := shop.sits("ann").logsIn("ann", "ann-secret")
	ann.types("vanishing").seesRow("›", "The Vanishing Act").presses("enter").sees("buy tickets").presses("b").sees(soldOut)
	ann.presses("esc").sees("1 of 3 events").seesNo(soldOut).opens("jazz", "Café Noir").seesNo(soldOut)
	ann.presses("/", "esc").types("zzzz").sees("Nothing found").presses("enter").sees(none).presses("f3").sees("No orders yet").seesNo(none)
	ann.presses("esc").sees("Nothing found").presses("enter").sees(none).presses("f1").sees("Keys: Events").seesNo(none)
	ann.presses("esc", "esc").opens("jazz", "Café Noir").presses("f").sees("✓ Added to your favourites").presses("b", "esc", "f3").sees("No orders yet", "✓ Added to your favourites")
}
