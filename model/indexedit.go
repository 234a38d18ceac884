package model

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// indexEdit gathers the changes of one edit, so that each list is rewritten once however many events change.
type indexEdit struct {
	index
	words            [places]termChanges
	types, locations termChanges
	dated            []int // slots whose place in byDate is new
	undated          map[int]bool
	text             *vectorEdit[*indexedText]
	letter           *vectorEdit[uint64]
	short            *vectorEdit[shortName]
}

// termChanges says, for each term, which slots got it and lost it, in the order in which they did.
type termChanges map[string]*[]termChange

type termChange struct {
	slot int32
	has  bool
}

func (i index) edit() *indexEdit {
	edit := &indexEdit{index: i, types: termChanges{}, locations: termChanges{}, undated: map[int]bool{}}
	for in := range edit.words {
		edit.words[in] = termChanges{}
	}
	return edit
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
	in := nameBegins
	eachWord(func(word string) { e.words[in].note(word, change); in = inName }, text.name)
	eachWord(func(word string) { e.words[inLocation].note(word, change) }, text.location)
	eachWord(func(word string) { e.words[elsewhere].note(word, change) }, text.description)
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
		types:     e.types.commit(e.index.types),
		locations: e.locations.commit(e.index.locations),
	}
	for in, words := range e.words {
		next.words[in] = words.commit(e.index.words[in])
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
