package torture

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/ticketcd/ticketcd/model"
)

// judgePatience is how long the search for a legal order of one event's deeds may take. That it found none by then counts
// as that there is none.
const judgePatience = time.Minute

// stock is what a shop with one event knows: how many tickets are left, which orders stand, and which of those that several
// people cancel were cancelled. Both lists are sorted, and never changed.
type stock struct {
	left      counts
	standing  []string
	cancelled []string
}

// step says whether a deed may have had its outcome in a state, and what state it leaves behind. One whose outcome is
// unknown does what it can; that it did nothing is the same as that it came after all others.
func (s stock) step(d deed) (bool, stock) {
	_, stands := slices.BinarySearch(s.standing, d.Order)
	switch {
	case d.Verb == look:
		return d.Tickets == s.left, s
	case d.Verb == end:
		return d.Tickets == s.left && slices.Equal(d.Standing, s.standing), s
	case d.Verb == buy && d.Outcome == refused:
		return !s.has(d.Tickets), s
	case d.Verb == cancel && d.Outcome == refused:
		return !stands, s
	case d.Verb == buy && !stands && s.has(d.Tickets):
		return true, stock{s.left.plus(d.Tickets, -1), with(s.standing, d.Order), s.cancelled}
	case d.Verb == cancel && stands && d.Again:
		return true, stock{s.left.plus(d.Tickets, 1), without(s.standing, d.Order), with(s.cancelled, d.Order)}
	case d.Verb == cancel && stands:
		return true, stock{s.left.plus(d.Tickets, 1), without(s.standing, d.Order), s.cancelled}
	}
	_, cancelled := slices.BinarySearch(s.cancelled, d.Order)
	return d.Outcome == unknown || d.Outcome == wrong || d.Verb == cancel && cancelled, s
}

// with returns a sorted list with one more order.
func with(orders []string, order string) []string {
	at, _ := slices.BinarySearch(orders, order)
	return slices.Insert(slices.Clone(orders), at, order)
}

// without returns a sorted list but for an order that is in it.
func without(orders []string, order string) []string {
	at, _ := slices.BinarySearch(orders, order)
	return slices.Delete(slices.Clone(orders), at, at+1)
}

func (s stock) has(wanted counts) bool {
	for i, n := range wanted {
		if n > s.left[i] {
			return false
		}
	}
	return true
}

func (c counts) plus(other counts, sign int) counts {
	for i, n := range other {
		c[i] += sign * n
	}
	return c
}

func (s stock) equal(other stock) bool {
	return s.left == other.left && slices.Equal(s.standing, other.standing) && slices.Equal(s.cancelled, other.cancelled)
}

// soldHere is the model of an event that had so many tickets at first.
func soldHere(capacity counts) porcupine.Model {
	seed := maphash.MakeSeed()
	return porcupine.Model{
		Init: func() any { return stock{left: capacity} },
		Step: func(state, input, _ any) (bool, any) { return state.(stock).step(input.(deed)) },
		Equal: func(x, y any) bool {
			return x.(stock).equal(y.(stock))
		},
		Hash: func(state any) uint64 {
			s := state.(stock)
			sum := maphash.Comparable(seed, s.left)
			for _, order := range s.standing {
				sum ^= maphash.String(seed, order)
			}
			return sum
		},
	}
}

// remains is what is in the store when all is over.
type remains struct {
	left   map[string]counts // by event
	orders []model.Order
	audit  []model.Violation
}

// judge says what is wrong with a history and what it has left behind. Events began with capacity.
func judge(capacity counts, history []deed, remains remains) []string {
	var wrongs []string
	for _, v := range remains.audit {
		wrongs = append(wrongs, fmt.Sprintf("audit: %s: %s", v.Key, v.Message))
	}
	for _, d := range history {
		if d.Outcome == wrong {
			wrongs = append(wrongs, fmt.Sprintf("%s was told what nobody must be told: %s", d, d.Words))
		}
	}
	wrongs = append(wrongs, judgeOrders(history, remains.orders)...)
	return append(wrongs, judgeCounts(capacity, history, remains)...)
}

// String names a deed.
func (d deed) String() string {
	return fmt.Sprintf("%s %s of %v by %s (%s #%d, event %s, %s)", d.Verb, d.Order, d.Tickets, d.User, d.Process, d.Number, d.Event, d.Outcome)
}

