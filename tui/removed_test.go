package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnEventThatIsRemovedWhileSomebodyChoosesSaysSoAndOffersNothing(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right").sees("You pay")
	_, err := shop.store.RemoveEvent(t.Context(), "boss", jazzID, true)
	require.NoError(t, err)
	ann.sees("This event was removed meanwhile: nothing was charged.", "esc to go back").seesNo("enter buy").seesNo("one more")
	ann.presses("right", "7", "enter").sees("! This event was removed meanwhile: nothing was charged").seesNo("sold out")
	ann.presses("esc").sees("This event is no longer in the shop.", "esc to go back").seesNo("buy tickets").seesNo("favourite").seesNo("tell me when")
	ann.presses("f").sees("! This event is no longer in the shop").presses("esc").sees("Search")
}
