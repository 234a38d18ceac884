package model

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// Statistics are what was sold, as the orders say: an immutable snapshot that belongs to the catalogue of the same
// moment. A change costs the same however many orders there are.
//
// Revenue is what was paid, to the cent, and not today's price. The prototype recorded no prices; but neither could it
// change one, so its orders count at [Ticket.FirstPrice], and [Sales.Estimated] says how much that is. Orders that cannot
// be read count nothing.
type Statistics struct {
	total       Sales
	types       *iradix.Tree[Sales] // by type of event
	ticketTypes *iradix.Tree[Sales]
	events      *iradix.Tree[eventFacts] // those that have orders
	ranking     *iradix.Tree[string]     // event ids, by falling revenue
	minutes     *iradix.Tree[int]        // orders placed in each minute
}

// Sales are what some orders add up to.
type Sales struct {
	Revenue   Cents
	Estimated Cents // the part of Revenue for tickets whose price was not recorded
	Tickets   int   // that were sold
	Orders    int   // not counted by type of ticket, of which an order may have several
	Offered   int   // tickets in all, sold or not
}

// SellThrough is the part of the tickets that is sold, from 0 to 1.
func (s Sales) SellThrough() float64 {
	if s.Offered == 0 {
		return 0
	}
	return min(float64(s.Tickets)/float64(s.Offered), 1)
}

// plus adds sales, or takes them off. Sums beyond what an amount can hold are wrong, but right again once they are less: a bound
// would not be.
func (s Sales) plus(other Sales, sign int) Sales {
	s.Revenue += other.Revenue * Cents(sign)
	s.Estimated += other.Estimated * Cents(sign)
	s.Tickets += other.Tickets * sign
	s.Orders += other.Orders * sign
	s.Offered += other.Offered * sign
	return s
}

// eventFacts are what the orders for an event say, which no edit of the event changes.
type eventFacts struct {
	orders int
	lines  []lineFacts // by type of ticket, in no order
}

type lineFacts struct {
	ticketType string
	tickets    int
	paid       Cents
	unpriced   int // those of the tickets whose price was not recorded
}

// with returns the facts with an order more or, if sign is -1, less.
func (e eventFacts) with(order Order, sign int) eventFacts {
	e.orders += sign
	e.lines = slices.Clone(e.lines)
	for _, line := range order.Lines {
		i := slices.IndexFunc(e.lines, func(l lineFacts) bool { return l.ticketType == line.Type })
		if i < 0 {
			i = len(e.lines)
			e.lines = append(e.lines, lineFacts{ticketType: strings.Clone(line.Type)}) // it is part of the order's record, which would be held by it
		}
		e.lines[i].tickets += sign * line.Quantity
		if line.Unpriced {
			e.lines[i].unpriced += sign * line.Quantity
		} else {
			e.lines[i].paid += Cents(sign*line.Quantity) * line.Price
		}
	}
	e.lines = slices.DeleteFunc(e.lines, func(l lineFacts) bool { return l == lineFacts{ticketType: l.ticketType} })
	return e
}

// valued returns the sales of each type of ticket that the event offers or has sold. The event may be nil.
func (e eventFacts) valued(event *Event) []TypeSales {
	var types []TypeSales
	if event != nil {
		types = make([]TypeSales, 0, len(event.Tickets)+len(e.lines))
		for _, t := range event.Tickets {
			types = append(types, TypeSales{t.Type, Sales{Offered: t.Total}})
		}
	}
	for _, l := range e.lines {
		sold := Sales{Tickets: l.tickets}
		i := slices.IndexFunc(types, func(t TypeSales) bool { return t.Type == l.ticketType })
		if i < 0 {
			i = len(types)
			types = append(types, TypeSales{Type: l.ticketType})
		} else if l.unpriced != 0 {
			sold.Estimated = Cents(l.unpriced) * event.Tickets[i].FirstPrice()
		}
		sold.Revenue = l.paid + sold.Estimated
		types[i].Sales = types[i].plus(sold, 1)
	}
	return types
}

// sum adds up the sales of an event's types of tickets.
func (e eventFacts) sum(types []TypeSales) Sales {
	all := Sales{Orders: e.orders}
	for _, t := range types {
		all = all.plus(t.Sales, 1)
	}
	return all
}

// NewStatistics returns the statistics of a catalogue of which nothing is sold.
func NewStatistics(c *Catalogue) *Statistics {
	s := &Statistics{
		types: iradix.New[Sales](), ticketTypes: iradix.New[Sales](), events: iradix.New[eventFacts](),
		ranking: iradix.New[string](), minutes: iradix.New[int](),
	}
	f := s.edit()
	for slot := range c.slots.length {
		if event := c.slots.at(slot).event; event != nil {
			f.count(event.ID, event, eventFacts{}, 1)
		}
	}
	return f.commit()
}

