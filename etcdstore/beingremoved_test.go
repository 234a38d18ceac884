package etcdstore

import (
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

func TestWhoIsRefundedKeepsTheNoticeOfItWhileOthersAreStillRefunded(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Tickets[0].Total = 1000
	event := shop.creates(t, draft)
	shop.crowdBuys(t, event.ID, 2*refundsAtOnce)

	asked := ""
	store, _ := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		if n != 2 {
			return fault{}
		}
		return fault{after: func() { // the first of them are refunded
			asked = shop.refunded(t, event.ID)
			before := shop.value(t, model.NotificationKey(asked, event.ID))
			_, err := shop.Notify(t.Context(), model.Notification{Username: asked, EventID: event.ID, Back: true})
			require.Equal(t, "Tosca is being removed: £23.99 comes back to you, and no more tickets of it will be sold", model.Sentence(err))
			require.Equal(t, model.CodeRefused, model.CodeOf(err))
			require.Equal(t, before, shop.value(t, model.NotificationKey(asked, event.ID)))
			_, err = shop.Notify(t.Context(), model.Notification{Username: "bob", EventID: event.ID, Back: true})
			require.NoError(t, err, "who was told nothing may wait for what is there still")
		}}
	})
	_, err := store.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.NoError(t, err)
	require.NotEmpty(t, asked)
	require.Equal(t, model.Cents(2399), shop.told(t, asked, event.ID).Refunded)
	require.Equal(t, "Tosca", shop.told(t, "bob", event.ID).Gone)
}

// refunded returns one of a crowd who was told of the removal of an event.
func (s *shop) refunded(t *testing.T, id string) string {
	t.Helper()
	for key := range s.records(t) {
		if k := model.ParseKey(key); k.Family == model.FamilyNotification && k.EventID == id {
			return k.Username
		}
	}
	require.Fail(t, "nobody is refunded")
	return ""
}

func TestNobodyIsLeftWaitingForAnEventThatGoesWhileTheyAsk(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	store, _ := shop.badConnection(t, first(fault{before: func() {
		_, err := shop.RemoveEvent(t.Context(), "eve", event.ID, false)
		require.NoError(t, err)
	}}))
	_, err := store.Notify(t.Context(), model.Notification{Username: "ann", EventID: event.ID, Limit: 3})
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	require.Empty(t, shop.value(t, model.NotificationKey("ann", event.ID)))
	shop.requireSound(t)
}

func TestAnEventThatIsBackAfterItsRemovalCanBeWaitedFor(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	_, err := shop.Buy(t.Context(), buying("ann", event.ID, 1), nil)
	require.NoError(t, err)
	record := shop.value(t, model.EventKey(event.ID))
	_, err = shop.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.NoError(t, err)
	shop.put(t, model.EventKey(event.ID), record) // loaded again
	_, err = shop.Notify(t.Context(), model.Notification{Username: "ann", EventID: event.ID, Limit: 3})
	require.NoError(t, err)
	require.JSONEq(t, `{"limit":3,"active":false}`, shop.value(t, model.NotificationKey("ann", event.ID)))
}
