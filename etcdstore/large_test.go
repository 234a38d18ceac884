package etcdstore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// gRPC takes no answer above 4 MiB unless it is told to.
func TestOrdersOfMoreThanFourMegabytesAreRead(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	events := shop.hasEvents(t, 6)
	for _, id := range events {
		shop.put(t, model.PurchaseKey("ann", id), `[{"note":"`+strings.Repeat("x", 900_000)+`"}]`)
	}
	shop.hasUsers(t, "ann")
	orders, err := shop.Orders(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, orders, len(events))
}
