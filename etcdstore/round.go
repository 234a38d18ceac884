package etcdstore

import (
	"maps"
	"slices"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// maxLines is how many ticket types one order may touch. Each is a compare and a put of its transaction, of which
	// etcd allows 128 by default.
	maxLines = 100
	// maxRequest bounds what one order writes, in bytes. etcd refuses requests above 1.5 MiB.
	maxRequest = 5 << 18
	// maxRound bounds what several orders write together, in bytes.
	maxRound = 1 << 20
)

// round is what one transaction brings about: orders of several customers, placed or given back, each judged on what
// those before it leave behind. Only what is to be written is part of it. Whoever is refused, or has nothing to wait for,
// is told so on a state that the store is known to have been in, not on one that this round may fail to bring about.
type round struct {
	seen   *sale
	met    func(username string) bool // says which users are known to exist, whatever else is known of them
	room   int                        // for operations, and for compares
	looks  bool                       // compares that nobody has written any of the event's tickets
	served []*customer

	event     model.Event // as the orders so far leave it
	types     []string    // of the tickets that they touch
	lists     []list      // of the users whose orders they are: the same user twice is one key
	places    map[string]int
	strangers []string // those of the users who are not known to exist
	size      int      // of what is written, in bytes
}

// list is what a user will hold of the event.
type list struct {
	username string
	stranger bool // is not known to exist, which the transaction compares as well
	orders   []model.Order
	value    []byte // as it is written
	ids      []string
}

// effect is what one order does to the event and to its user's list.
type effect struct {
	order    model.Order // as it will stand, or as it stood
	event    model.Event
	types    []string
	orders   []model.Order
	value    []byte
	stranger bool // its user is not known to exist
}

func newRound(seen *sale, met func(string) bool, room int) *round {
	return &round{seen: seen, met: met, room: room, looks: seen.isOld() && !seen.hidden, event: seen.event, places: map[string]int{}, size: seen.size}
}

// holding returns what a user holds after the orders so far.
func (r *round) holding(username string) holding {
	h := r.seen.holdings[username]
	if i, ok := r.places[username]; ok {
		h.orders = r.lists[i].orders
	}
	return h
}

// place judges an order at now, a wall-clock time.
func (r *round) place(order model.Order, held holding, now time.Time) (effect, error) {
	switch {
	case held.nobody:
		return effect{}, noSuchUser(order.Username)
	case r.seen.eventErr != nil:
		return effect{}, r.seen.eventErr
	case held.err != nil:
		return effect{}, model.Wrap(model.CodeFailed, held.err, "your orders for this event cannot be read: none can be added")
	}
	for _, line := range order.Lines {
		if damage := r.event.Damaged[line.Type]; damage != nil {
			return effect{}, model.Wrap(model.CodeFailed, damage,
				"the record of the %s tickets cannot be read: they are not on sale", model.Clean(line.Type))
		}
	}
	after, lines, err := r.event.Sell(order.Lines, now)
	if err != nil {
		return effect{}, err
	}
	order.Lines, order.Date = lines, after.Changed
	if len(lines) > maxLines {
		return effect{}, model.Errorf(model.CodeRefused, "one order holds at most %d types of tickets", maxLines)
	}
	orders, err := model.AddOrder(held.orders, order)
	if err != nil {
		return effect{}, err
	}
	c := effect{
		order: order, event: after, orders: orders, value: model.EncodeOrders(orders),
		stranger: held.assumed() && !r.met(order.Username),
	}
	for _, line := range lines {
		c.types = append(c.types, line.Type)
	}
	return c, r.fits(c, held)
}

// giveBack judges the cancelling of an order that stands in its user's list, which has a rest.
func (r *round) giveBack(order model.Order, rest []model.Order, held holding, now time.Time) (effect, error) {
	switch {
	case model.CodeOf(r.seen.eventErr) == model.CodeNotFound:
		return effect{}, model.Errorf(model.CodeRefused, "the event of this order is gone: there is nothing to give back")
	case r.seen.eventErr != nil:
		return effect{}, model.Wrap(model.CodeFailed, r.seen.eventErr, "this event's record cannot be read: its orders cannot be cancelled")
	}
	c := effect{order: order, orders: rest, value: model.EncodeOrders(rest)}
	for _, line := range order.Lines {
		if damage := r.event.Damaged[line.Type]; damage != nil {
			return effect{}, model.Wrap(model.CodeFailed, damage,
				"the record of the %s tickets cannot be read: they cannot be given back", model.Clean(line.Type))
		}
		if _, onSale := r.event.Ticket(line.Type); onSale && !slices.Contains(c.types, line.Type) {
			c.types = append(c.types, line.Type)
		}
	}
	var err error
	if c.event, err = r.event.Return(order, now); err != nil {
		return effect{}, err
	}
	return c, r.fits(c, held)
}

// fits refuses a list that is too large to be written, even if its order were the only one.
func (r *round) fits(c effect, held holding) error {
	if len(c.value) > model.MaxValue || r.seen.size+len(c.value) > maxRequest {
		return model.Errorf(model.CodeRefused, "your list of orders for this event is full: it holds %s", model.Plural(len(held.orders), "order"))
	}
	return nil
}

// hasRoomFor says whether a change can be part of the same transaction. The first always is. An order that is placed and
// given back at once is done in two, so that there is a moment at which it stood, and the same order twice is one. One
// operation is left for a look at who asks for a gap, and one compare for a look at all tickets.
func (r *round) hasRoomFor(c effect) bool {
	if len(r.served) == 0 {
		return true
	}
	types := len(r.types)
	for _, ticketType := range c.types {
		if !slices.Contains(r.types, ticketType) {
			types++
		}
	}
	lists, size := len(r.lists)+len(r.strangers), r.size+len(c.value)
	switch i, listed := r.places[c.order.Username]; {
	case !listed && c.stranger:
		lists += 2
	case !listed:
		lists++
	case slices.Contains(r.lists[i].ids, c.order.ID):
		return false
	default:
		size -= len(r.lists[i].value)
	}
	return max(1+types, eventReadCount)+lists < r.room && size <= maxRound
}