// With returns the statistics after changes that made the catalogue before to the one after. Changes of purchase lists
// need their [Change.Before].
func (s *Statistics) With(before, after *Catalogue, changes []Change) *Statistics {
	f := s.edit()
	touched := map[string]eventFacts{}
	touch := func(id string) eventFacts {
		facts, open := touched[id]
		if !open {
			facts, _ = f.events.Get([]byte(id))
			touched[id] = facts
			event, _ := before.Event(id)
			f.count(id, event, facts, -1)
		}
		return facts
	}
	for _, change := range changes {
		switch key := ParseKey(change.Key); key.Family {
		case FamilyEvent, FamilyTicket:
			touch(key.EventID)
		case FamilyPurchase:
			facts := touch(key.EventID)
			gone, come := orderChanges(key, change)
			for _, order := range gone {
				facts = facts.with(order, -1)
				f.placed(order, -1)
			}
			for _, order := range come {
				facts = facts.with(order, 1)
				f.placed(order, 1)
			}
			touched[key.EventID] = facts
		default:
		}
	}
	for id, facts := range touched {
		event, _ := after.Event(id)
		f.count(id, event, facts, 1)
	}
	return f.commit()
}

// orderChanges returns the orders that a change took off a list, and those that it added.
func orderChanges(key Key, change Change) (gone, come []Order) {
	if len(change.Before) > 0 {
		gone = readableOrders(key, change.Before)
	}
	if !change.Deleted {
		come = readableOrders(key, change.Value)
	}
	for len(gone) > 0 && len(come) > 0 && bytes.Equal(gone[0].stored, come[0].stored) {
		gone, come = gone[1:], come[1:] // most changes add to the end of a list
	}
	return gone, come
}

func readableOrders(key Key, raw []byte) []Order {
	orders, err := DecodeOrders(key.Username, key.EventID, raw)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(orders, func(o Order) bool { return o.Damage != "" })
}

// statisticsEdit is statistics in the making.
type statisticsEdit struct {
	total       Sales
	types       *iradix.Txn[Sales]
	ticketTypes *iradix.Txn[Sales]
	events      *iradix.Txn[eventFacts]
	ranking     *iradix.Txn[string]
	minutes     *iradix.Txn[int]
}

func (s *Statistics) edit() *statisticsEdit {
	return &statisticsEdit{
		total: s.total, types: s.types.Txn(), ticketTypes: s.ticketTypes.Txn(), events: s.events.Txn(),
		ranking: s.ranking.Txn(), minutes: s.minutes.Txn(),
	}
}

func (f *statisticsEdit) commit() *Statistics {
	return &Statistics{
		total: f.total, types: f.types.Commit(), ticketTypes: f.ticketTypes.Commit(), events: f.events.Commit(),
		ranking: f.ranking.Commit(), minutes: f.minutes.Commit(),
	}
}

// count adds an event with the facts of its orders or, if sign is -1, takes it off. The event is nil while there is none.
func (f *statisticsEdit) count(id string, event *Event, facts eventFacts, sign int) {
	types := facts.valued(event)
	sum := facts.sum(types)
	kind := ""
	if event != nil {
		kind = event.Type
	}
	f.total = f.total.plus(sum, sign)
	addSales(f.types, kind, sum, sign)
	for _, t := range types {
		addSales(f.ticketTypes, t.Type, t.Sales, sign)
	}
	f.keep(id, facts, sum, sign)
}

// keep remembers the facts of an event that has orders, and its rank.
func (f *statisticsEdit) keep(id string, facts eventFacts, sum Sales, sign int) {
	rank := rankKey(sum.Revenue, id)
	switch {
	case sign < 0:
		f.ranking.Delete(rank) // what becomes of the facts, the addition that follows says
	case facts.orders > 0:
		f.events.Insert([]byte(id), facts)
		f.ranking.Insert(rank, id)
	default:
		f.events.Delete([]byte(id))
	}
}

func (f *statisticsEdit) placed(order Order, sign int) {
	at, ok := order.Date.Time()
	if !ok {
		return
	}
	key := minuteKey(at)
	before, _ := f.minutes.Get(key)
	if before+sign == 0 {
		f.minutes.Delete(key)
		return
	}
	f.minutes.Insert(key, before+sign)
}

func addSales(into *iradix.Txn[Sales], key string, s Sales, sign int) {
	before, _ := into.Get([]byte(key))
	if after := before.plus(s, sign); after != (Sales{}) {
		into.Insert([]byte(key), after)
		return
	}
	into.Delete([]byte(key))
}

// rankKey sorts by falling revenue, and by id where that is the same.
func rankKey(revenue Cents, id string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, math.MaxInt64-uint64(max(revenue, 0))), id...)
}

func minuteKey(at time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/60)^1<<63)
}
