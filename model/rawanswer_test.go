package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// answerTo is an answer to a query with the given pairs.
func answerTo(t *testing.T, text string, keysAndValues ...string) model.Answer {
	t.Helper()
	q, err := model.ParseQuery(text)
	require.NoError(t, err)
	a := model.Answer{Query: q, Revision: 9}
	for i := 0; i < len(keysAndValues); i += 2 {
		a.Pairs = append(a.Pairs, model.Pair{Key: keysAndValues[i], Value: keysAndValues[i+1]})
	}
	return a
}

func TestAnswersAreWrittenAsEtcdctlWritesThem(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a\n1\nb\nx\ny\n", answerTo(t, "get --prefix ''", "a", "1", "b", "x\ny").Text())
	require.Equal(t, "a\n\nb\n\n", answerTo(t, "get --prefix '' --keys-only", "a", "", "b", "").Text())
	require.Equal(t, "1\n2\n", answerTo(t, "get --prefix '' --print-value-only", "a", "1", "b", "2").Text())
	require.Empty(t, answerTo(t, "get a").Text())
	counted := answerTo(t, "get a --count-only")
	counted.Count = 12
	require.Equal(t, "12\n", counted.Text())
	require.Equal(t, "OK\n", answerTo(t, "put a b").Text())
	require.Equal(t, "OK\na\nold\n", answerTo(t, "put a b --prev-kv", "a", "old").Text())
	removed := answerTo(t, "del a --prev-kv", "a", "old")
	removed.Count = 1
	require.Equal(t, "1\na\nold\n", removed.Text())
	require.Equal(t, "compacted revision 4\n", answerTo(t, "compaction 4").Text())

	txn := answerTo(t, "txn then put a b ; get c")
	txn.Succeeded = true
	txn.Answers = []model.Answer{answerTo(t, "put a b"), answerTo(t, "get c", "c", "3")}
	require.Equal(t, "SUCCESS\n\nOK\n\nc\n3\n", txn.Text())
	require.Equal(t, "FAILURE\n", answerTo(t, "txn then put a b").Text())

	watch := answerTo(t, "watch a --prev-kv")
	watch.Changes = []model.RawChange{
		{Pair: model.Pair{Key: "a", Value: "2"}, Previous: &model.Pair{Key: "a", Value: "1"}},
		{Pair: model.Pair{Key: "a"}, Deleted: true},
	}
	require.Equal(t, "PUT\na\n1\na\n2\nDELETE\na\n\n", watch.Text())
	members := answerTo(t, "member list")
	members.Rows = []string{"8e9e05c52164694d, started, m0", "1, started, m1"}
	require.Equal(t, "8e9e05c52164694d, started, m0\n1, started, m1\n", members.Text())
}

func TestAnswersAreLaidOutForPeople(t *testing.T) {
	t.Parallel()
	lines := answerTo(t, "get a", "a", `{"n":1,"l":["x"]}`, "b", "{no json", "c", "7").Lines(true)
	require.Equal(t, []model.AnswerLine{
		{Kind: model.AnswerKey, Text: "a"},
		{Kind: model.AnswerValue, Text: "{"},
		{Kind: model.AnswerValue, Text: `  "n": 1,`},
		{Kind: model.AnswerValue, Text: `  "l": [`},
		{Kind: model.AnswerValue, Text: `    "x"`},
		{Kind: model.AnswerValue, Text: "  ]"},
		{Kind: model.AnswerValue, Text: "}"},
		{Kind: model.AnswerKey, Text: "b"},
		{Kind: model.AnswerValue, Text: "{no json"},
		{Kind: model.AnswerKey, Text: "c"},
		{Kind: model.AnswerValue, Text: "7"},
	}, lines)
	require.Len(t, answerTo(t, "get --prefix '' --keys-only", "a", "", "b", "").Lines(true), 2)
}

func TestWhatFollowsAPageBeginsWhereItEnded(t *testing.T) {
	t.Parallel()
	page := answerTo(t, "get --prefix k --limit 5", "k1", "", "k2", "")
	_, more := page.Rest()
	require.False(t, more, "that was all")
	page.More = true
	rest, more := page.Rest()
	require.True(t, more)
	require.Equal(t, model.RawQuery{Verb: model.VerbGet, Range: model.Range{Key: "k2\x00", End: "l"}, Revision: 9, Limit: 3}, rest)
	page = answerTo(t, "get --prefix k --limit 2", "k1", "", "k2", "")
	page.More = true
	_, more = page.Rest()
	require.False(t, more, "no more were asked for")
	page = answerTo(t, "get --prefix k --rev 7 --order descend", "k8", "", "k7", "")
	page.More = true
	rest, more = page.Rest()
	require.True(t, more)
	require.Equal(t, model.Range{Key: "k", End: "k7"}, rest.Range)
	require.EqualValues(t, 7, rest.Revision)
	for _, text := range []string{"get --prefix k --sort-by modify", "get --prefix k --count-only", "get k"} {
		page = answerTo(t, text, "k1", "")
		page.More = true
		_, more = page.Rest()
		require.False(t, more, text)
	}
}
