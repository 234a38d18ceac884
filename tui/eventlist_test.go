package tui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

func TestAnEventSaysWhereItIsInEveryWindowThatHasRoom(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("tab").seesRow("› The Vanishing Act")
	for _, width := range []int{80, 90, 100, 110, 119, 120, 128, 130, 140, 150, 200} {
		ann.resizes(width, 30).seesRow("Event", "When", "Where", "Left").seesRow("  Café Noir Jazz Night", "London")
	}
}

func TestNoWindowThatIsWiderShowsLessOfAName(t *testing.T) {
	t.Parallel()
	const name = "Much Ado About Nothing: The Musical"
	shop := openShop(t, employs(programme())...)
	shop.edits(magicID, func(d *model.EventDraft) { d.Name = name })
	boss := shop.manages(80, 24).seesRow("› "+name+"  ", "Thu  4 Mar 19:00")
	for _, width := range []int{84, 93, 94, 119, 120, 130, 142, 150, 168, 200} {
		boss.resizes(width, 30).seesRow("› "+name+"  ", "Thu  4 Mar 19:00")
	}
	boss.presses("esc").resizes(80, 24).sees("Events", "a name, a place").seesRow(name+"  ", "Leeds")
	for _, width := range []int{84, 89, 90, 119, 120, 130, 142, 150, 160, 200} {
		boss.resizes(width, 30).seesRow(name+"  ", "Leeds")
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
