package model

import "slices"

// place is where a word of an event stands. The lower it is, the better an event matches who searches for the word.
type place int

const (
	nameBegins place = iota // the first word of the name
	inName
	inLocation // or it is the type that is taken for a word
	elsewhere  // in the description
	places
)

// wordMatches are the slots of the events that match a word, by where they have it.
type wordMatches [places]slotSet

func newWordMatches(length int) (m wordMatches) {
	for in := range m {
		m[in] = newSlotSet(length)
	}
	return m
}

// anywhere returns the slots that have the word in any place.
func (m wordMatches) anywhere() slotSet {
	all := slices.Clone(m[nameBegins])
	for _, set := range m[inName:] {
		all.unite(set)
	}
	return all
}

// best returns the best place in which a slot has the word.
func (m wordMatches) best(slot int) place {
	in := nameBegins
	for in < elsewhere && !m[in].has(slot) {
		in++
	}
	return in
}

// matches are the slots that match all words of a query, and what matches each of them.
type matches struct {
	slots slotSet // nil means all
	words []wordMatches
}

// sortByPlace sorts slots by where they have the words, all places added up: so whatever has one of two words in its name comes
// before what has none there. Where that is the same it leaves their order.
func (m matches) sortByPlace(slots []int) {
	ranks, ends := make([]uint8, len(slots)), make([]int, len(m.words)*int(elsewhere)+1)
	for i, slot := range slots {
		for _, word := range m.words {
			ranks[i] += uint8(word.best(slot)) //nolint:gosec // it is below places, and a query has few words
		}
		ends[ranks[i]]++
	}
	for rank := 1; rank < len(ends); rank++ {
		ends[rank] += ends[rank-1]
	}
	for i, slot := range slices.Backward(slices.Clone(slots)) {
		ends[ranks[i]]--
		slots[ends[ranks[i]]] = slot
	}
}
