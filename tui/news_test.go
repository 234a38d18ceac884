package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

func TestOnlyThoseWhoLookAtWhatSellsShareThePaceOfDrawing(t *testing.T) {
	t.Parallel()
	s := openShop(t, programme()...)
	together := &tui.Sessions{}
	sits := func(name string) *person {
		return sit(t, name, tui.Config{Store: s.store, Live: s.live, Sessions: together}, 80, 24).logsIn(name, name+"-secret").presses("/")
	}
	ann, bob := sits("ann").types("jazz").seesRow("Jazz", "340"), sits("bob").types("vanish").seesRow("Vanishing", "1")
	look := func(n, of int) { // once some more tickets have sold: other news may come in between, as both have just logged in
		t.Helper()
		require.Eventually(t, func() bool {
			_, err := s.store.Buy(t.Context(), model.Order{Username: "ann", EventID: jazzID, Lines: []model.Line{{Type: "red", Quantity: 1}}}, nil)
			assert.NoError(t, err)
			looking, all := together.Looking()
			return looking == n && all == of
		}, patience, 100*time.Millisecond, "%d of %d look", n, of)
	}
	look(1, 2)
	ann.seesNo("340").leaves()
	look(0, 1)
	bob.leaves()
	look(0, 0)
}
