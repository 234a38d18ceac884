package etcdstore

import (
	"slices"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// maxLines is how many ticket types one order may touch. Each is a compare and a put of its transaction, of which
	// etcd allows 128.
	maxLines = 100
	// maxRequest bounds what one order writes, in bytes. etcd refuses requests above 1.5 MiB.
	maxRequest = 5 << 18
)

// sale is what an order is judged on: an event with its tickets and the buyer's orders for it, at one revision. What
// could not be read is kept as an error, because not everything matters to every order.
type sale struct {
	revision int64 // of the store, at which all of this was read

	event    model.Event
	eventErr error // there is none, or it cannot be read
	damaged  map[string]error

	orders    []model.Order
	ordersErr error

	mods map[string]int64 // mod revisions by key; 0 for an absent one
}

// saleReads are the reads that make a sale, in the order in which newSale expects the answers.
func saleReads(order model.Order) []clientv3.Op {
	return []clientv3.Op{
		clientv3.OpGet(model.EventKey(order.EventID)),
		clientv3.OpGet(model.TicketPrefix(order.EventID), clientv3.WithPrefix()),
		clientv3.OpGet(model.PurchaseKey(order.Username, order.EventID)),
	}
}

// newSale takes the answer to saleReads, or to more reads that begin with them.
func newSale(order model.Order, revision int64, answers []*pb.ResponseOp) sale {
	v := sale{revision: revision, mods: map[string]int64{}}
	for _, answer := range answers[:3] {
		for _, kv := range answer.GetResponseRange().Kvs {
			v.mods[string(kv.Key)] = kv.ModRevision
		}
	}
	v.event, v.eventErr = decodeEvent(order.EventID, answers[0].GetResponseRange().Kvs)
	v.event.Tickets, v.damaged = decodeTickets(answers[1].GetResponseRange().Kvs)
	if list := answers[2].GetResponseRange().Kvs; len(list) > 0 {
		v.orders, v.ordersErr = model.DecodeOrders(order.Username, order.EventID, list[0].Value)
	}
	return v
}

// judge says how an order is written if it is placed at now, a wall-clock time, or why it is refused.
func (v sale) judge(order model.Order, now time.Time) (placed model.Order, write request, err error) {
	if v.eventErr != nil {
		return placed, write, v.eventErr
	}
	if v.ordersErr != nil {
		return placed, write, model.Wrap(model.CodeFailed, v.ordersErr,
			"your orders for this event cannot be read: none can be added")
	}
	for _, line := range order.Lines {
		if damage := v.damaged[line.Type]; damage != nil {
			return placed, write, model.Wrap(model.CodeFailed, damage,
				"the record of the %s tickets cannot be read: they are not on sale", model.Clean(line.Type))
		}
	}
	placed = order
	after, lines, err := v.event.Sell(order.Lines, now)
	if err != nil {
		return placed, write, err
	}
	placed.Lines, placed.Date = lines, model.OrderDate(now)
	if len(lines) > maxLines {
		return placed, write, model.Errorf(model.CodeRefused, "one order holds at most %d types of tickets", maxLines)
	}
	orders, err := model.AddOrder(v.orders, placed)
	if err != nil {
		return placed, write, err
	}
	write, err = v.write(after, placed, model.EncodeOrders(orders))
	return placed, write, err
}

// write makes the transaction of an order that leaves the event as after. It holds only on the state that was judged,
// and otherwise reads the state anew.
func (v sale) write(after model.Event, order model.Order, list []byte) (request, error) {
	var r request
	size := 0
	put := func(key string, value []byte) {
		r.ifs = append(r.ifs, clientv3.Compare(clientv3.ModRevision(key), "=", v.mods[key]))
		r.thens = append(r.thens, clientv3.OpPut(key, string(value)))
		size += len(key) + len(value)
	}
	put(model.EventKey(order.EventID), after.Encode())
	for _, line := range order.Lines {
		ticket, _ := after.Ticket(line.Type)
		put(model.TicketKey(order.EventID, line.Type), ticket.Encode())
	}
	put(model.PurchaseKey(order.Username, order.EventID), list)
	r.elses = saleReads(order)
	if len(list) > model.MaxValue || size > maxRequest {
		return request{}, model.Errorf(model.CodeRefused, "your list of orders for this event is full: it holds %s", model.Plural(len(v.orders), "order"))
	}
	return r, nil
}

// eventMoved says whether the event's record was written between v and a later look at it. Every order writes it.
func (v sale) eventMoved(later sale, order model.Order) bool {
	key := model.EventKey(order.EventID)
	return v.mods[key] != later.mods[key]
}

// ordersMoved says the same of the buyer's list.
func (v sale) ordersMoved(later sale, order model.Order) bool {
	key := model.PurchaseKey(order.Username, order.EventID)
	return v.mods[key] != later.mods[key]
}

// isOver says whether what was written on v can never succeed any more, seeing what came later. A revision never comes
// back, but absence may: a list that was made and deleted again compares like one that never was.
func (v sale) isOver(later sale, placed model.Order) bool {
	keys := []string{model.EventKey(placed.EventID), model.PurchaseKey(placed.Username, placed.EventID)}
	for _, line := range placed.Lines {
		keys = append(keys, model.TicketKey(placed.EventID, line.Type))
	}
	return slices.ContainsFunc(keys, func(key string) bool { return v.mods[key] != 0 && v.mods[key] != later.mods[key] })
}
