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
}

// entry is what is known of one event. Its event is nil while only tickets are known.
type entry struct {
	event   *Event
	tickets []Ticket
	text    *indexedText
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
	f := fold{
		next:  &Catalogue{revision: max(revision, c.revision), static: c.static, count: c.count},
		slots: c.slots.edit(),
		byID:  c.byID.Txn(),
		index: c.index.edit(),
	}
	for _, change := range changes {
		if err := f.apply(change); err != nil {
			f.problems = append(f.problems, Problem{Key: change.Key, Err: err})
		}
	}
	f.next.slots = f.slots.vector
	f.next.byID = f.byID.Commit()
	f.next.index = f.index.commit()
	return f.next, f.problems
}

// fold is a catalogue in the making.
type fold struct {
	next     *Catalogue
	slots    *vectorEdit[*entry]
	byID     *iradix.Txn[int]
	index    *indexEdit
	problems []Problem
}

func (f *fold) apply(change Change) error {
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

func (f *fold) event(id string, change Change) error {
	slot, old := f.entry(id)
	fresh := *old
	fresh.event, fresh.text = nil, nil
	var err error
	if !change.Deleted {
		err = checkShowable(change.Key)
		if err == nil {
			fresh.event, err = decodeEventPointer(id, change.Value)
		}
	}
	if fresh.event != nil {
		fresh.event.Tickets = fresh.tickets
		fresh.text = old.text.renewed(fresh.event)
	}
	if old.event != nil {
		f.next.count--
	}
	if fresh.event != nil {
		f.next.count++
	}
	f.slots.set(slot, &fresh)
	f.index.replace(slot, old.text, fresh.text)
	return err
}

func decodeEventPointer(id string, raw []byte) (*Event, error) {
	event, err := DecodeEvent(id, raw)
	if err != nil {
		return nil, err
	}
	return &event, nil
}

func (f *fold) ticket(key Key, change Change) error {
	slot, old := f.entry(key.EventID)
	fresh := *old
	at, found := slices.BinarySearchFunc(old.tickets, key.TicketType, func(t Ticket, name string) int {
		return strings.Compare(t.Type, name)
	})
	fresh.tickets = slices.Clone(old.tickets)
	if found {
		fresh.tickets = slices.Delete(fresh.tickets, at, at+1)
	}
	var err error
	if !change.Deleted {
		var ticket Ticket
		if ticket, err = DecodeTicket(key.TicketType, change.Value); err == nil {
			fresh.tickets = slices.Insert(fresh.tickets, at, ticket)
		}
	}
	if old.event != nil {
		event := *old.event
		event.Tickets = fresh.tickets
		fresh.event = &event
	}
	f.slots.set(slot, &fresh)
	return err
}

// entry returns the slot of an event and what it holds, making an empty one at first sight.
func (f *fold) entry(id string) (int, *entry) {
	if slot, ok := f.byID.Get([]byte(id)); ok {
		return slot, f.slots.at(slot)
	}
	empty := &entry{}
	slot := f.slots.add(empty)
	f.byID.Insert([]byte(id), slot)
	return slot, empty
}

func (f *fold) list(change Change) error {
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
