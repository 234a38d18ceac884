package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

func TestAnEventThatIsRemovedWhileSomebodyChoosesSaysSoAndOffersNothing(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right").sees("You pay")
	_, err := shop.store.RemoveEvent(t.Context(), "boss", jazzID, true)
	require.NoError(t, err)
	ann.sees("“Café Noir Jazz Night” was removed meanwhile: nothing was charged.", "esc to go back").seesNo("enter buy").seesNo("one more")
	ann.presses("right", "7", "enter").sees("! “Café Noir Jazz Night” was removed meanwhile: nothing was charged").seesNo("sold out")
	ann.presses("esc").sees("This event is no longer in the shop.", "esc to go back").seesNo("buy tickets").seesNo("favourite").seesNo("tell me when")
	ann.presses("f").sees("! This event is no longer in the shop").presses("esc").sees("Search")
}

func TestAnOrderForAnEventThatWasJustRemovedIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	late := model.NewLive() // it has not heard of the removal yet
	now, _ := shop.live.Shop()
	late.Publish(now)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: late}, 80, 24).logsIn("ann", "ann-secret").opens("jazz", "Café Noir")
	ann.presses("b", "2", "enter").sees("Buy 2 red tickets for Café Noir Jazz Night?")
	_, err := shop.store.RemoveEvent(t.Context(), "boss", jazzID, true)
	require.NoError(t, err)
	ann.presses("y").sees("✗ “Café Noir Jazz Night” was removed meanwhile: nothing was charged")
}
