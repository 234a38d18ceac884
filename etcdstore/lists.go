package etcdstore

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// lists are lists of the search index, and of the allowed values, as they were read: each by its key, in parts.
type lists map[string][]part

// part is one value of a list.
type part struct {
	key      string
	number   int
	revision int64 // at which it was last written; 0 for one that is new
	members  []string
	damaged  bool // it cannot be read: it is left as it is
}

// membership is something that a list has or has not: an event's id, or an allowed value.
type membership struct{ list, member string }

// listsAtOnce is how many lists are read in one transaction. Each takes two reads.
const listsAtOnce = readsAtOnce / 2

// readLists adds lists to a desk that it does not know yet.
func (s *Store) readLists(ctx context.Context, d desk, wanted []membership) error {
	var missing []string
	for _, m := range wanted {
		if _, known := d.lists[m.list]; !known && !slices.Contains(missing, m.list) {
			missing = append(missing, m.list)
		}
	}
	for some := range slices.Chunk(missing, listsAtOnce) {
		var reads []*pb.RequestOp
		for _, list := range some {
			reads = append(reads, listReads(list)...)
		}
		resp, err := s.read(ctx, reads...)
		if err != nil {
			return err
		}
		for i, list := range some {
			for _, p := range partsOf(list, resp.Responses[2*i:2*i+2]) { // a list without any is looked for again next time
				d.lists[list] = append(d.lists[list], p)
				d.mods[p.key] = p.revision
			}
		}
	}
	return nil
}

// listReads are the reads of which partsOf takes the answers: of a list's first part, and of its others.
func listReads(list string) []*pb.RequestOp { return []*pb.RequestOp{getOp(list), listOp(list + ":")} }

// partsOf returns the parts of a list by their numbers.
func partsOf(list string, found []*pb.ResponseOp) []part {
	var parts []part
	for _, answer := range found {
		for _, kv := range answer.GetResponseRange().Kvs {
			p := part{key: string(kv.Key), number: model.ParseKey(string(kv.Key)).Part, revision: kv.ModRevision}
			if p.number == 0 && p.key != list {
				continue // it follows no layout
			}
			var err error
			p.members, err = model.DecodeList(kv.Value)
			p.damaged = err != nil
			parts = append(parts, p)
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.number, b.number) })
	return parts
}

// with returns the records that make a list have a member: none if it has it already. A full part is followed by another,
// except in the lists of allowed values, which have only one.
func (l lists) with(m membership) batch {
	parts := l[m.list]
	if slices.ContainsFunc(parts, func(p part) bool { return slices.Contains(p.members, m.member) }) {
		return nil
	}
	room := model.ListPart
	if model.ParseKey(m.list).Family == model.FamilyStatic {
		room = math.MaxInt
	}
	fresh := part{key: m.list}
	if len(parts) > 0 {
		last := parts[len(parts)-1]
		switch {
		case !last.damaged && len(last.members) < room:
			fresh = last
		case room == math.MaxInt:
			return nil // there is nowhere to put it; the event can do without
		default:
			fresh.key = model.IndexKey("", m.list, last.number+1)
		}
	}
	return batch{{Key: fresh.key, Value: model.EncodeList(append(slices.Clip(fresh.members), m.member))}}
}

// without returns the records that make a list not have a member. A part that becomes empty is removed.
func (l lists) without(m membership) batch {
	var records batch
	for _, p := range l[m.list] {
		if !slices.Contains(p.members, m.member) {
			continue
		}
		record := model.Record{Key: p.key}
		rest := slices.DeleteFunc(slices.Clone(p.members), func(member string) bool { return member == m.member })
		if len(rest) > 0 {
			record.Value = model.EncodeList(rest)
		}
		records = append(records, record)
	}
	return records
}

// memberships are those of an event in the search index.
func memberships(id string, lists []string) []membership {
	var all []membership
	for _, list := range lists {
		all = append(all, membership{list, id})
	}
	return all
}

// listsWith returns the lists of the search index that have an event, whatever they are for: it looks at all that there are.
// The prototype split texts in its own way, so that an event need not tell all of its words.
func (s *Store) listsWith(ctx context.Context, id string) ([]string, error) {
	lists := []string{}
	quoted := bytes.Trim(model.EncodeList([]string{id}), "[]") // most lists do not have it, and need not be taken apart
	reading := scan{store: s, prefix: model.PrefixSearch}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return nil, err
		}
		for _, kv := range kvs {
			if bytes.Contains(kv.Value, quoted) {
				lists = append(lists, model.FirstPart(string(kv.Key)))
			}
		}
	}
	slices.Sort(lists)
	return slices.Compact(lists), nil
}

// missingIn returns the elements of one list that another does not have.
func missingIn(other, list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// tidyIndex takes an event off those lists of the search index in which it does not belong: off all of them if there is
// no such event any more. Nobody needs to be an admin for that. A list may be named more than once: etcd takes only one
// write of a key in a transaction.
func (s *Store) tidyIndex(ctx context.Context, id string, candidates []string) error {
	candidates = slices.Compact(slices.Sorted(slices.Values(candidates)))
	seen, err := s.readDesk(ctx, "", id)
	if err != nil {
		return err
	}
	for {
		if model.CodeOf(seen.eventErr) == model.CodeFailed {
			return nil // nobody knows where it belongs
		}
		var loose []membership
		if seen.eventErr != nil {
			loose = memberships(id, candidates)
		} else {
			loose = memberships(id, missingIn(seen.event.Lists(), candidates))
		}
		if err := s.readLists(ctx, seen, loose); err != nil {
			return err
		}
		var records batch
		for _, m := range loose {
			records = append(records, seen.lists.without(m)...)
		}
		if len(records) == 0 {
			return nil
		}
		records = split(records, maxOps-deskOps-1)[0]
		if seen.eventErr == nil {
			records = append(records, model.Record{Key: model.EventKey(id), Value: seen.event.Encode()})
		}
		r := seen.request(records)
		resp, err := s.insist(ctx, r, &doubt{})
		switch {
		case err != nil:
			return err
		case resp.Succeeded:
			seen.forget(records)
			if seen.eventErr == nil {
				seen.mods[model.EventKey(id)] = resp.Header.Revision
			}
		default:
			seen, _ = seen.after(r, resp)
		}
	}
}
