package model

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Pair is a key with its value, as a raw query finds it.
type Pair struct {
	Key, Value                        string
	Created, Modified, Version, Lease int64
}

// Answer is what a raw query gave. Only the parts that its verb has are set.
type Answer struct {
	Query     RawQuery
	Revision  int64 // of the store at that moment
	Pairs     []Pair
	Count     int64  // of get: how many keys there are, however few are shown; of del: how many were removed
	More      bool   // of get: there are more than the limit let through
	Cut       string // where not all is shown because it is too much: why, in words
	Succeeded bool   // of txn: the conditions held
	Answers   []Answer
	Rows      []string // of what is about members
	Changes   []RawChange
}

// RawChange is a change that a watch has seen.
type RawChange struct {
	Deleted  bool
	Pair     Pair
	Previous *Pair // if it was asked for and there was one
}

// Rest is the query for what follows an answer that is a page, at the same revision, and whether there is anything.
func (a Answer) Rest() (rest RawQuery, more bool) {
	rest = a.Query
	if !a.More || len(a.Pairs) == 0 || !rest.Pages() {
		return RawQuery{}, false
	}
	if rest.Limit > 0 {
		if rest.Limit -= int64(len(a.Pairs)); rest.Limit <= 0 {
			return RawQuery{}, false
		}
	}
	if rest.Revision == 0 {
		rest.Revision = a.Revision
	}
	last := a.Pairs[len(a.Pairs)-1].Key
	if rest.Order == "DESCEND" {
		rest.Range.End = last
	} else {
		rest.Range.Key = last + "\x00"
	}
	return rest, true
}

// AnswerLine is a line of an answer and what it is.
type AnswerLine struct {
	Kind AnswerKind
	Text string
}

// AnswerKind says what a line of an answer is.
type AnswerKind int

// The kinds of lines.
const (
	AnswerStatus AnswerKind = iota // OK, SUCCESS, a number
	AnswerKey
	AnswerValue
)

// Lines are the lines that etcdctl prints. With pretty, values that are JSON are laid out, and no line stands for a value
// that was not asked for. The number of keys, for which etcdctl wants another form of output, is a line of its own.
func (a Answer) Lines(pretty bool) []AnswerLine {
	status := func(text string) []AnswerLine { return []AnswerLine{{AnswerStatus, text}} }
	switch q := a.Query; q.Verb {
	case VerbGet:
		if q.CountOnly {
			return status(strconv.FormatInt(a.Count, 10))
		}
		if q.KeysOnly && pretty {
			return keyLines(a.Pairs)
		}
		return pairLines(a.Pairs, q.ValuesOnly, pretty)
	case VerbPut:
		return append(status("OK"), pairLines(a.Pairs, false, pretty)...)
	case VerbDel:
		return append(status(strconv.FormatInt(a.Count, 10)), pairLines(a.Pairs, false, pretty)...)
	case VerbTxn:
		lines := status("FAILURE")
		if a.Succeeded {
			lines = status("SUCCESS")
		}
		for _, part := range a.Answers {
			lines = append(append(lines, AnswerLine{}), part.Lines(pretty)...)
		}
		return lines
	case VerbCompaction:
		return status("compacted revision " + strconv.FormatInt(q.Revision, 10))
	case VerbWatch:
		return a.changeLines(pretty)
	default:
		var lines []AnswerLine
		for _, row := range a.Rows {
			lines = append(lines, status(row)...)
		}
		return lines
	}
}

func (a Answer) changeLines(pretty bool) []AnswerLine {
	var lines []AnswerLine
	for _, change := range a.Changes {
		words := "PUT"
		if change.Deleted {
			words = "DELETE"
		}
		lines = append(lines, AnswerLine{AnswerStatus, words})
		if change.Previous != nil {
			lines = append(lines, pairLines([]Pair{*change.Previous}, false, pretty)...)
		}
		lines = append(lines, pairLines([]Pair{change.Pair}, false, pretty)...)
	}
	return lines
}

// keyLines leave out the empty line below each key that etcdctl prints.
func keyLines(pairs []Pair) []AnswerLine {
	var lines []AnswerLine
	for _, pair := range pairs {
		lines = append(lines, AnswerLine{AnswerKey, pair.Key})
	}
	return lines
}

func pairLines(pairs []Pair, valuesOnly, pretty bool) []AnswerLine {
	var lines []AnswerLine
	for _, pair := range pairs {
		if !valuesOnly {
			lines = append(lines, AnswerLine{AnswerKey, pair.Key})
		}
		value := pair.Value
		if pretty {
			value = layOut(value)
		}
		for part := range strings.SplitSeq(value, "\n") {
			lines = append(lines, AnswerLine{AnswerValue, part})
		}
	}
	return lines
}

// layOut spreads JSON over lines; anything else stays as it is, and so does what fits on a line anyway.
func layOut(value string) string {
	var out bytes.Buffer
	if len(value) < 2 || value[0] != '{' && value[0] != '[' || json.Indent(&out, []byte(value), "", "  ") != nil {
		return value
	}
	return out.String()
}

// Text is what etcdctl prints.
func (a Answer) Text() string {
	var out strings.Builder
	for _, line := range a.Lines(false) {
		out.WriteString(line.Text)
		out.WriteByte('\n')
	}
	return out.String()
}
