package etcdstore

import (
	"cmp"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/ticketcd/ticketcd/model"
)

// requireClosed opens a store in vain, within five seconds, and compares what is said.
func requireClosed(t *testing.T, cfg Config, code model.Code, says string) {
	t.Helper()
	start := time.Now()
	store, err := Open(t.Context(), cfg)
	if err == nil {
		store.Close()
	}
	require.Equal(t, says, model.Sentence(err), "%v", err)
	require.Equal(t, code, model.CodeOf(err))
	require.Less(t, time.Since(start), 5*time.Second)
}

func TestWhatCannotBeAnEndpointIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	requireClosed(t, Config{}, model.CodeUsage, "no etcd endpoint was given: for example --endpoints 127.0.0.1:2379")
	requireClosed(t, Config{Endpoints: []string{"localhost"}}, model.CodeUsage,
		"the endpoint localhost has no port: for example 127.0.0.1:2379")
	requireClosed(t, Config{Endpoints: []string{"127.0.0.1:2379", "ftp://x:1"}}, model.CodeUsage,
		"the endpoint ftp://x:1 is not host:port, http://, https:// or unix://")
	requireClosed(t, Config{Endpoints: []string{"http://%%"}}, model.CodeUsage,
		"the endpoint http://%% is not host:port, http://, https:// or unix://")
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	var any net.ListenConfig
	listener, err := any.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return listener
}

func TestWhereNobodyAnswersTheEndpointIsNamedWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	free := listener.Addr().String()
	require.NoError(t, listener.Close())
	silent := listen(t) // the system accepts for it
	t.Cleanup(func() { require.NoError(t, silent.Close()) })
	mute := silent.Addr().String()
	socket := "unix://" + filepath.Join(t.TempDir(), "etcd.sock")

	var all sync.WaitGroup
	for _, test := range []struct {
		endpoints []string
		says      string
	}{
		{[]string{free}, "nothing listens at " + free + ": is etcd running there?"},
		{[]string{"http://" + free}, "nothing listens at http://" + free + ": is etcd running there?"},
		{[]string{socket}, "nothing listens at " + socket + ": is etcd running there?"},
		{[]string{free, socket}, "none of the 2 endpoints can be used: nothing listens at " + free + ": is etcd running there?"},
		{[]string{mute}, mute + " accepts connections, but does not answer"},
	} {
		all.Go(func() {
			start := time.Now()
			_, err := Open(t.Context(), Config{Endpoints: test.endpoints})
			assert.Equal(t, test.says, model.Sentence(err))
			assert.Equal(t, model.CodeUnavailable, model.CodeOf(err))
			assert.Less(t, time.Since(start), 5*time.Second)
		})
	}
	all.Wait()
}

func TestAHostThatDoesNotExistIsNamed(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), Config{Endpoints: []string{"no-such-host.invalid:2379"}})
	require.Equal(t, model.CodeUnavailable, model.CodeOf(err))
	require.Regexp(t, "^the host of the endpoint no-such-host.invalid:2379 (is not known|cannot be looked up)$", model.Sentence(err))
}

func TestWhatListensButIsNotEtcdIsSaid(t *testing.T) {
	t.Parallel()
	web := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Second}
	listener := listen(t)
	served := make(chan error)
	go func() { served <- web.Serve(listener) }()
	requireClosed(t, Config{Endpoints: []string{listener.Addr().String()}}, model.CodeUnavailable,
		"what listens at "+listener.Addr().String()+" is not etcd")
	require.NoError(t, web.Close())
	require.ErrorIs(t, <-served, http.ErrServerClosed)
}

func TestCertificateFilesThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	cert, _ := ca.sign(t, "one")
	_, key := ca.sign(t, "two")
	text := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(text, []byte("hello"), 0o600))
	at := []string{"127.0.0.1:1"}

	requireClosed(t, Config{Endpoints: at, CACert: "/none"}, model.CodeUsage, "the file /none (--cacert) cannot be read")
	endless := filepath.Join(t.TempDir(), "endless")
	require.NoError(t, os.WriteFile(endless, make([]byte, longestCert+1), 0o600))
	for flag, cfg := range map[string]Config{"--cacert": {CACert: endless}, "--cert": {Cert: endless, Key: key}, "--key": {Cert: cert, Key: endless}} {
		cfg.Endpoints = at
		requireClosed(t, cfg, model.CodeUsage, "the file "+endless+" ("+flag+") is larger than 1 MiB: it is none with certificates or a key")
	}
	requireClosed(t, Config{Endpoints: at, CACert: text}, model.CodeUsage, "the file "+text+" (--cacert) holds no certificate")
	requireClosed(t, Config{Endpoints: at, Cert: cert}, model.CodeUsage, "--cert and --key go together: one of them is missing")
	requireClosed(t, Config{Endpoints: at, Cert: cert, Key: "/none"}, model.CodeUsage,
		"the file /none (--key) cannot be read")
	requireClosed(t, Config{Endpoints: at, Cert: cert, Key: key}, model.CodeUsage,
		cert+" (--cert) and "+key+" (--key) are not a certificate and its key")
}

// startTLS runs an etcd that speaks TLS with a certificate.
func startTLS(t *testing.T, ca *authority, cert, key string, clientsToo bool) string {
	t.Helper()
	return endpointOf(startEtcd(t, func(cfg *embed.Config) {
		anyPort := []url.URL{{Scheme: "https", Host: "127.0.0.1:0"}}
		cfg.ListenClientUrls, cfg.AdvertiseClientUrls = anyPort, anyPort
		cfg.ClientTLSInfo.CertFile, cfg.ClientTLSInfo.KeyFile = cert, key
		if clientsToo {
			cfg.ClientTLSInfo.TrustedCAFile, cfg.ClientTLSInfo.ClientCertAuth = ca.file, true
		}
	}))
}

func TestOverTLSTheShopOpensOrSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	ca, stranger := newAuthority(t), newAuthority(t)
	cert, key := ca.sign(t, "server")
	strangeCert, strangeKey := stranger.sign(t, "client")
	open := startTLS(t, ca, cert, key, false)
	closed := startTLS(t, ca, cert, key, true)
	expiredCert, expiredKey := ca.sign(t, "expired", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	expired := startTLS(t, ca, expiredCert, expiredKey, false)
	otherCert, otherKey := ca.sign(t, "other", func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 9)} })
	other := startTLS(t, ca, otherCert, otherKey, false)
	plain := newShop(t).endpoint

	for name, test := range map[string]struct {
		cfg  Config
		says string
	}{
		"no TLS where it is wanted":      {Config{Endpoints: []string{open}}, "etcd at " + open + " wants TLS: use https:// and --cacert"},
		"http where TLS is wanted":       {Config{Endpoints: []string{"http://" + open}, CACert: ca.file}, "etcd at http://" + open + " wants TLS: use https:// and --cacert"},
		"no authority":                   {Config{Endpoints: []string{"https://" + open}}, "the certificate of etcd at https://" + open + " is not trusted: check --cacert"},
		"another authority":              {Config{Endpoints: []string{open}, CACert: stranger.file}, "the certificate of etcd at " + open + " is not trusted: check --cacert"},
		"no certificate of ours":         {Config{Endpoints: []string{closed}, CACert: ca.file}, "etcd at " + closed + " does not accept our certificate: check --cert and --key"},
		"a certificate nobody signed":    {Config{Endpoints: []string{closed}, CACert: ca.file, Cert: strangeCert, Key: strangeKey}, "etcd at " + closed + " does not accept our certificate: check --cert and --key"},
		"an expired certificate":         {Config{Endpoints: []string{expired}, CACert: ca.file}, "the certificate of etcd at " + expired + " is not valid at this time"},
		"a certificate of somebody else": {Config{Endpoints: []string{other}, CACert: ca.file}, "the certificate of etcd at " + other + " is for another name: use one that it names"},
		"TLS where there is none":        {Config{Endpoints: []string{"https://" + plain}}, "etcd at https://" + plain + " does not speak TLS: use http:// and no certificates"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireClosed(t, test.cfg, model.CodeUnavailable, test.says)
		})
	}

	for name, cfg := range map[string]Config{
		"with the right authority":   {Endpoints: []string{open}, CACert: ca.file},
		"with https":                 {Endpoints: []string{"https://" + open}, CACert: ca.file},
		"with a certificate of ours": {Endpoints: []string{closed}, CACert: ca.file, Cert: cert, Key: key},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := Open(t.Context(), cfg)
			require.NoError(t, err)
			require.NoError(t, store.Close())
		})
	}
}

