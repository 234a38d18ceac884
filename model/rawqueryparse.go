package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxQuery is the longest query that is read, in bytes: longer values than etcd takes by default are no use.
const maxQuery = 1 << 21

// ParseQuery reads a query in etcdctl's words, such as "get --prefix user:". It may begin with "etcdctl". Flags that
// choose the cluster are passed over, because whoever runs the query is connected already. What cannot be read is
// [CodeUsage], in a sentence that names what would work.
//
// [Misread] tells where in the text it went wrong.
func ParseQuery(text string) (RawQuery, error) {
	trimmed := strings.TrimSpace(text)
	q, err := parseQuery(trimmed)
	return q, misreadLater(err, strings.Index(text, trimmed))
}

func parseQuery(text string) (RawQuery, error) {
	if len(text) > maxQuery {
		return RawQuery{}, usagef("the query is too long: at most %s", Bytes(maxQuery))
	}
	first, body, lines := strings.Cut(text, "\n")
	if verb, rest, ok := beginsTxn(first); ok {
		if !lines {
			q, err := parseTxnLine(rest)
			return q, misreadLater(err, len(text)-len(rest))
		}
		if strings.TrimSpace(rest) != "" {
			return RawQuery{}, usagef("%s takes nothing on its first line: conditions and requests follow, one a line", verb)
		}
		return parseTxn(body)
	}
	words, err := splitWords(text)
	if err != nil {
		return RawQuery{}, err
	}
	return parseCommand(withoutPreamble(words), false)
}

// ParseQueryWords reads a query that a shell has taken apart into words already. The first may be a whole query, to which
// the others are added.
func ParseQueryWords(words []string) (RawQuery, error) {
	if len(words) > 0 && words[0] == string(VerbTxn) { // its parts have quotes of their own
		return ParseQuery(strings.Join(words, " "))
	}
	var quoted []string
	for i, w := range words {
		if i == 0 && (len(words) == 1 || strings.Contains(w, " ")) {
			quoted = append(quoted, w)
			continue
		}
		quoted = append(quoted, "'"+strings.ReplaceAll(w, "'", `'\''`)+"'")
	}
	return ParseQuery(strings.Join(quoted, " "))
}

// beginsTxn says whether a line begins a transaction, and what follows on it. The flag -i only asks for prompts.
func beginsTxn(line string) (verb, rest string, ok bool) {
	words, rest := 0, line
	for {
		next, after, found := strings.Cut(strings.TrimLeft(rest, " \t\r"), " ")
		switch next = strings.TrimSpace(next); {
		case next == "txn":
			for _, flag := range []string{"-i", "--interactive"} {
				if trimmed := strings.TrimSpace(after); trimmed == flag || strings.HasPrefix(trimmed, flag+" ") {
					after = strings.TrimPrefix(trimmed, flag)
				}
			}
			return next, after, true
		case !found || next != "etcdctl" && !strings.HasPrefix(next, "ETCDCTL_") && !isConnectionFlag(next) || words > 8:
			return "", "", false
		}
		words, rest = words+1, after
	}
}

// isConnectionFlag says whether a word is a flag with its value by which etcdctl chooses the cluster.
func isConnectionFlag(text string) bool {
	name, _, ok := strings.Cut(text, "=")
	return ok && slices.Contains(connectionFlags, name)
}

// connectionFlags choose the cluster, each with a value.
var connectionFlags = []string{
	"--endpoints", "--cacert", "--cert", "--key", "--user", "--password", "--command-timeout", "--dial-timeout",
	"--keepalive-time", "--keepalive-timeout",
}

// withoutPreamble drops what may stand before a query in a script: variables and the name of etcdctl.
func withoutPreamble(words []word) []word {
	for len(words) > 0 && words[0].bare && strings.HasPrefix(words[0].text, "ETCDCTL_") {
		words = words[1:]
	}
	if len(words) > 0 && words[0].text == "etcdctl" {
		words = words[1:]
	}
	return words
}

// arguments are the words of a query by what they are for.
type arguments struct {
	plain []string
	flags map[string]string
	words map[string]word // where the values are, by flag or plain argument
}

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
					return a.words[a.plain[0]].wrongf("%s is no revision: compaction takes a whole number from 1 on", Truncate(Clean(a.plain[0]), 40))
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

