package etcdstore

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// adminVerbs are those that name their actor, and refuse whoever is no admin.
func adminVerbs(t *testing.T, s *shop, event model.Event) map[string]func(actor string) error {
	t.Helper()
	ctx := t.Context()
	draft := event.Draft()
	draft.Name = "Mine now"
	get, err := model.ParseQuery("get event: --prefix --count-only")
	require.NoError(t, err)
	put, err := model.ParseQuery("put event:mine now")
	require.NoError(t, err)
	watch, err := model.ParseQuery("watch event: --prefix")
	require.NoError(t, err)
	return map[string]func(actor string) error{
		"CreateEvent":  func(actor string) error { _, err := s.CreateEvent(ctx, actor, tosca()); return err },
		"EditEvent":    func(actor string) error { _, err := s.EditEvent(ctx, actor, event, draft); return err },
		"RemoveEvent":  func(actor string) error { _, err := s.RemoveEvent(ctx, actor, event.ID, true); return err },
		"MoveLeader":   func(actor string) error { return s.MoveLeader(ctx, actor, "1") },
		"Defragment":   func(actor string) error { return s.Defragment(ctx, actor, "1") },
		"DisarmAlarms": func(actor string) error { return s.DisarmAlarms(ctx, actor) },
		"CheckAdmin":   func(actor string) error { return s.CheckAdmin(ctx, actor) },
		"Refunds":      func(actor string) error { _, err := s.Refunds(ctx, actor, event.ID); return err },
		"QueryAs": func(actor string) error {
			_, err := s.QueryAs(ctx, actor, get)
			_, written := s.QueryAs(ctx, actor, put)
			return errors.Join(err, written)
		},
		"Effect":        func(actor string) error { _, err := s.Effect(ctx, actor, put); return err },
		"Queries":       func(actor string) error { _, err := s.Queries(ctx, actor); return err },
		"RememberQuery": func(actor string) error { return s.RememberQuery(ctx, actor, "get event: --prefix") },
		"WatchAs": func(actor string) error {
			watching, enough := context.WithCancel(ctx)
			defer enough()
			return s.WatchAs(watching, actor, watch, func(model.Answer) { enough() })
		},
	}
}

// ownVerbs act for the user whom they name, on nothing but that user's records and what that user buys. Each is tried with
// an order of bob's, if there is one to be had.
func ownVerbs(t *testing.T, s *shop, bobs model.Order) map[string]func(username string) error {
	t.Helper()
	ctx := t.Context()
	return map[string]func(username string) error{
		"Attend": func(username string) error {
			here, leave := context.WithCancel(ctx)
			defer leave()
			s.Attend(here, username)
			return nil
		},
		"Buy": func(username string) error {
			mine := bobs // also its id
			mine.Username = username
			_, err := s.Buy(ctx, mine, nil)
			return err
		},
		"Cancel": func(username string) error {
			mine := bobs
			mine.Username = username
			_, err := s.Cancel(ctx, mine, nil)
			return err
		},
		"Orders": func(username string) error {
			listed, err := s.Orders(ctx, username)
			for _, o := range listed {
				require.Equal(t, username, o.Username)
			}
			return err
		},
		"SetFavourite": func(username string) error {
			return errors.Join(s.SetFavourite(ctx, username, opera, false), s.SetFavourite(ctx, username, opera, true))
		},
		"Notify": func(username string) error {
			_, err := s.Notify(ctx, model.Notification{Username: username, EventID: opera, Limit: 7})
			return err
		},
		"MarkRead":           func(username string) error { return s.MarkRead(ctx, username, opera) },
		"RemoveNotification": func(username string) error { return s.RemoveNotification(ctx, username, opera) },
		"ChangeDetails": func(username string) error {
			return s.ChangeDetails(ctx, model.User{Username: username}, "Eve", "e@b.cd")
		},
		"ChangePassword": func(username string) error {
			return s.ChangePassword(ctx, model.User{Username: username}, "not the password", "another-word")
		},
		"Keys": func(username string) error {
			keys, err := s.Keys(ctx, username)
			require.False(t, hasKey(keys, keyNumber(1).Fingerprint), username)
			return err
		},
		"LinkKey": func(username string) error { return s.LinkKey(ctx, model.User{Username: username}, keyNumber(2)) },
		"UnlinkKey": func(username string) error {
			return s.UnlinkKey(ctx, model.User{Username: username}, keyNumber(1).Fingerprint)
		},
	}
}

// openVerbs are everybody's: what the shop window shows, and the ways in.
func openVerbs() []string {
	return []string{"Login", "LoginWithKey", "Register", "DemoAccounts", "Catalogue", "Event", "Follow", "History", "Empty", "HalfFilled"}
}

