package tui_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"
)

func TestThePartsAndTheAccountAreFoundByTheirWordsFromAnywhere(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("tab").sees("choose type")
	for words, command := range map[string]string{
		"events": "Search all events", "notifications": "Notifications", "profile": "Profile and orders",
		"password": "Change password", "log": "Log out",
	} {
		ann.presses(":").types(words).seesRow("› " + command).presses("esc").seesNo("│ › ")
	}
	ann.presses(":").types("password").seesRow("› Change password").presses("enter").sees("Current password").presses("esc").seesNo("Current password")
	ann.presses(":").types("log out").seesRow("› Log out").presses("enter").sees("You are logged out")

	boss := shop.manages(80, 24).presses("n").sees("what it is called").types("x").presses("ctrl+p").types("log out")
	boss.seesRow("› Log out").presses("enter").sees("The new event is not saved").presses("y").sees("You are logged out")
}

func TestTheListOfCommandsStaysWhereItIsAndSaysThatThereIsMore(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	boss := shop.sitsAt("boss", 60, 20).logsIn("boss", "boss-secret").presses("tab").sees("choose type").presses(":")
	boss.seesRow("› Open").sees("↓ more")
	rows := func() int {
		before, _, _ := strings.Cut(ansi.Strip(boss.frame()), "╭─ Commands")
		return strings.Count(before, "\n")
	}
	before := rows()
	boss.types("zz").sees("Nothing has these words")
	require.Equal(t, before, rows(), "the box stays where it is")
	boss.presses("backspace", "backspace").seesRow("› Open").presses("pgdown").seesRow("› ").seesNo("› Open").presses("pgup").seesRow("› Open")
	boss.presses("pgdown", "pgdown", "pgdown", "pgdown").seesRow("› Log out").seesNo("↓ more")
}
