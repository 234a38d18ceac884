package tui_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// filling is a store to which one more event comes whenever it is asked for its demo accounts, and with the last those.
type filling struct {
	tui.Store
	live  *model.Live
	asked chan time.Time
}

const fillings = 3

func (f filling) DemoAccounts(context.Context) ([]model.Credentials, error) {
	f.asked <- time.Now()
	if len(f.asked) == fillings {
		return []model.Credentials{{Username: "user", Password: "user123"}}, nil
	}
	shop, _ := f.live.Shop()
	id := []string{jazzID, magicID}[shop.Catalogue.Len()]
	event := model.Event{ID: id, Name: "Jazz", Location: "London", Type: "concert", Date: model.ParseDate("2027-03-05 20:30")}
	shop.Catalogue, _ = shop.Catalogue.With(shop.Catalogue.Revision()+1, []model.Change{{Key: model.EventKey(id), Value: event.Encode()}})
	f.live.Publish(shop)
	return nil, nil
}

func TestWhoLooksOnWhileAShopIsFilledIsToldOfItsAccountsAndDoesNotAskAtEveryEvent(t *testing.T) {
	t.Parallel()
	store := filling{live: model.NewLive(), asked: make(chan time.Time, fillings)}
	store.live.Publish(model.Shop{Catalogue: model.NewCatalogue(), Loaded: true})
	sit(t, "ann", tui.Config{Store: store, Live: store.live}, 80, 24).sees("This account is open to all:", "user / user123")
	for before := <-store.asked; len(store.asked) > 0; {
		next := <-store.asked
		require.Greater(t, next.Sub(before), 2*time.Second, "the database is asked too often")
		before = next
	}
}