// operatorVerbs are for those who hold the store itself: a session has no way to them (see TestASessionHasNoOperatorsVerbs).
func operatorVerbs() []string {
	return []string{
		"AddUser", "Audit", "Close", "Dump", "Filling", "FindOrder", "HoldsOnly", "Load", "OperatorEffect", "Repair", "SetPassword", "SetRole", "Snapshot", "Statistics",
		"Status", "User", "Users", "WatchCluster", "Query", "Revision", "Yardstick",
	}
}

func TestEveryVerbOfTheStoreIsSomebodys(t *testing.T) {
	t.Parallel()
	listed := slices.Concat(slices.Collect(maps.Keys(ownVerbs(t, nil, model.Order{}))), openVerbs(), operatorVerbs(),
		slices.Collect(maps.Keys(adminVerbs(t, nil, model.Event{}))))
	var there []string
	store := reflect.TypeFor[*Store]()
	for i := range store.NumMethod() {
		there = append(there, store.Method(i).Name)
	}
	require.ElementsMatch(t, there, listed, "say of each new verb whose it is, and try it as those whose it is not")
}

func TestEveryVerbThatNamesAnActorIsTriedAsOthers(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var named []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declared := range file.Decls {
			verb, ok := declared.(*ast.FuncDecl)
			if !ok || verb.Recv == nil || !verb.Name.IsExported() {
				continue
			}
			for _, field := range verb.Type.Params.List {
				if slices.ContainsFunc(field.Names, func(id *ast.Ident) bool { return id.Name == "actor" }) {
					named = append(named, verb.Name.Name)
				}
			}
		}
	}
	require.ElementsMatch(t, named, slices.Collect(maps.Keys(adminVerbs(t, nil, model.Event{}))))
}

func TestNobodyButAnAdminDoesWhatIsAnAdmins(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.employs(t)
	event := s.creates(t, tosca())
	require.NoError(t, s.SetRole(t.Context(), "abe", model.RoleUser))
	before := s.records(t)
	verbs := adminVerbs(t, s, event)
	for name, verb := range verbs {
		for who, actor := range map[string]string{
			"nobody": "", "a stranger": "zoe", "a shopper": "ann", "another shopper": "bob", "a demoted admin": "abe", "a part of a name": "ev",
			"a key": "eve:x", "a bad name": "eve\x00",
		} {
			require.Equal(t, model.CodeDenied, model.CodeOf(verb(actor)), "%s as %s", name, who)
		}
	}
	require.Equal(t, before, s.records(t))
	for _, name := range slices.Sorted(maps.Keys(verbs)) {
		require.NotEqual(t, model.CodeDenied, model.CodeOf(verbs[name]("eve")), "%s as an admin", name)
	}
}

// bobsOwn are the keys of all that is bob's.
func bobsOwn() []string {
	return []string{model.PurchaseKey("bob", opera), "user:bob", "favourite:bob", "notification:bob:" + opera, keysKey("bob")}
}

// hasBob gives bob an account with something in each of his records, and returns his order.
func (s *shop) hasBob(t *testing.T) model.Order {
	t.Helper()
	bobs := order(2)
	bobs.Username = "bob"
	bobs, err := s.Buy(t.Context(), bobs, nil)
	require.NoError(t, err)
	require.NoError(t, s.SetFavourite(t.Context(), "bob", opera, true))
	_, err = s.Notify(t.Context(), model.Notification{Username: "bob", EventID: opera, Limit: 3})
	require.NoError(t, err)
	require.NoError(t, s.LinkKey(t.Context(), model.User{Username: "bob"}, keyNumber(1)))
	return bobs
}

func TestNobodyTouchesWhatIsAnothers(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 10, 0)
	s.hasBoss(t)
	bobs := s.hasBob(t)
	before := s.records(t)
	verbs := ownVerbs(t, s, bobs)
	for _, who := range []string{"ann", "boss"} { // an admin is no exception
		require.Error(t, verbs["Cancel"](who), who)
		require.Error(t, verbs["ChangePassword"](who), who)
		for name, verb := range verbs {
			_ = verb(who) //nolint:errcheck // whatever it says, what is bob's stays
			after := s.records(t)
			for _, key := range bobsOwn() {
				require.Equal(t, before[key], after[key], "%s as %s changed %s", name, who, key)
			}
		}
	}
	require.Equal(t, model.CodeDenied, model.CodeOf(s.ChangePassword(t.Context(), model.User{Username: "bob"}, "not his password", "another-word")))
	_, err := s.LoginWithKey(t.Context(), "ann", keyNumber(1).Fingerprint)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
	require.Equal(t, before["user:bob"], s.records(t)["user:bob"])
}

