package etcdstore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestAnOrderIsFoundByItsNumberAlone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 10)
	shop.buys(t, "ann", 1)
	bobs := shop.buys(t, "bob", 2)
	shop.put(t, model.PurchaseKey("carl", opera), `{"not":"a list"}`)

	for _, id := range []string{bobs.ID, strings.ToLower(bobs.ID)} {
		found, err := shop.FindOrder(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, [3]string{"bob", opera, bobs.String()}, [3]string{found.Username, found.EventID, found.String()})
	}
	_, err := shop.Cancel(t.Context(), bobs, nil)
	require.NoError(t, err)
	_, err = shop.FindOrder(t.Context(), bobs.ID)
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	require.Equal(t, "there is no order "+bobs.ID+": it may have been cancelled", model.Sentence(err))
}
