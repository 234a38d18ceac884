package model

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// asBase64 marks what JSON cannot hold: a value {"$base64": "..."} stands for those bytes, and so does a key
// "$base64:...".
const asBase64 = "$base64"

// WriteDataSet writes records, which come in the order of their keys, as a data set, one key a line, and returns how
// many they were. The same records always give the same bytes. At the first error it stops without the closing brace,
// so that half a data set is never taken for a whole one.
func WriteDataSet(w io.Writer, records iter.Seq2[Record, error]) (int, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	written := 0
	for record, err := range records {
		if err != nil {
			return written, err
		}
		separator := ",\n"
		if written == 0 {
			separator = "{\n"
		}
		for _, part := range [][]byte{[]byte(separator), encodeKey(record.Key), []byte(": "), encodeValue(record.Value)} {
			if _, err := out.Write(part); err != nil {
				return written, unwritable(err)
			}
		}
		written++
	}
	end := "\n}\n"
	if written == 0 {
		end = "{}\n"
	}
	if _, err := out.WriteString(end); err != nil {
		return written, unwritable(err)
	}
	if err := out.Flush(); err != nil {
		return written, unwritable(err)
	}
	return written, nil
}

func unwritable(err error) error { return Wrap(CodeFailed, err, "the data set cannot be written") }

// encodeKey writes a key as JSON. Bytes that are no text, and keys that look like the mark itself, are marked.
func encodeKey(key string) []byte {
	if !utf8.ValidString(key) || strings.HasPrefix(key, asBase64+":") {
		key = asBase64 + ":" + base64.StdEncoding.EncodeToString([]byte(key))
	}
	return encodeJSON(key)
}

func decodeKey(key string) (string, error) {
	encoded, marked := strings.CutPrefix(key, asBase64+":")
	if !marked {
		return key, nil
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	return string(raw), err
}

// markStart is how the compacted JSON of a marked value begins.
const markStart = `{"` + asBase64 + `":`

// encodeValue writes a stored value as compacted JSON. Bytes that are no JSON, and JSON that looks like the mark
// itself, are marked.
func encodeValue(value []byte) []byte {
	var out bytes.Buffer
	_, isNested := nested(value)
	if utf8.Valid(value) && json.Compact(&out, value) == nil && !isNested && !bytes.HasPrefix(out.Bytes(), []byte(markStart)) &&
		Objection(out.Bytes()) == "" {
		return out.Bytes()
	}
	return encodeJSON(map[string]string{asBase64: base64.StdEncoding.EncodeToString(value)})
}

// nested returns the object or list that a JSON string spells, compacted. Some tools write a value so when they mean the
// value itself, and no record of the layout is a text.
func nested(raw []byte) ([]byte, bool) {
	text := unquote(raw)
	if len(raw) == 0 || raw[0] != '"' || text == "" || text[0] != '{' && text[0] != '[' {
		return nil, false
	}
	var out bytes.Buffer
	if json.Compact(&out, []byte(text)) != nil {
		return nil, false
	}
	return out.Bytes(), true
}

// decodeValue returns the bytes that a value in a data set stands for, and whether they were marked as base64.
func decodeValue(raw []byte) (value []byte, marked bool, err error) {
	var out bytes.Buffer
	if err = json.Compact(&out, raw); err != nil {
		return nil, false, err
	}
	if inner, ok := nested(out.Bytes()); ok {
		return inner, false, nil
	}
	if !bytes.HasPrefix(out.Bytes(), []byte(markStart)) {
		return out.Bytes(), false, nil
	}
	var mark map[string]*[]byte
	err = json.Unmarshal(raw, &mark)
	if value := mark[asBase64]; err == nil && len(mark) == 1 && value != nil {
		return *value, true, nil
	}
	return nil, true, errors.New("not base64")
}
