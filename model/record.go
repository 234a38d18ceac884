package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// MaxValue is the largest value, in bytes, that is decoded or written. It stays well below etcd's limit for a request
// (1.5 MiB), because one transaction carries several.
const MaxValue = 1 << 20

// maxList is how many elements a list may have before it counts as unreadable.
const maxList = 100_000

// record is a JSON object as it stood in the store. Fields that we do not know, and texts that we did not change, are
// written back as they were.
type record map[string]json.RawMessage

func decodeRecord(raw []byte) (record, error) {
	if len(raw) > MaxValue {
		return nil, fmt.Errorf("the value has %s bytes, more than %s", Thousands(len(raw)), Thousands(MaxValue))
	}
	var fields record
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("the value is not a JSON object: %w", notAsExpected(err))
	}
	if fields == nil {
		return nil, fmt.Errorf("the value is null, not a JSON object")
	}
	return fields, nil
}

// notAsExpected says in plain words where JSON is of another kind than the layout has.
func notAsExpected(err error) error {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case !ok:
		return err
	case wrong.Field != "":
		return fmt.Errorf("its %s cannot be a JSON %s", Clean(wrong.Field), wrong.Value)
	}
	return fmt.Errorf("there is a JSON %s", wrong.Value)
}

// stored is a record as it stood in the store, or empty where that is just what we would write: with nothing in it to
// keep. Most are, and a catalogue holds many.
type stored string

// fields returns a copy of the record's fields.
func (s stored) fields() record {
	fields, err := decodeRecord([]byte(s))
	if err != nil {
		return record{} // it is empty: what cannot be read was never kept
	}
	return fields
}

// text reads a string field, cleaned. A number is read as its digits; anything else is an error.
func (r record) text(name string) (string, error) {
	spelled, err := r.verbatim(name)
	return Clean(spelled), err
}

// verbatim reads what text does as it is spelled, which is what keys are made of.
func (r record) verbatim(name string) (string, error) {
	raw, ok := r[name]
	if !ok {
		return "", nil
	}
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		return "", fmt.Errorf("%s is not text", name)
	}
	if string(raw) == "null" {
		return "", nil
	}
	return unquote(raw), nil
}

// copied returns a copy whose fields may be set; an empty one of none.
func (r record) copied() record {
	if r == nil {
		return record{}
	}
	return maps.Clone(r)
}

func (r record) count(name string) (int, error) {
	n, err := parseCount(r[name])
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

func (r record) price(name string) (Cents, error) { return r.money(name, ParsePrice) }

// sum reads an amount that may be more than a price.
func (r record) sum(name string) (Cents, error) { return r.money(name, parseAmount) }

func (r record) money(name string, parse func(string) (Cents, error)) (Cents, error) {
	raw, ok := r[name]
	if !ok {
		return 0, fmt.Errorf("%s is missing", name)
	}
	amount, err := parse(unquote(raw))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return amount, nil
}

// setText changes a string field, unless it already reads as that text: then its spelling in the store is kept.
func (r record) setText(name, value string) {
	if now, err := r.text(name); err == nil && r[name] != nil && now == value {
		return
	}
	r[name] = encodeJSON(value)
}

// spelling returns a text as setText leaves it in the store: as it is spelled there if it reads as that text already. It is
// not cleaned.
func (r record) spelling(name, value string) string {
	if spelled, err := r.verbatim(name); err == nil && Clean(spelled) == value {
		return spelled
	}
	return value
}

func (r record) set(name string, value any) { r[name] = encodeJSON(value) }

// encode writes the object with the layout's fields first, in its order, then the others by name.
func (r record) encode(layout ...string) []byte {
	var others []string
	for name := range r {
		if !slices.Contains(layout, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	out := []byte{'{'}
	for _, name := range slices.Concat(layout, others) {
		raw, ok := r[name]
		if !ok {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, encodeJSON(name)...), ':'), raw...)
	}
	return append(out, '}')
}

// encodeJSON writes a value of the model, which always can be written, without escaping <, > and &.
func encodeJSON(value any) json.RawMessage {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// DecodeList reads a list of strings: event ids of an index key, favourites, or allowed values. Its elements are not
// cleaned, because they are parts of keys; clean them before showing them.
func DecodeList(raw []byte) ([]string, error) {
	if len(raw) > 4*MaxValue {
		return nil, fmt.Errorf("the list has %s bytes", Thousands(len(raw)))
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("the value is not a list of texts: %w", notAsExpected(err))
	}
	if len(list) > maxList {
		return nil, fmt.Errorf("the list has %s elements, more than %s", Thousands(len(list)), Thousands(maxList))
	}
	return list, nil
}

// EncodeList writes a list of strings; no elements are written as [].
func EncodeList(list []string) []byte {
	if list == nil {
		list = []string{}
	}
	return encodeJSON(list)
}

// Record is one key of a data set with its value, as the store holds it.
type Record struct {
	Key   string
	Value []byte
}
