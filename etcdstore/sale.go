package etcdstore

import (
	"maps"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// sale is what orders for an event are judged on: the event with its tickets, and what some of the users hold of it. What
// could not be read is kept as an error, because not everything matters to every order. A sale is never changed: the next
// state of the event is another one.
//
// Where nothing is known of a user, it is assumed that there is one, who holds nothing of the event yet: a transaction
// compares that as well, and says what is true if it is not so. Most people order for an event once.
type sale struct {
	eventID  string
	asOf     time.Time // when the event and its tickets were so, or later
	event    model.Event
	eventErr error           // there is none, or it cannot be read
	size     int             // of the event's and the tickets' records, in bytes
	reads    []*pb.RequestOp // that found them, to find them anew
	looked   time.Time       // when it was last known that nobody has written any of the tickets alone
	hidden   bool            // what this process has written since would hide it

	holdings map[string]holding // by user; of those who were asked for
	mods     map[string]int64   // mod revisions by key, of the event and its tickets; 0 for an absent one

	won   int   // how many rounds of this process were carried out
	heard int64 // at which revision it was looked last whether others ask for a gap, or the first of those rounds was
}

// A round compares the event and the tickets that it sells. Others may write another ticket alone, as the prototype does, and
// then the event's count, which is the sum of all, would never be right again. So the tickets are looked at again when so long
// has passed: with a compare where none of them was sold since, and otherwise with a read, because what was sold is newer than
// what was missed. Both together cost next to nothing where an event sells all the time.
const lookAtTickets = 10 * time.Second

// isOld says whether somebody may have written a ticket alone since all of them were looked at.
func (v *sale) isOld() bool { return time.Since(v.looked) > lookAtTickets }

// manyHoldings is for how many users it is remembered what they hold. Beyond that it is forgotten, and assumed again.
const manyHoldings = 256

// holding is what a user holds of an event.
type holding struct {
	orders []model.Order
	err    error     // the list cannot be read
	nobody bool      // there is no such user
	mod    int64     // the list's mod revision; 0 for an absent one
	asOf   time.Time // when it was so, or later; zero where it is only assumed
}

// assumed says that nobody has looked.
func (h holding) assumed() bool { return h.asOf.IsZero() }

// newSale takes the answer to eventReads, or to more reads that begin with them, which were sent at asOf.
func newSale(eventID string, answers []*pb.ResponseOp, asOf time.Time) *sale {
	v := &sale{
		eventID: eventID, asOf: asOf, looked: asOf, reads: eventReads(eventID), holdings: map[string]holding{}, mods: map[string]int64{},
	}
	for _, answer := range answers[:eventReadCount] {
		for _, kv := range answer.GetResponseRange().Kvs {
			v.mods[string(kv.Key)] = kv.ModRevision
			v.size += len(kv.Key) + len(kv.Value)
		}
	}
	v.event, v.eventErr = decodeEvent(eventID, answers[0].GetResponseRange().Kvs)
	v.event.Tickets, v.event.Damaged = decodeTickets(answers[1].GetResponseRange().Kvs)
	return v
}

// holdingReads are the reads that tell what a user holds, and whether there is one.
func holdingReads(username, eventID string) []*pb.RequestOp {
	return []*pb.RequestOp{
		getOp(model.PurchaseKey(username, eventID)),
		countOp(model.UserKey(username)),
	}
}

// firstHolding takes the answer to holdingReads, which were sent at asOf.
func firstHolding(username, eventID string, answers []*pb.ResponseOp, asOf time.Time) holding {
	h := newHolding(username, eventID, answers[0], asOf)
	h.nobody = answers[1].GetResponseRange().Count == 0
	return h
}

// newHolding takes the answer to a get, sent at asOf, of the orders for an event of somebody who is known to exist.
func newHolding(username, eventID string, answer *pb.ResponseOp, asOf time.Time) holding {
	h := holding{asOf: asOf}
	if found := answer.GetResponseRange().Kvs; len(found) > 0 {
		h.mod = found[0].ModRevision
		h.orders, h.err = model.DecodeOrders(username, eventID, found[0].Value)
	}
	return h
}

// with returns the sale with these holdings in place of its own.
func (v *sale) with(holdings map[string]holding) *sale {
	next := *v
	next.holdings = holdings
	return &next
}

// eventMoved says whether the event's record was written between v and a later look at it. Every order writes it.
func (v *sale) eventMoved(later *sale) bool {
	key := model.EventKey(v.eventID)
	return v.mods[key] != later.mods[key]
}

// newestTicket is when a ticket of the event was last written.
func (v *sale) newestTicket() int64 {
	newest := int64(0)
	for key, mod := range v.mods {
		if key != model.EventKey(v.eventID) {
			newest = max(newest, mod)
		}
	}
	return newest
}

// tells says whether what is known has become so after a customer came, so that it may be the reason for an answer.
func (v *sale) tells(c *customer) bool {
	return !v.asOf.Before(c.came) && !v.holdings[c.order.Username].asOf.Before(c.came)
}

// sold returns the sale as it is after a round that was carried out at a revision of the store, having been sent at asOf:
// nobody has to read it.
func (v *sale) sold(r *round, revision int64, asOf time.Time) *sale {
	next := *v
	next.asOf = asOf
	if r.looks {
		next.looked = asOf
	} else {
		next.hidden = true
	}
	next.event, next.mods, next.holdings = r.event, maps.Clone(v.mods), map[string]holding{}
	if len(v.holdings) <= manyHoldings {
		maps.Copy(next.holdings, v.holdings)
	}
	if next.won++; next.won%roundsPerLook == 0 || next.won == 1 {
		next.heard = revision
	}
	next.mods[model.EventKey(v.eventID)] = revision
	for _, ticketType := range r.types {
		next.mods[model.TicketKey(v.eventID, ticketType)] = revision
	}
	for _, list := range r.lists {
		next.holdings[list.username] = holding{orders: list.orders, mod: revision, asOf: asOf}
	}
	return &next
}
