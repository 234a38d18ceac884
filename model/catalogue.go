package model

import (
	"slices"
	"strings"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// Catalogue is what is on sale at one revision of the store: an immutable snapshot with its search index. Any number of
// sessions may read one at the same time. A change of a count costs the same however many events there are.
type Catalogue struct {
	revision int64
	slots    vector[*entry]
	byID     *iradix.Tree[int]
	index    index
	static   staticLists
	count    int // readable events
	edits    int // that led here
}

// entry is what is known of one event. Its event is nil while only tickets are known.
type entry struct {
	event   *Event
	tickets []Ticket
	text    *indexedText
	edit    int // by which the catalogue got this entry: it alone may change it
}

// staticLists are the allowed values that the layout stores.
type staticLists struct {
	locations, types, ticketTypes []string
}

// Change is one key as a revision of the store left it.
type Change struct {
	Key      string
	Value    []byte
	Before   []byte // the value that it replaced; only [Statistics] need it
	Deleted  bool
	Revision int64
	Since    int64 // the revision at which the record was made; 0 where it is deleted
}

// Problem is a record that cannot be read. It is skipped, and the shop goes on.
type Problem struct {
	Key string
	Err error
}

// NewCatalogue returns a catalogue without events, at revision 0.
func NewCatalogue() *Catalogue {
	return &Catalogue{byID: iradix.New[int](), index: newIndex()}
}

// Revision returns the revision of the store that the catalogue shows.
func (c *Catalogue) Revision() int64 { return c.revision }

// Len returns the number of events.
func (c *Catalogue) Len() int { return c.count }

// Event returns an event with its tickets. Callers must not change what the pointer leads to.
func (c *Catalogue) Event(id string) (*Event, bool) {
	slot, ok := c.byID.Get([]byte(id))
	if !ok || c.slots.at(slot).event == nil {
		return nil, false
	}
	return c.slots.at(slot).event, true
}

// Types returns the event types that exist: those of the events and those that are allowed, sorted.
func (c *Catalogue) Types() []string { return c.index.types.terms(c.static.types) }

// Locations returns the locations that exist: those of the events and those that are allowed, sorted.
func (c *Catalogue) Locations() []string { return c.index.locations.terms(c.static.locations) }

// TicketTypes returns the ticket types that are allowed for new events.
func (c *Catalogue) TicketTypes() []string { return c.static.ticketTypes }

// With returns the catalogue after changes, which are given in the order in which they happened, and the records among
// them that cannot be read. Keys that the catalogue does not hold are passed over.
func (c *Catalogue) With(revision int64, changes []Change) (*Catalogue, []Problem) {
	edit := c.Edit()
	problems := edit.Apply(changes)
	return edit.Commit(revision), problems
}

// CatalogueEdit is a catalogue in the making: of one that is read page by page, the index is made once, at the end. It is
// for one goroutine. The catalogue that it began with stays as it is.
type CatalogueEdit struct {
	next  *Catalogue
	slots *vectorEdit[*entry]
	byID  *iradix.Txn[int]
	index *indexEdit
	last  struct { // the event last looked for, because its tickets tend to follow one another
		id   string
		slot int
	}
	names map[string]string // of types of tickets that are new, so that each is held in memory once
}

// Edit begins to change a copy of the catalogue.
func (c *Catalogue) Edit() *CatalogueEdit {
	return &CatalogueEdit{
		next:  &Catalogue{revision: c.revision, static: c.static, count: c.count, edits: c.edits + 1},
		slots: c.slots.edit(),
		byID:  c.byID.Txn(),
		index: c.index.edit(),
	}
}

// Apply makes changes as [Catalogue.With] does, and returns the records that cannot be read.
func (f *CatalogueEdit) Apply(changes []Change) []Problem {
	var problems []Problem
	for _, change := range changes {
		if err := f.apply(change); err != nil {
			problems = append(problems, Problem{Key: change.Key, Err: err})
		}
	}
	return problems
}

// Commit ends the edit and returns the changed catalogue, as it is at a revision.
func (f *CatalogueEdit) Commit(revision int64) *Catalogue {
	f.next.revision = max(revision, f.next.revision)
	f.next.slots = f.slots.vector
	f.next.byID = f.byID.Commit()
	f.next.index = f.index.commit()
	return f.next
}

func (f *CatalogueEdit) apply(change Change) error {
	key := ParseKey(change.Key)
	switch key.Family {
	case FamilyEvent:
		return f.event(key.EventID, change)
	case FamilyTicket:
		return f.ticket(key, change)
	case FamilyStatic:
		return f.list(change)
	default:
		return nil
	}
}

func (f *CatalogueEdit) event(id string, change Change) error {
	slot, e := f.entry(id)
	if e.event != nil {
		f.next.count--
	}
	before := e.text
	e.event, e.text = nil, nil
	var err error
	if !change.Deleted {
		err = checkShowable(change.Key)
		if err == nil {
			e.event, err = decodeEventPointer(id, change.Value)
		}
	}
	if e.event != nil {
		e.event.Tickets = e.tickets
		e.text = before.renewed(e.event)
		f.next.count++
	}
	f.index.replace(slot, before, e.text)
	return err
}

func decodeEventPointer(id string, raw []byte) (*Event, error) {
	event, err := DecodeEvent(id, raw)
	if err != nil {
		return nil, err
	}
	return &event, nil
}

func (f *CatalogueEdit) ticket(key Key, change Change) error {
	_, e := f.entry(key.EventID)
	at, found := slices.BinarySearchFunc(e.tickets, key.TicketType, func(t Ticket, name string) int {
		return strings.Compare(t.Type, name)
	})
	var ticket Ticket
	var err error
	if !change.Deleted {
		ticket, err = DecodeTicket(key.TicketType, change.Value)
	}
	switch readable := !change.Deleted && err == nil; {
	case readable && found:
		ticket.Type = e.tickets[at].Type
		e.tickets[at] = ticket
	case readable:
		ticket.Type = f.name(key.TicketType)
		e.tickets = slices.Insert(e.tickets, at, ticket)
	case found:
		e.tickets = slices.Delete(e.tickets, at, at+1)
	}
	if e.event != nil {
		e.event.Tickets = e.tickets
	}
	return err
}

// name returns one copy of a name for all tickets that have it. It is not part of a key, which would be held by it.
func (f *CatalogueEdit) name(s string) string {
	if known, ok := f.names[s]; ok {
		return known
	}
	if f.names == nil {
		f.names = map[string]string{}
	}
	s = strings.Clone(s)
	f.names[s] = s
	return s
}

// entry returns the slot of an event and what it holds, as a copy of this edit's own that may be changed in place; an
// empty one at first sight.
func (f *CatalogueEdit) entry(id string) (int, *entry) {
	slot, known := f.last.slot, f.last.id == id
	if !known {
		slot, known = f.byID.Get([]byte(id))
	}
	if !known {
		slot = f.slots.add(&entry{edit: f.next.edits})
		f.byID.Insert([]byte(id), slot)
	}
	f.last.id, f.last.slot = id, slot
	e := f.slots.at(slot)
	if e.edit != f.next.edits {
		e = e.copied(f.next.edits)
		f.slots.set(slot, e)
	}
	return slot, e
}

// copied returns a copy that belongs to an edit.
func (e *entry) copied(edit int) *entry {
	fresh := &entry{tickets: slices.Clone(e.tickets), text: e.text, edit: edit}
	if e.event != nil {
		event := *e.event
		event.Tickets = fresh.tickets
		fresh.event = &event
	}
	return fresh
}

func (f *CatalogueEdit) list(change Change) error {
	var values []string
	var err error
	if !change.Deleted {
		values, err = DecodeList(change.Value)
	}
	for i := range values {
		values[i] = Clean(values[i])
	}
	switch change.Key {
	case KeyLocations:
		f.next.static.locations = values
	case KeyTypes:
		f.next.static.types = values
	case KeyTicketTypes:
		f.next.static.ticketTypes = values
	}
	return err
}

// checkShowable refuses keys whose parts would have to be changed before they can be shown: what is shown would no
// longer be what is bought.
func checkShowable(key string) error {
	if Clean(key) != key {
		return Errorf(CodeFailed, "the key has characters that cannot be shown")
	}
	return nil
}
