package etcdstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

func parse(t *testing.T, text string) model.RawQuery {
	t.Helper()
	q, err := model.ParseQuery(text)
	require.NoError(t, err)
	return q
}

// asks runs a query as an operator, and returns what etcdctl would print.
func (s *shop) asks(t *testing.T, text string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := s.Query(t.Context(), parse(t, text), func(a model.Answer) error {
		out.WriteString(a.Text())
		return nil
	})
	return out.String(), err
}

func (s *shop) hasBoss(t *testing.T) {
	t.Helper()
	s.put(t, "user:boss", `{"role":"admin"}`)
	s.put(t, "user:ann", `{"role":"user"}`)
}

func TestRawQueriesAreAnsweredAsEtcdctlAnswersThem(t *testing.T) {
	t.Parallel()
	s := newShopAt(t, endpointOf(startEtcd(t)))
	before, err := s.reads.Get(t.Context(), "x")
	require.NoError(t, err)
	for _, step := range []struct{ query, prints string }{
		{"put a 1", "OK\n"}, // what follows was printed by etcdctl 3.7.3 on an empty store
		{"put b '{\"n\": 2}'", "OK\n"},
		{"put a/x 3", "OK\n"},
		{"put a 4 --prev-kv", "OK\na\n1\n"},
		{"get a", "a\n4\n"},
		{"get a b", "a\n4\na/x\n3\n"},
		{"get --prefix a --keys-only", "a\n\na/x\n\n"},
		{"get --prefix a --print-value-only", "4\n3\n"},
		{"get --prefix a --order descend", "a/x\n3\na\n4\n"},
		{"get --prefix a --sort-by modify", "a/x\n3\na\n4\n"},
		{"get --prefix a --sort-by value --order descend --limit 1", "a\n4\n"},
		{"get --from-key a/ --limit 2", "a/x\n3\nb\n{\"n\": 2}\n"},
		{"get nothing", ""},
		{"get --prefix a --count-only", "2\n"},
		{"get a --consistency s", "a\n4\n"},
		{`txn value("a") = "4" ; version("b") = 1 ; create("c") = "0" then put c 5 ; get b ; del a/x else get a`, "SUCCESS\n\nOK\n\nb\n{\"n\": 2}\n\n1\n"},
		{`txn mod("a") < "0" then put c 6 else get c ; get --prefix '' --keys-only --limit 1`, "FAILURE\n\nc\n5\n\na\n\n"},
		{`txn lease("a") != 1 then get a`, "SUCCESS\n\na\n4\n"},
		{"del nothing", "0\n"},
		{"del b --prev-kv", "1\nb\n{\"n\": 2}\n"},
		{"del --prefix a", "1\n"},
		{"alarm list", ""},
	} {
		prints, err := s.asks(t, step.query)
		require.NoError(t, err, step.query)
		require.Equal(t, step.prints, prints, step.query)
	}
	now := before.Header.Revision
	prints, err := s.asks(t, fmt.Sprintf("get a --rev %d", now+1))
	require.NoError(t, err)
	require.Equal(t, "a\n1\n", prints)
	compaction := fmt.Sprintf("compaction %d", now+4)
	prints, err = s.asks(t, compaction+" --physical")
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("compacted revision %d\n", now+4), prints)
	_, err = s.asks(t, fmt.Sprintf("get a --rev %d", now+1))
	requireError(t, err, model.CodeNotFound, "how it was at that revision is forgotten: the store was compacted since")
	_, err = s.asks(t, compaction)
	requireError(t, err, model.CodeRefused, fmt.Sprintf("what was before revision %d is forgotten already", now+4))
	for _, early := range []string{"get a --rev 9999", "compaction 9999", "txn then put a b ; get a --rev 9999"} {
		_, err = s.asks(t, early)
		requireError(t, err, model.CodeNotFound, "the store has not come to that revision yet")
	}
	require.Empty(t, s.value(t, "a"), "a refused transaction did nothing")
	_, err = s.asks(t, "txn then put a 1 ; put a 2")
	requireError(t, err, model.CodeFailed, "etcd refuses the request: duplicate key given in txn request")
}

