package model

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Sorting is an order of search results. Events that are over always come last.
type Sorting int

// The sortings, in the order in which a screen offers them.
const (
	SortBest Sorting = iota // the better the words match, the earlier, and then the soonest first
	SortDate                // soonest first
	SortName
	SortLeft // fewest tickets left first, sold out ones last
	SortSold // most tickets sold first: for those who sell them
)

// Next returns the sorting after s for a shopper, round and round.
func (s Sorting) Next() Sorting { return (s + 1) % SortSold }

// NextForAdmins is Next with the sortings that only those who sell need.
func (s Sorting) NextForAdmins() Sorting { return (s + 1) % (SortSold + 1) }

// String names the sorting: "best match", "date", "name", "tickets left", "tickets sold".
func (s Sorting) String() string {
	switch s {
	case SortBest:
		return "best match"
	case SortName:
		return "name"
	case SortLeft:
		return "tickets left"
	case SortSold:
		return "tickets sold"
	default:
		return "date"
	}
}

// Query is what somebody searches for. Empty fields do not restrict.
type Query struct {
	Text     string
	Type     string
	Location string
	Days     Days
	Sort     Sorting
	Now      time.Time // wall clock, for what is over
}

// Sorted returns how the results come sorted. Without words nothing matches better than anything else, and the soonest come
// first.
func (q Query) Sorted() Sorting {
	if q.Sort == SortBest && len(Words(q.Text)) == 0 {
		return SortDate
	}
	return q.Sort
}

// Results are the events that a query finds: those that match by words first, then those whose name is only similar.
type Results struct {
	Exact     int // how many match by words
	slots     []int
	catalogue *Catalogue
}

// Len returns how many events were found.
func (r Results) Len() int { return len(r.slots) }

// At returns one of the events, counted from 0.
func (r Results) At(i int) *Event { return r.catalogue.slots.at(r.slots[i]).event }

// Events returns all of them.
func (r Results) Events() []*Event {
	events := make([]*Event, len(r.slots))
	for i := range events {
		events[i] = r.At(i)
	}
	return events
}

// In returns what the same query finds in another catalogue, if that is known without a search: the two differ in nothing
// but counts, and the order does not depend on them. While tickets sell, that is so for almost every change.
func (r Results) In(other *Catalogue, by Sorting) (Results, bool) {
	if by == SortLeft || by == SortSold || r.catalogue == nil || !r.catalogue.index.same(other.index) {
		return Results{}, false
	}
	r.catalogue = other
	return r, true
}

const (
	// maxQueryWords and maxQueryWord (bytes) bound what a query costs; sahilm/fuzzy's scores overflow beyond about 40
	// adjacent letters.
	maxQueryWords = 8
	maxQueryWord  = 32
)

// Search finds the events in which every word of the query's text begins a word of name, description or location, and
// then, where those are fewer than 500, some that are similar: those in which that is so but for a slip of the finger, or
// if the type is taken for words as well (of up to three letters, only a whole one); and if there are none, and fewer than 50
// that match, those whose name contains the letters of each word in order, close together (fuzzy).
func (c *Catalogue) Search(q Query) Results {
	words := queryWords(q.Text)
	if len(words) == 0 && strings.TrimSpace(q.Text) != "" { // signs are part of no word
		return Results{catalogue: c}
	}
	within := c.filter(q)
	found := c.matchWords(words, within, c.addBegun)
	slots := c.inOrder(found, q)
	exact := len(slots)
	return Results{Exact: exact, slots: append(slots, c.similar(words, found.slots, within, q)...), catalogue: c}
}

// queryWords returns the folded words of a query, cut to what is worth matching.
func queryWords(text string) []string {
	words := Words(text)
	if len(words) > maxQueryWords {
		words = words[:maxQueryWords]
	}
	for i, word := range words {
		words[i] = cutWord(word, maxQueryWord)
	}
	return words
}

