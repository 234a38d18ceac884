package etcdstore

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"

	"github.com/ticketcd/ticketcd/model"
)

func annie() model.Registration {
	return model.Registration{Username: "annie", Password: "correct horse", Name: "Annie", Email: "annie@example.com"}
}

func TestWhoeverRegistersCanLogIn(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	made, err := shop.Register(t.Context(), annie())
	require.NoError(t, err)
	require.Equal(t, model.RoleUser, made.Role)
	require.NotContains(t, shop.value(t, "user:annie"), "correct horse")

	user, err := shop.Login(t.Context(), "annie", "correct horse")
	require.NoError(t, err)
	require.Equal(t, "Annie", user.Name)
	require.Equal(t, "annie@example.com", user.Email)
	require.Equal(t, model.RoleUser, user.Role)
}

func TestAnAdminIsAddedAsOneOrNotAtAll(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	for name, lost := range map[string]fault{
		"it was done":   {err: errLost},
		"it never came": {err: errLost, stops: true},
	} {
		r := annie()
		r.Username = strings.ReplaceAll(name, " ", ".")
		ctx, interrupt := context.WithCancel(t.Context())
		lost.after = interrupt
		store, _ := shop.badConnection(t, func(int, *pb.TxnRequest) fault { return lost })
		_, err := store.AddUser(ctx, r, model.RoleAdmin)
		require.Equal(t, model.CodeUnknown, model.CodeOf(err), name)
		user, err := shop.Login(t.Context(), r.Username, r.Password)
		if lost.stops {
			require.Equal(t, model.CodeDenied, model.CodeOf(err), "there is no such account")
			continue
		}
		require.NoError(t, err)
		require.Equal(t, model.RoleAdmin, user.Role)
	}
	_, err := shop.AddUser(t.Context(), annie(), "owner")
	require.Equal(t, model.CodeUsage, model.CodeOf(err))
	require.Empty(t, shop.value(t, "user:annie"))
}

func TestARegistrationThatIsRefusedMakesNoAccount(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	before := shop.records(t)
	for says, change := range map[string]func(*model.Registration){
		"a user name has 2 to 32 characters":                                       func(r *model.Registration) { r.Username = "a" },
		"a user name has only small letters, digits, dots, dashes and underscores": func(r *model.Registration) { r.Username = "a:b" },
		"a password has at least 8 characters":                                     func(r *model.Registration) { r.Password = "short" },
		"please enter your name":                                                   func(r *model.Registration) { r.Name = " " },
		"an email address looks like ann@example.com":                              func(r *model.Registration) { r.Email = "annie" },
	} {
		r := annie()
		change(&r)
		_, err := shop.Register(t.Context(), r)
		require.Equal(t, says, model.Sentence(err))
		require.Equal(t, model.CodeRefused, model.CodeOf(err))
	}
	require.Equal(t, before, shop.records(t))
}

