package model

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// index finds the slots of events by word, type and location, and knows their order by date. It changes only with the
// texts and dates of events, not with their counts.
type index struct {
	words     postings
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
	return at.Truncate(time.Minute).Unix() / 60
}

// same says whether two indexes are known to find the same. Each change makes new trees.
func (i index) same(other index) bool { return i.words.tree == other.words.tree }

func newIndex() index {
	return index{
		words:     postings{iradix.New[[]int32]()},
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

// indexEdit gathers the changes of one edit, so that each list is rewritten once however many events change.
type indexEdit struct {
	index
	words, types, locations termChanges
	dated                   []int // slots whose place in byDate is new
	undated                 map[int]bool
	text                    *vectorEdit[*indexedText]
	letter                  *vectorEdit[uint64]
	short                   *vectorEdit[shortName]
}

// termChanges says, for each term, which slots got it and lost it, in the order in which they did.
type termChanges map[string]*[]termChange

type termChange struct {
	slot int32
	has  bool
}

func (i index) edit() *indexEdit {
	return &indexEdit{
		index: i, words: termChanges{}, types: termChanges{}, locations: termChanges{}, undated: map[int]bool{},
	}
}

// replace changes what the index holds of a slot; either text may be nil.
func (e *indexEdit) replace(slot int, before, after *indexedText) {
	if before == after {
		return
	}
	if e.text == nil {
		e.text, e.letter, e.short = e.texts.edit(), e.letters.edit(), e.names.edit()
	}
	for e.text.length <= slot {
		e.text.add(nil)
		e.letter.add(0)
		e.short.add(shortName{})
	}
	e.text.set(slot, after)
	if before != nil {
		e.undated[slot] = true
		e.list(before, slot, false)
	}
	letters, name := uint64(0), shortName{}
	if after != nil {
		letters, name = letterSet(after.folded), newShortName(after.folded)
		e.dated = append(e.dated, slot)
		e.list(after, slot, true)
	}
	e.letter.set(slot, letters)
	e.short.set(slot, name)
}

// list notes under which terms a slot is to be found from now on, or no longer.
func (e *indexEdit) list(text *indexedText, slot int, has bool) {
	change := termChange{int32(slot), has}
	e.types.note(text.kind, change)
	e.locations.note(text.location, change)
	eachWord(func(word string) { e.words.note(word, change) }, text.name, text.description, text.location)
}

// commit returns the changed index.
func (e *indexEdit) commit() index {
	if e.text == nil {
		return e.index
	}
	next := index{
		texts:     e.text.vector,
		letters:   e.letter.vector,
		names:     e.short.vector,
		words:     e.words.commit(e.index.words),
		types:     e.types.commit(e.index.types),
		locations: e.locations.commit(e.index.locations),
	}
	next.byDate = e.order(next.texts)
	next.byName = sync.OnceValue(next.sortedByName)
	return next
}

// order merges the slots with a new date into those whose date stood.
func (e *indexEdit) order(texts vector[*indexedText]) []int {
	byDate := func(a, b int) int {
		x, y := texts.at(a), texts.at(b)
		if c := cmp.Compare(x.date, y.date); c != 0 {
			return c
		}
		return strings.Compare(x.id, y.id)
	}
	var fresh []int
	for _, slot := range e.dated {
		if texts.at(slot) != nil {
			fresh = append(fresh, slot)
		}
	}
	slices.SortFunc(fresh, byDate)
	fresh = slices.Compact(fresh)
	merged := make([]int, 0, len(e.byDate)+len(fresh))
	for _, slot := range e.byDate {
		if e.undated[slot] {
			continue
		}
		for len(fresh) > 0 && byDate(fresh[0], slot) < 0 {
			merged = append(merged, fresh[0])
			fresh = fresh[1:]
		}
		merged = append(merged, slot)
	}
	return append(merged, fresh...)
}

func (t termChanges) note(term string, change termChange) {
	changes := t[term]
	if changes == nil {
		changes = new([]termChange)
		t[term] = changes
	}
	if n := len(*changes); n == 0 || (*changes)[n-1] != change { // a text may have a word more than once
		*changes = append(*changes, change)
	}
}

// commit rewrites the lists of the terms that changed.
func (t termChanges) commit(before postings) postings {
	txn := before.tree.Txn()
	for term, changes := range t {
		old, _ := txn.Get([]byte(term))
		if list := merge(old, *changes); len(list) > 0 {
			txn.Insert([]byte(term), list)
		} else {
			txn.Delete([]byte(term))
		}
	}
	return postings{txn.Commit()}
}

// merge applies changes to an ascending list of slots. Of several changes of one slot the last counts.
func merge(old []int32, changes []termChange) []int32 {
	bySlot := func(a, b termChange) int { return cmp.Compare(a.slot, b.slot) }
	if !slices.IsSortedFunc(changes, bySlot) {
		slices.SortStableFunc(changes, bySlot)
	}
	list := make([]int32, 0, len(old)+len(changes))
	for i, change := range changes {
		if i+1 < len(changes) && changes[i+1].slot == change.slot {
			continue
		}
		for len(old) > 0 && old[0] < change.slot {
			list = append(list, old[0])
			old = old[1:]
		}
		if len(old) > 0 && old[0] == change.slot {
			old = old[1:]
		}
		if change.has {
			list = append(list, change.slot)
		}
	}
	return append(list, old...)
}
