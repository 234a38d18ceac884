package cli_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type pair struct {
	Key, Value string
	Base64     []byte `json:"value_base64"`
	Modified   int64  `json:"mod_revision"`
}

type answer struct {
	Revision  int64
	Count     int64
	More      bool
	Succeeded bool
	Pairs     []pair   `json:"kvs"`
	Answers   []answer `json:"responses"`
	Rows      []string `json:"lines"`
}

func TestRawQueriesAreAskedInEtcdctlsWords(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	require.Equal(t, "OK\n", p.must("query", "put", "search:text:a", `["x y"]`).out)
	require.Equal(t, "OK\n", p.must("query", `put search:text:ab '["\u001b[31m"]'`).out)
	require.Equal(t, "search:text:a\n[\"x y\"]\nsearch:text:ab\n[\"\\u001b[31m\"]\n", p.must("query", "get --prefix search:text:a").out)
	require.Equal(t, "search:text:a\n\n", p.must("query", "get", "--prefix", "search:text:a", "--limit", "1", "--keys-only").out)
	require.Equal(t, "OK\n", p.must("query", "put", "evil", "a\x1b[31mb").out)
	require.Equal(t, "a\x1b[31mb\n", p.must("query", "get evil --print-value-only").out, "another program gets it byte for byte")

	one := decode[answer](t, p.must("query", "get --prefix search:text:", "--limit", "1", "-w", "json"))
	require.Equal(t, answer{one.Revision, 2, true, false, []pair{{"search:text:a", `["x y"]`, nil, one.Pairs[0].Modified}}, nil, nil}, one)
	require.Equal(t, 1, len(decode[answer](t, p.must("-w=json", "query", "member", "list")).Rows))
	require.Contains(t, strings.Join(strings.Fields(p.must("query", "get", "nothing", "-w", "json").out), ""), `"count":0,"kvs":[]`)
	p.must("query", "put", "raw", "\xff")
	require.Equal(t, []byte("\xff"), decode[answer](t, p.must("query", "-wjson", "get raw")).Pairs[0].Base64)
	done := p.runWith("value(\"evil\") > \"a\"\n\nput evil good\nget evil\n\n", "query", "txn", "-w", "json")
	require.Zero(t, done.code, done.err)
	txn := decode[answer](t, done)
	require.True(t, txn.Succeeded)
	require.Equal(t, "good", txn.Answers[1].Pairs[0].Value)
	changes := strings.Split(p.must("query", "watch", "evil", "--rev", "1", "--limit", "2", "-w", "json").out, "\n")
	require.Len(t, changes, 3)
	require.Contains(t, changes[0], `{"type":"PUT","kv":{"key":"evil","value":"a\u001b[31mb","create_revision":`)
	require.Contains(t, changes[1], `"value":"good"`)
	require.Equal(t, "1\n", p.must("query", "del", "evil").out)

	for code, query := range map[int]string{
		2: "get a | grep b", 4: "get a --rev 99999", 1: "txn then put a 1 ; put a 2",
	} {
		r := p.run("query", query)
		require.Equal(t, code, r.code, query)
		require.Empty(t, r.out)
		require.Equal(t, 1, strings.Count(r.err, "\n"), r.err)
	}
	require.Equal(t, 2, p.run("query").code)
	require.Equal(t, 2, p.run("query", "get", "a", "--nonsense").code)
	require.Equal(t, 2, p.run("query", "get", "a", "-w", "xml").code)
	require.Equal(t, 2, p.run("query", "get", "a", "--file", "x").code)
	require.Contains(t, p.must("query", "--help").out, "get KEY [END] [--prefix | --from-key]")
}

func TestAFileOfQueriesRunsAndIsCompared(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	type step struct {
		Description, Code, Output, Error string
		Same                             *bool
	}
	yes, no := true, false
	good := p.file("queries.json", `[
		{"description":"Make a key","code":"etcdctl put user:ann '{\"role\": \"user\"}'","output":"OK\n"},
		{"description":"Read it","code":"etcdctl get --prefix user:","output":"user:ann\r\n{\"role\": \"user\"}  \n\n"},
		{"description":"Whatever it says","code":"get user:ann --count-only"}
	]`)
	require.Equal(t, []step{
		{"Make a key", `etcdctl put user:ann '{"role": "user"}'`, "OK\n", "", &yes},
		{"Read it", "etcdctl get --prefix user:", "user:ann\n{\"role\": \"user\"}\n", "", &yes},
		{"Whatever it says", "get user:ann --count-only", "1\n", "", nil},
	}, decode[[]step](t, p.must("query", "-f", good, "-w", "json")))
	said := p.must("query", "--file="+good).out
	require.Contains(t, said, "2/3 Read it\n> etcdctl get --prefix user:\nuser:ann\n{\"role\": \"user\"}\nsame as in the file\n")

	bad := p.file("bad.json", `[
		{"description":"Different","code":"get user:ann","output":"user:ann\nnobody\n"},
		{"description":"Endless","code":"watch user:ann"},
		{"description":"Still run","code":"del user:ann","output":"1"}
	]`)
	r := p.run("query", "-f", bad)
	require.Equal(t, 2, r.code)
	require.Contains(t, r.out, "different from line 2 on; the file has:\n  nobody\n  the store has:\n  {\"role\": \"user\"}\n")
	require.Contains(t, r.out, "failed: a watch in a file needs --limit, or it would never end")
	require.Contains(t, r.out, "3/3 Still run\n> del user:ann\n1\nsame as in the file\n")
	require.Contains(t, r.err, "query 2 failed: a watch in a file needs --limit")
	r = p.run("query", "-f", good, "-f", p.file("one.json", `[{"code":"get nothing","output":"x"}]`), "-w", "json")
	require.Equal(t, 1, r.code)
	require.Equal(t, []step{{Code: "get nothing", Same: &no}}, decode[[]step](t, r))
	require.Contains(t, r.err, "1 of 1 query gave something else than the file says")
	require.Equal(t, 2, p.run("query", "-f", p.file("none.json", "{}")).code)
	require.Equal(t, 2, p.run("query", "-f", "nowhere.json").code)
}
