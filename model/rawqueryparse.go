package model

import (
	"slices"
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
		return RawQuery{}, words[0].wrongf("%s cannot stand in a txn: use get, put or del", Excerpt(string(verb), 40))
	case !ok:
		return RawQuery{}, words[0].wrongf("\"%s\" is no query: use get, put, del, txn, watch, member list, endpoint status, endpoint health, "+
			"alarm list or compaction", Excerpt(string(verb), 40))
	}
	a, err := sortArguments(c, rest)
	if err != nil {
		return RawQuery{}, err
	}
	q := RawQuery{Verb: verb}
	err = c.make(&q, a)
	return q, err
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
