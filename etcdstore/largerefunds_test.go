package etcdstore

import (
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"

	"github.com/ticketcd/ticketcd/model"
)

// All that an event gives back may be more than a single ticket may cost.
func TestRefundsOfMoreThanAPriceMayBeAreToldInFull(t *testing.T) {
	t.Parallel()
	for name, buyers := range map[string]int{"at once": 12, "in steps": 2*refundsAtOnce + 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			event := shop.createsDear(t)
			shop.crowdBuys(t, event.ID, buyers)
			_, err := shop.Buy(t.Context(), buying("ann", event.ID, 11), nil)
			require.NoError(t, err)
			shop.put(t, "notification:abe:"+event.ID, `{"limit":2,"active":"false"}`)

			removed, err := shop.RemoveEvent(t.Context(), "eve", event.ID, true)
			require.NoError(t, err)
			tickets := buyers + 11
			require.Equal(t, model.Removal{
				EventID: event.ID, Name: "Tosca", Orders: buyers + 1, Tickets: tickets, Refunded: model.Cents(tickets) * 1_000_000_00,
			}, removed)
			require.Equal(t, "£11,000,000.00", shop.told(t, "ann", event.ID).Refunded.String())
			require.Equal(t, "Tosca", shop.told(t, "abe", event.ID).Gone, "who waits is told as well")
			shop.requireSound(t)

			again, err := shop.RemoveEvent(t.Context(), "eve", event.ID, true)
			require.NoError(t, err)
			require.Equal(t, removed, again)
		})
	}
}

func TestALargeRemovalThatIsResumedAndFailsAgainSaysWhatIsRefunded(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	event := shop.createsDear(t)
	const buyers = 2*refundsAtOnce + 5
	shop.crowdBuys(t, event.ID, buyers)
	refuses := func(from int) *Store {
		store, _ := shop.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
			if n < from {
				return fault{}
			}
			return fault{err: rpctypes.ErrGRPCPermissionDenied, stops: true}
		})
		return store
	}
	for _, from := range []int{3, 1} { // after the closing and the first refunds; and when it is taken up again, at once
		_, err := refuses(from).RemoveEvent(t.Context(), "eve", event.ID, true)
		require.Equal(t, "etcd does not allow this user to do that: check its roles: 30 orders refunded so far, nothing is sold any more; "+
			"remove the event again to go on", model.Sentence(err))
	}
	removed, err := shop.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.NoError(t, err)
	require.Equal(t, buyers, removed.Orders)
	require.Equal(t, model.Cents(buyers*1_000_000_00), removed.Refunded)
}

// createsDear puts an event on sale, for admins that it employs, of which every ticket costs a million.
func (s *shop) createsDear(t *testing.T) model.Event {
	t.Helper()
	s.employs(t)
	draft := tosca()
	draft.Tickets[0].Total, draft.Tickets[0].Price = 1000, 1_000_000_00
	return s.creates(t, draft)
}
