package tui_test

import "testing"

func TestAnotherPartOfTheShopLeavesTheOpenEventAndItsOrder(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sitsAt("boss", 120, 40).logsIn("boss", "boss-secret").opens("jazz", "Café Noir")
	ann.presses("f2").sees("No notifications yet").presses("esc").sees("Events › Event", "Smoke, brass")
	ann.presses("b", "2").sees("buys 2 red tickets").presses("f2").sees("No notifications yet").presses("f3").sees("No orders yet")
	ann.presses("f4").sees("1 of 1 member healthy").presses("f6").sees("new event").presses("f3").sees("No orders yet")
	ann.presses("esc").sees("Events › Buy tickets", "buys 2 red tickets").presses("esc").sees("Events › Event").presses("esc").sees("Search jazz", "1 of 3 events")
}

func TestAnOrderThatIsBegunOutlastsOtherEventsThatAreLookedAt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").opens("vanishing", "The Vanishing Act").presses("f").sees("✓ Added to your favourites")
	ann.presses("/", "esc").opens("jazz", "Café Noir").presses("b", "2").sees("buys 2 red tickets")
	ann.presses("f3", "tab").seesRow("›★", "Vanishing").presses("enter").sees("One last seat").presses("f2").sees("No notifications yet")
	ann.presses("f3").seesRow("›★", "Vanishing").presses("enter").sees("One last seat").presses("f3").seesRow("›★", "Vanishing")
	ann.presses("esc").sees("buys 2 red tickets").presses("f3", "enter").sees("One last seat").presses("b", "1").sees("buys 1 red ticket")
	ann.presses("f3").seesRow("›★", "Vanishing").presses("esc").sees("buys 1 red ticket").presses("esc", "esc").sees("1 of 3 events")
	ann.presses("enter", "b", "3").sees("buys 3 red tickets").presses("f2").sees("No notifications yet").presses("/").sees("1 of 3 events").presses("esc").sees("3 events")
}
