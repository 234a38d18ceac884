package model

import (
	"math"
	"math/bits"
	"slices"
	"sort"
	"strings"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// index finds the slots of events by word, type and location, and knows their order by date. It changes only with the
// texts and dates of events, not with their counts.
type index struct {
	words     [places]postings // by where in an event they stand
	types     postings
	locations postings
	byDate    []int        // slots, earliest first; unreadable dates last
	byName    func() []int // slots in the order of their names, which is worked out when somebody first asks
	texts     vector[*indexedText]
	letters   vector[uint64] // those of the names, each as a letterSet
	names     vector[shortName]
}

// shortName is a folded name beside those of its neighbours; empty where it is longer. To fetch each of many thousand names
// from a place of its own in memory took most of the time in which one is looked for that is spelled alike.
type shortName struct {
	size uint8
	text [55]byte
}

func newShortName(folded string) (n shortName) {
	if len(folded) <= len(n.text) {
		n.size = uint8(copy(n.text[:], folded)) //nolint:gosec // it is 55 at most
	}
	return n
}

// indexedText is what the index holds of an event.
type indexedText struct {
	id          string
	folded      string // the name
	date        int64  // in minutes; sorts
	name        string
	description string
	location    string
	kind        string
}

// foldedName is the folded name of a slot. It is not to be changed.
func (i *index) foldedName(slot int) []byte {
	if name := &i.names.chunks[slot/chunkSize][slot%chunkSize]; name.size > 0 {
		return name.text[:name.size]
	}
	return []byte(i.texts.at(slot).folded)
}

// renewed returns the indexed text of an event: the same one where nothing in it has changed. Then the event takes its
// texts from there, so that none is held in memory twice.
func (t *indexedText) renewed(e *Event) *indexedText {
	fresh := indexedText{
		id: e.ID, date: sortableDate(e.Date), name: e.Name, description: e.Description, location: e.Location, kind: e.Type,
	}
	if t == nil {
		fresh.folded = Fold(e.Name)
		return &fresh
	}
	fresh.folded = t.folded
	if fresh != *t {
		fresh.folded = Fold(e.Name)
		return &fresh
	}
	e.ID, e.Name, e.Description, e.Location, e.Type = t.id, t.name, t.description, t.location, t.kind
	e.Date.raw, e.Changed.raw = strings.Clone(e.Date.raw), strings.Clone(e.Changed.raw)
	return t
}

// letterSet has a bit for each letter of a folded text. Some letters share a bit, so it can tell what a text does not
// have, but not what it has.
func letterSet(folded string) uint64 {
	var set uint64
	for _, r := range folded {
		set |= 1 << (uint32(r) % 64)
	}
	return set
}

func sortableDate(d Date) int64 {
	at, ok := d.Time()
	if !ok {
		return math.MaxInt64
	}
	return minuteOf(at)
}

// same says whether two indexes are known to find the same. Each change makes new trees.
func (i index) same(other index) bool {
	return i.words[nameBegins].tree == other.words[nameBegins].tree
}

func newIndex() index {
	var words [places]postings
	for in := range words {
		words[in] = postings{iradix.New[[]int32]()}
	}
	return index{
		words:     words,
		types:     postings{iradix.New[[]int32]()},
		locations: postings{iradix.New[[]int32]()},
		byName:    func() []int { return nil },
	}
}

// before returns how many of the slots by date are of a date before a minute.
func (i index) before(minute int64) int {
	return sort.Search(len(i.byDate), func(n int) bool { return i.texts.at(i.byDate[n]).date >= minute })
}

// sortedByName returns the slots in the order of their names, and of their dates where they have the same.
func (i index) sortedByName() []int {
	type named struct {
		name string
		slot int
	}
	names := make([]named, len(i.byDate))
	for n, slot := range i.byDate {
		names[n] = named{i.texts.at(slot).folded, slot}
	}
	slices.SortStableFunc(names, func(a, b named) int { return strings.Compare(a.name, b.name) })
	slots := make([]int, len(names))
	for n, one := range names {
		slots[n] = one.slot
	}
	return slots
}

// postings lists, for each term, the slots of the events that have it, ascending.
type postings struct{ tree *iradix.Tree[[]int32] }

// terms returns every term that any event has, and more, sorted and once each.
func (p postings) terms(more []string) []string {
	all := slices.Clone(more)
	p.tree.Root().Walk(func(term []byte, _ []int32) bool {
		all = append(all, string(term))
		return false
	})
	slices.Sort(all)
	return slices.Compact(slices.DeleteFunc(all, func(s string) bool { return s == "" }))
}

// slotSet is a set of slots.
type slotSet []uint64

func newSlotSet(length int) slotSet { return make(slotSet, (length+63)/64) }

func (s slotSet) add(slots []int32) {
	for _, slot := range slots {
		s[slot/64] |= 1 << (slot % 64)
	}
}

func (s slotSet) put(slot int) { s[slot/64] |= 1 << (slot % 64) }

func (s slotSet) has(slot int) bool { return s[slot/64]&(1<<(slot%64)) != 0 }

func (s slotSet) unite(other slotSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s slotSet) subtract(other slotSet) {
	for i := range s {
		s[i] &^= other[i]
	}
}

func (s slotSet) intersect(other slotSet) {
	for i := range s {
		s[i] &= other[i]
	}
}

func (s slotSet) len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}
