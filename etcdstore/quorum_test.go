package etcdstore

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestWithoutQuorumSalesArePausedAndSaySo(t *testing.T) {
	t.Parallel()
	endpoint, stopOther := startPair(t)
	shop := newShopAt(t, endpoint)
	shop.sells(t, 10, 0)
	_, err := shop.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)

	stopOther()
	// The survivor finds out when its elections fail. Until then it does not answer, which is a reason to say less; and an
	// order that it took before that stays in doubt, for as long as its buyer has patience.
	require.Eventually(t, func() bool {
		impatient, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		_, err = shop.Buy(impatient, order(1), nil)
		return model.Sentence(err) == "the store's members cannot agree: sales are paused, nothing was charged"
	}, waitLong, waitStep)
	require.Equal(t, model.CodeUnavailable, model.CodeOf(err))

	_, err = shop.Event(t.Context(), opera)
	require.Equal(t, "the store's members cannot agree", model.Sentence(err))
	_, err = shop.Login(t.Context(), "ann", "secret-word")
	require.Equal(t, "the store's members cannot agree", model.Sentence(err))
	for name, write := range map[string]func() error{
		"favourite":    func() error { return shop.SetFavourite(t.Context(), "ann", opera, true) },
		"none":         func() error { return shop.SetFavourite(t.Context(), "ann", opera, false) },
		"notification": func() error { return shop.RemoveNotification(t.Context(), "ann", opera) },
		"details":      func() error { return shop.ChangeDetails(t.Context(), model.User{Username: "ann"}, "Ann", "a@b.cd") },
		"password": func() error {
			return shop.ChangePassword(t.Context(), model.User{Username: "ann"}, "secret-word", "secret-words")
		},
		"key":     func() error { return shop.LinkKey(t.Context(), model.User{Username: "ann"}, keyNumber(1)) },
		"account": func() error { _, err := shop.Register(t.Context(), annie()); return err },
		"event":   func() error { _, err := shop.CreateEvent(t.Context(), "eve", tosca()); return err },
		"be told of sale": func() error {
			_, err := shop.Notify(t.Context(), model.Notification{Username: "ann", EventID: opera, Limit: 1})
			return err
		},
	} {
		require.Equal(t, "the store's members cannot agree: nothing was changed", model.Sentence(write()), name)
	}
	requireClosed(t, Config{Endpoints: []string{endpoint}}, model.CodeUnavailable, "the store's members cannot agree")
}

func TestWithoutAnyServerNothingIsChargedAndTheShopResumesByItself(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	shop := newShopAt(t, etcd.endpoint())
	shop.sells(t, 10, 0)
	etcd.stop()

	_, err := shop.Buy(t.Context(), order(1), func() { t.Error("nothing was sent that could be doubted") })
	require.Equal(t, "the store does not answer: nothing was charged", model.Sentence(err))
	require.Equal(t, model.CodeUnavailable, model.CodeOf(err))

	etcd.start()
	_, err = shop.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)
	shop.requireSold(t, 1)
}

func TestAnOrderWhoseServerGoesAwayIsSettledWhenItIsBack(t *testing.T) {
	t.Parallel()
	etcd := startServer(t)
	shop := newShopAt(t, etcd.endpoint())
	shop.sells(t, 10, 0)
	store, _ := shop.badConnection(t, first(fault{err: errLost, after: etcd.stop}))

	_, err := store.Buy(t.Context(), order(1), etcd.start)
	require.NoError(t, err)
	shop.requireSold(t, 1)
}
