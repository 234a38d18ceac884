package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ledger numbers changes as the store does, one to a revision.
type ledger struct{ revision int64 }

func (l *ledger) put(key, value string) Change {
	l.revision++
	return Change{Key: key, Value: []byte(value), Revision: l.revision}
}

func (l *ledger) gone(key string) Change {
	l.revision++
	return Change{Key: key, Deleted: true, Revision: l.revision}
}

func (l *ledger) left(id string, n int) Change {
	return l.put(EventKey(id), fmt.Sprintf(`{"name":"E","current_quantity":%d}`, n))
}

func (l *ledger) arm(username, id string, limit int) Change {
	return l.put(NotificationKey(username, id), fmt.Sprintf(`{"limit":%d,"active":false}`, limit))
}

// told names what is due: the keys, each with the revision of its arming.
func told(due []Due) []string {
	names := []string{}
	for _, d := range due {
		names = append(names, fmt.Sprintf("%s@%d", d.Key, d.Revision))
	}
	slices.Sort(names)
	return names
}

func TestANotificationIsDueWhenFewerThanItsLimitAreLeft(t *testing.T) {
	t.Parallel()
	var log ledger
	waiting, shop := NewArmedNotifications(), NewCatalogue()
	apply := func(changes ...Change) []string { return told(waiting.Apply(shop, changes)) }

	require.Empty(t, apply(log.left("jazz", 10), log.left("rock", 1)))
	require.Empty(t, apply(log.arm("ann", "jazz", 5), log.arm("bob", "jazz", 3)))
	require.Empty(t, apply(log.left("jazz", 5)), "five is not fewer than five")
	require.Equal(t, []string{"notification:ann:jazz@3"}, apply(log.left("jazz", 4)))
	require.Empty(t, apply(log.left("jazz", 3)), "ann is told once, bob not yet")
	require.Equal(t, []string{"notification:bob:jazz@4"}, apply(log.left("jazz", 0)))
	require.Empty(t, waiting.Waiting())
}

func TestAFallThatIsUndoneWithinTheSameBatchIsNotMissed(t *testing.T) {
	t.Parallel()
	var log ledger
	waiting := NewArmedNotifications()
	waiting.Apply(NewCatalogue(), []Change{log.left("jazz", 10), log.arm("ann", "jazz", 5)})
	due := waiting.Apply(NewCatalogue(), []Change{log.left("jazz", 10), log.left("jazz", 2), log.left("jazz", 10)})
	require.Equal(t, []string{"notification:ann:jazz@2"}, told(due))
}

func TestOneThatIsArmedWhenItHasHappenedIsDueAtOnce(t *testing.T) {
	t.Parallel()
	var log ledger
	low, _ := NewCatalogue().With(1, []Change{log.left("jazz", 4), log.left("rock", 0)})
	for name, changes := range map[string][]Change{
		"the catalogue knows the count": {log.arm("ann", "jazz", 5)},
		"it fell in the same batch":     {log.left("rock", 4), log.arm("ann", "rock", 5)},
		"in the same transaction": {
			{Key: "notification:ann:jazz", Value: []byte(`{"limit":3,"active":false}`), Revision: 9},
			{Key: "event:jazz", Value: []byte(`{"current_quantity":2}`), Revision: 9},
		},
	} {
		require.Len(t, NewArmedNotifications().Apply(low, changes), 1, name)
	}
	for name, changes := range map[string][]Change{
		"the count rose in the same batch": {log.left("jazz", 8), log.arm("ann", "jazz", 5)},
		"the event is gone":                {log.gone("event:jazz"), log.arm("ann", "jazz", 5)},
		"the event cannot be read":         {log.put("event:jazz", `{}`), log.arm("ann", "jazz", 5)},
		"there is no such event":           {log.arm("ann", "opera", 5)},
		"it has fired":                     {log.put("notification:ann:jazz", `{"limit":5,"active":true}`)},
		"it cannot be read":                {log.put("notification:ann:jazz", `{"active":false}`), log.put("notification:ann:jazz", `5`)},
		"it was removed again":             {log.left("jazz", 8), log.arm("ann", "jazz", 5), log.gone("notification:ann:jazz"), log.left("jazz", 1)},
	} {
		require.Empty(t, NewArmedNotifications().Apply(low, changes), name)
	}
}

func TestOneThatWaitsForTicketsToComeBackIsDueWhenThereAreAny(t *testing.T) {
	t.Parallel()
	var log ledger
	waiting, shop := NewArmedNotifications(), NewCatalogue()
	require.Empty(t, waiting.Apply(shop, []Change{
		log.left("jazz", 0), log.put("notification:ann:jazz", `{"limit":0,"active":false,"back":true}`), log.left("jazz", 0),
	}))
	due := waiting.Apply(shop, []Change{log.left("jazz", 1)})
	require.Equal(t, []string{"notification:ann:jazz@2"}, told(due))
	require.True(t, due[0].Notification.Back)
}

