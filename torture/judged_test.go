//go:build unix

package torture

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// opening is the day on which planted shops sell.
func opening() time.Time { return time.Date(2027, time.March, 1, 12, 0, 0, 0, time.UTC) }

func TestAStaleCatalogueIsNoticed(t *testing.T) {
	t.Parallel()
	s := plant(t, noBug)
	before, err := s.store.Catalogue(t.Context())
	require.NoError(t, err)
	s.buys("ann", "A", counts{0, 0, 2}, s.read("ann"))
	s.buys("bob", "B", counts{1, 0, 0}, s.read("bob"))
	remains, _ := whatRemains(t, t.Context(), s.store, s.client, s.events)

	var changes []model.Change
	watch := s.client.Watch(t.Context(), "", clientv3.WithPrefix(), clientv3.WithRev(before.Revision()+1))
	for response := range watch {
		for _, event := range response.Events {
			changes = append(changes, model.Change{Key: string(event.Kv.Key), Value: event.Kv.Value, Revision: event.Kv.ModRevision})
		}
		if response.Header.Revision >= before.Revision()+2 && len(changes) == 10 {
			break
		}
	}
	shows := func(changes []model.Change) map[string]counts {
		after, problems := before.With(before.Revision()+2, changes)
		require.Empty(t, problems)
		event, ok := after.Event(s.events[0])
		require.True(t, ok)
		return map[string]counts{event.ID: countLeft(event.Tickets)}
	}
	require.Empty(t, judgeShown("all", shows(changes), remains.left))
	missed := changes[:5] // the second order
	require.Len(t, judgeShown("one missed", shows(missed), remains.left), 1)
	require.Len(t, judgeShown("nothing loaded", nil, remains.left), 2)

	at := before.Revision() + 2
	sights := []sight{
		{"shop1", at, s.events[0], shows(changes)[s.events[0]]}, {"shop2", at, s.events[0], shows(missed)[s.events[0]]},
	}
	require.Len(t, judgeSights(sights), 1, "two that show the same revision show different counts")
	require.Len(t, judgeSights([]sight{{Process: "shop1", Revision: 8}, {Process: "shop1", Revision: 7}}), 1, "it goes back in time")
}

// told makes a deed of one event, one after the other.
func told(number int, v verb, order string, reds int, o outcome) deed {
	d := deed{
		Process: "p", Number: number, Verb: v, Event: "e", User: "ann", Order: order, Tickets: counts{0, 0, reds},
		Call: int64(10 * number), Return: int64(10*number + 5), Outcome: o,
	}
	if o == unknown {
		d.Return = never
	}
	return d
}

func TestCountsAreJudgedByWhatShoppersWereTold(t *testing.T) {
	t.Parallel()
	standing := func(ids ...string) remains {
		r := remains{left: map[string]counts{"e": {3, 6, 12 - 6*len(ids)}}}
		for _, id := range ids {
			r.orders = append(r.orders, model.Order{ID: id, Username: "ann", EventID: "e", Lines: counts{0, 0, 6}.lines()})
		}
		return r
	}
	a, b := told(1, buy, "A", 6, done), told(2, buy, "B", 6, done)
	for name, story := range map[string]struct {
		history []deed
		remains remains
		sound   bool
	}{
		"sold out":                             {[]deed{a, b, told(3, buy, "C", 1, refused)}, standing("A", "B"), true},
		"sold out too early":                   {[]deed{a, told(3, buy, "C", 1, refused)}, standing("A"), false},
		"a look at what was":                   {[]deed{a, told(2, look, "", 12, done)}, standing("A"), false},
		"an order is lost":                     {[]deed{a, b}, standing("A"), false},
		"an order from nowhere":                {[]deed{a}, standing("A", "B"), false},
		"cancelled":                            {[]deed{a, told(2, cancel, "A", 6, done)}, standing(), true},
		"cancelled, and still there":           {[]deed{a, told(2, cancel, "A", 6, done)}, standing("A"), false},
		"cancelled by two":                     {[]deed{a, told(2, cancel, "A", 6, done), told(3, cancel, "A", 6, done)}, standing(), true},
		"cancelled by two, but never bought":   {[]deed{told(1, buy, "A", 6, nothing), told(2, cancel, "A", 6, done), told(3, cancel, "A", 6, done)}, standing(), false},
		"cancelled by two, but sold out":       {[]deed{a, b, told(3, buy, "C", 6, refused), told(4, cancel, "C", 6, done), told(5, cancel, "C", 6, done)}, standing("A", "B"), false},
		"not known, and cancelled by two":      {[]deed{told(1, buy, "A", 6, unknown), told(2, cancel, "A", 6, done), told(3, cancel, "A", 6, unknown)}, standing(), true},
		"cancelled by one who cannot know":     {[]deed{a, told(2, cancel, "A", 6, unknown), told(3, cancel, "A", 6, done)}, standing(), true},
		"not known, and not there":             {[]deed{told(1, buy, "A", 6, unknown), b}, standing("B"), true},
		"not known, and there":                 {[]deed{told(1, buy, "A", 6, unknown), b}, standing("A", "B"), true},
		"not known, and what was left says no": {[]deed{told(1, buy, "A", 6, unknown), b, told(3, buy, "C", 6, refused)}, standing("B"), false},
		"refused, and there":                   {[]deed{told(1, buy, "A", 6, refused)}, standing("A"), false},
		"nothing was done, and it is there":    {[]deed{told(1, buy, "A", 6, nothing)}, standing("A"), false},
		"what nobody must be told":             {[]deed{told(1, buy, "A", 6, wrong)}, standing(), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, story.sound, len(judge(capacity, story.history, story.remains)) == 0, "%v", judge(capacity, story.history, story.remains))
		})
	}
}

// The processes' lines come in pieces, as the pipes have them.
func TestAKeptHistoryIsOfWholeLines(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "history.jsonl")
	log, err := os.Create(name)
	require.NoError(t, err)
	var mu sync.Mutex
	first, second := &lineWriter{to: log, mu: &mu}, &lineWriter{to: log, mu: &mu}
	for _, piece := range []struct {
		of   *lineWriter
		text string
	}{
		{first, `{"report":`}, {second, `{"report":"b"}` + "\n" + `{"rep`}, {first, `"a"}` + "\n"}, {second, `ort":"c"}` + "\n"}, {first, `{"re`},
	} {
		n, err := piece.of.Write([]byte(piece.text))
		require.NoError(t, err)
		require.Equal(t, len(piece.text), n)
	}
	require.NoError(t, log.Close())
	kept := keep(t, name)
	t.Cleanup(func() { require.NoError(t, os.Remove(kept)) })
	text, err := os.ReadFile(kept)
	require.NoError(t, err)
	var reports []string
	require.NoError(t, readEntries(bytes.NewReader(text), func(e entry) { reports = append(reports, e.Report) }))
	require.Equal(t, []string{"b", "a", "c"}, reports)
}