func TestARawGetComesInPagesOfOneRevision(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	var want []string
	for i := range 3*queryPage + 7 {
		key := fmt.Sprintf("k%04d", i)
		want = append(want, key)
		s.put(t, key, "v")
	}
	read := func(text string) (keys []string, sizes []int) {
		q := parse(t, text)
		for more := true; more; {
			page, err := s.QueryAs(t.Context(), "boss", q)
			require.NoError(t, err)
			for _, p := range page.Pairs {
				keys = append(keys, p.Key)
			}
			sizes = append(sizes, len(page.Pairs))
			s.put(t, "k9999", "came later")
			q, more = page.Rest()
		}
		return keys, sizes
	}
	keys, sizes := read("get --prefix k")
	require.Equal(t, want, keys)
	require.Equal(t, []int{queryPage, queryPage, queryPage, 7}, sizes)
	keys, _ = read("get --prefix k --limit 150")
	require.Equal(t, want[:150], keys)
	keys, _ = read("get --prefix k --order descend --limit 250")
	require.Equal(t, "k9999", keys[0])
	require.Equal(t, want[len(want)-249], keys[249])
	_, err := s.asks(t, "del k9999")
	require.NoError(t, err)
	all, err := s.asks(t, "get --prefix k --keys-only")
	require.NoError(t, err)
	require.Equal(t, strings.Join(want, "\n\n")+"\n\n", all)
	var counts []int64
	require.NoError(t, s.Query(t.Context(), parse(t, "get --prefix k"), func(a model.Answer) error {
		counts = append(counts, a.Count)
		return nil
	}))
	require.EqualValues(t, len(want), counts[0], "the first page knows how many there are")
	full := errors.New("the disk is full")
	require.ErrorIs(t, s.Query(t.Context(), parse(t, "get --prefix k"), func(model.Answer) error { return full }), full)
}

func TestOnlyAdminsAskRawQueries(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	const says = "only admins may do this"
	for _, nobody := range []string{"ann", "eve", "", "a:b"} {
		for _, text := range []string{
			"get a", "get a --consistency s", "put a 1", "del a", "txn then put a 1", "txn then get a", "compaction 1",
			"member list", "endpoint status", "endpoint health", "alarm list",
		} {
			_, err := s.QueryAs(t.Context(), nobody, parse(t, text))
			requireError(t, err, model.CodeDenied, says)
		}
		requireError(t, s.WatchAs(t.Context(), nobody, parse(t, "watch a"), nil), model.CodeDenied, says)
		_, err := s.Effect(t.Context(), nobody, parse(t, "del a"))
		requireError(t, err, model.CodeDenied, says)
		_, err = s.Queries(t.Context(), nobody)
		requireError(t, err, model.CodeDenied, says)
		requireError(t, s.RememberQuery(t.Context(), nobody, "get a"), model.CodeDenied, says)
	}
	require.Empty(t, s.value(t, "a"))
	for _, text := range []string{
		"put a 1", "get a", `txn value("a") = "1" then put a 2 else get a`, `txn value("a") = "1" then put a 3 else get a`, "del a",
	} {
		_, err := s.QueryAs(t.Context(), "boss", parse(t, text))
		require.NoError(t, err, text)
	}
}

func TestWhoeverIsDemotedMeanwhileWritesNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	for _, text := range []string{"put a 1", "del user:ann", "txn then put a 1 else put a 2"} {
		s.put(t, "user:boss", `{"role":"admin"}`)
		store, _ := s.badConnection(t, first(fault{before: func() { s.put(t, "user:boss", `{"role":"user"}`) }}))
		_, err := store.QueryAs(t.Context(), "boss", parse(t, text))
		requireError(t, err, model.CodeDenied, "only admins may do this")
	}
	require.Empty(t, s.value(t, "a"))
	require.NotEmpty(t, s.value(t, "user:ann"))

	s.put(t, "user:boss", `{"role":"admin"}`)
	store, _ := s.badConnection(t, first(fault{before: func() { s.put(t, "user:boss", `{"role":"admin","name":"The Boss"}`) }}))
	_, err := store.QueryAs(t.Context(), "boss", parse(t, "put a 1"))
	require.NoError(t, err, "somebody who is still an admin is not bothered")
	require.Equal(t, "1", s.value(t, "a"))
}

