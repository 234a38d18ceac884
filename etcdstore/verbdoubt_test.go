package etcdstore

import (
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ticketcd/ticketcd/model"
)

// badDays are all the ways in which the first write of a verb can go wrong without anybody being told whether it was done.
func badDays() map[string]func() fault {
	days := map[string]func() fault{
		"it never came":  func() fault { return fault{err: errLost, stops: true} },
		"it came twice":  func() fault { return fault{again: func() {}} },
		"it comes later": func() fault { return fault{err: errLost, late: make(chan struct{})} },
	}
	for name, err := range map[string]error{
		"the connection broke":       errLost,
		"the server's own deadline":  status.Error(codes.DeadlineExceeded, "etcdserver: context deadline exceeded"),
		"it was called off":          status.Error(codes.Canceled, "context canceled"),
		"the leader was lost":        rpctypes.ErrGRPCTimeoutDueToLeaderFail,
		"the database is full":       errNoSpace,
		"the proposal was dropped":   status.Error(codes.Unknown, "raft proposal dropped"),
		"an error that nobody knows": status.Error(codes.Code(77), "what is this"),
	} {
		days[name] = func() fault { return fault{err: err} }
	}
	return days
}

// changes are the verbs that have no fault test of their own elsewhere, each with what it has to come to.
func changes() map[string]struct {
	do   func(*testing.T, *Store) error
	done func(*testing.T, *shop)
} {
	type change = struct {
		do   func(*testing.T, *Store) error
		done func(*testing.T, *shop)
	}
	lets := func(password string) func(*testing.T, *shop) {
		return func(t *testing.T, s *shop) {
			t.Helper()
			_, err := s.Login(t.Context(), "ann", password)
			require.NoError(t, err)
		}
	}
	holds := func(key, value string) func(*testing.T, *shop) {
		return func(t *testing.T, s *shop) { t.Helper(); require.JSONEq(t, value, s.value(t, key)) }
	}
	return map[string]change{
		"details": {
			func(t *testing.T, s *Store) error {
				t.Helper()
				return s.ChangeDetails(t.Context(), model.User{Username: "ann"}, "Anna", "anna@b.cd")
			},
			holds("user:ann", `{"name":"Anna","email":"anna@b.cd","password":"secret-word","role":"user"}`),
		},
		"own password": {
			func(t *testing.T, s *Store) error {
				t.Helper()
				return s.ChangePassword(t.Context(), model.User{Username: "ann"}, "secret-word", "another-word")
			},
			lets("another-word"),
		},
		"password": {
			func(t *testing.T, s *Store) error {
				t.Helper()
				return s.SetPassword(t.Context(), "ann", "another-word")
			},
			lets("another-word"),
		},
		"role": {
			func(t *testing.T, s *Store) error { t.Helper(); return s.SetRole(t.Context(), "ann", model.RoleAdmin) },
			holds("user:ann", `{"name":"Somebody","email":"a@b.cd","password":"secret-word","role":"admin"}`),
		},
		"new notification": {
			func(t *testing.T, s *Store) error {
				t.Helper()
				_, err := s.Notify(t.Context(), model.Notification{Username: "ann", EventID: opera, Limit: 3})
				return err
			},
			holds("notification:ann:"+opera, `{"limit":3,"active":false}`),
		},
		"armed anew": {
			func(t *testing.T, s *Store) error {
				t.Helper()
				_, err := s.Notify(t.Context(), model.Notification{Username: "bob", EventID: opera, Limit: 3})
				return err
			},
			holds("notification:bob:"+opera, `{"limit":3,"active":false}`),
		},
		"read notification": {
			func(t *testing.T, s *Store) error { t.Helper(); return s.MarkRead(t.Context(), "bob", opera) },
			holds("notification:bob:"+opera, `{"limit":7,"active":true,"read":true}`),
		},
		"no notification": {
			func(t *testing.T, s *Store) error { t.Helper(); return s.RemoveNotification(t.Context(), "bob", opera) },
			func(t *testing.T, s *shop) { t.Helper(); require.Empty(t, s.value(t, "notification:bob:"+opera)) },
		},
		"favourite": {
			func(t *testing.T, s *Store) error { t.Helper(); return s.SetFavourite(t.Context(), "ann", opera, true) },
			holds("favourite:ann", `["`+opera+`"]`),
		},
		"no favourite": {
			func(t *testing.T, s *Store) error {
				t.Helper()
				return s.SetFavourite(t.Context(), "bob", opera, false)
			},
			holds("favourite:bob", `[]`),
		},
		"no event": {
			func(t *testing.T, s *Store) error {
				t.Helper()
				_, err := s.RemoveEvent(t.Context(), "eve", opera, false)
				return err
			},
			func(t *testing.T, s *shop) { t.Helper(); require.Empty(t, s.value(t, "event:"+opera)) },
		},
	}
}