func TestANameThatIsNoUsersIsNobodys(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 10, 0)
	bobs := s.hasBob(t)
	before := s.records(t)
	verbs := ownVerbs(t, s, bobs)
	for name, verb := range verbs {
		for _, who := range []string{"", ":", "bob:" + opera, "bob:", ":bob", "../user:bob"} {
			err := verb(who)
			if name != "Attend" && name != "Keys" {
				require.Error(t, err, "%s as %q", name, who)
			}
			require.Equal(t, before, s.records(t), "%s as %q", name, who)
		}
	}
	for name, verb := range verbs { // these could be somebody's, who is not here
		for _, who := range []string{"bo", "bobby", "bob/", "bob\x00", "BOB", "*", "bob ", "zoe"} {
			err := verb(who)
			if slices.Contains([]string{"Buy", "Cancel", "Orders", "ChangeDetails", "ChangePassword", "LinkKey"}, name) {
				require.Error(t, err, "%s as %q", name, who)
			}
			after := s.records(t)
			for key := range before {
				require.Equal(t, before[key], after[key], "%s as %q changed %s", name, who, key)
			}
		}
	}
	for _, who := range []string{"", "bob:", "bob\x00"} {
		_, err := s.Login(t.Context(), who, "secret-word")
		require.Equal(t, model.CodeDenied, model.CodeOf(err), who)
		_, err = s.LoginWithKey(t.Context(), who, keyNumber(1).Fingerprint)
		require.Equal(t, model.CodeDenied, model.CodeOf(err), who)
	}
}

// leastRole is the least that etcd has to allow to the user with which the shop connects; docs/security.md shows the same.
func leastRole() map[string]clientv3.PermissionType {
	role := map[string]clientv3.PermissionType{"": clientv3.PermissionType(clientv3.PermRead)}
	for _, prefix := range []string{"user:", "event:", "ticket:", "purchase:", "notification:", "favourite:", "search:", "ticketcd:"} {
		role[prefix] = clientv3.PermissionType(clientv3.PermReadWrite)
	}
	return role
}

func TestTheShopWorksWithALeastPrivilegeRoleAndCanWriteNothingElse(t *testing.T) {
	t.Parallel()
	endpoint, root := guarded(t)
	ctx := t.Context()
	_, err := root.RoleAdd(ctx, "ticketcd")
	require.NoError(t, err)
	for prefix, kind := range leastRole() {
		from, to := prefix, clientv3.GetPrefixRangeEnd(prefix)
		if prefix == "" {
			from, to = "\x00", "\x00"
		}
		_, err = root.RoleGrantPermission(ctx, "ticketcd", from, to, kind)
		require.NoError(t, err)
	}
	_, err = root.UserAdd(ctx, "ticketcd", "shop-word")
	require.NoError(t, err)
	_, err = root.UserGrantRole(ctx, "ticketcd", "ticketcd")
	require.NoError(t, err)
	_, err = root.Put(ctx, "others/secret", "theirs")
	require.NoError(t, err)
	by(root).sells(t, 10, 0)

	store, err := Open(ctx, Config{Endpoints: []string{endpoint}, Username: "ticketcd", Password: "shop-word", Now: today})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	_, err = store.Register(ctx, model.Registration{Username: "zoe", Name: "Zoe", Email: "z@b.cd", Password: "secret-word"})
	require.NoError(t, err)
	require.NoError(t, store.SetRole(ctx, "zoe", model.RoleAdmin))
	_, err = store.CreateEvent(ctx, "zoe", tosca())
	require.NoError(t, err)
	bought, err := store.Buy(ctx, order(2), nil)
	require.NoError(t, err)
	_, err = store.Cancel(ctx, bought, nil)
	require.NoError(t, err)
	require.NoError(t, store.SetFavourite(ctx, "ann", opera, true))
	_, err = store.Notify(ctx, model.Notification{Username: "ann", EventID: opera, Limit: 3})
	require.NoError(t, err)
	catalogue, err := store.Catalogue(ctx)
	require.NoError(t, err)
	require.Len(t, catalogue.Search(model.Query{Text: "tosca"}).Events(), 1)
	_, err = store.Audit(ctx)
	require.NoError(t, err)

	for _, key := range []string{"others/secret", "users", "zebra", "a", "tickets:x", "\x00"} {
		_, err = store.writes.Put(ctx, key, "ours")
		require.Equal(t, model.CodeDenied, model.CodeOf(readFailure(err)), "%q", key)
	}
	_, err = store.writes.UserAdd(ctx, "mallory", "x")
	require.Error(t, err, "it makes no users")
	_, err = store.writes.AuthDisable(ctx)
	require.Error(t, err, "it opens no doors")
}