// judgeOrders checks that each order that was acknowledged, and not cancelled, is there once and as it was bought, and none
// that was refused.
func judgeOrders(history []deed, orders []model.Order) []string {
	var wrongs []string
	found := map[string][]model.Order{}
	for _, order := range orders {
		found[order.ID] = append(found[order.ID], order)
	}
	cancels := map[string]outcome{} // the most certain
	for _, d := range history {
		if d.Verb == cancel && (d.Outcome == done || d.Outcome == unknown && cancels[d.Order] == "") {
			cancels[d.Order] = d.Outcome
		}
	}
	for _, d := range history {
		if d.Verb != buy {
			continue
		}
		there := found[d.Order]
		delete(found, d.Order)
		switch {
		case len(there) > 1:
			wrongs = append(wrongs, fmt.Sprintf("%s is there %d times", d, len(there)))
		case len(there) == 1 && (d.Outcome == refused || d.Outcome == nothing):
			wrongs = append(wrongs, fmt.Sprintf("%s is there, but the buyer was told %q", d, d.Words))
		case len(there) == 1 && cancels[d.Order] == done:
			wrongs = append(wrongs, fmt.Sprintf("%s is there, but was cancelled", d))
		case len(there) == 0 && d.Outcome == done && cancels[d.Order] == "":
			wrongs = append(wrongs, fmt.Sprintf("%s is lost", d))
		case len(there) == 1 && (countLines(there[0].Lines) != d.Tickets || there[0].Username != d.User || there[0].EventID != d.Event):
			wrongs = append(wrongs, fmt.Sprintf("%s is there as %s by %s for %s", d, there[0], there[0].Username, there[0].EventID))
		}
	}
	for id := range found {
		wrongs = append(wrongs, fmt.Sprintf("order %s is there, but nobody bought it", id))
	}
	return wrongs
}

// judgeCounts looks, event by event, for an order of its deeds in which each was answered as it had to be.
func judgeCounts(capacity counts, history []deed, remains remains) []string {
	var wrongs []string
	for event, deeds := range byEvent(history, remains) {
		operations := make([]porcupine.Operation, len(deeds))
		clients := map[string]int{}
		for i, d := range deeds {
			if _, known := clients[d.Process]; !known {
				clients[d.Process] = len(clients)
			}
			operations[i] = porcupine.Operation{ClientId: clients[d.Process], Input: d, Call: d.Call, Return: d.Return}
		}
		if found := porcupine.CheckOperationsTimeout(soldHere(capacity), operations, judgePatience); found != porcupine.Ok {
			wrongs = append(wrongs, fmt.Sprintf("event %s: no order of its %d deeds explains what shoppers were told (%s)", event, len(deeds), found))
		}
	}
	slices.Sort(wrongs)
	return wrongs
}

// byEvent sorts out what is to be explained for each event, and ends each with what is left.
func byEvent(history []deed, remains remains) map[string][]deed {
	cancels := map[string]int{}
	last := int64(0)
	for _, d := range history {
		if d.Verb == cancel {
			cancels[d.Order]++
		}
		if d.Return != never {
			last = max(last, d.Return)
		}
	}
	events := map[string][]deed{}
	for _, d := range history {
		if d.Outcome == nothing || d.Verb == look && d.Outcome != done {
			continue // it says nothing about the event
		}
		d.Again = d.Verb == cancel && cancels[d.Order] > 1
		events[d.Event] = append(events[d.Event], d)
	}
	standing := map[string][]string{}
	for _, order := range remains.orders {
		standing[order.EventID] = append(standing[order.EventID], order.ID)
	}
	for event := range events {
		slices.Sort(standing[event])
		events[event] = append(events[event], deed{
			Verb: end, Event: event, Tickets: remains.left[event], Standing: standing[event],
			Call: last + 1, Return: last + 2, Outcome: done,
		})
	}
	return events
}

// judgeSights checks that processes that show the same revision show the same counts, and that none goes back in time.
func judgeSights(sights []sight) []string {
	var wrongs []string
	type moment struct {
		event    string
		revision int64
	}
	first, newest := map[moment]sight{}, map[string]int64{}
	for _, s := range sights {
		at := moment{s.Event, s.Revision}
		if other, seen := first[at]; !seen {
			first[at] = s
		} else if other.Left != s.Left {
			wrongs = append(wrongs, fmt.Sprintf("at revision %d of event %s, %s shows %v left and %s shows %v",
				s.Revision, s.Event, other.Process, other.Left, s.Process, s.Left))
		}
		if s.Revision < newest[s.Process] {
			wrongs = append(wrongs, fmt.Sprintf("%s shows revision %d after %d", s.Process, s.Revision, newest[s.Process]))
		}
		newest[s.Process] = max(newest[s.Process], s.Revision)
	}
	return wrongs
}

// judgeShown checks that what a process shows at the end is what is in the store.
func judgeShown(process string, shows, left map[string]counts) []string {
	var wrongs []string
	for event, n := range left {
		if shown, ok := shows[event]; !ok || shown != n {
			wrongs = append(wrongs, fmt.Sprintf("%s shows %v left of event %s, and there are %v", process, shown, event, n))
		}
	}
	if len(shows) != len(left) {
		wrongs = append(wrongs, fmt.Sprintf("%s shows %d events, and there are %d", process, len(shows), len(left)))
	}
	slices.SortFunc(wrongs, cmp.Compare[string])
	return wrongs
}
