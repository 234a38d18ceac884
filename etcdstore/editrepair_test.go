package etcdstore

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

func TestAnEventIsFoundUnderItsNewTypeWhateverIsTidiedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, tidies := range map[string]func(s *shop, id string){
		"by a repair": func(s *shop, _ string) {
			found, err := s.Audit(t.Context())
			require.NoError(t, err)
			mended, err := s.Repair(t.Context(), found.Repairs, nil)
			require.NoError(t, err)
			require.Equal(t, 1, mended)
		},
		"after another admin's edit that failed": func(s *shop, id string) {
			require.NoError(t, s.tidyIndex(t.Context(), id, []string{"search:type:jazz", "search:type:opera"}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.employs(t)
			event := shop.creates(t, tosca())
			shop.put(t, "search:type:jazz", `["`+event.ID+`"]`) // it stands there without belonging there
			stored := shop.value(t, "event:"+event.ID)
			store, _ := shop.badConnection(t, first(fault{before: func() {
				tidies(shop, event.ID)
				require.Empty(t, shop.value(t, "search:type:jazz"))
				require.Equal(t, stored, shop.value(t, "event:"+event.ID), "the event itself says what it said")
			}}))
			draft := event.Draft()
			draft.Type = "jazz"
			_, err := store.EditEvent(t.Context(), "eve", event, draft)
			require.NoError(t, err)
			require.Contains(t, shop.listing(t, event.ID), "search:type:jazz")
			require.NotContains(t, shop.listing(t, event.ID), "search:type:opera")
			shop.requireSound(t)
		})
	}
}

func TestAnEventIsTakenOffMoreListsThanATransactionHolds(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	event := shop.creates(t, tosca())
	listed := shop.listing(t, event.ID)
	var strays []string
	for _, word := range model.Words(words("w", 300)) {
		strays = append(strays, "search:text:"+word)
		shop.put(t, "search:text:"+word, `["`+event.ID+`"]`)
	}
	store, connection := shop.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
		require.LessOrEqual(t, max(len(write.Compare), len(write.Success), len(write.Failure)), maxOps)
		return fault{}
	})
	require.NoError(t, store.tidyIndex(t.Context(), event.ID, strays))
	require.Equal(t, listed, shop.listing(t, event.ID))
	require.Equal(t, 3, connection.sent())
}

func TestAnEventWhoseIndexARepairTookForLeftoversIsFoundByEveryWord(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Description = words("w", 300)
	for range 2 { // the first repair of a shop, and a later one
		repaired := false
		store, _ := shop.badConnection(t, func(_ int, write *pb.TxnRequest) fault {
			last := slices.ContainsFunc(write.Success, func(op *pb.RequestOp) bool {
				return endsIn(op.GetRequestPut().GetKey(), ":red")
			})
			if !last || repaired {
				return fault{}
			}
			repaired = true
			return fault{before: func() {
				found, err := shop.Audit(t.Context())
				require.NoError(t, err)
				mended, err := shop.Repair(t.Context(), found.Repairs, nil)
				require.NoError(t, err)
				require.Greater(t, mended, 100)
			}}
		})
		event, err := store.CreateEvent(t.Context(), "eve", draft)
		require.NoError(t, err)
		require.True(t, repaired)
		require.Len(t, shop.listing(t, event.ID), len(event.Lists()))
		shop.requireSound(t)
	}
}
