package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// manyEvents is how many events the goals of searching are for.
const manyEvents = 100_000

// takeSearch measures how long a search takes in a realistic catalogue, in turns with a look at every event. Both happen in
// this process: no store is asked.
func (b *bench) takeSearch(ctx context.Context) ([]Figure, error) {
	if !b.wants("search") {
		return nil, nil
	}
	records, err := b.dataSet(ctx)
	if err != nil {
		return nil, err
	}
	var changes []model.Change
	for _, r := range records {
		if !strings.HasPrefix(r.Key, model.PrefixSearch) {
			changes = append(changes, model.Change{Key: r.Key, Value: r.Value})
		}
	}
	catalogue, problems := model.NewCatalogue().With(1, changes)
	if len(problems) > 0 {
		return nil, model.Errorf(model.CodeFailed, "%s cannot be read", model.Plural(len(problems), "record"))
	}
	var searched, scanned turns
	for turn := range b.Turns {
		b.Tell(fmt.Sprintf("searching in %s, turn %d of %d", model.Plural(b.Events, "event"), turn+1, b.Turns))
		search, linear, err := searches(ctx, catalogue, b.Slice)
		if err != nil {
			return nil, err
		}
		searched, scanned = append(searched, search), append(scanned, linear)
	}
	var fast, faster Goal
	if b.Events >= manyEvents {
		fast, faster = atMost(1), atLeast(30)
	}
	frame := Figure{Name: "a frame at 60 a second", Value: 16, Unit: "ms"}
	return []Figure{
		searched.slowest("search, 99 of 100 within").than(frame, fast),
		scanned.half("linear scan, half within").than(searched.half("search, half within"), faster),
	}, nil
}

// searches types the whole mix again and again until the time is up, with a linear scan after each.
func searches(ctx context.Context, c *model.Catalogue, slice time.Duration) (search, linear sample, err error) {
	events, queries := c.Search(model.Query{}).Events(), mix(c, model.WallClock(time.Now()))
	var searched, scanned []time.Duration
	for began := time.Now(); len(scanned) == 0 || time.Since(began) < slice; {
		for _, q := range queries {
			if err := ctx.Err(); err != nil {
				return search, linear, err
			}
			start := time.Now()
			c.Search(q)
			searched = append(searched, time.Since(start))
		}
		start := time.Now()
		linear.Count += scan(events, queries[len(scanned)%len(queries)]) // events that were found: nothing is scanned in vain
		scanned = append(scanned, time.Since(start))
	}
	search.P50, search.P99 = model.Percentiles(searched)
	linear.P50, linear.P99 = model.Percentiles(scanned)
	return search, linear, nil
}

// mix is what people type, key by key: first letters, words, two words, typos, with and without a filter.
func mix(c *model.Catalogue, now time.Time) []model.Query {
	var queries []model.Query
	for i, text := range []string{"night of jazz", "orchestra", "rock lond", "theatre", "comedy mus", "orchesrta", "shakspeare", "xylophone"} {
		for end := range text {
			q := model.Query{Text: text[:end+1], Now: now}
			if i%2 == 1 && len(c.Types()) > 0 {
				q.Type = c.Types()[i%len(c.Types())]
			}
			queries = append(queries, q)
		}
	}
	return queries
}

// scan finds what a search without an index would: every word of the text within name, description or place.
func scan(c []*model.Event, q model.Query) int {
	n := 0
	words := strings.Fields(model.Fold(q.Text))
	for _, e := range c {
		text := model.Fold(e.Name + " " + e.Description + " " + e.Location)
		if (q.Type == "" || e.Type == q.Type) && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			n++
		}
	}
	return n
}
