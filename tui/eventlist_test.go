package tui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestAnEventSaysWhereItIsInEveryWindowThatHasRoom(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("tab").seesRow("› The Vanishing Act")
	for _, width := range []int{80, 90, 100, 110, 119, 120, 128, 130, 140, 150, 200} {
		ann.resizes(width, 30).seesRow("Event", "When", "Where", "Left").seesRow("  Café Noir Jazz Night", "London")
	}
}

func TestSignsAloneFindNothing(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").types("!!!").sees("0 of 3 events", "Nothing found.", "Type letters or digits.")
	ann.presses("ctrl+u").program.Send(tea.PasteMsg{Content: "🎪"})
	ann.sees("0 of 3 events", "Type letters or digits.").presses("ctrl+u").sees("3 events").seesRow("› The Vanishing Act")
	ann.types("noir!").sees("1 of 3 events")
}
