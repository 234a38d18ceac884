package etcdstore

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestTheLogSaysWhatAdminsAndOperatorsHaveDone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	var log bytes.Buffer
	store := shop.open(t, func(cfg *Config) { cfg.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	says := func(words ...string) {
		t.Helper()
		for _, w := range words {
			require.Contains(t, log.String(), w)
		}
		log.Reset()
	}
	event, err := store.CreateEvent(t.Context(), "eve", tosca())
	require.NoError(t, err)
	says(`msg="an event was created"`, "admin=eve", "event="+event.ID, "name=Tosca")
	draft := event.Draft()
	draft.Date = "2099-07-01 20:00"
	edited, err := store.EditEvent(t.Context(), "eve", event, draft)
	require.NoError(t, err)
	says(`msg="an event was edited"`, "admin=eve", "event="+event.ID, "the date from")
	_, err = store.EditEvent(t.Context(), "eve", edited, draft)
	require.NoError(t, err)
	require.NotContains(t, log.String(), "edited", "nothing was changed")
	_, err = store.Buy(t.Context(), buying("ann", event.ID, 2), nil)
	require.NoError(t, err)
	_, err = store.RemoveEvent(t.Context(), "eve", event.ID, true)
	require.NoError(t, err)
	says(`msg="an event was removed"`, "admin=eve", "event="+event.ID, "name=Tosca", "orders=1", "tickets=2", "refunded=£47.98")
	_, err = store.RemoveEvent(t.Context(), "abe", event.ID, true)
	require.NoError(t, err)
	require.NotContains(t, log.String(), "removed", "it was gone already")
	require.NoError(t, store.SetRole(t.Context(), "ann", model.RoleAdmin))
	says(`msg="an operator set a role"`, "user=ann", "role=admin")
	require.NoError(t, store.SetPassword(t.Context(), "ann", "another-secret"))
	require.False(t, strings.Contains(log.String(), "another-secret"))
	says(`msg="an operator set a password"`, "user=ann")
}