func TestEachArmingIsDueOfItsOwn(t *testing.T) {
	t.Parallel()
	var log ledger
	waiting, shop := NewArmedNotifications(), NewCatalogue()
	waiting.Apply(shop, []Change{log.left("jazz", 10), log.arm("ann", "jazz", 5)})
	require.Len(t, waiting.Apply(shop, []Change{log.left("jazz", 4)}), 1)
	require.Empty(t, waiting.Apply(shop, []Change{log.left("jazz", 10), log.put("notification:ann:jazz", `{"limit":5,"active":true}`)}))
	require.Empty(t, waiting.Apply(shop, []Change{log.left("jazz", 1), log.left("jazz", 10)}), "it has told already")

	again := waiting.Apply(shop, []Change{log.arm("ann", "jazz", 5), log.arm("ann", "jazz", 2), log.left("jazz", 3)})
	require.Empty(t, again, "the second limit counts")
	require.Equal(t, []string{fmt.Sprintf("notification:ann:jazz@%d", log.revision-1)}, told(waiting.Apply(shop, []Change{log.left("jazz", 1)})))
}

func TestWhatWasBeforeTheArmingDoesNotCount(t *testing.T) {
	t.Parallel()
	waiting := NewArmedNotifications()
	waiting.Apply(NewCatalogue(), []Change{
		{Key: "notification:ann:jazz", Value: []byte(`{"limit":5}`), Revision: 20},
		{Key: "notification:bob:jazz", Value: []byte(`{"limit":5}`), Revision: 30},
		{Key: "notification:bob:rock", Value: []byte(`{"limit":5}`), Revision: 40},
	})
	require.Equal(t, map[string]int64{"jazz": 20, "rock": 40}, waiting.Waiting())
	history := waiting.Clone()
	low := func(revision int64) []Change {
		return []Change{{Key: "event:jazz", Value: []byte(`{"current_quantity":1}`), Revision: revision}}
	}
	require.Empty(t, history.Apply(NewCatalogue(), low(19)))
	require.Equal(t, []string{"notification:ann:jazz@20"}, told(history.Apply(NewCatalogue(), low(25))))
	require.Equal(t, map[string]int64{"jazz": 30, "rock": 40}, history.Waiting())
	require.Equal(t, map[string]int64{"jazz": 20, "rock": 40}, waiting.Waiting(), "the clone has a life of its own")
	require.Len(t, waiting.Apply(NewCatalogue(), low(30)), 2)
}

func TestWhoWaitsForNothingCostsNothing(t *testing.T) {
	t.Parallel()
	var log ledger
	waiting := NewArmedNotifications()
	for i := range 100 {
		id := fmt.Sprint("e", i)
		waiting.Apply(NewCatalogue(), []Change{log.left(id, 5), log.arm("ann", id, 3), log.gone(NotificationKey("ann", id)), log.put("user:ann", `{}`)})
	}
	require.Empty(t, waiting.armed)
}

// However the changes are cut into batches, an arming is due if and only if the count was right at one moment while it
// stood.
func TestWhatIsDueDoesNotDependOnHowChangesArrive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var log ledger
		waiting, shop := NewArmedNotifications(), NewCatalogue()
		counts, waits := map[string]int{}, map[string]Due{}
		var want, got []string
		var batch []Change
		settle := func(id string) {
			left, known := counts[id]
			for key, d := range waits {
				if known && strings.HasSuffix(key, ":"+id) && d.Notification.IsDue(left) {
					want = append(want, fmt.Sprintf("%s@%d", key, d.Revision))
					delete(waits, key)
				}
			}
		}
		flush := func() {
			got = append(got, told(waiting.Apply(shop, batch))...)
			shop, _ = shop.With(log.revision, batch)
			batch = nil
		}
		for range rapid.IntRange(1, 60).Draw(t, "changes") {
			id := rapid.SampledFrom([]string{"jazz", "rock"}).Draw(t, "event")
			key := NotificationKey(rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "user"), id)
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0, 1, 2:
				counts[id] = rapid.IntRange(0, 5).Draw(t, "left")
				batch = append(batch, log.left(id, counts[id]))
			case 3:
				delete(waits, key)
				batch = append(batch, log.gone(key))
			case 4:
				delete(counts, id)
				batch = append(batch, log.gone(EventKey(id)))
			case 5:
				n := Notification{Limit: rapid.IntRange(1, 5).Draw(t, "limit"), Back: rapid.Bool().Draw(t, "back")}
				batch = append(batch, log.put(key, string(n.Encode())))
				waits[key] = Due{Notification: n, Revision: log.revision}
			}
			settle(id)
			if rapid.Bool().Draw(t, "arrives") {
				flush()
			}
		}
		flush()
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got)
	})
}
