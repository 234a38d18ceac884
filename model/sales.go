package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// SalesReport is what a screen or a script shows of [Statistics].
type SalesReport struct {
	Total       Sales
	EventTypes  []TypeSales  // by falling revenue; those of which nothing is sold included
	TicketTypes []TypeSales  // the same
	Best        []EventSales // those with the most revenue, which have at least one order
}

// TypeSales are the sales of one type of event or ticket. Type is empty for orders whose event is gone.
type TypeSales struct {
	Type string
	Sales
}

// EventSales are the sales of one event.
type EventSales struct {
	ID   string
	Name string // empty for one that is gone
	Sales
}

// Report returns the sales of all events, with so many best sellers. It is cheap: everything is added up already.
func (s *Statistics) Report(c *Catalogue, best int) SalesReport {
	report := SalesReport{Total: s.total, EventTypes: typeSales(s.types), TicketTypes: typeSales(s.ticketTypes)}
	s.ranking.Root().Walk(func(_ []byte, id string) bool {
		if len(report.Best) == best {
			return true
		}
		event, _ := c.Event(id)
		report.Best = append(report.Best, s.eventSales(id, event))
		return false
	})
	return report
}

// ReportOn returns the sales of some events, such as those that a search found. It looks at each of them.
func (s *Statistics) ReportOn(events []*Event, best int) SalesReport {
	var report SalesReport
	kinds, ticketTypes := map[string]Sales{}, map[string]Sales{}
	for _, event := range events {
		facts, _ := s.events.Get([]byte(event.ID))
		types := facts.valued(event)
		sum := facts.sum(types)
		report.Total = report.Total.plus(sum, 1)
		kinds[event.Type] = kinds[event.Type].plus(sum, 1)
		for _, t := range types {
			ticketTypes[t.Type] = ticketTypes[t.Type].plus(t.Sales, 1)
		}
		if sum.Orders > 0 {
			report.Best = append(report.Best, EventSales{event.ID, event.Name, sum})
		}
	}
	slices.SortFunc(report.Best, func(a, b EventSales) int {
		return cmp.Or(cmp.Compare(b.Revenue, a.Revenue), strings.Compare(a.ID, b.ID))
	})
	report.Best = report.Best[:min(best, len(report.Best))]
	report.EventTypes, report.TicketTypes = sortedTypes(kinds), sortedTypes(ticketTypes)
	return report
}

// Event returns the sales of one event.
func (s *Statistics) Event(e *Event) Sales { return s.eventSales(e.ID, e).Sales }

func (s *Statistics) eventSales(id string, event *Event) EventSales {
	facts, _ := s.events.Get([]byte(id))
	sales := EventSales{ID: id, Sales: facts.sum(facts.valued(event))}
	if event != nil {
		sales.Name = event.Name
	}
	return sales
}

// PerMinute returns how many of the orders that still stand were placed in each of the last minutes before now (a
// wall-clock time), the one that is under way last.
func (s *Statistics) PerMinute(now time.Time, minutes int) []int {
	placed := make([]int, minutes)
	for i := range placed {
		placed[i], _ = s.minutes.Get(minuteKey(now.Add(time.Duration(i-minutes+1) * time.Minute)))
	}
	return placed
}

// Pace returns how many orders are placed in a minute now (a wall-clock time): those of the minute that is under way, and
// of the one before it the part that lies within the last 60 seconds, as if they had come evenly.
func (s *Statistics) Pace(now time.Time) int {
	last := s.PerMinute(now, 2)
	return last[1] + (last[0]*(60-now.Second())+30)/60
}

// TopTypes returns at most n types, and the others, if there are any, added up as one; more says how many those are.
func TopTypes(types []TypeSales, n int) (top []TypeSales, others Sales, more int) {
	if len(types) <= n {
		return types, Sales{}, 0
	}
	top = types[:max(n-1, 0)]
	for _, t := range types[len(top):] {
		others = others.plus(t.Sales, 1)
	}
	return top, others, len(types) - len(top)
}

func typeSales(tree *iradix.Tree[Sales]) []TypeSales {
	types := map[string]Sales{}
	tree.Root().Walk(func(name []byte, sales Sales) bool {
		types[string(name)] = sales
		return false
	})
	return sortedTypes(types)
}

func sortedTypes(types map[string]Sales) []TypeSales {
	sorted := make([]TypeSales, 0, len(types))
	for name, sales := range types {
		if sales != (Sales{}) {
			sorted = append(sorted, TypeSales{Clean(name), sales})
		}
	}
	slices.SortFunc(sorted, func(a, b TypeSales) int {
		return cmp.Or(cmp.Compare(b.Revenue, a.Revenue), strings.Compare(a.Type, b.Type))
	})
	return sorted
}
