package model

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAShopIsEmptyUntilItIsLoaded(t *testing.T) {
	t.Parallel()
	shop, changed := NewLive().Shop()
	require.False(t, shop.Loaded)
	require.Zero(t, shop.Catalogue.Len())
	select {
	case <-changed:
		t.Fatal("nothing has changed yet")
	default:
	}
}

func TestEveryReaderWakesAndSeesTheNewestShop(t *testing.T) {
	t.Parallel()
	const last = 2000
	live := NewLive()
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() {
			seen := int64(0)
			for seen < last {
				shop, changed := live.Shop()
				if shop.Catalogue.Revision() < seen {
					t.Errorf("revision %d after %d", shop.Catalogue.Revision(), seen)
					return
				}
				if seen = shop.Catalogue.Revision(); seen < last {
					<-changed // a reader that missed a wake-up would hang here
				}
			}
		})
	}
	catalogue := NewCatalogue()
	for revision := int64(1); revision <= last; revision++ {
		catalogue, _ = catalogue.With(revision, nil)
		live.Publish(Shop{Catalogue: catalogue, Loaded: true})
	}
	readers.Wait()
}

func TestAWakeUpThatWasAskedForBeforeAChangeIsNotLost(t *testing.T) {
	t.Parallel()
	live := NewLive()
	_, first := live.Shop()
	live.Publish(Shop{Catalogue: NewCatalogue(), Loaded: true})
	live.Publish(Shop{Catalogue: NewCatalogue(), Loaded: true, Stale: true, Why: "no leader"})
	<-first
	shop, second := live.Shop()
	require.Equal(t, "no leader", shop.Why)
	select {
	case <-second:
		t.Fatal("woken for a change that was seen")
	default:
	}
}
