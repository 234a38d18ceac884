package model_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestQueriesAreReadInEtcdctlsWords(t *testing.T) {
	t.Parallel()
	type query = model.RawQuery
	for text, want := range map[string]query{
		"get user:ann":                      {Verb: "get", Range: model.Range{Key: "user:ann"}},
		"etcdctl get user:ann":              {Verb: "get", Range: model.Range{Key: "user:ann"}},
		"ETCDCTL_API=3 etcdctl get user:a":  {Verb: "get", Range: model.Range{Key: "user:a"}},
		"etcdctl --endpoints=x:1,y:2 get a": {Verb: "get", Range: model.Range{Key: "a"}},
		"get a --endpoints x:1":             {Verb: "get", Range: model.Range{Key: "a"}},
		"get --prefix search:text:a":        {Verb: "get", Range: model.Range{Key: "search:text:a", End: "search:text:b"}},
		"get search:text:a --prefix=true":   {Verb: "get", Range: model.Range{Key: "search:text:a", End: "search:text:b"}},
		"get --prefix ''":                   {Verb: "get", Range: model.Range{Key: "\x00", End: "\x00"}},
		`get "" --from-key`:                 {Verb: "get", Range: model.Range{Key: "\x00", End: "\x00"}},
		"get a b":                           {Verb: "get", Range: model.Range{Key: "a", End: "b"}},
		"get --from-key user: --limit 2":    {Verb: "get", Range: model.Range{Key: "user:", End: "\x00"}, Limit: 2},
		"get a --rev=7 --keys-only":         {Verb: "get", Range: model.Range{Key: "a"}, Revision: 7, KeysOnly: true},
		"get a --count-only -w simple":      {Verb: "get", Range: model.Range{Key: "a"}, CountOnly: true},
		"get a --order descend --sort-by create --print-value-only": {
			Verb: "get", Range: model.Range{Key: "a"}, Order: "DESCEND", SortBy: "CREATE", ValuesOnly: true,
		},
		`get 'two words' --consistency="s"`: {Verb: "get", Range: model.Range{Key: "two words"}, Serializable: true},
		`put k '{"a":"b c"}'`:               {Verb: "put", Range: model.Range{Key: "k"}, Value: `{"a":"b c"}`},
		`put k "{\"a\":\"\n\"}"`:            {Verb: "put", Range: model.Range{Key: "k"}, Value: `{"a":"\n"}`},
		`put k a\ b`:                        {Verb: "put", Range: model.Range{Key: "k"}, Value: "a b"},
		"put \\\n k \\\n v":                 {Verb: "put", Range: model.Range{Key: "k"}, Value: "v"},
		"put k ''":                          {Verb: "put", Range: model.Range{Key: "k"}},
		"put k v --prev-kv":                 {Verb: "put", Range: model.Range{Key: "k"}, Value: "v", PrevKV: true},
		"put k -- -5":                       {Verb: "put", Range: model.Range{Key: "k"}, Value: "-5"},
		"put k '|'":                         {Verb: "put", Range: model.Range{Key: "k"}, Value: "|"},
		"del k --prev-kv":                   {Verb: "del", Range: model.Range{Key: "k"}, PrevKV: true},
		"del --prefix user:":                {Verb: "del", Range: model.Range{Key: "user:", End: "user;"}},
		"watch --prefix a --rev 3 --limit 1": {
			Verb: "watch", Range: model.Range{Key: "a", End: "b"}, Revision: 3, Limit: 1,
		},
		"compaction 12 --physical":  {Verb: "compaction", Revision: 12, Physical: true},
		"member list":               {Verb: "member list"},
		"endpoint status --cluster": {Verb: "endpoint status", Cluster: true},
		"endpoint health":           {Verb: "endpoint health"},
		"alarm list":                {Verb: "alarm list"},
	} {
		got, err := model.ParseQuery(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestAQueryThatAShellTookApartIsNotTakenApartAgain(t *testing.T) {
	t.Parallel()
	for text, words := range map[string][]string{
		`get --prefix 'a b'`:           {"get", "--prefix", "a b"},
		`get --prefix a`:               {"get --prefix a"},
		`put k '{"it'\''s": "x > y"}'`: {"put", "k", `{"it's": "x > y"}`},
		"put k '|'":                    {"put", "k", "|"},
		"put k -- -5":                  {"put", "k", "--", "-5"},
		`txn mod("a") > 0 then get a`:  {"txn", `mod("a")`, ">", "0", "then", "get", "a"},
		"member list":                  {"member", "list"},
		"ETCDCTL_API=3 etcdctl del a":  {"etcdctl", "del", "a"},
	} {
		want, err := model.ParseQuery(text)
		require.NoError(t, err)
		got, err := model.ParseQueryWords(words)
		require.NoError(t, err, words)
		require.Equal(t, want, got)
	}
	_, err := model.ParseQueryWords(nil)
	require.ErrorContains(t, err, "the query is empty")
}

func TestATransactionIsReadInBothForms(t *testing.T) {
	t.Parallel()
	want := model.RawQuery{
		Verb: "txn",
		Compares: []model.Compare{
			{Target: "mod", Key: "key 1", Op: ">", Value: "0"}, {Target: "value", Key: "key2", Op: "=", Value: "then; else"},
		},
		Then: []model.RawQuery{{Verb: "put", Range: model.Range{Key: "key1"}, Value: `{"a":1}`}, {Verb: "get", Range: model.Range{Key: "b"}}},
		Else: []model.RawQuery{{Verb: "del", Range: model.Range{Key: "c", End: "d"}}},
	}
	for _, text := range []string{
		"txn\nmod(\"key 1\") > \"0\"\nval(\"key2\") = \"then; else\"\n\nput key1 {\"a\":1}\nget b\n\ndel --prefix c\n\n",
		"etcdctl txn -i\r\n# compares\r\nmod(\"key 1\") > \"0\"\r\nvalue(\"key2\")=\"then; else\"\r\n\r\nput key1 \"{\\\"a\\\":1}\"\r\nget b\r\n\r\ndel --prefix c",
		`txn m("key 1") > 0 ; val("key2") = "then; else" then put key1 '{"a":1}' ; get b else del --prefix c`,
		`txn m("key 1") > 0; val("key2") = "then; else" then put key1 '{"a":1}'; get b; else del --prefix c;`,
	} {
		got, err := model.ParseQuery(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
		require.True(t, got.Writes())
	}
	reads, err := model.ParseQuery(`txn then get a else get b`)
	require.NoError(t, err)
	require.False(t, reads.Writes())
}

func TestAQueryThatCannotBeReadSaysWhatWouldWork(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                               "the query is empty: for example get --prefix search:text:a",
		"etcdctl":                        "the query is empty",
		"fetch a":                        `"fetch" is no query: use get, put, del, txn, watch`,
		"member":                         `"member" is no query`,
		"member add x":                   `"member add" is no query`,
		"get":                            "wrong number of words; usage: get KEY",
		"get a b c":                      "wrong number of words",
		"get ''":                         "for all keys, write --prefix ''",
		"get a --prefix --from-key":      "choose one of",
		"get a b --prefix":               "a range with an END",
		"get a --keys-only --count-only": "choose one of",
		"get a --limit":                  "--limit needs a value",
		"get a --limit x":                "--limit takes a whole number, 0 or more, not x",
		"get a --rev -1":                 "--rev takes a whole number",
		"get a --order up":               "--order takes ASCEND, DESCEND, not up",
		"get a --nonsense":               "--nonsense is not understood here; usage: get KEY",
		"get a -w json":                  "the form json is not known here",
		"get 'a":                         "a quote is not closed",
		`get "a`:                         "a quote is not closed",
		"get a | grep b":                 "| is for a shell",
		"put a":                          "usage: put KEY VALUE",
		"put a -5":                       "comes after --",
		`put a {"b":1}`:                  `put the whole value in single quotes: '{"b":1}'`,
		"put '' b":                       "a key cannot be empty",
		"compaction now":                 "now is no revision",
		"compaction 0":                   "0 is no revision",
		"txn":                            "the txn does nothing; usage: txn",
		"txn mod(a) = 1 then get a":      "is no condition: for example",
		`txn mod("a") = "x" then get a`:  "is compared with a number",
		`txn value("a") = b then get a`:  "is no condition",
		"txn then watch a":               "watch cannot stand in a txn",
		"txn else get a":                 "else stands in the wrong place",
		"txn then get \"a":               "is no text in double quotes",
		"txn <<EOF\nx":                   "takes nothing on its first line",
		"get a\x1b[31m --x":              "--x is not understood",
	} {
		_, err := model.ParseQuery(text)
		require.Error(t, err, text)
		require.Equal(t, model.CodeUsage, model.CodeOf(err), text)
		require.Contains(t, err.Error(), says, text)
		require.Equal(t, model.Clean(err.Error()), err.Error())
	}
}

func TestAQueryThatCannotBeReadTellsWhere(t *testing.T) {
	t.Parallel()
	for text, part := range map[string]string{
		"  fetch a":                              "fetch",
		"get a --nonsense b":                     "--nonsense",
		"get a --limit x":                        "x",
		"get a --limit=x":                        "--limit=x",
		"get a --limit":                          "--limit",
		"get a --order up --prefix":              "up",
		"get 'a b":                               "'a b",
		"get a | grep b":                         "|",
		`put a {"b":1}`:                          `{"b":1}`,
		"compaction now":                         "now",
		`txn mod(a) = 1 then get a`:              "mod(a) = 1",
		` txn mod("a") = 1 then watch a ; get b`: "watch a",
		"txn else get a":                         "else",
		"get a -w json":                          "json",
		"get":                                    "",
	} {
		_, err := model.ParseQuery(text)
		require.Error(t, err, text)
		from, to, ok := model.Misread(err)
		require.Equal(t, part != "", ok, text)
		require.Equal(t, part, text[from:to])
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, text := range []string{
		"get --prefix ''", `put k "a\"b" --prev-kv`, `txn mod("a") > "0" ; val("b")="c" then put a 'b c' else del --prefix x`,
		"txn\nmod(\"a\") = 0\n\nput a b\n\nget a", "etcdctl --endpoints x get a", "watch \xff --prefix", "del \xff\xff --prefix",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := model.ParseQuery(text)
		if err != nil {
			require.Equal(t, model.CodeUsage, model.CodeOf(err))
			require.Equal(t, model.Clean(err.Error()), err.Error(), "fit to be shown")
			require.NotContains(t, err.Error(), "\n")
			from, to, _ := model.Misread(err)
			require.True(t, 0 <= from && from <= to && to <= len(text))
			return
		}
		for _, part := range append(append([]model.RawQuery{q}, q.Then...), q.Else...) {
			if part.Verb == model.VerbGet || part.Verb == model.VerbPut || part.Verb == model.VerbDel {
				require.NotEmpty(t, part.Range.Key, "no key is ever empty")
			}
			// A word in single quotes is that word, whatever else it holds.
			if !strings.Contains(part.Range.Key, "'") && part.Range.Key != model.NoEnd && part.Range.Key != "" {
				again, err := model.ParseQuery("get -- '" + part.Range.Key + "'")
				require.NoError(t, err)
				require.Equal(t, part.Range.Key, again.Range.Key)
			}
		}
		require.Equal(t, model.Clean(q.Range.String()), q.Range.String())
		model.QueryWords(text)
	})
}

func TestWordsAreOfferedWhileAQueryIsTyped(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"get"}, model.QueryWords("g"))
	require.Equal(t, []string{"endpoint"}, model.QueryWords("e"))
	require.Equal(t, []string{"health", "status"}, model.QueryWords("endpoint "))
	require.Equal(t, []string{"--prefix", "--print-value-only"}, model.QueryWords("get --p"))
	require.Equal(t, []string{"--keys-only"}, model.QueryWords("get a --prefix --k"))
	require.Empty(t, model.QueryWords("get x"))
}

func TestWhatAQueryWouldDoIsSaidInWords(t *testing.T) {
	t.Parallel()
	effect := func(text string, keys int64) model.Effect {
		q, err := model.ParseQuery(text)
		require.NoError(t, err)
		return model.Effect{Query: q, Keys: keys, All: 1500, Revision: 40}
	}
	require.Equal(t, "Removes all 12 keys that begin with user:", effect("del --prefix user:", 12).String())
	require.Equal(t, "Removes the key user:ann", effect("del user:ann", 1).String())
	require.Equal(t, "Removes nothing: there is no such key (user:ann)", effect("del user:ann", 0).String())
	require.Equal(t, "Removes ALL 1,500 keys of the store: every event, order and user", effect("del --prefix ''", 1500).String())
	require.Equal(t, "Creates the key a with b", effect("put a b", 0).String())
	require.Equal(t, "Replaces the value of a with b", effect("put a b", 1).String())
	require.Equal(t, "Forgets how everything was before revision 30, for good. The store is at revision 40 now", effect("compaction 30", 0).String())
	txn := effect("txn then put a b", 0)
	txn.Then = []model.Effect{effect("put a b", 0)}
	require.Equal(t, "If the conditions hold:\n- Creates the key a with b", txn.String())
}
