package etcdstore

import (
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// maxOps is how many operations, and how many compares, etcd allows in a transaction unless told otherwise.
	maxOps = 128
	// maxBatch is how many bytes a transaction carries, so that it stays below etcd's limit of 1.5 MiB.
	maxBatch = 1 << 20
	// usersPerBatch is small, because the passwords of a batch are hashed one after the other, some 40 ms each.
	usersPerBatch = 8
)

// A stage is finished before the next begins. Its chains run side by side; the batches of a chain one after the other.
type (
	stage []chain
	chain []batch
	batch []model.Record
)

// planLoad says in which order records, which are sorted, are written: first what makes no event visible (users, the search
// index, the allowed values), then events, each with its tickets and orders, then what refers to users and events.
func planLoad(records []model.Record) []stage {
	var users, first, last batch
	events := map[string]batch{}
	var order []string // of the events
	for _, r := range records {
		switch key := model.ParseKey(r.Key); key.Family {
		case model.FamilyUser:
			users = append(users, r)
		case model.FamilyEvent, model.FamilyTicket, model.FamilyPurchase:
			if events[key.EventID] == nil {
				order = append(order, key.EventID)
			}
			events[key.EventID] = append(events[key.EventID], r)
		case model.FamilyNotification, model.FamilyFavourite:
			last = append(last, r)
		default:
			first = append(first, r)
		}
	}
	return []stage{
		append(sideBySide(first, maxOps), sideBySide(users, usersPerBatch)...),
		planEvents(events, order),
		sideBySide(last, maxOps),
	}
}

// sideBySide makes a chain of its own of every batch.
func sideBySide(records batch, limit int) stage {
	var chains stage
	for _, part := range split(records, limit) {
		chains = append(chains, chain{part})
	}
	return chains
}

// planEvents puts small events together in one transaction, and gives a large one a chain that ends with the event.
func planEvents(events map[string]batch, order []string) stage {
	var chains stage
	var together batch
	size := 0
	for _, id := range order {
		group := eventLast(events[id])
		if parts := split(group, maxOps); len(parts) > 1 {
			chains = append(chains, parts)
			continue
		}
		more := 0
		for _, r := range group {
			more += weight(r)
		}
		if len(together) > 0 && (len(together)+len(group) > maxOps || size+more > maxBatch) {
			chains, together, size = append(chains, chain{together}), nil, 0
		}
		together, size = append(together, group...), size+more
	}
	if len(together) > 0 {
		chains = append(chains, chain{together})
	}
	return chains
}

// eventLast sorts an event's records: orders, tickets, and the event itself, which makes the others visible.
func eventLast(group batch) batch {
	slices.SortStableFunc(group, func(a, b model.Record) int {
		return visibility(a) - visibility(b)
	})
	return group
}

func visibility(r model.Record) int {
	switch model.ParseKey(r.Key).Family {
	case model.FamilyEvent:
		return 2
	case model.FamilyTicket:
		return 1
	default:
		return 0
	}
}

// split cuts records into batches that fit into a transaction, filling them from the end: the last batch of an event
// holds as many of its tickets as fit beside it.
func split(records batch, limit int) chain {
	var parts chain
	end, size := len(records), 0
	for i := len(records) - 1; i >= 0; i-- {
		cost := weight(records[i])
		if end-(i+1) == limit || i+1 < end && size+cost > maxBatch {
			parts = append(parts, records[i+1:end])
			end, size = i+1, 0
		}
		size += cost
	}
	if end > 0 {
		parts = append(parts, records[:end])
	}
	slices.Reverse(parts)
	return parts
}

// weight is what a record takes in a request, in bytes: at most a compare, a put and a get.
func weight(r model.Record) int {
	const framing = 64
	return 3*(len(r.Key)+framing) + len(r.Value)
}

// ops writes all records, those without a value by deleting them.
func (b batch) ops() []*pb.RequestOp {
	ops := make([]*pb.RequestOp, len(b))
	for i, record := range b {
		if record.Value == nil {
			ops[i] = deleteOp(record.Key)
		} else {
			ops[i] = putOp(record.Key, record.Value)
		}
	}
	return ops
}

// request puts all records if their keys have the revisions seen (0 for absent). No second copy of it can succeed,
// because the first moves the revisions.
func (b batch) request(seen []int64) request {
	r := request{ifs: make([]*pb.Compare, len(b)), thens: make([]*pb.RequestOp, len(b))}
	for i, record := range b {
		r.ifs[i] = unmoved(record.Key, seen[i])
		r.thens[i] = putOp(record.Key, record.Value)
	}
	return r
}

// alone compares that none of the keys exist, nor any between them: one compare where request has up to 128, which takes
// etcd as long as the writing. It is for sorted records of which nobody else writes the neighbours; keys that do not follow
// one another in a batch are compared one by one. A second copy cannot succeed: the first has left keys there.
func (b batch) alone() []*pb.Compare {
	var compares []*pb.Compare
	first, last := map[model.Family]string{}, map[model.Family]string{}
	for _, record := range b {
		switch family := model.ParseKey(record.Key).Family; family {
		case model.FamilyPurchase, model.FamilyStatic, model.FamilyOther:
			compares = append(compares, absent(record.Key))
		default:
			if from, ok := first[family]; !ok || record.Key < from {
				first[family] = record.Key
			}
			last[family] = max(last[family], record.Key)
		}
	}
	for family, from := range first {
		none := absent(from)
		none.RangeEnd = []byte(last[family] + "\x00")
		compares = append(compares, none)
	}
	return compares
}

// reads are a read of each record's key, by a given operation.
func (b batch) reads(op func(key string) *pb.RequestOp) []*pb.RequestOp {
	ops := make([]*pb.RequestOp, len(b))
	for i, record := range b {
		ops[i] = op(record.Key)
	}
	return ops
}
