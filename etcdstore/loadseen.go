package etcdstore

import (
	"context"
	"maps"
	"slices"
	"sync"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"golang.org/x/sync/errgroup"

	"github.com/ticketcd/ticketcd/model"
)

// muchElse is how many times as many keys as are to be loaded a store may have among them, before it is cheaper to ask for
// each of them than to list what there is.
const muchElse = 4

// existing returns the mod revisions of those of the records' keys that the store has, and whether the store is empty but
// for keys of its own. Into an empty store, which is the rule, that is one question. The records are sorted.
func (s *Store) existing(ctx context.Context, records []model.Record) (found map[string]int64, empty bool, err error) {
	if len(records) == 0 {
		return nil, false, nil
	}
	from, to := records[0].Key, records[len(records)-1].Key+"\x00"
	present, empty := map[string]int64{}, true
	for {
		resp, err := s.read(ctx, rangeOp(&pb.RangeRequest{Key: []byte(from), RangeEnd: []byte(to), KeysOnly: true, Limit: longestPage}))
		if err != nil {
			return nil, false, err
		}
		page := resp.Responses[0].GetResponseRange()
		if len(present) == 0 && page.Count > int64(muchElse*len(records)) {
			found, err := s.existingOf(ctx, records)
			return found, false, err
		}
		for _, kv := range page.Kvs {
			present[string(kv.Key)] = kv.ModRevision
			empty = empty && model.ParseKey(string(kv.Key)).Family == model.FamilyInternal
			from = string(kv.Key) + "\x00"
		}
		if !page.More {
			break
		}
	}
	wanted := make(map[string]bool, len(records))
	if len(present) > 0 {
		for _, r := range records {
			wanted[r.Key] = true
		}
	}
	maps.DeleteFunc(present, func(key string, _ int64) bool { return !wanted[key] })
	return present, empty, nil
}

// existingOf asks for each key.
func (s *Store) existingOf(ctx context.Context, records []model.Record) (map[string]int64, error) {
	var mu sync.Mutex
	found := map[string]int64{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(loadsAtOnce)
	for some := range slices.Chunk(records, maxOps) {
		group.Go(func() error {
			resp, err := s.read(ctx, batch(some).reads(keyOp)...)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for _, answer := range resp.Responses {
				for _, kv := range answer.GetResponseRange().Kvs {
					found[string(kv.Key)] = kv.ModRevision
				}
			}
			return nil
		})
	}
	return found, group.Wait()
}