func TestAStoreThatIsStillStartingIsWaitedFor(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "sock") //nolint:usetesting // the test's own is too long for a socket's name
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	socket := filepath.Join(dir, "s")
	opened := make(chan error)
	go func() {
		store, err := Open(t.Context(), Config{Endpoints: []string{"unix://" + socket}})
		if err == nil {
			err = store.Close()
		}
		opened <- err
	}()
	startEtcd(t, func(cfg *embed.Config) {
		at := []url.URL{{Scheme: "unix", Path: socket}}
		cfg.ListenClientUrls, cfg.AdvertiseClientUrls = at, at
	})
	require.NoError(t, <-opened)
}

func TestDataOfANewerProgramIsNotTouched(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	require.Equal(t, "1", shop.value(t, "ticketcd:format"))
	open := func() error {
		store, err := Open(t.Context(), Config{Endpoints: []string{shop.endpoint}, Space: shop.space})
		if err == nil {
			require.NoError(t, store.Close())
		}
		return err
	}
	require.NoError(t, open())

	shop.put(t, "ticketcd:format", "7")
	err := open()
	require.Equal(t, "this shop's data was made by a newer TickETCD (format 7; this one reads 1)", model.Sentence(err))
	require.Equal(t, model.CodeFailed, model.CodeOf(err))
	shop.put(t, "ticketcd:format", "\x1b[2J")
	err = open()
	require.Equal(t, model.CodeFailed, model.CodeOf(err))
	require.NotContains(t, model.Sentence(err), "\x1b")
}

func TestOldVersionsOfEtcdAreRefusedOrWarnedOf(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]struct {
		refused, warned bool
	}{
		"3.3.27": {refused: true}, "2.3.8": {refused: true},
		"3.4.41": {warned: true}, "3.5.27": {warned: true}, "3.6.13": {warned: true}, "3.7.0": {warned: true}, "odd": {warned: true},
		"3.4.42": {}, "3.5.28": {}, "3.6.14": {}, "3.7.3": {}, "3.8.0": {}, "4.0.0": {},
	} {
		warning, err := checkVersion(version)
		require.Equal(t, want.warned, warning != "", version)
		require.Equal(t, want.refused, err != nil, version)
		if err != nil {
			require.Equal(t, "this etcd is version "+version+": TickETCD needs 3.4 or newer", model.Sentence(err))
		}
	}
}

// by is a shop to which records are written by a client of etcd's own.
func by(etcd *clientv3.Client) *shop {
	c := &client{Client: etcd}
	return &shop{Store: &Store{reads: c, writes: c}}
}

// guarded runs an etcd that asks for users: root, reader, seller and clerk, who may see everything and write records.
func guarded(t *testing.T) (endpoint string, root *clientv3.Client) {
	t.Helper()
	endpoint = endpointOf(startEtcd(t, func(cfg *embed.Config) { cfg.BcryptCost = 4 }))
	root, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}})
	require.NoError(t, err)
	for _, name := range []string{"reader", "seller", "clerk"} {
		_, err = root.RoleAdd(t.Context(), name)
		require.NoError(t, err)
		_, err = root.UserAdd(t.Context(), name, "pass:"+name)
		require.NoError(t, err)
		_, err = root.UserGrantRole(t.Context(), name, name)
		require.NoError(t, err)
	}
	for _, role := range []struct {
		name, from, to string
		kind           clientv3.PermissionType
	}{
		{"reader", "\x00", "\x00", clientv3.PermissionType(clientv3.PermRead)},
		{"seller", "a", "ticketcd:", clientv3.PermissionType(clientv3.PermReadWrite)}, // all but our own mark
		{"seller", "user:", "user;", clientv3.PermissionType(clientv3.PermReadWrite)},
		{"clerk", "\x00", "\x00", clientv3.PermissionType(clientv3.PermRead)},
		{"clerk", "a", "ticketcd:", clientv3.PermissionType(clientv3.PermReadWrite)},
		{"clerk", "user:", "user;", clientv3.PermissionType(clientv3.PermReadWrite)},
	} {
		_, err = root.RoleGrantPermission(t.Context(), role.name, role.from, role.to, role.kind)
		require.NoError(t, err)
	}
	for _, step := range []func() error{
		func() error { _, no := root.RoleAdd(t.Context(), "root"); return no },
		func() error { _, no := root.UserAdd(t.Context(), "root", "rootpass"); return no },
		func() error { _, no := root.UserGrantRole(t.Context(), "root", "root"); return no },
		func() error { _, no := root.AuthEnable(t.Context()); return no },
	} {
		require.NoError(t, step())
	}
	require.NoError(t, root.Close())
	root, err = clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, Username: "root", Password: "rootpass"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	return endpoint, root
}

