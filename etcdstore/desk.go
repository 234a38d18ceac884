package etcdstore

import (
	"context"
	"encoding/json"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// Every verb of an admin's names its actor, reads the actor's account together with what it changes, and compares the
// account's revision in its transaction: whoever is demoted meanwhile is too late, on whatever screen.

// desk is what an admin's change of an event is judged on, at one revision: who asks, and the event with its tickets.
type desk struct {
	actor string // empty where nobody needs to be an admin
	id    string

	denied   error // the actor is no admin
	event    model.Event
	eventErr error          // there is none, or it cannot be read
	removal  *removalRecord // nil if its removal has never begun

	lists lists            // those that were read, perhaps later
	mods  map[string]int64 // mod revisions by key; 0 for an absent one
}

// removalRecord says how far the removal of an event has come. It stays after it: whoever asks again is told that it is
// done, and no late copy of the event's creation can bring it back.
type removalRecord struct {
	Event    json.RawMessage `json:"event"` // its record, which says in which lists it stands
	Orders   int             `json:"orders"`
	Tickets  int             `json:"tickets"`
	Refunded model.Cents     `json:"refunded"`
	Gone     bool            `json:"gone"` // the event itself is removed
}

func removedKey(id string) string { return model.PrefixInternal + "removed:" + id }

// decodeRemoval reads the answer to a get of a removal's record; nil if there is none.
func decodeRemoval(found []*mvccpb.KeyValue) *removalRecord {
	if len(found) == 0 {
		return nil
	}
	var r removalRecord
	if json.Unmarshal(found[0].Value, &r) != nil {
		return &removalRecord{Gone: true} // only we write it; somebody tampered
	}
	return &r
}

// isHalfway says whether some are refunded, and the event is there still.
func (r *removalRecord) isHalfway() bool { return r != nil && !r.Gone }

// tidied is written whenever a repair takes events off lists that it cannot find. The making of an event whose index came
// first compares it: its words may have been among them. It is never removed.
const tidied = model.PrefixInternal + "tidied"

// deskReads are the reads that make a desk, in the order in which newDesk expects the answers.
func deskReads(actor, id string) []*pb.RequestOp {
	return []*pb.RequestOp{
		getOp(model.UserKey(actor)),
		getOp(model.EventKey(id)),
		listOp(model.TicketPrefix(id)),
		getOp(removedKey(id)),
		keyOp(tidied),
	}
}

func (s *Store) readDesk(ctx context.Context, actor, id string) (desk, error) {
	resp, err := s.read(ctx, deskReads(actor, id)...)
	if err != nil {
		return desk{}, err
	}
	return newDesk(actor, id, resp.Responses), nil
}

// newDesk takes the answer to deskReads, or to more reads that begin with them.
func newDesk(actor, id string, answers []*pb.ResponseOp) desk {
	d := desk{actor: actor, id: id, lists: lists{}, mods: map[string]int64{}}
	for _, answer := range answers {
		for _, kv := range answer.GetResponseRange().GetKvs() { // none for a wish for a gap, which is a put
			d.mods[string(kv.Key)] = kv.ModRevision
		}
	}
	d.denied = checkAdmin(actor, answers[0].GetResponseRange().Kvs)
	d.event, d.eventErr = decodeEvent(id, answers[1].GetResponseRange().Kvs)
	d.event.ID = id
	d.event.Tickets, d.event.Damaged = decodeTickets(answers[2].GetResponseRange().Kvs)
	d.removal = decodeRemoval(answers[3].GetResponseRange().Kvs)
	return d
}

// checkAdmin refuses an actor whose account does not say that it is an admin's.
func checkAdmin(actor string, found []*mvccpb.KeyValue) error {
	a, err := newAccount(actor, found)
	if err != nil || !isUsername(actor) || a.user.Role != model.RoleAdmin {
		return model.Errorf(model.CodeDenied, "only admins may do this")
	}
	return nil
}

// deskOps is how many operations of a transaction the desk itself takes; the others are for records.
const deskOps = 5

// request writes records, those without a value by deleting them, if everything that they were judged on still holds, and
// reads the desk anew if not. The event guards its tickets, which are compared nevertheless: the prototype writes them alone.
// Notifications are not: what a removal tells goes before what its user asked for meanwhile, and whoever asks afterwards
// finds it told.
func (d desk) request(records batch) request {
	compared := []string{model.EventKey(d.id), removedKey(d.id)}
	if d.mods[model.EventKey(d.id)] == 0 {
		compared = append(compared, tidied)
	}
	if d.actor != "" {
		compared = append(compared, model.UserKey(d.actor))
	}
	r := request{thens: records.ops(), elses: deskReads(d.actor, d.id)}
	for _, record := range records {
		switch model.ParseKey(record.Key).Family {
		case model.FamilyEvent, model.FamilyInternal, model.FamilyNotification:
			continue
		case model.FamilyTicket:
		default:
			r.elses = append(r.elses, keyOp(record.Key))
		}
		compared = append(compared, record.Key)
	}
	for _, key := range compared {
		r.ifs = append(r.ifs, unmoved(key, d.mods[key]))
	}
	return r
}

// after returns the desk as an unsuccessful transaction found it, and whether none of its copies can succeed any more. A
// revision never comes back, but absence may, other than that of what is never removed. Lists that have not moved need not be
// read again.
func (d desk) after(r request, resp *pb.TxnResponse) (next desk, over bool) {
	next = newDesk(d.actor, d.id, resp.Responses)
	compared, moved := map[string]bool{}, map[string]bool{}
	for _, compare := range r.ifs {
		key := string(compare.Key)
		compared[key], moved[key] = true, d.mods[key] != next.mods[key]
		over = over || moved[key] && (d.mods[key] != 0 || key == removedKey(d.id) || key == tidied)
	}
	for list, parts := range d.lists {
		known := func(p part) bool { return compared[p.key] }
		changed := func(p part) bool { return moved[p.key] }
		if !slices.ContainsFunc(parts, known) || slices.ContainsFunc(parts, changed) {
			continue
		}
		next.lists[list] = parts
		for _, p := range parts {
			next.mods[p.key] = d.mods[p.key]
		}
	}
	return next, over
}

// forget drops the lists that records have changed, so that they are read again.
func (d desk) forget(records batch) {
	for list, parts := range d.lists {
		if slices.ContainsFunc(records, func(r model.Record) bool {
			return r.Key == list || slices.ContainsFunc(parts, func(p part) bool { return p.key == r.Key })
		}) {
			delete(d.lists, list)
		}
	}
}
