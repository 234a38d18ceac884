package tui_test

import "testing"

func TestThePartsAndTheAccountAreFoundByTheirWordsFromAnywhere(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("tab").sees("choose type")
	for words, command := range map[string]string{
		"events": "Search all events", "notifications": "Notifications", "profile": "Profile and orders",
		"password": "Change password", "log out": "Log out",
	} {
		ann.presses(":").types(words).seesRow("› " + command).presses("esc").seesNo("│ › ")
	}
	ann.presses(":").types("password").seesRow("› Change password").presses("enter").sees("Current password").presses("esc").seesNo("Current password")
	ann.presses(":").types("log out").seesRow("› Log out").presses("enter").sees("You are logged out")

	boss := shop.manages(80, 24).presses("n").sees("what it is called").types("x").presses("ctrl+p").types("log out")
	boss.seesRow("› Log out").presses("enter").sees("The new event is not saved").presses("y").sees("You are logged out")
}
