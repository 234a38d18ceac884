package model

import (
	"fmt"
	"slices"
	"strings"
)

// Verb is what a raw query does, in etcdctl's words.
type Verb string

// The verbs of raw queries.
const (
	VerbGet            Verb = "get"
	VerbPut            Verb = "put"
	VerbDel            Verb = "del"
	VerbTxn            Verb = "txn"
	VerbWatch          Verb = "watch"
	VerbCompaction     Verb = "compaction"
	VerbMemberList     Verb = "member list"
	VerbEndpointStatus Verb = "endpoint status"
	VerbEndpointHealth Verb = "endpoint health"
	VerbAlarmList      Verb = "alarm list"
)

// OfMembers says whether a query asks the members about themselves, not the store that they keep together.
func (v Verb) OfMembers() bool {
	switch v {
	case VerbMemberList, VerbEndpointStatus, VerbEndpointHealth, VerbAlarmList:
		return true
	default:
		return false
	}
}

// Range is the keys from Key up to End, without it. An empty End stands for Key alone, the end [NoEnd] for all from Key on.
type Range struct {
	Key, End string
}

// NoEnd is the end of a range that has none.
const NoEnd = "\x00"

// RawQuery is a raw query, read from etcdctl's words by [ParseQuery]. Only the parts that its verb has are set.
type RawQuery struct {
	Verb     Verb
	Range    Range  // of get, del and watch; of put the one key
	Value    string // of put
	Revision int64  // of get and compaction; of watch the first; 0 for now
	Limit    int64  // of get the most keys, of watch the most events; 0 for all
	Order    string // ASCEND, DESCEND or empty
	SortBy   string // CREATE, KEY, MODIFY, VALUE, VERSION or empty

	KeysOnly, CountOnly, ValuesOnly, PrevKV, Serializable, Physical, Cluster bool

	Compares   []Compare // of txn
	Then, Else []RawQuery
}

// Compare is a condition of a transaction.
type Compare struct {
	Target string // version, create, mod, value or lease
	Key    string
	Op     string // =, !=, < or >
	Value  string
	Number int64 // the value of all targets but value
}

// Writes says whether a query changes the store.
func (q RawQuery) Writes() bool {
	switch q.Verb {
	case VerbPut, VerbDel, VerbCompaction:
		return true
	case VerbTxn:
		return len(q.writes()) > 0
	default:
		return false
	}
}

// Pages says whether what a query gives can be had page by page, each beginning where the one before ended: keys, in their
// order.
func (q RawQuery) Pages() bool {
	return q.Verb == VerbGet && !q.CountOnly && q.Range.End != "" && (q.SortBy == "" || q.SortBy == "KEY")
}

// writes are the writes of a query, of a transaction those of both its branches.
func (q RawQuery) writes() []RawQuery {
	var all []RawQuery
	for _, part := range slices.Concat(q.Then, q.Else) {
		if part.Writes() {
			all = append(all, part)
		}
	}
	return all
}

// String names a range for people.
func (r Range) String() string {
	key := Excerpt(r.Key, 60)
	switch {
	case r.End == "":
		return key
	case r.Key == NoEnd && r.End == NoEnd:
		return "all keys"
	case r.End == NoEnd:
		return "keys from " + key + " on"
	case r.End == prefixEnd(r.Key):
		return "keys that begin with " + key
	}
	return fmt.Sprintf("keys from %s to before %s", key, Excerpt(r.End, 60))
}

// prefixRange is the range of all keys with a prefix.
func prefixRange(prefix string) Range {
	if prefix == "" {
		return Range{NoEnd, NoEnd}
	}
	return Range{prefix, prefixEnd(prefix)}
}

// prefixEnd is the first key that comes after all with a prefix.
func prefixEnd(prefix string) string {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			return prefix[:i] + string([]byte{prefix[i] + 1})
		}
	}
	return NoEnd
}

// Effect is what a query that writes would do, as of a moment.
type Effect struct {
	Query    RawQuery
	Keys     int64 // how many of the keys that it writes to there are
	All      int64 // how many keys there are in the store
	Revision int64 // of the store
	Then     []Effect
	Else     []Effect
}

// String says in a sentence what would happen, without a full stop; of a transaction in a few lines.
func (e Effect) String() string {
	switch q := e.Query; q.Verb {
	case VerbPut:
		words := "Creates the key "
		if e.Keys > 0 {
			words = "Replaces the value of "
		}
		return words + q.Range.String() + " with " + Excerpt(q.Value, 120)
	case VerbDel:
		return e.removal()
	case VerbCompaction:
		return fmt.Sprintf("Forgets how everything was before revision %s, for good. The store is at revision %s now",
			Thousands(int(q.Revision)), Thousands(int(e.Revision)))
	case VerbTxn:
		return strings.Join(append(branch("If the conditions hold:", e.Then), branch("If not:", e.Else)...), "\n")
	default:
		return "Changes nothing"
	}
}

func (e Effect) removal() string {
	switch {
	case e.Keys == 0:
		return "Removes nothing: there is no such key (" + e.Query.Range.String() + ")"
	case e.Keys == e.All, e.Query.Range == prefixRange(""):
		return fmt.Sprintf("Removes ALL %s of the store: every event, order and user", Plural(int(e.Keys), "key"))
	case e.Query.Range.End == "":
		return "Removes the key " + e.Query.Range.String()
	}
	if e.Keys == 1 {
		return "Removes the only one of the " + e.Query.Range.String()
	}
	return fmt.Sprintf("Removes all %s %s", Thousands(int(e.Keys)), e.Query.Range)
}

func branch(heading string, effects []Effect) []string {
	if len(effects) == 0 {
		return nil
	}
	lines := []string{heading}
	for _, e := range effects {
		lines = append(lines, "- "+e.String())
	}
	return lines
}
