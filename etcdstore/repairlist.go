package etcdstore

import (
	"context"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// eventsPerRepair is how many events one transaction puts into a list or takes off it: each is compared, and read again
// where that fails.
const eventsPerRepair = 100

// mendList makes a list of the search index right: first the parts that cannot be read are given up, then the events
// that it lacks are added, and ids that do not belong there taken off.
func (s *Store) mendList(ctx context.Context, r model.Repair) (did bool, err error) {
	for _, key := range r.Broken {
		gone, err := s.judged(ctx, []*pb.RequestOp{getOp(key)}, func(found []*pb.ResponseOp) (repairStep, error) {
			stored := found[0].GetResponseRange().Kvs
			var step repairStep
			if len(stored) == 0 {
				return step, nil
			}
			if _, err := model.DecodeList(stored[0].Value); err != nil {
				step.records = batch{{Key: key}}
				step.same(key, stored)
			}
			return step, nil
		})
		if err != nil {
			return did, err
		}
		did = did || gone
	}
	for ids := range slices.Chunk(slices.Concat(r.Join, r.Leave), eventsPerRepair) {
		reads := listReads(r.Key)
		for _, id := range ids {
			reads = append(reads, getOp(model.EventKey(id)))
		}
		changed, err := s.judged(ctx, reads, func(found []*pb.ResponseOp) (repairStep, error) {
			return mendMembers(r.Key, ids, found), nil
		})
		if err != nil {
			return did, err
		}
		did = did || changed
	}
	return did, nil
}

// mendMembers puts those of the events into a list that belong there, and takes off those that do not exist, or are of
// another type or place. Others stay: the prototype may have split words otherwise.
//
// An event that is taken off a list is written as it is. So whoever is about to commit an edit that lets it belong there is
// too late: they saw it listed, and would not list it. Likewise whoever is about to make one that does not exist yet.
func mendMembers(list string, ids []string, found []*pb.ResponseOp) repairStep {
	parts := partsOf(list, found[:2])
	var step repairStep
	var joins, leaves []string
	unknown := false
	for i, id := range ids {
		stored := found[2+i].GetResponseRange().Kvs
		event, err := decodeEvent(id, stored)
		listed := slices.ContainsFunc(parts, func(p part) bool { return slices.Contains(p.members, id) })
		belongs := err == nil && slices.Contains(event.Lists(), list)
		switch {
		case listed && (len(stored) == 0 || err == nil && event.Strays(list)):
			leaves = append(leaves, id)
			if len(stored) > 0 {
				step.records = append(step.records, model.Record{Key: model.EventKey(id), Value: stored[0].Value})
			} else {
				unknown = true
			}
		case belongs && !listed:
			joins = append(joins, id)
		default:
			continue
		}
		step.same(model.EventKey(id), stored)
	}
	if unknown {
		step.records = append(step.records, model.Record{Key: tidied, Value: []byte("{}")})
	}
	for _, p := range changedParts(list, parts, joins, leaves) {
		step.ifs = append(step.ifs, unmoved(p.key, p.revision))
		record := model.Record{Key: p.key}
		if len(p.members) > 0 {
			record.Value = model.EncodeList(p.members)
		}
		step.records = append(step.records, record)
	}
	return step
}

// changedParts returns which of a list's parts change, given by number, when events join and leave: an empty one for one that
// goes. A full part is followed by another.
func changedParts(list string, parts []part, joins, leaves []string) []part {
	var changed []part
	last, highest := -1, -1
	for i, p := range parts {
		rest := missingIn(leaves, p.members)
		if !p.damaged && len(rest) < len(p.members) {
			p.members = rest
			changed = append(changed, p)
		} else if !p.damaged && len(p.members) < model.ListPart {
			last = i
		}
		highest = p.number
	}
	for len(joins) > 0 {
		into := part{key: model.IndexKey("", list, highest+1), number: highest + 1}
		if last >= 0 {
			into, last = parts[last], -1
		} else {
			highest++
		}
		n := min(len(joins), max(model.ListPart-len(into.members), 0))
		into.members = slices.Concat(into.members, joins[:n])
		joins = joins[n:]
		changed = append(changed, into)
	}
	return changed
}
