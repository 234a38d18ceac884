package etcdstore

import (
	"bytes"
	"context"
	"errors"
	"slices"
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

// errWouldLose says that records lack orders which stand, and insteadOfLosing what to do then.
var errWouldLose = errors.New("acknowledged orders would be lost")

const insteadOfLosing = "; dump anew, or cancel first what they hold"

// refuseLost refuses records that lack orders which stand. A list of somebody's without them would take from its buyer what was
// acknowledged; and an event without somebody's list would have sold tickets on sale once more, since its counts know nothing of
// them. It looks at all orders there are.
func (s *Store) refuseLost(ctx context.Context, records []model.Record) error {
	events, lists := map[string]bool{}, map[string][]byte{}
	for _, r := range records {
		switch key := model.ParseKey(r.Key); key.Family {
		case model.FamilyEvent, model.FamilyTicket:
			events[key.EventID] = true
		case model.FamilyPurchase:
			lists[r.Key] = r.Value
		default:
		}
	}
	if len(events)+len(lists) == 0 {
		return nil
	}
	var lost []model.Order
	buyers := map[string]bool{}
	purchases := scan{store: s, prefix: model.PrefixPurchase}
	for stored, err := range purchases.records(ctx) {
		if err != nil {
			return err
		}
		key := model.ParseKey(stored.Key)
		wanted, listed := lists[stored.Key]
		if !listed && !events[key.EventID] {
			continue
		}
		lacks := lacking(key, stored.Value, wanted, listed)
		if lost = append(lost, lacks...); len(lacks) > 0 {
			buyers[key.Username] = true
		}
	}
	if len(lost) == 0 {
		return nil
	}
	example := lost[0]
	return model.Wrap(model.CodeRefused, errWouldLose, "this data lacks %s that %s %s (such as %s's %s for %s), and would lose what was bought or sell it twice",
		model.Plural(len(lost), "order"), model.Plural(len(buyers), "buyer"), model.OneOrMany(len(buyers), "holds", "hold"),
		model.Excerpt(example.Username, 40), model.Excerpt(example.ID, 40), titleIn(records, example.EventID))
}

// lacking returns the orders of a stored list that are not in the one which is wanted in its place, if there is one. What cannot
// be read is replaced by a list without it: that is how it is mended.
func lacking(key model.Key, stored, wanted []byte, listed bool) []model.Order {
	if listed && bytes.Equal(stored, wanted) {
		return nil
	}
	standing, err := model.DecodeOrders(key.Username, key.EventID, stored)
	switch {
	case err != nil && listed:
		return nil
	case err != nil:
		return []model.Order{{ID: "unreadable ones", Username: key.Username, EventID: key.EventID}}
	}
	kept, err := model.DecodeOrders(key.Username, key.EventID, wanted)
	if err != nil {
		kept = nil
	}
	return slices.DeleteFunc(standing, func(o model.Order) bool {
		_, stays := model.FindOrder(kept, o.ID)
		return stays || listed && o.Damage != ""
	})
}

// titleIn names an event as records do, and otherwise by its id.
func titleIn(records []model.Record, id string) string {
	for _, r := range records {
		if r.Key == model.EventKey(id) {
			if event, err := model.DecodeEvent(id, r.Value); err == nil {
				return model.Excerpt(event.Title(), 60)
			}
		}
	}
	return "event " + model.Excerpt(id, 40)
}
