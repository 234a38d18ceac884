package etcdstore

import (
	"context"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// longestKey is in bytes. The layout's keys have less than 200.
const longestKey = 4096

// checkLoadable refuses what cannot be written, or must not be.
func checkLoadable(records []model.Record) error {
	seen := make(map[string]bool, len(records))
	for _, r := range records {
		key := model.Excerpt(r.Key, 80)
		switch {
		case r.Key == "":
			return model.Errorf(model.CodeRefused, "a key is empty: nothing was loaded")
		case len(r.Key) > longestKey:
			return model.Errorf(model.CodeRefused, "the key %s has %d bytes, more than %d: nothing was loaded", key, len(r.Key), longestKey)
		case model.ParseKey(r.Key).Family == model.FamilyInternal:
			return model.Errorf(model.CodeRefused, "the key %s is internal and cannot be loaded: nothing was loaded", key)
		case len(r.Value) > model.MaxValue:
			return model.Errorf(model.CodeRefused, "the value of %s has %s bytes, more than %s: nothing was loaded",
				key, model.Thousands(len(r.Value)), model.Thousands(model.MaxValue))
		case seen[r.Key]:
			return model.Errorf(model.CodeRefused, "the key %s is there twice: nothing was loaded", key)
		}
		seen[r.Key] = true
	}
	return nil
}

// refuseExisting names the first few keys that are in the way, in the order of the records.
func refuseExisting(records []model.Record, existing map[string]int64) error {
	const few = 3
	var names []string
	for _, r := range records {
		if _, ok := existing[r.Key]; ok && len(names) < few {
			names = append(names, model.Excerpt(r.Key, 80))
		}
	}
	if len(existing) > few {
		names = append(names, "...")
	}
	return model.Errorf(model.CodeRefused, "%s in the store already (%s): nothing was loaded; --resume leaves them and loads the rest, --replace overwrites them",
		model.Plural(len(existing), "key")+model.OneOrMany(len(existing), " is", " are"), strings.Join(names, ", "))
}

// refuseSold refuses to replace events of which somebody holds orders that the records do not have a list for: with the
// counts that the records give them, tickets that are sold would be on sale once more. It looks at all orders there are.
func (s *Store) refuseSold(ctx context.Context, records []model.Record) error {
	events, lists := map[string]bool{}, map[string]bool{}
	for _, r := range records {
		switch key := model.ParseKey(r.Key); key.Family {
		case model.FamilyEvent, model.FamilyTicket:
			events[key.EventID] = true
		case model.FamilyPurchase:
			lists[r.Key] = true
		default:
		}
	}
	if len(events) == 0 {
		return nil
	}
	sold, example := 0, ""
	purchases := scan{store: s, prefix: model.PrefixPurchase}
	for stored, err := range purchases.records(ctx) {
		if err != nil {
			return err
		}
		key := model.ParseKey(stored.Key)
		if !events[key.EventID] || lists[stored.Key] {
			continue
		}
		orders, err := model.DecodeOrders(key.Username, key.EventID, stored.Value)
		if err == nil && len(orders) == 0 {
			continue // all were cancelled
		}
		if sold++; example == "" {
			example = stored.Key
		}
	}
	if sold == 0 {
		return nil
	}
	return model.Errorf(model.CodeRefused, "this data lacks %s of orders for events that it would replace (such as %s), whose tickets would be sold twice",
		model.Plural(sold, "list"), model.Excerpt(example, 80))
}
