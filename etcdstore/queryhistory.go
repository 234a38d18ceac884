package etcdstore

import (
	"context"
	"slices"

	"github.com/ticketcd/ticketcd/model"
)

// The most that is kept of somebody's raw queries.
const (
	maxQueries      = 100
	maxQueriesBytes = 64 << 10
)

// queriesKey is where the raw queries of an admin are kept. Like the keys of an account it is never deleted.
func queriesKey(username string) string { return model.PrefixInternal + "console:" + username }

// Queries returns the raw queries that an admin gave, the oldest first.
func (s *Store) Queries(ctx context.Context, actor string) ([]string, error) {
	if err := mayAsk(actor); err != nil {
		return nil, err
	}
	resp, err := s.read(ctx, getOp(model.UserKey(actor)), getOp(queriesKey(actor)))
	if err != nil {
		return nil, err
	}
	if err := checkAdmin(actor, resp.Responses[0].GetResponseRange().Kvs); err != nil {
		return nil, err
	}
	stored, _ := valueOf(resp.Responses[1].GetResponseRange().Kvs)
	return decodeQueries(stored), nil
}

// RememberQuery adds to an admin's raw queries. The same query twice is kept once, where it was used last. At most 100 are
// kept, and 64 KiB: the oldest are forgotten, and one that is too long by itself is not kept.
func (s *Store) RememberQuery(ctx context.Context, actor, text string) error {
	if _, err := s.Queries(ctx, actor); err != nil {
		return err
	}
	return s.update(ctx, queriesKey(actor), func(stored []byte) ([]byte, error) {
		kept := decodeQueries(stored)
		if len(kept) > 0 && kept[len(kept)-1] == text {
			return stored, nil
		}
		kept = slices.DeleteFunc(kept, func(other string) bool { return other == text })
		kept = append(kept, text)
		for ; ; kept = kept[1:] {
			raw := model.EncodeList(kept)
			switch {
			case len(kept) <= maxQueries && len(raw) <= maxQueriesBytes:
				return raw, nil
			case len(kept) == 1:
				return stored, nil
			}
		}
	})
}

// decodeQueries reads what is kept. What cannot be read is no history: nothing else depends on it.
func decodeQueries(stored []byte) []string {
	kept, err := model.DecodeList(stored)
	if err != nil {
		return nil
	}
	return kept
}
