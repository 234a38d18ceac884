package etcdstore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// loses has a record deleted as somebody else would, say with etcdctl.
func (s *shop) loses(t *testing.T, key string) {
	t.Helper()
	_, err := s.writes.Delete(t.Context(), key)
	require.NoError(t, err)
}

func TestOnlyWhatWasLoadedAndNotTouchedSinceIsTakenForWhatWasLoaded(t *testing.T) {
	t.Parallel()
	records := []model.Record{
		{Key: "event:" + opera, Value: []byte(`{"name":"The Opera","current_quantity":3}`)},
		{Key: "user:admin", Value: []byte(`{"name":"Alex","email":"a@b.cd","password":"admin123","role":"admin"}`)},
		{Key: "user:ann", Value: []byte(`{"name":"Ann","email":"a@b.cd","password":"","role":"user"}`)},
	}
	for what, c := range map[string]struct {
		change func(*shop)
		want   bool
	}{
		"nothing else":                 {func(*shop) {}, true},
		"less of it":                   {func(s *shop) { s.loses(t, "event:"+opera); s.loses(t, "user:ann") }, true},
		"a key of the store's own":     {func(s *shop) { s.put(t, "ticketcd:gap:"+opera, "1") }, true},
		"an event more":                {func(s *shop) { s.put(t, "event:"+match, `{"name":"The Match","current_quantity":0}`) }, false},
		"a key that follows no layout": {func(s *shop) { s.put(t, "zebra", "striped") }, false},
		"a sale":                       {func(s *shop) { s.put(t, "event:"+opera, `{"name":"The Opera","current_quantity":2}`) }, false},
		"an account that was changed":  {func(s *shop) { require.NoError(t, s.SetRole(t.Context(), "ann", model.RoleAdmin)) }, false},
		"a password that was set":      {func(s *shop) { require.NoError(t, s.SetPassword(t.Context(), "admin", "my own word")) }, false},
		"somebody else of a loaded name": {func(s *shop) {
			s.put(t, "user:admin", `{"name":"Eve","email":"","password":"word of mine","role":"admin"}`)
		}, false},
		"a password that cannot be read": {func(s *shop) {
			s.put(t, "user:admin", `{"name":"Alex","email":"a@b.cd","password":"$argon2id$x","role":"admin"}`)
		}, false},
		"an account that cannot be read":  {func(s *shop) { s.put(t, "user:ann", `{"name`) }, false},
		"a password where there was none": {func(s *shop) { require.NoError(t, s.SetPassword(t.Context(), "ann", "my own word")) }, false},
	} {
		s := newShop(t)
		_, err := s.Load(t.Context(), records, LoadOptions{})
		require.NoError(t, err)
		c.change(s)
		only, err := s.HoldsOnly(t.Context(), records)
		require.NoError(t, err, what)
		require.Equal(t, c.want, only, what)
	}
}