// parseCommand reads one query that is no transaction. Inside one, only what etcd can do there is taken.
func parseCommand(words []word, inside bool) (RawQuery, error) {
	words, err := withoutConnection(words)
	if err != nil {
		return RawQuery{}, err
	}
	if len(words) == 0 {
		return RawQuery{}, usagef("the query is empty: for example get --prefix search:text:a")
	}
	verb, rest := Verb(words[0].text), words[1:]
	if slices.Contains([]Verb{"member", "endpoint", "alarm"}, verb) && len(rest) > 0 {
		verb, rest = verb+" "+Verb(rest[0].text), rest[1:]
	}
	c, ok := commands()[verb]
	switch {
	case inside && !slices.Contains([]Verb{VerbGet, VerbPut, VerbDel}, verb):
		return RawQuery{}, words[0].wrongf("%s cannot stand in a txn: use get, put or del", Truncate(Clean(string(verb)), 40))
	case !ok:
		return RawQuery{}, words[0].wrongf("%s is no query: use get, put, del, txn, watch, member list, endpoint status, endpoint health, "+
			"alarm list or compaction", Truncate(Clean(string(verb)), 40))
	}
	a, err := sortArguments(c, rest)
	if err != nil {
		return RawQuery{}, err
	}
	q := RawQuery{Verb: verb}
	return q, c.make(&q, a)
}

// withoutConnection drops the flags that choose the cluster, which may also stand before the verb.
func withoutConnection(words []word) ([]word, error) {
	var kept []word
	for i := 0; i < len(words); i++ {
		text := words[i].text
		switch {
		case text == "--":
			return append(kept, words[i:]...), nil
		case slices.Contains(connectionFlags, text):
			if i++; i == len(words) {
				return nil, words[i-1].wrongf("%s needs a value", text)
			}
		case isConnectionFlag(text):
		default:
			kept = append(kept, words[i])
		}
	}
	return kept, nil
}

// sortArguments tells flags from plain arguments. After -- all are plain.
func sortArguments(c command, words []word) (arguments, error) {
	a := arguments{flags: map[string]string{}, words: map[string]word{}}
	takes := append([]string{"--write-out", "-w"}, c.takes...)
	for i := 0; i < len(words); i++ {
		text := words[i].text
		name, value, given := strings.Cut(text, "=")
		switch {
		case text == "--":
			for _, w := range words[i+1:] {
				a.plain = append(a.plain, w.text)
				a.words[w.text] = w
			}
			i = len(words)
		case !strings.HasPrefix(text, "-") || text == "-":
			a.plain = append(a.plain, text)
			a.words[text] = words[i]
		case slices.Contains(takes, name):
			if !given {
				if i++; i == len(words) {
					return a, words[i-1].wrongf("%s needs a value; usage: %s", name, c.usage)
				}
				value = words[i].text
			}
			a.flags[name], a.words[name] = value, words[i]
		case slices.Contains(c.marks, name) && (!given || value == "true" || value == "false"):
			if value != "false" {
				a.flags[name] = "true"
			}
		default:
			return a, words[i].wrongf("%s is not understood here; usage: %s; a value that begins with - comes after --",
				Truncate(Clean(text), 40), c.usage)
		}
	}
	if n := len(a.plain); n < c.least || n > c.most {
		return a, usagef("wrong number of words; usage: %s", c.usage)
	}
	for _, name := range []string{"--write-out", "-w"} {
		if form, given := a.flags[name]; given && form != "simple" {
			return a, a.words[name].wrongf("the form %s is not known here: leave %s out, or use ticketcd query -w json", Truncate(Clean(form), 40), name)
		}
	}
	return a, nil
}

func checkKey(key string) error {
	if key == "" {
		return usagef("a key cannot be empty")
	}
	return nil
}

func (q *RawQuery) fillNothing(a arguments) error {
	q.Cluster = a.has("--cluster")
	return nil
}

func (a arguments) has(name string) bool { return a.flags[name] != "" }

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

// number is the value of a flag, 0 if it is not given.
func (a arguments) number(name string) (int64, error) {
	text, given := a.flags[name]
	if !given {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, a.words[name].wrongf("%s takes a whole number from 0 on, not %s", name, Truncate(Clean(text), 40))
	}
	return n, nil
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

// choice is the value of a flag in capitals, which must be one of a few; empty if it is not given.
func (a arguments) choice(name string, values ...string) (string, error) {
	text := strings.ToUpper(a.flags[name])
	if text != "" && !slices.Contains(values, text) {
		return "", a.words[name].wrongf("%s takes %s, not %s", name, strings.Join(values, ", "), Truncate(Clean(a.flags[name]), 40))
	}
	return text, nil
}
