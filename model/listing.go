package model

import (
	"slices"
	"strings"
)

// ListPart is how many event ids one value of the search index holds; further ids go to the list's next part. A full
// part has 39 kB, so that an event's new words (about thirty, each with the end of its list) fit in one transaction, and
// a change of a list that is long does not rewrite all of it.
const ListPart = 1000

// IndexRecords returns the search index of events: under each of their words, under their type and under their
// location. The records come in the order of their keys, the ids in each list in order, so the same events always give
// the same records.
func IndexRecords(events []Event) []Record {
	lists := map[string][]string{}
	for _, e := range events {
		for _, list := range e.Lists() {
			lists[list] = append(lists[list], e.ID)
		}
	}
	var records []Record
	for list, ids := range lists {
		slices.Sort(ids)
		part := 0
		for some := range slices.Chunk(slices.Compact(ids), ListPart) {
			records = append(records, Record{Key: IndexKey("", list, part), Value: EncodeList(some)})
			part++
		}
	}
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.Key, b.Key) })
	return records
}

// Lists returns the keys of the index lists in which the event belongs, without repeats: one for each word, its type
// and its location, as its record spells them. A type or location that is empty or holds a colon cannot be part of a key
// and is left out.
func (e Event) Lists() []string {
	var lists []string
	for _, word := range e.Words() {
		lists = append(lists, PrefixSearchText+word)
	}
	kind, location := e.spelled()
	if isKeyPart(kind) {
		lists = append(lists, PrefixSearchType+kind)
	}
	if isKeyPart(location) {
		lists = append(lists, PrefixSearchLocation+location)
	}
	return lists
}

// spelled returns the type and the location as the event's record spells them, which is how they stand in keys. They may
// differ from Type and Location, which can be shown, and must not be shown themselves.
func (e Event) spelled() (kind, location string) {
	if e.stored == "" {
		return e.Type, e.Location
	}
	fields := e.stored.fields()
	return fields.spelling("type", e.Type), fields.spelling("location", e.Location)
}

// Strays says whether the event stands in a list of the index, or in one of its parts, that is of another type or another
// location than its own. Of words nothing can be said: the prototype split texts in its own way.
func (e Event) Strays(list string) bool {
	key := ParseKey(list)
	term := Fold(Clean(key.Term))
	return key.Family == FamilySearchType && e.Type != "" && term != Fold(e.Type) ||
		key.Family == FamilySearchLocation && e.Location != "" && term != Fold(e.Location)
}

func isKeyPart(s string) bool { return s != "" && !strings.Contains(s, ":") }