func TestOfTwoWhoWantTheSameNameOneGetsIt(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	stores := []*Store{shop.Store, shop.open(t)}
	var mu sync.Mutex
	var everybody sync.WaitGroup
	var winners []string
	for i, password := range []string{"password-0", "password-1", "password-2", "password-3"} {
		everybody.Go(func() {
			r := annie()
			r.Password = password
			_, err := stores[i%2].Register(t.Context(), r)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				winners = append(winners, password)
			} else if model.CodeOf(err) != model.CodeConflict || model.Sentence(err) != "the name annie is taken: choose another" {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	require.Len(t, winners, 1)
	_, err := shop.Login(t.Context(), "annie", winners[0])
	require.NoError(t, err)
}

func TestAnAccountWhoseAnswerWasLostIsOurs(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	store, faults := shop.badConnection(t, first(fault{err: errLost}))
	_, err := store.Register(t.Context(), annie())
	require.NoError(t, err)
	require.Equal(t, 2, faults.sent())

	_, err = store.Register(t.Context(), annie())
	require.Equal(t, model.CodeConflict, model.CodeOf(err))
}

func TestANameThatWasTakenWhileTheAnswerWasLostIsTaken(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	store, _ := shop.badConnection(t, first(fault{err: errLost, stops: true, after: func() {
		r := annie()
		r.Password = "another one"
		_, err := shop.Register(t.Context(), r)
		require.NoError(t, err)
	}}))
	_, err := store.Register(t.Context(), annie())
	require.Equal(t, "the name annie is taken: choose another", model.Sentence(err))
}

func TestAPlainTextPasswordWorksOnceMoreAndBecomesAHash(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:old", `{"name":"Old","email":"o@b.cd","password":"admin123","role":"admin","since":2023}`)

	_, err := shop.Login(t.Context(), "old", "admin124")
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
	require.Contains(t, shop.value(t, "user:old"), `"password":"admin123"`, "a wrong password changed the account")

	user, err := shop.Login(t.Context(), "old", "admin123")
	require.NoError(t, err)
	require.Equal(t, model.RoleAdmin, user.Role)
	now := shop.value(t, "user:old")
	require.Contains(t, now, `"password":"$argon2id$`)
	require.Contains(t, now, `"since":2023`)
	require.Contains(t, now, `"role":"admin"`)

	_, err = shop.Login(t.Context(), "old", "admin123")
	require.NoError(t, err)
	require.Equal(t, now, shop.value(t, "user:old"))
	stored, err := model.DecodeUser("old", []byte(now))
	require.NoError(t, err)
	_, err = shop.Login(t.Context(), "old", stored.Password)
	require.Equal(t, model.CodeDenied, model.CodeOf(err), "the hash itself was taken for the password")
}

func TestALogInSucceedsEvenIfTheHashCannotBeStored(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:old", `{"name":"Old","email":"o@b.cd","password":"admin123","role":"user"}`)
	var log bytes.Buffer
	connection := &faults{decide: func(int, *pb.TxnRequest) fault {
		return fault{err: rpctypes.ErrGRPCPermissionDenied, stops: true}
	}}
	store := shop.open(t, connection.on, func(cfg *Config) { cfg.Log = slog.New(slog.NewTextHandler(&log, nil)) })

	_, err := store.Login(t.Context(), "old", "admin123")
	require.NoError(t, err)
	require.Contains(t, log.String(), "was not replaced by a hash")
	require.NotContains(t, log.String(), "admin123")
	require.NotContains(t, log.String(), "argon2id")
}

func TestAnAccountThatChangesDuringALogInKeepsItsChange(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:old", `{"name":"Old","email":"o@b.cd","password":"admin123","role":"user"}`)
	const changed = `{"name":"New","email":"o@b.cd","password":"changed99","role":"user"}`
	store, _ := shop.badConnection(t, first(fault{before: func() { shop.put(t, "user:old", changed) }}))

	_, err := store.Login(t.Context(), "old", "admin123")
	require.NoError(t, err)
	require.Equal(t, changed, shop.value(t, "user:old"))
}

func TestAWrongPasswordAndAnUnknownUserGetTheSameAnswer(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	_, err := shop.Register(t.Context(), annie())
	require.NoError(t, err)
	shop.put(t, "user:empty", `{"name":"E","email":"e@b.cd","password":"","role":"user"}`)
	shop.put(t, "user:null", `{"name":"N","email":"n@b.cd","password":null,"role":"user"}`)
	shop.put(t, "user:none", `{"name":"N","email":"n@b.cd","role":"user"}`)

	for _, try := range []model.Credentials{
		{Username: "annie", Password: "wrong"},
		{Username: "annie"},
		{Username: "nobody", Password: "correct horse"},
		{Username: ""},
		{Username: "annie:x", Password: "correct horse"},
		{Username: "empty"},
		{Username: "null", Password: "null"},
		{Username: "null"},
		{Username: "none"},
		{Username: "annie", Password: string(make([]byte, 1<<20))},
	} {
		_, err := shop.Login(t.Context(), try.Username, try.Password)
		require.Equal(t, "wrong user name or password", model.Sentence(err), try.Username)
		require.Equal(t, model.CodeDenied, model.CodeOf(err))
	}
}

// Every hash takes 19 MiB, so the memory that was asked for counts the hashes, on whatever machine. It is counted for the
// whole process.
func TestAnUnknownUserCostsAsMuchWorkAsAWrongPassword(t *testing.T) { //nolint:paralleltest // nothing else may hash meanwhile
	shop := newShop(t)
	_, err := shop.Register(t.Context(), annie())
	require.NoError(t, err)
	shop.put(t, "user:plain", `{"name":"P","email":"p@b.cd","password":"as the prototype stored it","role":"user"}`)
	shop.put(t, "user:none", `{"name":"N","email":"n@b.cd","role":"user"}`)
	for _, username := range []string{"annie", "plain", "none", "nobody", "annie:x", "", "annie\x00"} {
		for _, password := range []string{"wrong", "", string(make([]byte, 1<<16))} {
			err := shop.logsInWithOneHash(t, username, password)
			require.Equal(t, "wrong user name or password", model.Sentence(err), username)
		}
	}
	shop.put(t, "user:torn", `[]`)
	shop.put(t, "user:cut", `{"name":"Cut","password":"$argon2id$v=19$m=1"}`)
	for _, username := range []string{"torn", "cut"} {
		require.Equal(t, model.CodeFailed, model.CodeOf(shop.logsInWithOneHash(t, username, "wrong")))
	}
}

func (s *shop) logsInWithOneHash(t *testing.T, username, password string) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := s.Login(t.Context(), username, password)
	runtime.ReadMemStats(&after)
	hashes := float64(after.TotalAlloc-before.TotalAlloc) / (hashMemory << 10)
	require.InDelta(t, 1, hashes, 0.3, "%q with %d bytes", username, len(password))
	return err
}

func TestAnAccountThatCannotBeReadSaysSo(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:torn", `[]`)
	shop.put(t, "user:cut", `{"name":"Cut","password":"$argon2id$v=19$m=1"}`)
	_, err := shop.Login(t.Context(), "torn", "x")
	require.Equal(t, "this account's record cannot be read: an admin has to repair it", model.Sentence(err))
	require.Equal(t, model.CodeFailed, model.CodeOf(err))
	_, err = shop.Login(t.Context(), "cut", "$argon2id$v=19$m=1")
	require.Equal(t, "this account's password cannot be read: an admin has to set it anew", model.Sentence(err))
	require.Equal(t, model.CodeFailed, model.CodeOf(err))
}

func TestTheDemoHintShowsTheAccountsThatStillWork(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	hint := func() []model.Credentials {
		t.Helper()
		accounts, err := shop.DemoAccounts(t.Context())
		require.NoError(t, err)
		return accounts
	}
	user, admin := model.Credentials{Username: "user", Password: "user123"}, model.Credentials{Username: "admin", Password: "admin123"}
	require.Empty(t, hint())

	hash, err := hashPassword(t.Context(), "user123")
	require.NoError(t, err)
	shop.put(t, "user:user", `{"name":"User","password":"`+hash+`","role":"user"}`)
	shop.put(t, "user:admin", `{"name":"Admin","password":"admin123","role":"admin"}`)
	require.Equal(t, []model.Credentials{user, admin}, hint())

	// Known by now: no password is tried, so the answer comes even when none may be.
	free := shop.hashes
	shop.hashes = &hashQueue{places: make(chan struct{}), slots: make(chan struct{})}
	require.Equal(t, []model.Credentials{user, admin}, hint())
	shop.hashes = free

	shop.put(t, "user:admin", `{"name":"Admin","password":"changed99","role":"admin"}`)
	require.Equal(t, []model.Credentials{user}, hint())
	shop.put(t, "user:user", `[]`)
	require.Empty(t, hint())
}

// What takes long takes a moment only on a machine that has much else to do.
const (
	waitLong = 20 * time.Second
	waitStep = 5 * time.Millisecond
)
