package etcdstore

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// favourites returns what a user has marked.
func (s *shop) favourites(t *testing.T, username string) []string {
	t.Helper()
	value := s.value(t, model.FavouriteKey(username))
	if value == "" {
		return nil
	}
	list, err := model.DecodeList([]byte(value))
	require.NoError(t, err)
	return list
}

// hasEvents puts events on show without tickets, and returns their ids.
func (s *shop) hasEvents(t *testing.T, count int) []string {
	t.Helper()
	var ids []string
	for i := range count {
		ids = append(ids, fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
		s.put(t, model.EventKey(ids[i]), fmt.Sprintf(`{"name":"Night %d","date":"2027-06-01 20:00","current_quantity":20}`, i))
	}
	return ids
}

func TestAnEventIsMarkedAndUnmarkedAsAFavourite(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	ids := shop.hasEvents(t, 2)
	shop.hasUsers(t, "ann")
	mark := func(id string, on bool) {
		t.Helper()
		require.NoError(t, shop.SetFavourite(t.Context(), "ann", id, on))
	}
	mark(ids[0], false)
	require.Empty(t, shop.records(t)["favourite:ann"], "there was nothing to take off, so nothing is written")
	mark(ids[0], true)
	mark(ids[1], true)
	require.Equal(t, fmt.Sprintf(`[%q,%q]`, ids[0], ids[1]), shop.value(t, "favourite:ann"))
	before := shop.records(t)
	mark(ids[0], true)
	require.Equal(t, before, shop.records(t), "marking it twice is marking it once")
	mark(ids[0], false)
	require.Equal(t, []string{ids[1]}, shop.favourites(t, "ann"))
	mark(ids[1], false)
	require.Equal(t, "[]", shop.value(t, "favourite:ann"))
	require.Empty(t, shop.favourites(t, "bob"))
}

func TestNobodyKeepsAnythingForAnAccountThatIsGone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	shop.hasUsers(t, "O'Hara") // as the prototype let people call themselves
	require.NoError(t, shop.SetFavourite(t.Context(), "O'Hara", opera, true))
	shop.notify(t, "O'Hara", opera, 3)

	// The account is deleted while ann's session is still open; in one of two cases just before the record is written.
	for name, already := range map[string]bool{"before": true, "at the last moment": false} {
		for what, deed := range map[string]func(*Store) error{
			"a favourite": func(s *Store) error { return s.SetFavourite(t.Context(), "ann", opera, true) },
			"a notification": func(s *Store) error {
				_, err := s.Notify(t.Context(), model.Notification{Username: "ann", EventID: opera, Limit: 3})
				return err
			},
			"no notification": func(s *Store) error { return s.RemoveNotification(t.Context(), "ann", opera) },
		} {
			shop.hasUsers(t, "ann")
			if what == "no notification" {
				shop.notify(t, "ann", opera, 3)
			}
			before := shop.records(t)
			delete(before, "user:ann")
			leave := func() {
				_, err := shop.writes.Delete(context.WithoutCancel(t.Context()), "user:ann")
				require.NoError(t, err)
			}
			store, _ := shop.badConnection(t, first(fault{before: leave}))
			if already {
				leave()
			}
			err := deed(store)
			require.Equal(t, "there is no user ann", model.Sentence(err), "%s, deleted %s", what, name)
			require.Equal(t, model.CodeNotFound, model.CodeOf(err))
			require.Equal(t, before, shop.records(t), "%s, deleted %s", what, name)
			_, err = shop.writes.Delete(t.Context(), model.NotificationKey("ann", opera))
			require.NoError(t, err)
		}
	}
}

func TestTwoSessionsThatMarkEventsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	ids := shop.hasEvents(t, 24)
	shop.hasUsers(t, "ann")
	for _, id := range ids[:12] {
		require.NoError(t, shop.SetFavourite(t.Context(), "ann", id, true))
	}
	sessions := []*Store{shop.open(t), shop.open(t)}
	var both sync.WaitGroup
	for i, id := range ids {
		both.Go(func() {
			if err := sessions[i%2].SetFavourite(t.Context(), "ann", id, i >= 12); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	require.ElementsMatch(t, ids[12:], shop.favourites(t, "ann"))
}

func TestFavouritesSurviveABadConnection(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	ids := shop.hasEvents(t, 4)
	shop.hasUsers(t, "ann")
	var connections []*faults
	var both sync.WaitGroup
	for i := range 2 {
		store, connection := shop.badConnection(t, badly)
		connections = append(connections, connection)
		both.Go(func() {
			for n := i; n < len(ids); n += 2 {
				for _, on := range []bool{true, false, true} {
					if err := store.SetFavourite(t.Context(), "ann", ids[n], on); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	both.Wait()
	for _, connection := range connections {
		connection.late.Wait()
	}
	require.ElementsMatch(t, ids, shop.favourites(t, "ann"))
}

func TestOnlyWhatExistsBecomesAFavouriteAndAnythingCanBeTakenOff(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	ids := shop.hasEvents(t, 1)
	shop.hasUsers(t, "ann")
	shop.put(t, "favourite:ann", `["gone","gone","`+ids[0]+`"]`)
	for _, id := range []string{match, "locations", "a:b", ""} {
		err := shop.SetFavourite(t.Context(), "ann", id, true)
		require.Equal(t, model.CodeNotFound, model.CodeOf(err))
	}
	require.Equal(t, model.CodeNotFound, model.CodeOf(shop.SetFavourite(t.Context(), "a:b", ids[0], true)))
	require.NoError(t, shop.SetFavourite(t.Context(), "ann", "gone", false))
	require.Equal(t, ids, shop.favourites(t, "ann"))
}

func TestFavouritesThatCannotBeReadAreNotOverwritten(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	id := shop.hasEvents(t, 1)[0]
	shop.hasUsers(t, "ann")
	for _, odd := range []string{`{"no":"list"}`, `[1]`, `[`, ``} {
		shop.put(t, "favourite:ann", odd)
		for _, on := range []bool{true, false} {
			err := shop.SetFavourite(t.Context(), "ann", id, on)
			require.Equal(t, "your favourites cannot be read: none can be changed", model.Sentence(err), odd)
			require.Equal(t, model.CodeFailed, model.CodeOf(err))
			require.Equal(t, odd, shop.value(t, "favourite:ann"))
		}
	}
}

func TestThereIsAnEndToFavourites(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	id := shop.hasEvents(t, 1)[0]
	shop.hasUsers(t, "ann")
	full := `["` + strings.Repeat(`x","`, maxFavourites-1) + `y"]`
	shop.put(t, "favourite:ann", full)
	err := shop.SetFavourite(t.Context(), "ann", id, true)
	require.Equal(t, "you have 1,000 favourites, the most that there may be: remove one first", model.Sentence(err))
	require.Equal(t, model.CodeRefused, model.CodeOf(err))
	require.NoError(t, shop.SetFavourite(t.Context(), "ann", "y", false))
	require.NoError(t, shop.SetFavourite(t.Context(), "ann", id, true))
}

func TestTwentyWhoChangeOneRecordAtOnceAllGetTheirTurn(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.hasUsers(t, "ann")
	stores := []*Store{shop.Store, shop.open(t), shop.open(t)}
	var everybody sync.WaitGroup
	for i := range 20 {
		everybody.Go(func() {
			err := stores[i%3].update(t.Context(), "favourite:ann", func(stored []byte) ([]byte, error) {
				line := fmt.Sprintf("<%d>", i)
				if strings.Contains(string(stored), line) {
					return stored, nil
				}
				return append(stored, line...), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	value := shop.value(t, "favourite:ann")
	require.Equal(t, 20, strings.Count(value, "<"))
	for i := range 20 {
		require.Equal(t, 1, strings.Count(value, fmt.Sprintf("<%d>", i)))
	}
}

func TestAChangeThatSomebodyElseMadeMeanwhileIsDone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	id := shop.hasEvents(t, 1)[0]
	shop.hasUsers(t, "ann")
	store, connection := shop.badConnection(t, first(fault{before: func() {
		require.NoError(t, shop.SetFavourite(t.Context(), "ann", id, true))
	}}))
	require.NoError(t, store.SetFavourite(t.Context(), "ann", id, true))
	require.Equal(t, 1, connection.sent())
	require.Equal(t, []string{id}, shop.favourites(t, "ann"))
}

func TestAChangeThatNeverGetsItsTurnSaysSo(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	n := 0
	store, connection := shop.badConnection(t, func(int, *pb.TxnRequest) fault {
		return fault{before: func() { n++; shop.put(t, "user:ann", fmt.Sprintf(`{"name":"Ann","n":%d}`, n)) }}
	})
	shop.put(t, "user:ann", `{"name":"Ann"}`)
	err := store.ChangeDetails(t.Context(), model.User{Username: "ann"}, "Anna", "anna@example.com")
	require.Equal(t, model.CodeConflict, model.CodeOf(err))
	require.Equal(t, "somebody else keeps changing the same record: try again", model.Sentence(err))
	require.Equal(t, updateTries, connection.sent())
}

func TestAChangeWhoseOutcomeIsNotKnownIsNotCalledAFailure(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:ann", `{"name":"Ann"}`)
	ctx, cancel := context.WithCancel(t.Context())
	store, _ := shop.badConnection(t, func(int, *pb.TxnRequest) fault {
		cancel()
		return fault{err: errLost}
	})
	err := store.ChangeDetails(ctx, model.User{Username: "ann"}, "Anna", "anna@example.com")
	require.Equal(t, model.CodeUnknown, model.CodeOf(err))
}

func TestNameAndEmailAreChangedAndTheRestOfTheAccountStays(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:ann", `{"name":"Ann","email":"a@b.cd","password":"secret-word","role":"admin","shoe_size":38}`)
	require.NoError(t, shop.ChangeDetails(t.Context(), model.User{Username: "ann"}, "Anna Lee", "anna@example.com"))
	require.JSONEq(t, `{"name":"Anna Lee","email":"anna@example.com","password":"secret-word","role":"admin","shoe_size":38}`, shop.value(t, "user:ann"))
	before := shop.records(t)
	require.NoError(t, shop.ChangeDetails(t.Context(), model.User{Username: "ann"}, "Anna Lee", "anna@example.com"))
	for _, details := range [][2]string{{"", "a@b.cd"}, {"Ann", "nowhere"}, {"\x1b[2J", "a@b.cd"}} {
		require.Equal(t, model.CodeRefused, model.CodeOf(shop.ChangeDetails(t.Context(), model.User{Username: "ann"}, details[0], details[1])))
	}
	for _, username := range []string{"eve", "a:b"} {
		require.Equal(t, model.CodeNotFound, model.CodeOf(shop.ChangeDetails(t.Context(), model.User{Username: username}, "Eve", "e@b.cd")))
	}
	require.Equal(t, before, shop.records(t))
	shop.put(t, "user:bob", `[]`)
	require.Equal(t, model.CodeFailed, model.CodeOf(shop.ChangeDetails(t.Context(), model.User{Username: "bob"}, "Bob", "b@b.cd")))
	require.Equal(t, `[]`, shop.value(t, "user:bob"))
}

func TestTwoSessionsThatChangeDifferentThingsOfOneAccountLoseNothing(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:ann", `{"name":"Ann","email":"a@b.cd","password":"secret-word","role":"user"}`)
	store, _ := shop.badConnection(t, first(fault{err: errLost, before: func() {
		require.NoError(t, shop.SetRole(t.Context(), "ann", model.RoleAdmin))
	}}))
	require.NoError(t, store.ChangeDetails(t.Context(), model.User{Username: "ann"}, "Anna", "anna@example.com"))
	user, err := shop.User(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []string{"Anna", "anna@example.com", "admin"}, []string{user.Name, user.Email, string(user.Role)})
}

func TestAPasswordIsChangedByWhoKnowsItAndByAnOperator(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:ann", `{"name":"Ann","email":"a@b.cd","password":"secret-word","role":"user"}`)
	logsIn := func(password string) bool {
		_, err := shop.Login(t.Context(), "ann", password)
		return err == nil
	}
	err := shop.ChangePassword(t.Context(), model.User{Username: "ann"}, "a guess", "another-word")
	require.Equal(t, "that is not your current password: nothing was changed", model.Sentence(err))
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
	require.Equal(t, model.CodeRefused, model.CodeOf(shop.ChangePassword(t.Context(), model.User{Username: "ann"}, "secret-word", "short")))
	require.True(t, logsIn("secret-word"))

	store, _ := shop.badConnection(t, first(fault{err: errLost}))
	require.NoError(t, store.ChangePassword(t.Context(), model.User{Username: "ann"}, "secret-word", "another-word"))
	require.True(t, logsIn("another-word"))
	require.False(t, logsIn("secret-word"))
	require.NotContains(t, shop.value(t, "user:ann"), "another-word")

	require.NoError(t, shop.SetPassword(t.Context(), "ann", "a-third-word"))
	require.True(t, logsIn("a-third-word"))
	require.Equal(t, model.CodeRefused, model.CodeOf(shop.SetPassword(t.Context(), "ann", "short")))
	require.Equal(t, model.CodeNotFound, model.CodeOf(shop.SetPassword(t.Context(), "eve", "a-third-word")))
	require.Equal(t, model.CodeDenied, model.CodeOf(shop.ChangePassword(t.Context(), model.User{Username: "eve"}, "secret-word", "another-word")))
}

func TestAnOperatorGivesRolesAndListsTheAccounts(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:ann", `{"name":"Ann","email":"a@b.cd","password":"secret-word","role":"user"}`)
	shop.put(t, "user:bob", `{"name":"Bob"}`)
	shop.put(t, "user:broken", `[]`)
	shop.put(t, "user:a:b", `{"name":"Nobody"}`)
	require.NoError(t, shop.SetRole(t.Context(), "ann", model.RoleAdmin))
	require.Equal(t, model.CodeUsage, model.CodeOf(shop.SetRole(t.Context(), "ann", "owner")))
	require.Equal(t, model.CodeNotFound, model.CodeOf(shop.SetRole(t.Context(), "eve", model.RoleAdmin)))

	users, err := shop.Users(t.Context())
	require.NoError(t, err)
	require.Len(t, users, 2)
	require.Equal(t, []string{"ann", "bob"}, []string{users[0].Username, users[1].Username})
	require.Equal(t, []model.Role{model.RoleAdmin, model.RoleUser}, []model.Role{users[0].Role, users[1].Role})

	require.NoError(t, shop.SetRole(t.Context(), "ann", model.RoleUser))
	ann, err := shop.User(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, model.RoleUser, ann.Role)
	_, err = shop.User(t.Context(), "eve")
	require.Equal(t, model.CodeNotFound, model.CodeOf(err))
}
