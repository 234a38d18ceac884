package etcdstore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// madeAt is the revision at which a record was made.
func (s *shop) madeAt(t *testing.T, key string) int64 {
	t.Helper()
	resp, err := s.reads.Get(t.Context(), key)
	require.NoError(t, err)
	require.Len(t, resp.Kvs, 1, key)
	return resp.Kvs[0].CreateRevision
}

func another(username string) model.Registration {
	return model.Registration{Username: username, Name: "Another", Email: "a@b.cd", Password: "secret-word"}
}

func TestWhoeverComesInKnowsWhichAccountItIs(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]func(*testing.T, *shop) *Store{
		"at once": func(_ *testing.T, s *shop) *Store { return s.Store },
		"after an answer is lost": func(t *testing.T, s *shop) *Store {
			t.Helper()
			store, _ := s.badConnection(t, first(fault{err: errLost}))
			return store
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			made, err := store(t, s).Register(t.Context(), another("cat"))
			require.NoError(t, err)
			since := s.madeAt(t, "user:cat")
			require.Equal(t, since, made.Since)
			require.NoError(t, s.LinkKey(t.Context(), made, keyNumber(1)))
			require.NoError(t, s.ChangeDetails(t.Context(), made, "Cat", "cat@b.cd"))
			require.NoError(t, s.ChangePassword(t.Context(), made, "secret-word", "another-word"))
			came, err := s.Login(t.Context(), "cat", "another-word")
			require.NoError(t, err)
			require.Equal(t, since, came.Since)
			came, err = s.LoginWithKey(t.Context(), "cat", keyNumber(1).Fingerprint)
			require.NoError(t, err)
			require.Equal(t, since, came.Since)
		})
	}
}

func TestWhoIsHereIsSeenToBeOfOneAccountUntilItIsMadeAnew(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 1, 1)
	store := shop.open(t)
	live := follow(t, store)
	attends(t, store, "ann")
	first := shop.madeAt(t, "user:ann")
	live.untilPerson("ann", "here", func(p *model.Person) bool { return p.Known && p.User.Since == first })
	shop.put(t, "user:ann", `{"name":`)
	live.untilPerson("ann", "unreadable", func(p *model.Person) bool { return !p.Known && p.User.Since == first })
	shop.put(t, "user:ann", `{"name":"Ann"}`)
	live.untilPerson("ann", "readable", func(p *model.Person) bool { return p.Known && p.User.Since == first })
	shop.loses(t, "user:ann")
	live.untilPerson("ann", "gone", func(p *model.Person) bool { return !p.Known && p.User.Since == 0 })
	shop.put(t, "user:ann", `{"name":"Another Ann"}`)
	live.untilPerson("ann", "made anew", func(p *model.Person) bool { return p.Known && p.User.Since == shop.madeAt(t, "user:ann") })
}

// ofAnAccount are the verbs that change an account, or say which keys open it.
func ofAnAccount() map[string]func(*testing.T, *Store, model.User) error {
	return map[string]func(*testing.T, *Store, model.User) error{
		"details": func(t *testing.T, s *Store, me model.User) error {
			t.Helper()
			return s.ChangeDetails(t.Context(), me, "Ann", "ann@b.cd")
		},
		"password": func(t *testing.T, s *Store, me model.User) error {
			t.Helper()
			return s.ChangePassword(t.Context(), me, "secret-word", "another-word")
		},
		"a key": func(t *testing.T, s *Store, me model.User) error {
			t.Helper()
			return s.LinkKey(t.Context(), me, keyNumber(2))
		},
		"no key": func(t *testing.T, s *Store, me model.User) error {
			t.Helper()
			return s.UnlinkKey(t.Context(), me, keyNumber(1).Fingerprint)
		},
	}
}

func TestAnAccountThatIsMadeAnewIsNotChangedByWhoHadTheName(t *testing.T) {
	t.Parallel()
	for what, change := range ofAnAccount() {
		for when, at := range map[string]func(t *testing.T, s *shop, removed func()) *Store{
			"before": func(_ *testing.T, s *shop, removed func()) *Store { removed(); return s.Store },
			"meanwhile": func(t *testing.T, s *shop, removed func()) *Store {
				t.Helper()
				store, _ := s.badConnection(t, first(fault{before: removed}))
				return store
			},
		} {
			t.Run(what+" "+when, func(t *testing.T) {
				t.Parallel()
				s := newShop(t)
				me, err := s.Register(t.Context(), another("ann"))
				require.NoError(t, err)
				require.NoError(t, s.LinkKey(t.Context(), me, keyNumber(1)))
				next := model.User{}
				store := at(t, s, func() {
					s.loses(t, "user:ann")
					next, err = s.Register(t.Context(), another("ann"))
					require.NoError(t, err)
					require.NoError(t, s.LinkKey(t.Context(), next, keyNumber(1)))
				})
				refused := change(t, store, me)
				require.Equal(t, model.CodeNotFound, model.CodeOf(refused))
				require.Equal(t, "your account was removed: nothing was changed", model.Sentence(refused))
				came, err := s.Login(t.Context(), "ann", "secret-word")
				require.NoError(t, err)
				require.Equal(t, "Another", came.Name)
				keys, err := s.Keys(t.Context(), "ann")
				require.NoError(t, err)
				require.Len(t, keys, 1)
				require.Equal(t, keyNumber(1).Fingerprint, keys[0].Fingerprint)
				require.NoError(t, change(t, s.Store, next), "its owner may")
			})
		}
	}
}