func TestAChangeOnABadDayIsMadeOnceAndStaysMade(t *testing.T) {
	t.Parallel()
	for name, change := range changes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for day, makeFault := range badDays() {
				shop := newShop(t)
				shop.sells(t, 10, 5)
				shop.put(t, "user:eve", `{"name":"Eve","email":"e@b.cd","password":"secret-word","role":"admin"}`)
				shop.put(t, "notification:bob:"+opera, `{"limit":7,"active":true}`)
				shop.put(t, "favourite:bob", `["`+opera+`"]`)
				what := makeFault()
				store, connection := shop.badConnection(t, first(what))
				require.NoError(t, change.do(t, store), day)
				if what.late != nil {
					close(what.late)
				}
				connection.late.Wait()
				require.Positive(t, connection.sent(), day)
				change.done(t, shop)
			}
		})
	}
}

func TestOfTwoWhoChangeOnePasswordAtOnceOneIsDenied(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:ann", `{"name":"Ann","email":"a@b.cd","password":"secret-word","role":"user"}`)
	store, _ := shop.badConnection(t, first(fault{before: func() {
		require.NoError(t, shop.ChangePassword(t.Context(), model.User{Username: "ann"}, "secret-word", "faster-word"))
	}}))
	err := store.ChangePassword(t.Context(), model.User{Username: "ann"}, "secret-word", "slower-word")
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
	require.Equal(t, "the password was changed from elsewhere at the same time: nothing was changed", model.Sentence(err))
	_, err = shop.Login(t.Context(), "ann", "faster-word")
	require.NoError(t, err)
}

func TestALogInThatHashesThePasswordDoesNotKeepItFromBeingChanged(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:ann", `{"name":"Ann","email":"a@b.cd","password":"secret-word","role":"user"}`)
	store, _ := shop.badConnection(t, first(fault{before: func() {
		_, err := shop.Login(t.Context(), "ann", "secret-word")
		require.NoError(t, err)
	}}))
	require.NoError(t, store.ChangePassword(t.Context(), model.User{Username: "ann"}, "secret-word", "another-word"))
	_, err := shop.Login(t.Context(), "ann", "another-word")
	require.NoError(t, err)
}

func TestALateCopyBringsNoRemovedNotificationBack(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 5)
	late := make(chan struct{})
	store, connection := shop.badConnection(t, first(fault{err: errLost, late: late}))
	asked := model.Notification{Username: "ann", EventID: opera, Limit: 3}
	_, err := store.Notify(t.Context(), asked)
	require.NoError(t, err)
	require.NoError(t, shop.RemoveNotification(t.Context(), "ann", opera))
	close(late)
	connection.late.Wait()
	require.Empty(t, shop.value(t, "notification:ann:"+opera))

	_, err = shop.Notify(t.Context(), asked)
	require.NoError(t, err, "it can be asked for again")
	require.NotEmpty(t, shop.value(t, "notification:ann:"+opera))
}

func TestWhatOnlyDeletesMeetsFaultsToo(t *testing.T) {
	t.Parallel()
	only := &pb.TxnRequest{Success: []*pb.RequestOp{{Request: &pb.RequestOp_RequestDeleteRange{
		RequestDeleteRange: &pb.DeleteRangeRequest{Key: []byte("k")},
	}}}}
	require.True(t, writes(only))
	require.False(t, writes(&pb.TxnRequest{}))
}
