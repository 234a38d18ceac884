package etcdstore

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// Event reads an event with its tickets as they are now. A ticket type whose record cannot be read is left out, and the
// log says so. There being no such event is [model.CodeNotFound]; a record that cannot be read, [model.CodeFailed].
func (s *Store) Event(ctx context.Context, id string) (model.Event, error) {
	if !isEventID(id) {
		return model.Event{}, noSuchEvent(id)
	}
	resp, err := s.read(ctx, eventReads(id)...)
	if err != nil {
		return model.Event{}, err
	}
	event, err := decodeEvent(id, resp.Responses[0].GetResponseRange().Kvs)
	if err != nil {
		return model.Event{}, err
	}
	event.Tickets, event.Damaged = decodeTickets(resp.Responses[1].GetResponseRange().Kvs)
	for ticketType, err := range event.Damaged {
		s.log.Warn("a ticket's record cannot be read", "key", model.TicketKey(id, ticketType), "error", err)
	}
	return event, nil
}

// eventReadCount is how many eventReads there are.
const eventReadCount = 2

// eventReads are the reads of an event and of its tickets, in this order.
func eventReads(id string) []*pb.RequestOp {
	return []*pb.RequestOp{getOp(model.EventKey(id)), listOp(model.TicketPrefix(id))}
}

// isEventID says whether an id can be an event's at all: "locations" and "a:b", for example, cannot.
func isEventID(id string) bool {
	key := model.ParseKey(model.EventKey(id))
	return key.Family == model.FamilyEvent && key.EventID == id
}

func noSuchEvent(id string) error {
	return model.Errorf(model.CodeNotFound, "there is no event %s", model.Excerpt(id, 60))
}

// decodeEvent reads the answer to a get of an event's key, without the tickets.
func decodeEvent(id string, found []*mvccpb.KeyValue) (model.Event, error) {
	if len(found) == 0 {
		return model.Event{}, noSuchEvent(id)
	}
	event, err := model.DecodeEvent(id, found[0].Value)
	if err != nil {
		return model.Event{}, model.Wrap(model.CodeFailed, err, "this event's record cannot be read: it is not on sale")
	}
	return event, nil
}

// decodeTickets reads the answer to a get of an event's tickets: those that can be read, by type, and what is wrong with
// the others.
func decodeTickets(found []*mvccpb.KeyValue) (tickets []model.Ticket, damaged map[string]error) {
	for _, kv := range found {
		key := model.ParseKey(string(kv.Key))
		if key.Family != model.FamilyTicket {
			continue
		}
		ticket, err := model.DecodeTicket(key.TicketType, kv.Value)
		if err == nil {
			tickets = append(tickets, ticket)
			continue
		}
		if damaged == nil {
			damaged = map[string]error{}
		}
		damaged[key.TicketType] = err
	}
	return tickets, damaged
}
