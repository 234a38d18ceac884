package tui_test

import "testing"

func TestHelpNamesNoKeyThatIsTextWhereOneTypes(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.sitsAt("boss", 80, 40).logsIn("boss", "boss-secret")
	opensHelp := func(of string) {
		t.Helper()
		admin.presses("f1").sees("Keys: "+of, "ctrl+p", "notifications", "ctrl+c")
		for _, text := range []string{"/  ", "search", "? f1", ": ctrl+p", "q ctrl+c", "ctrl+d"} {
			admin.seesNo(text)
		}
		admin.presses("esc").seesNo("Keys: " + of)
	}
	opensHelp("Events")
	admin.presses("f7").sees("Console")
	opensHelp("Console")
	admin.presses("f6").sees("new event").presses("n").sees("what it is called")
	opensHelp("New event")
	admin.presses("ctrl+p").types("sea").seesRow("›", "Search").presses("enter").sees("a name, a place").presses("tab").sees("choose type")
	admin.presses("?").sees("edit the search", "search", "? f1", ": ctrl+p", "q ctrl+c")
}

func TestHelpTellsTheWholeReasonAndARangeOfKeysAsOne(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b").sees("You pay")
	ann.presses("f1").sees("Keys: Buy tickets", "choose how many first").seesRow(" number)").seesRow("0-9", "type a number")
	ann.seesNo("1  type a number").seesNo("…").presses("esc").seesNo("Keys: Buy")
}
