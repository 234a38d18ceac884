package tui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"
)

func TestWhoeverComesToTheSearchForOtherWordsDoesNotHaveToTakeTheOldOnesAway(t *testing.T) {
	t.Parallel()
	ann := openShop(t, programme()...).sits("ann").logsIn("ann", "ann-secret").types("jazz").sees("Search jazz ", "1 of 3 events")
	isMarked := func(frame string) bool { return strings.Contains(frame, "48;2;51;44;92mjazz\x1b") }
	require.False(t, isMarked(ann.frame()))
	ann.presses("tab", "/").styled("the old words marked", isMarked)
	ann.presses("/").types("circus").sees("Search circus ", "Yesterday's Circus", "1 of 3 events")
	ann.presses("enter").sees("It was grand").presses("/").sees("Search circus ").types("noir").sees("Search noir ", "Café Noir")
	ann.presses("f2", "/").types("van").sees("Search van ", "Vanishing")

	ann.presses("f2", "/", "backspace").types("l").sees("Search val ").presses("f2", "/", "left").types("a").sees("Search vaal ")
	ann.presses("tab", "/", "tab", "tab").types("d").sees("Search vaald ").presses("f2", "/").sees("Search vaald ").presses("esc").sees("3 events")
	ann.types("magic").sees("Search magic ").presses("tab", "/").program.Send(tea.PasteMsg{Content: "noir"})
	ann.sees("Search noir ").presses("tab").program.Send(tea.PasteMsg{Content: "circus"})
	ann.sees("Search circus ", "Yesterday's Circus")
}

func TestAnAdminSearchesForOtherWordsInTheSameWay(t *testing.T) {
	t.Parallel()
	boss := openShop(t, employs(programme())...).sits("boss").logsIn("boss", "boss-secret")
	for _, part := range []string{"f5", "f6"} {
		boss.presses(part, "/").types("jazz").sees("Search jazz ").presses("tab", "/").types("circus").sees("Search circus ")
	}
}