func TestARawWriteWhoseAnswerIsLostIsSentOnceAndSaysSo(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	store, f := s.badConnection(t, func(int, *pb.TxnRequest) fault { return fault{err: errLost} })
	operator := func(text string) error {
		return store.Query(t.Context(), parse(t, text), func(model.Answer) error { return nil })
	}
	admin := func(text string) error {
		_, err := store.QueryAs(t.Context(), "boss", parse(t, text))
		return err
	}
	for i, ask := range []func(string) error{operator, admin} {
		sent := f.sent()
		requireError(t, ask(fmt.Sprintf("put a%d 1", i)), model.CodeUnknown,
			"the store did not answer: it may have been done, or may yet be. Look before you do it again")
		require.Equal(t, sent+1, f.sent())
		require.Equal(t, "1", s.value(t, fmt.Sprint("a", i)), "this time it was done")
	}
	full, _ := s.badConnection(t, func(int, *pb.TxnRequest) fault { return fault{err: errNoSpace} })
	_, err := full.QueryAs(t.Context(), "boss", parse(t, "put b 1"))
	requireError(t, err, model.CodeUnknown,
		"etcd says: mvcc: database space exceeded. It may have been done nevertheless: look before you do it again")
	gone, stop := context.WithCancel(t.Context())
	stop()
	requireError(t, s.Query(gone, parse(t, "put c 1"), nil), model.CodeUnavailable, "nothing was done: it was given up before it was sent")
	require.Empty(t, s.value(t, "c"))
}

func TestTheLastTryOfARawWriteSaysWhetherItsAnswerWasLost(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	renamed := func(n int) func() {
		return func() { s.put(t, "user:boss", fmt.Sprintf(`{"role":"admin","name":"Boss %d"}`, n)) }
	}
	store, _ := s.badConnection(t, func(n int, _ *pb.TxnRequest) fault { return fault{before: renamed(n)} })
	_, err := store.QueryAs(t.Context(), "boss", parse(t, "put a 1"))
	requireError(t, err, model.CodeConflict, "your account keeps changing: nothing was done, try again")
	require.Empty(t, s.value(t, "a"))

	store, _ = s.badConnection(t, func(n int, _ *pb.TxnRequest) fault {
		if n == updateTries {
			return fault{err: errLost}
		}
		return fault{before: renamed(n)}
	})
	_, err = store.QueryAs(t.Context(), "boss", parse(t, "put a 1"))
	requireError(t, err, model.CodeUnknown, "the store did not answer: it may have been done, or may yet be. Look before you do it again")
	require.Equal(t, "1", s.value(t, "a"), "it was done")
}

func TestWhatARawQueryWouldDoIsLookedUpFirst(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	effect := func(text string) string {
		e, err := s.Effect(t.Context(), "boss", parse(t, text))
		require.NoError(t, err)
		return e.String()
	}
	require.Equal(t, "Removes all 2 keys that begin with user:", effect("del --prefix user:"))
	require.Contains(t, effect("del --prefix ''"), "Removes ALL 3 keys of the store")
	require.Equal(t, "Creates the key a with 1", effect("put a 1"))
	require.Equal(t, "Replaces the value of user:ann with 1", effect("put user:ann 1"))
	require.Equal(t, "If the conditions hold:\n- Removes the key user:ann\nIf not:\n- Creates the key a with 1",
		effect(`txn mod("a") > 0 then del user:ann ; get b else put a 1`))
	require.Equal(t, `{"role":"user"}`, s.value(t, "user:ann"), "nothing was changed")
}