func TestAnEtcdThatAsksForUsersIsOpenedOrSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	endpoint, root := guarded(t)
	at := []string{endpoint}
	requireClosed(t, Config{Endpoints: at}, model.CodeDenied, "etcd asks for a user and a password: give them with --user NAME:PASSWORD")
	requireClosed(t, Config{Endpoints: at, Username: "reader", Password: "wrong"}, model.CodeDenied,
		"etcd does not know this user, or the password is wrong: check --user")
	requireClosed(t, Config{Endpoints: at, Username: "nobody", Password: "wrong"}, model.CodeDenied,
		"etcd does not know this user, or the password is wrong: check --user")

	by(root).sells(t, 10, 0)
	t.Run("who may only read can look but not buy", func(t *testing.T) {
		t.Parallel()
		store, err := Open(t.Context(), Config{Endpoints: at, Username: "reader", Password: "pass:reader", Now: today})
		require.NoError(t, err)
		event, err := store.Event(t.Context(), opera)
		require.NoError(t, err)
		require.Equal(t, "The Opera", event.Name)
		_, err = store.Buy(t.Context(), order(1), nil)
		require.Equal(t, "etcd does not allow this user to do that: check its roles: nothing was charged", model.Sentence(err))
		require.Equal(t, model.CodeDenied, model.CodeOf(err))
		require.NoError(t, store.Close())
	})

	t.Run("who may not see our mark can sell, and goes on when etcd's users change", func(t *testing.T) {
		t.Parallel()
		store, err := Open(t.Context(), Config{Endpoints: at, Username: "seller", Password: "pass:seller", Now: today})
		require.NoError(t, err)
		_, err = store.Buy(t.Context(), order(1), nil)
		require.NoError(t, err)
		_, err = root.RoleAdd(t.Context(), "another") // makes every token stale
		require.NoError(t, err)
		_, err = store.Buy(t.Context(), order(1), func() { t.Error("a stale token is nothing to doubt") })
		require.NoError(t, err)
		require.NoError(t, store.Close())
	})
}

func TestOnlyWhoMayWriteOurOwnKeysAsksForAGap(t *testing.T) {
	t.Parallel()
	endpoint, root := guarded(t)
	by(root).sells(t, 100, 0)
	for name, may := range map[string]bool{"seller": false, "clerk": false, "root": true} {
		password := map[string]string{"root": "rootpass"}[name]
		store, err := Open(t.Context(), Config{Endpoints: []string{endpoint}, Username: name, Password: cmp.Or(password, "pass:"+name), Now: today})
		require.NoError(t, err)
		require.Equal(t, may, store.mayAskForGap, name)
		for range roundsPerLook {
			_, err = store.Buy(t.Context(), order(1), nil)
			require.NoError(t, err, name)
		}
		require.NoError(t, store.Close())
	}
}

func TestErrorsDoNotTellPasswords(t *testing.T) {
	t.Parallel()
	endpoint, _ := guarded(t)
	_, err := Open(t.Context(), Config{Endpoints: []string{endpoint}, Username: "reader", Password: "hush-hush"})
	require.Error(t, err)
	require.False(t, strings.Contains(err.Error(), "hush-hush"))
}