// addBegun adds the slots of events that have a word which begins as this one.
func (c *Catalogue) addBegun(word string, to wordMatches) {
	for in, words := range c.index.words {
		words.tree.Root().WalkPrefix([]byte(word), func(_ []byte, slots []int32) bool {
			to[in].add(slots)
			return false
		})
	}
}

// filter returns the slots that pass the query's type, location and days, or nil if it names none of them.
func (c *Catalogue) filter(q Query) slotSet {
	var within slotSet
	restrict := func(set slotSet) {
		if within != nil {
			set.intersect(within)
		}
		within = set
	}
	restrictTo := func(p postings, term string) {
		if term == "" {
			return
		}
		set := newSlotSet(c.slots.length)
		slots, _ := p.tree.Get([]byte(term))
		set.add(slots)
		restrict(set)
	}
	restrictTo(c.index.types, q.Type)
	restrictTo(c.index.locations, q.Location)
	if q.Days != (Days{}) {
		set := newSlotSet(c.slots.length)
		for _, slot := range c.index.on(q.Days) {
			set.put(slot)
		}
		restrict(set)
	}
	return within
}

// matchWords returns the slots that are added for each of the words.
func (c *Catalogue) matchWords(words []string, within slotSet, add func(word string, to wordMatches)) matches {
	found := matches{slots: slices.Clone(within)}
	for _, word := range words {
		one := newWordMatches(c.slots.length)
		add(word, one)
		set := one.anywhere()
		if found.slots != nil {
			set.intersect(found.slots)
		}
		found.slots, found.words = set, append(found.words, one)
	}
	return found
}

// inOrder lists the slots that match as the query sorts their events.
func (c *Catalogue) inOrder(found matches, q Query) []int {
	set, size := found.slots, c.count
	if set != nil {
		size = set.len()
	}
	order, by := c.index.byDate, q.Sorted()
	if by == SortName {
		order = c.index.byName()
	}
	over := c.over(q.Now)
	slots := make([]int, 0, size)
	var past []int
	for _, slot := range order {
		switch {
		case set != nil && !set.has(slot):
		case over.has(slot):
			past = append(past, slot)
		default:
			slots = append(slots, slot)
		}
	}
	switch by {
	case SortBest:
		slices.Reverse(past)
		found.sortByPlace(slots)
		found.sortByPlace(past)
	case SortDate:
		slices.Reverse(past)
	case SortLeft:
		c.sortBy(fewestLeft, slots)
		c.sortBy(fewestLeft, past)
	case SortSold:
		c.sortBy(mostSold, slots)
		c.sortBy(mostSold, past)
	case SortName:
	}
	return append(slots, past...)
}

// over returns the slots of the events that are over at now. Only those of the last day have to be looked at, because some
// of them last until midnight.
func (c *Catalogue) over(now time.Time) slotSet {
	set := newSlotSet(c.slots.length)
	minute := now.Unix() / 60
	certain := c.index.before(minute - 24*60 - 1)
	for _, slot := range c.index.byDate[:certain] {
		set.put(slot)
	}
	for _, slot := range c.index.byDate[certain:c.index.before(minute+2)] {
		if c.slots.at(slot).event.IsPast(now) {
			set.put(slot)
		}
	}
	return set
}

// sortBy sorts slots by a number of their events, which is never negative; where that is the same it leaves their order.
// It sorts plain numbers: with 100,000 events, looking at two of them for each comparison would be felt.
func (c *Catalogue) sortBy(first func(*Event) int, slots []int) {
	keys := make([]uint64, len(slots))
	for i, slot := range slots {
		keys[i] = uint64(first(c.slots.at(slot).event))<<32 | uint64(i)
	}
	slices.Sort(keys)
	sorted := make([]int, len(slots))
	for i, key := range keys {
		sorted[i] = slots[uint32(key)]
	}
	copy(slots, sorted)
}

// fewestLeft puts sold out events last.
func fewestLeft(e *Event) int {
	if left := e.OnSale(); left > 0 {
		return left
	}
	return math.MaxInt32
}

func mostSold(e *Event) int { return math.MaxInt32 - min(max(e.Sold(), 0), math.MaxInt32) }