func TestMembersAreListedAsEtcdctlListsThem(t *testing.T) {
	t.Parallel()
	all := startMembers(t, 3)
	s := newShopAt(t, all.endpoints[0])
	two := s.open(t, func(cfg *Config) { cfg.Endpoints = all.endpoints[:2] })
	lines := func(text string) ([]string, error) {
		var rows []string
		err := two.Query(t.Context(), parse(t, text), func(a model.Answer) error {
			rows = a.Rows
			return nil
		})
		return rows, err
	}
	members, err := lines("member list")
	require.NoError(t, err)
	require.Len(t, members, 3)
	for i, etcd := range all.etcds {
		require.Contains(t, members, fmt.Sprintf("%x, started, m%d, %s, http://%s, false", uint64(etcd.Server.MemberID()), i,
			etcd.Config().AdvertisePeerUrls[0].String(), all.endpoints[i]))
	}
	insistOnRows(t, lines, "endpoint status", ", 3.7.0, ") // the version that all agree on, a moment after they started
	status, err := lines("endpoint status")
	require.NoError(t, err)
	require.Len(t, status, 2)
	require.Regexp(t, fmt.Sprintf(`^%s, %x, 3\.7\.\d+, 3\.7\.0, \d+ kB, \d+ kB, \d+%%, 2\.1 GB, (true|false), false, \d+, \d+, \d+, , , false$`,
		all.endpoints[0], uint64(all.etcds[0].Server.MemberID())), status[0])
	status, err = lines("endpoint status --cluster")
	require.NoError(t, err)
	require.Len(t, status, 3)
	health, err := lines("endpoint health")
	require.NoError(t, err)
	require.Len(t, health, 2)
	require.Regexp(t, "^"+all.endpoints[0]+` is healthy: successfully committed proposal: took = \d+(\.\d+)?(µs|ms)$`, health[0])

	all.stop(1)
	insistOnRows(t, lines, "endpoint health", all.endpoints[0]+" is healthy")
	health, err = lines("endpoint health")
	requireError(t, err, model.CodeUnavailable, "not healthy: 1 of 2 endpoints")
	require.Contains(t, strings.Join(health, "\n"), all.endpoints[1]+" is unhealthy: failed to commit proposal: nothing listens at")
	status, err = lines("endpoint status --cluster")
	requireError(t, err, model.CodeUnavailable, "not healthy: 1 of 3 endpoints")
	require.Len(t, status, 3)

	all.stop(0)
	rest := []string{}
	asked := AskMembers(t.Context(), Config{Endpoints: all.endpoints[2:]}, parse(t, "member list"), func(a model.Answer) error {
		rest = a.Rows
		return nil
	})
	require.NoError(t, asked, "who belongs to the cluster is known without a quorum")
	require.ElementsMatch(t, members, rest)
}

// insistOnRows asks until a line is there: those who remain may have to elect a leader first.
func insistOnRows(t *testing.T, lines func(string) ([]string, error), text, want string) {
	t.Helper()
	require.Eventually(t, func() bool {
		rows, _ := lines(text) //nolint:errcheck // the rows tell
		return strings.Contains(strings.Join(rows, "\n"), want)
	}, waitLong, waitStep)
}

func TestRawQueriesAreRememberedWithinLimits(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.hasBoss(t)
	remember := func(text string) {
		t.Helper()
		require.NoError(t, s.RememberQuery(t.Context(), "boss", text))
	}
	kept := func() []string {
		t.Helper()
		all, err := s.Queries(t.Context(), "boss")
		require.NoError(t, err)
		return all
	}
	require.Empty(t, kept())
	for _, text := range []string{"get a", "get b", "get b", "get <&>", "get a"} {
		remember(text)
	}
	require.Equal(t, []string{"get b", "get <&>", "get a"}, kept())
	for i := range maxQueries {
		remember(fmt.Sprint("get ", i))
	}
	require.Len(t, kept(), maxQueries)
	require.Equal(t, "get 0", kept()[0])
	long := "put a " + strings.Repeat("x", maxQueriesBytes/2)
	remember(long)
	remember(long + "y")
	require.Equal(t, []string{long + "y"}, kept(), "two of that length are too much")
	remember(long + long)
	require.Equal(t, []string{long + "y"}, kept())
	require.LessOrEqual(t, len(s.value(t, "ticketcd:console:boss")), maxQueriesBytes)
	s.put(t, "ticketcd:console:boss", "rubbish")
	require.Empty(t, kept())
	remember("get a")
	require.Equal(t, []string{"get a"}, kept())
}
