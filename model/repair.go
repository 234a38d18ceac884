package model

import (
	"cmp"
	"slices"
	"strings"
)

// RepairKind says what a [Repair] is about.
type RepairKind string

// What can be mended without a person's judgement, because other records say how it should be.
const (
	RepairCount        RepairKind = "count"        // an event's count, from its tickets
	RepairIndex        RepairKind = "index"        // a list of the search index, from the events
	RepairAllowed      RepairKind = "allowed"      // a list of allowed values, from the events
	RepairNotification RepairKind = "notification" // one whose event or user is gone
)

// Repair is one thing that can be mended safely: it touches neither orders nor money, nor what is left of a ticket. Its
// JSON form is a contract. What is written in the end is judged anew on what the store then holds.
type Repair struct {
	Kind   RepairKind `json:"kind"`
	Key    string     `json:"key"`              // the record; of a list, its first part; to be cleaned before it is shown
	Does   string     `json:"does"`             // one plain sentence, safe to show
	Join   []string   `json:"join,omitempty"`   // what a list lacks
	Leave  []string   `json:"leave,omitempty"`  // event ids that a list has although there are no such events, or they do not belong there
	Broken []string   `json:"broken,omitempty"` // parts of a list that cannot be read, and are given up
}

// mend returns the repair of a list, from its first mention on.
func (a *auditor) mend(kind RepairKind, list string) *Repair {
	known := a.lists.repairs[list]
	if known == nil {
		known = &Repair{Kind: kind, Key: list}
		a.lists.repairs[list] = known
	}
	return known
}

// planCount has an event's count set to what its tickets add up to.
func (a *auditor) planCount(e *auditedEvent, sum int) {
	a.repairs = append(a.repairs, Repair{
		Kind: RepairCount, Key: EventKey(e.id),
		Does: "set the event's count to " + Thousands(sum) + ", which its tickets add up to",
	})
}

// planNotification is for one whose user or event is gone.
func (a *auditor) planNotification(n auditedLink, nobodys bool) {
	does := "tell its user that the event is gone"
	switch {
	case nobodys:
		does = "remove it: there is nobody to be told"
	case n.damage != nil:
		does = "remove it: it cannot be read, and there is no event to be told of"
	}
	a.repairs = append(a.repairs, Repair{Kind: RepairNotification, Key: n.key, Does: does})
}

// plan returns all repairs, by key.
func (a *auditor) plan() []Repair {
	for _, list := range a.lists.repairs {
		slices.Sort(list.Join)
		list.Leave = slices.Compact(slices.Sorted(slices.Values(list.Leave)))
		list.Does = list.does()
		a.repairs = append(a.repairs, *list)
	}
	slices.SortFunc(a.repairs, func(x, y Repair) int { return cmp.Or(strings.Compare(x.Key, y.Key), cmp.Compare(x.Kind, y.Kind)) })
	return a.repairs
}

// does says in words what is done to a list.
func (r Repair) does() string {
	var deeds []string
	if len(r.Broken) > 0 {
		deeds = append(deeds, "give up what cannot be read")
	}
	switch {
	case len(r.Join) > 0 && r.Kind == RepairAllowed:
		deeds = append(deeds, "add "+someOf(r.Join))
	case len(r.Join) > 0:
		deeds = append(deeds, "add "+Plural(len(r.Join), "event"))
	}
	if len(r.Leave) > 0 {
		deeds = append(deeds, "take off "+Plural(len(r.Leave), "id")+" of no event, or of another type or place")
	}
	return Excerpt(strings.Join(deeds, ", "), maxMessage)
}

// MendCount returns an event's record with its count set, whatever the count was, and all else as it stands, but for when an
// order last moved the count. It fails if the record cannot be read then either.
func MendCount(id string, raw []byte, left int) ([]byte, error) {
	fields, err := decodeRecord(raw)
	if err != nil {
		return nil, err
	}
	fields.set("current_quantity", left)
	delete(fields, "changed")
	mended := fields.encode("name", "description", "location", "type", "date", "current_quantity")
	if _, err := DecodeEvent(id, mended); err != nil {
		return nil, err
	}
	return mended, nil
}

// Hint says how to mend what a violation tells of: one plain sentence, safe to show.
func (v Violation) Hint() string {
	const repair = "ticketcd audit --repair mends it"
	const reload = "load a good copy of the record with ticketcd load --replace"
	family := ParseKey(v.Key).Family
	switch v.Rule {
	case RuleIndex, RuleAllowed:
		return repair
	case RuleSum:
		if v.cause == causeTooMany {
			return "lower the numbers of tickets in the event's form"
		}
		if family == FamilyTicket {
			return "load the event's record with ticketcd load, or delete the ticket's key if the event is gone for good"
		}
		return "ticketcd audit --repair mends it, once all tickets of the event can be read"
	case RuleRange:
		if family == FamilyEvent {
			return "ticketcd audit --repair mends it, once all tickets of the event can be read"
		}
		return "find out from the orders how many are left, and " + reload
	case RuleSold:
		return "find out whether the ticket or the orders are right, and " + reload
	case RuleFavourite:
		return "make the account with ticketcd user add, or delete the key"
	case RuleOrder:
		if v.cause == causeNoTickets {
			return "its buyer can cancel it"
		}
		return "make the account with ticketcd user add, load the event with ticketcd load, or cancel the order if it stands twice"
	case RuleNotification:
		switch v.cause {
		case causeGone:
			return repair
		case causeDue:
			return "open the shop: it tells whatever is due"
		default:
		}
		return "its user can set it anew on the event's screen"
	case RuleUnreadable:
	}
	switch family {
	case FamilySearchText, FamilySearchType, FamilySearchLocation, FamilyStatic:
		return repair
	case FamilyEvent:
		return "ticketcd audit --repair mends it if only the count is damaged; otherwise " + reload
	case FamilyOther:
		return "move what it holds to a key of the layout, or delete the key"
	default:
		return reload
	}
}
