package model

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxDataSet is the largest data set, in bytes, that is read: all of it is held in memory, so that a broken file is
// found out before anything of it is used.
const maxDataSet = 1 << 30

// asBase64 marks what JSON cannot hold: a value {"$base64": "..."} stands for those bytes, and so does a key
// "$base64:...".
const asBase64 = "$base64"

// ReadDataSet reads a data set: one JSON object of key -> value, in UTF-8, at most 1 GiB, nested at most 10,000 deep.
// The records are returned in the file's order with their values compacted but otherwise spelled as they stand. A key
// that is empty or stands twice, broken JSON and anything after the object are errors that name the line.
func ReadDataSet(r io.Reader) ([]Record, error) { return readDataSet(r, maxDataSet) }

func readDataSet(r io.Reader, limit int64) ([]Record, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, Wrap(CodeFailed, err, "the data set cannot be read")
	}
	if int64(len(data)) > limit {
		return nil, Errorf(CodeFailed, "the data set has more than %s bytes, which is the most that is read", Thousands(int(limit)))
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if at := invalidUTF8(data); at >= 0 {
		return nil, brokenAt(data, at, "the text is not UTF-8")
	}
	return (&dataSetReader{data: data, dec: json.NewDecoder(bytes.NewReader(data))}).records()
}

// dataSetReader takes a data set apart, token by token.
type dataSetReader struct {
	data []byte
	dec  *json.Decoder
}

func (r *dataSetReader) records() ([]Record, error) {
	if token, err := r.dec.Token(); err != nil {
		return nil, r.broken(err)
	} else if token != json.Delim('{') {
		return nil, r.brokenHere("a data set is one JSON object of keys and values, in { }")
	}
	var records []Record
	seen := map[string]bool{}
	for r.dec.More() {
		record, err := r.record()
		if err != nil {
			return nil, err
		}
		if seen[record.Key] {
			return nil, r.brokenHere("the key %q stands here for the second time", Clean(record.Key))
		}
		seen[record.Key] = true
		records = append(records, record)
	}
	if _, err := r.dec.Token(); err != nil { // the closing brace
		return nil, r.broken(err)
	}
	if rest := bytes.TrimLeft(r.data[r.dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, brokenAt(r.data, len(r.data)-len(rest), "there is more after the end of the data set")
	}
	return records, nil
}

// record reads one key with its value.
func (r *dataSetReader) record() (Record, error) {
	token, err := r.dec.Token()
	if err != nil {
		return Record{}, r.broken(err)
	}
	key, err := decodeKey(token.(string)) // the decoder lets only strings be keys
	if err != nil {
		return Record{}, r.brokenHere("the key is marked as base64 but is not")
	}
	if key == "" {
		return Record{}, r.brokenHere("a key is empty")
	}
	start := int(r.dec.InputOffset())
	var raw json.RawMessage
	if r.dec.Decode(&raw) != nil {
		return Record{}, brokenValue(r.data, start, key)
	}
	value, err := decodeValue(raw)
	if err != nil {
		return Record{}, r.brokenHere("the value of %q is marked as base64 but is not", Clean(key))
	}
	return Record{Key: key, Value: value}, nil
}

func (r *dataSetReader) brokenHere(format string, args ...any) error {
	return brokenAt(r.data, int(r.dec.InputOffset()), format, args...)
}

func (r *dataSetReader) broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return brokenAt(r.data, len(r.data), "the data set ends in the middle")
	}
	return r.brokenHere("this is not JSON: %s", Clean(err.Error()))
}

// brokenValue says where a value that the decoder refused goes wrong. The decoder itself counts only the bytes of
// values, so the value is read once more by itself.
func brokenValue(data []byte, start int, key string) error {
	start += len(data[start:]) - len(bytes.TrimLeft(data[start:], ": \t\r\n"))
	var raw json.RawMessage
	err := json.NewDecoder(bytes.NewReader(data[start:])).Decode(&raw)
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return brokenAt(data, len(data), "the data set ends in the middle of the value of %q", Clean(key))
	}
	at := min(start+max(int(syntax.Offset)-1, 0), len(data))
	return brokenAt(data, at, "the value of %q is not JSON: %s", Clean(key), Clean(syntax.Error()))
}

// brokenAt is a refusal that names the line of a byte.
func brokenAt(data []byte, at int, format string, args ...any) error {
	line := bytes.Count(data[:at], []byte("\n")) + 1
	return Errorf(CodeFailed, "line %d: "+format, append([]any{line}, args...)...)
}

// invalidUTF8 returns where text stops being UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}

// InKeyOrder yields records as [WriteDataSet] wants them. The slice itself is not changed.
func InKeyOrder(records []Record) iter.Seq2[Record, error] {
	sorted := slices.Clone(records)
	slices.SortFunc(sorted, func(a, b Record) int { return strings.Compare(a.Key, b.Key) })
	return func(yield func(Record, error) bool) {
		for _, record := range sorted {
			if !yield(record, nil) {
				return
			}
		}
	}
}

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
	if utf8.Valid(value) && json.Compact(&out, value) == nil && !isNested && !bytes.HasPrefix(out.Bytes(), []byte(markStart)) {
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

func decodeValue(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return nil, err
	}
	if inner, ok := nested(out.Bytes()); ok {
		return inner, nil
	}
	if !bytes.HasPrefix(out.Bytes(), []byte(markStart)) {
		return out.Bytes(), nil
	}
	var marked map[string]*[]byte
	err := json.Unmarshal(raw, &marked)
	if value := marked[asBase64]; err == nil && len(marked) == 1 && value != nil {
		return *value, nil
	}
	return nil, errors.New("not base64")
}
