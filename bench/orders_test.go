package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestABarePutWritesAsManyBytesAsAnOrder(t *testing.T) {
	order := oneTicket("00000001-be4c-4000-8000-000000000000", buyer(1))
	order.ID = "3f2b8a7c-9d1e-4a5b-8c6d-0123456789ab"
	order.Date = model.ParseDate("2026-11-29 13:45:00")
	order.Lines[0].Price = 2399
	written := len(model.PurchaseKey(order.Username, order.EventID)) + len(model.EncodeOrders([]model.Order{order}))

	require.InDelta(t, written, len(bare+"12:63:1234")+len(value), float64(written)/20)
}