// add makes a customer's change part of the round.
func (r *round) add(customer *customer, c effect) {
	r.served = append(r.served, customer)
	r.event = c.event
	for _, ticketType := range c.types {
		if !slices.Contains(r.types, ticketType) {
			r.types = append(r.types, ticketType)
		}
	}
	i, listed := r.places[c.order.Username]
	if !listed {
		i = len(r.lists)
		r.places[c.order.Username] = i
		r.lists = append(r.lists, list{username: c.order.Username, stranger: c.stranger})
		if r.lists[i].stranger {
			r.strangers = append(r.strangers, c.order.Username)
		}
	}
	l := &r.lists[i]
	r.size += len(c.value) - len(l.value)
	l.orders, l.value, l.ids = c.orders, c.value, append(l.ids, c.order.ID)
}

// request makes the round's transaction. It holds only on the state that was judged, and otherwise reads the event anew, and
// whether the first of the lists has changed: if it has not, no copy of this transaction has been carried out. To read the
// others would have every member store and decode as many operations again, and it is nearly always only the event that
// has changed.
func (r *round) request() request {
	id := r.seen.eventID
	writes := 1 + len(r.types) + len(r.lists)
	write := request{
		ifs:   make([]*pb.Compare, 0, writes+len(r.strangers)+1),
		thens: make([]*pb.RequestOp, 0, writes),
		elses: slices.Clip(r.seen.reads),
	}
	put := func(key string, mod int64, value []byte) {
		write.ifs = append(write.ifs, unmoved(key, mod))
		write.thens = append(write.thens, putOp(key, value))
	}
	put(model.EventKey(id), r.seen.mods[model.EventKey(id)], r.event.Encode())
	for _, ticketType := range r.types {
		ticket, _ := r.event.Ticket(ticketType)
		key := model.TicketKey(id, ticketType)
		put(key, r.seen.mods[key], ticket.Encode())
	}
	for _, list := range r.lists {
		key := model.PurchaseKey(list.username, id)
		put(key, r.seen.holdings[list.username].mod, list.value)
		if list.stranger {
			write.ifs = append(write.ifs, exists(model.UserKey(list.username)))
		}
	}
	if r.looks {
		write.ifs = append(write.ifs, noneNewer(model.TicketPrefix(id), r.seen.newestTicket()))
	}
	first := model.PurchaseKey(r.lists[0].username, id)
	write.elses = append(write.elses, keyOp(first))
	return write
}

// assumes says whether nobody has looked at what a user holds.
func (r *round) assumes(username string) bool { return r.seen.holdings[username].assumed() }

// firstListMoved says whether the first of the lists was written since the state that was judged, seeing the answer of the
// round's unsuccessful transaction.
func (r *round) firstListMoved(resp *pb.TxnResponse) bool {
	first, answer := r.lists[0].username, resp.Responses[eventReadCount]
	return newHolding(first, r.seen.eventID, answer, time.Time{}).mod != r.seen.holdings[first].mod
}

// reads are the reads of all that the round would have written, and of the users who were not known to exist.
func (r *round) reads() []*pb.RequestOp {
	ops := eventReads(r.seen.eventID)
	for _, list := range r.lists {
		reads := holdingReads(list.username, r.seen.eventID)
		if !list.stranger {
			reads = reads[:1]
		}
		ops = append(ops, reads...)
	}
	return ops
}

// found takes the answer to reads, which were sent at asOf. What is known of others stays known: if it is old, a transaction
// says so.
func (r *round) found(answers []*pb.ResponseOp, asOf time.Time) *sale {
	id, holdings := r.seen.eventID, map[string]holding{}
	maps.Copy(holdings, r.seen.holdings)
	now := newSale(id, answers, asOf).with(holdings)
	answers = answers[eventReadCount:]
	for _, list := range r.lists {
		if list.stranger {
			holdings[list.username], answers = firstHolding(list.username, id, answers, asOf), answers[2:]
		} else {
			holdings[list.username], answers = newHolding(list.username, id, answers[0], asOf), answers[1:]
		}
	}
	return now
}

// touched says whether a user's list may have been written by a copy of the round's transaction, seeing what the user
// holds now. Where the list was only assumed to be absent, that is not so if it is older than the event that was judged,
// which the transaction compares.
func (r *round) touched(username string, now holding) bool {
	before := r.seen.holdings[username]
	if before.assumed() {
		return now.mod > r.seen.mods[model.EventKey(r.seen.eventID)]
	}
	return now.mod != before.mod
}

// isOver says whether the round's transaction can never succeed any more, seeing what came later. A revision never comes
// back, but absence may: a list that was made and deleted again compares like one that never was.
func (r *round) isOver(later *sale) bool {
	moved := func(before, after int64) bool { return before != 0 && before != after }
	for _, ticketType := range r.types {
		key := model.TicketKey(r.seen.eventID, ticketType)
		if moved(r.seen.mods[key], later.mods[key]) {
			return true
		}
	}
	for _, list := range r.lists {
		if moved(r.seen.holdings[list.username].mod, later.holdings[list.username].mod) {
			return true
		}
	}
	key := model.EventKey(r.seen.eventID)
	return moved(r.seen.mods[key], later.mods[key])
}
