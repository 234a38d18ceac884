package cli

import (
	"unicode/utf8"

	"github.com/ticketcd/ticketcd/model"
)

// answerJSON is the answer to a raw query as scripts see it. Only what its verb has is set; a list that it has and that is
// empty is there.
type answerJSON struct {
	Revision  int64        `json:"revision"`
	Count     *int64       `json:"count,omitempty"` // of get: how many keys there are; of del: how many were removed
	More      bool         `json:"more,omitempty"`  // there are more than the limit let through
	Succeeded *bool        `json:"succeeded,omitempty"`
	Pairs     []pairJSON   `json:"kvs,omitzero"` // of put and del what was there before, if it was asked for
	Answers   []answerJSON `json:"responses,omitzero"`
	Rows      []string     `json:"lines,omitzero"`
}

// pairJSON is a key with its value. What is no text is in base64.
type pairJSON struct {
	Key      string `json:"key"`
	RawKey   []byte `json:"key_base64,omitempty"`
	Value    string `json:"value"`
	RawValue []byte `json:"value_base64,omitempty"`
	Created  int64  `json:"create_revision"`
	Modified int64  `json:"mod_revision"`
	Version  int64  `json:"version"`
	Lease    int64  `json:"lease,omitempty"`
}

// changeJSON is a change that a watch has seen.
type changeJSON struct {
	Type   string    `json:"type"`
	Pair   pairJSON  `json:"kv"`
	Before *pairJSON `json:"prev_kv,omitempty"`
}

func newAnswerJSON(answer model.Answer) answerJSON {
	out := answerJSON{Revision: answer.Revision, More: answer.More, Rows: answer.Rows}
	switch q := answer.Query; {
	case q.Verb == model.VerbGet, q.Verb == model.VerbDel:
		out.Count = &answer.Count
		if q.Verb == model.VerbGet && !q.CountOnly {
			out.Pairs = []pairJSON{}
		}
	case q.Verb == model.VerbTxn:
		out.Succeeded, out.Answers = &answer.Succeeded, []answerJSON{}
	case q.Verb.OfMembers() && out.Rows == nil:
		out.Rows = []string{}
	}
	for _, p := range answer.Pairs {
		out.Pairs = append(out.Pairs, newPairJSON(p))
	}
	for _, part := range answer.Answers {
		out.Answers = append(out.Answers, newAnswerJSON(part))
	}
	return out
}

func newPairJSON(p model.Pair) pairJSON {
	out := pairJSON{Key: p.Key, Value: p.Value, Created: p.Created, Modified: p.Modified, Version: p.Version, Lease: p.Lease}
	if !utf8.ValidString(p.Key) {
		out.Key, out.RawKey = "", []byte(p.Key)
	}
	if !utf8.ValidString(p.Value) {
		out.Value, out.RawValue = "", []byte(p.Value)
	}
	return out
}

func newChangeJSON(c model.RawChange) changeJSON {
	out := changeJSON{Type: "PUT", Pair: newPairJSON(c.Pair)}
	if c.Deleted {
		out.Type = "DELETE"
	}
	if c.Previous != nil {
		before := newPairJSON(*c.Previous)
		out.Before = &before
	}
	return out
}
