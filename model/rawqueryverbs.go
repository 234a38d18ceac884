package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// command is what a verb takes.
type command struct {
	usage string   // with the flags that matter
	takes []string // flags with a value
	marks []string // flags without one
	least int      // plain arguments
	most  int
	make  func(q *RawQuery, a arguments) error
}

// commands are all there are, by their words.
func commands() map[Verb]command {
	return map[Verb]command{
		VerbGet: {
			usage: "get KEY [END] [--prefix | --from-key] [--rev N] [--limit N] [--keys-only | --count-only] " +
				"[--print-value-only] [--order ASCEND|DESCEND] [--sort-by CREATE|KEY|MODIFY|VALUE|VERSION]",
			takes: []string{"--rev", "--limit", "--order", "--sort-by", "--consistency"},
			marks: []string{"--prefix", "--from-key", "--keys-only", "--count-only", "--print-value-only"},
			least: 1, most: 2, make: (*RawQuery).fillGet,
		},
		VerbPut: {
			usage: "put KEY VALUE [--prev-kv]", marks: []string{"--prev-kv"}, least: 2, most: 2,
			make: func(q *RawQuery, a arguments) error {
				q.Range, q.Value, q.PrevKV = Range{Key: a.plain[0]}, a.plain[1], a.has("--prev-kv")
				return checkKey(q.Range.Key)
			},
		},
		VerbDel: {
			usage: "del KEY [END] [--prefix | --from-key] [--prev-kv]",
			marks: []string{"--prefix", "--from-key", "--prev-kv", "--range"}, least: 1, most: 2,
			make: (*RawQuery).fillRange,
		},
		VerbWatch: {
			usage: "watch KEY [END] [--prefix] [--rev N] [--prev-kv] [--limit N]",
			takes: []string{"--rev", "--limit"}, marks: []string{"--prefix", "--prev-kv"}, least: 1, most: 2,
			make: (*RawQuery).fillRange,
		},
		VerbCompaction: {
			usage: "compaction REVISION [--physical]", marks: []string{"--physical"}, least: 1, most: 1,
			make: func(q *RawQuery, a arguments) error {
				var err error
				q.Revision, err = strconv.ParseInt(a.plain[0], 10, 64)
				if err != nil || q.Revision < 1 {
					return a.words[a.plain[0]].wrongf("%s is no revision: compaction takes a whole number, 1 or more", Excerpt(a.plain[0], 40))
				}
				q.Physical = a.has("--physical")
				return nil
			},
		},
		VerbMemberList:     {usage: "member list", make: (*RawQuery).fillNothing},
		VerbEndpointStatus: {usage: "endpoint status [--cluster]", marks: []string{"--cluster"}, make: (*RawQuery).fillNothing},
		VerbEndpointHealth: {usage: "endpoint health [--cluster]", marks: []string{"--cluster"}, make: (*RawQuery).fillNothing},
		VerbAlarmList:      {usage: "alarm list", make: (*RawQuery).fillNothing},
	}
}

func (q *RawQuery) fillGet(a arguments) error {
	if err := q.fillRange(a); err != nil {
		return err
	}
	q.KeysOnly, q.CountOnly, q.ValuesOnly = a.has("--keys-only"), a.has("--count-only"), a.has("--print-value-only")
	if q.KeysOnly && q.CountOnly {
		return usagef("choose one of --keys-only and --count-only")
	}
	var err error
	if q.Order, err = a.choice("--order", "ASCEND", "DESCEND"); err != nil {
		return err
	}
	if q.SortBy, err = a.choice("--sort-by", "CREATE", "KEY", "MODIFY", "VALUE", "VERSION"); err != nil {
		return err
	}
	consistency, err := a.choice("--consistency", "L", "S")
	q.Serializable = consistency == "S"
	return err
}

// fillRange takes the keys, and what get, del and watch have in common.
func (q *RawQuery) fillRange(a arguments) error {
	prefix, fromKey, key := a.has("--prefix"), a.has("--from-key"), a.plain[0]
	switch {
	case prefix && fromKey:
		return usagef("choose one of --prefix and --from-key")
	case len(a.plain) > 1 && (prefix || fromKey):
		return usagef("a range with an END cannot have --prefix or --from-key too")
	case prefix:
		q.Range = prefixRange(key)
	case fromKey && key == "":
		q.Range = Range{NoEnd, NoEnd}
	case fromKey:
		q.Range = Range{key, NoEnd}
	case key == "":
		return usagef("a key cannot be empty: for all keys, write --prefix ''")
	case len(a.plain) > 1:
		q.Range = Range{key, a.plain[1]}
	default:
		q.Range = Range{Key: key}
	}
	q.PrevKV = a.has("--prev-kv")
	var err error
	if q.Revision, err = a.number("--rev"); err != nil {
		return err
	}
	q.Limit, err = a.number("--limit")
	return err
}

func (q *RawQuery) fillNothing(a arguments) error {
	q.Cluster = a.has("--cluster")
	return nil
}

func checkKey(key string) error {
	if key == "" {
		return usagef("a key cannot be empty")
	}
	return nil
}

// QueryUsage says how every query is written, in the order in which somebody would look for it.
func QueryUsage() []string {
	all := commands()
	var usage []string
	for _, verb := range []Verb{VerbGet, VerbPut, VerbDel, VerbWatch} {
		usage = append(usage, all[verb].usage)
	}
	usage = append(usage, txnUsage)
	for _, verb := range []Verb{VerbMemberList, VerbEndpointStatus, VerbEndpointHealth, VerbAlarmList, VerbCompaction} {
		usage = append(usage, all[verb].usage)
	}
	return usage
}

// QueryWords are the words that may follow a text that somebody is typing, whose last word may have been begun.
func QueryWords(typed string) []string {
	before, last := "", typed
	if at := strings.LastIndexByte(typed, ' '); at >= 0 {
		before, last = strings.Join(strings.Fields(typed[:at]), " "), typed[at+1:]
	}
	before = strings.TrimPrefix(strings.TrimPrefix(before, "etcdctl"), " ")
	all := commands()
	var offers []string
	for _, verb := range append(slices.Sorted(maps.Keys(all)), VerbTxn) {
		c := all[verb]
		first, second, pair := strings.Cut(string(verb), " ")
		switch {
		case before == "":
			offers = append(offers, first)
		case pair && before == first:
			offers = append(offers, second)
		case before == string(verb) || strings.HasPrefix(before, string(verb)+" "):
			offers = append(offers, c.takes...)
			offers = append(offers, c.marks...)
		}
	}
	slices.Sort(offers)
	return slices.DeleteFunc(slices.Compact(offers), func(offer string) bool {
		return !strings.HasPrefix(offer, last) || offer == "--consistency" || offer == "--range"
	})
}
