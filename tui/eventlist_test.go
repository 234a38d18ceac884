package tui_test

import "testing"

func TestAnEventSaysWhereItIsInEveryWindowThatHasRoom(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("tab").seesRow("› The Vanishing Act")
	for _, width := range []int{80, 90, 100, 110, 119, 120, 128, 130, 140, 150, 200} {
		ann.resizes(width, 30).seesRow("Event", "When", "Where", "Left").seesRow("  Café Noir Jazz Night", "London")
	}
}
