package model

import (
	"slices"
	"strconv"
	"strings"
)

const txnUsage = `txn CONDITION [; CONDITION] then QUERY [; QUERY] [else QUERY [; QUERY]], for example txn mod("a") = "0" then put a 1 else get a`

// parseTxn reads a transaction in etcdctl's text form: conditions, an empty line, what to do if all hold, an empty line,
// what to do if not. A line that begins with # is for the reader.
func parseTxn(body string) (RawQuery, error) {
	q, block := RawQuery{Verb: VerbTxn}, 0
	for line := range strings.SplitSeq(body, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "" && block < 2:
			block++
		case line == "":
		default:
			if err := q.add(block, line); err != nil {
				return RawQuery{}, err
			}
		}
	}
	return q, q.checkTxn()
}

// add takes a line of one of the three blocks.
func (q *RawQuery) add(block int, line string) error {
	if block == 0 {
		compare, err := parseCompare(line)
		q.Compares = append(q.Compares, compare)
		return err
	}
	words, err := txnWords(line)
	if err != nil {
		return err
	}
	part, err := parseCommand(words, true)
	if block == 1 {
		q.Then = append(q.Then, part)
	} else {
		q.Else = append(q.Else, part)
	}
	return err
}

func (q *RawQuery) checkTxn() error {
	if len(q.Then)+len(q.Else) == 0 {
		return usagef("the txn does nothing; usage: %s", txnUsage)
	}
	return nil
}

// parseTxnLine reads a transaction that is written in one line, with "then", "else" and ";" between its parts.
func parseTxnLine(line string) (RawQuery, error) {
	q, block, start := RawQuery{Verb: VerbTxn}, 0, 0
	for _, m := range append(separators(line), separator{len(line), len(line), ""}) {
		part, at := strings.TrimSpace(line[start:m.from]), start
		start = m.to
		if part != "" {
			if err := q.add(block, part); err != nil {
				at += strings.Index(line[at:], part)
				return RawQuery{}, misread{err, at, at + len(part)}
			}
		}
		switch {
		case m.text == "then" && block == 0:
			block = 1
		case m.text == "else" && block == 1:
			block = 2
		case m.text == "then" || m.text == "else":
			return RawQuery{}, word{from: m.from, to: m.to}.wrongf("%s stands in the wrong place; usage: %s", m.text, txnUsage)
		}
	}
	return q, q.checkTxn()
}

// separator is a word outside quotes that parts a transaction.
type separator struct {
	from, to int
	text     string
}

// separators finds what parts a transaction in one line. Quotes hide it.
func separators(line string) []separator {
	var found []separator
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		default:
			for _, text := range []string{";", "then", "else"} {
				end := i + len(text)
				begins := text == ";" || i == 0 || strings.IndexByte(" \t)", line[i-1]) >= 0
				if begins && strings.HasPrefix(line[i:], text) && (end == len(line) || strings.IndexByte(" \t", line[end]) >= 0) {
					found = append(found, separator{i, end, text})
				}
			}
		}
	}
	return found
}

// targets are what a condition may look at, by the names that etcdctl knows.
var targets = map[string]string{
	"ver": "version", "version": "version", "c": "create", "create": "create", "m": "mod", "mod": "mod",
	"val": "value", "value": "value", "lease": "lease",
}

// parseCompare reads a condition such as mod("key") > "0". The value may stand without quotes if it is a number.
func parseCompare(line string) (Compare, error) {
	wrong := usagef(`%s is no condition: for example mod("KEY") > "0", value("KEY") = "TEXT", version("KEY") = "1"`,
		Excerpt(line, 60))
	name, rest, ok := strings.Cut(line, "(")
	target, known := targets[strings.TrimSpace(name)]
	key, rest, quoted := quotedPrefix(rest)
	rest, closed := strings.CutPrefix(strings.TrimSpace(rest), ")")
	if !ok || !known || !quoted || !closed {
		return Compare{}, wrong
	}
	c := Compare{Target: target, Key: key}
	rest = strings.TrimSpace(rest)
	for _, op := range []string{"!=", "=", "<", ">"} {
		if after, is := strings.CutPrefix(rest, op); is {
			c.Op, rest = op, strings.TrimSpace(after)
			break
		}
	}
	value, after, quoted := quotedPrefix(rest)
	if !quoted {
		value, after = rest, ""
	}
	c.Value = value
	if c.Op == "" || strings.TrimSpace(after) != "" || !quoted && target == "value" {
		return Compare{}, wrong
	}
	if target != "value" {
		base := 10
		if target == "lease" {
			base = 16
		}
		var err error
		if c.Number, err = strconv.ParseInt(value, base, 64); err != nil {
			return Compare{}, usagef("%s(%q) is compared with a number, not with %s", target, Clean(key), Excerpt(value, 40))
		}
	}
	return c, checkKey(key)
}

// quotedPrefix reads the text in double quotes that a line begins with.
func quotedPrefix(line string) (text, rest string, ok bool) {
	line = strings.TrimSpace(line)
	quoted, err := strconv.QuotedPrefix(line)
	if err != nil || !slices.Contains([]byte{'"', '`'}, quoted[0]) {
		return "", line, false
	}
	text, err = strconv.Unquote(quoted)
	return text, line[len(quoted):], err == nil
}
