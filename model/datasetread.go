package model

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// What a data set may be at most. Its records are held in memory, so that a broken file is found out before anything of
// it is used; these limits say how much memory a hostile file can cost. A larger store is moved as a snapshot.
const (
	MaxDataSet = 512 << 20    // bytes
	maxRecords = 4_000_000    // an empty record still takes some 150 bytes
	maxText    = 3 * MaxValue // bytes of one record as the file spells it, escaped and with spaces
	maxDepth   = 64           // of one value; the layout's are 3 deep
)

// ReadDataSet reads a data set: one JSON object of key -> value, in UTF-8, at most [MaxDataSet] bytes, with values of at
// most [MaxValue] bytes that are nested at most 64 deep. The records are returned in the file's order with their values
// compacted but otherwise spelled as they stand. A key that is empty or stands twice, a field that stands twice in its
// object, broken JSON and anything after the object are errors that name the line. The file itself is never held in
// memory, only what was read of it.
func ReadDataSet(r io.Reader) ([]Record, error) { return readDataSet(r, MaxDataSet) }

func readDataSet(r io.Reader, limit int64) ([]Record, error) {
	in := bufio.NewReader(r)
	if start, err := in.Peek(4); err == nil && isWide(start) {
		return nil, Errorf(CodeFailed, "line 1: the text is not UTF-8, but looks like UTF-16 or UTF-32: save it as UTF-8")
	}
	if start, err := in.Peek(3); err == nil && string(start) == "\uFEFF" {
		in.Discard(3) //nolint:errcheck // they are there
	}
	text := &passage{in: in, limit: limit}
	return (&dataSetReader{passage: text, dec: json.NewDecoder(text)}).records()
}

// isWide says whether a text begins as if each of its characters took two bytes or four: with a mark that says so, or with
// zeros beside an ASCII character, such as the brace of a data set.
func isWide(start []byte) bool {
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) || string(start) == "\x00\x00\xfe\xff" {
		return true
	}
	zeros := bytes.Count(start, []byte{0})
	return zeros > 0 && zeros < len(start)
}

// passage is the part of a long text that is being read: enough to say what is wrong with it, and where.
type passage struct {
	in    io.Reader
	limit int64  // bytes that are read at most
	text  []byte // what was read from base on
	base  int64  // the offset of text in the file
	lines int    // before base
	mark  int64  // where the current record begins
	err   error  // why reading ended, unless at the end of the file
}

// Read hands out the text and keeps it. It fails where a record, or the whole, becomes too long.
func (p *passage) Read(to []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	end := p.base + int64(len(p.text))
	if end-p.mark > maxText {
		p.err = p.broken(p.mark, "this record is longer than a record can be (%s bytes)", Thousands(MaxValue))
		return 0, p.err
	}
	n, err := p.in.Read(to)
	p.text = append(p.text, to[:n]...)
	switch {
	case end+int64(n) > p.limit:
		p.err = Errorf(CodeFailed, "the data set has more than %s bytes, which is the most that is read", Thousands(int(p.limit)))
		return 0, p.err
	case err != nil && !errors.Is(err, io.EOF):
		p.err = Wrap(CodeFailed, err, "the data set cannot be read")
		return n, p.err
	}
	return n, err
}

// begin says that a record begins, or whatever follows the last one: what is before it can be forgotten.
func (p *passage) begin(at int64) {
	p.mark = at
	if done := at - p.base; done > 1<<16 {
		p.lines += bytes.Count(p.text[:done], []byte("\n"))
		p.text = append(p.text[:0], p.text[done:]...)
		p.base = at
	}
}

func (p *passage) end() int64 { return p.base + int64(len(p.text)) }

// between is a part of what is kept.
func (p *passage) between(from, to int64) []byte { return p.text[from-p.base : to-p.base] }

// broken is a refusal that names the line of a byte. Text that is not UTF-8 before it is what is wrong in the first place.
func (p *passage) broken(at int64, format string, args ...any) error {
	if bad := invalidUTF8(p.between(p.mark, at)); bad >= 0 {
		at, format, args = p.mark+int64(bad), "the text is not UTF-8", nil
	}
	line := p.lines + bytes.Count(p.between(p.base, at), []byte("\n")) + 1
	return Errorf(CodeFailed, "line %d: "+format, append([]any{line}, args...)...)
}

// dataSetReader takes a data set apart, token by token.
type dataSetReader struct {
	*passage
	dec *json.Decoder
}

func (r *dataSetReader) records() ([]Record, error) {
	if token, err := r.dec.Token(); err != nil {
		return nil, r.brokenJSON(err)
	} else if token != json.Delim('{') {
		return nil, r.brokenHere("a data set is one JSON object of keys and values, in { }")
	}
	var records []Record
	seen := map[string]bool{}
	for r.more() {
		record, err := r.record()
		if err != nil {
			return nil, err
		}
		if seen[record.Key] {
			return nil, r.brokenHere("the key %q stands here for the second time", shownKey(record.Key))
		}
		if len(records) == maxRecords {
			return nil, r.brokenHere("there are more than %s keys, which is the most that is read", Thousands(maxRecords))
		}
		seen[record.Key] = true
		records = append(records, record)
	}
	if _, err := r.dec.Token(); err != nil { // the closing brace
		return nil, r.brokenJSON(err)
	}
	if err := r.onlySpaceFollows(); err != nil {
		return nil, err
	}
	return records, nil
}

// more reports whether another record follows, where one begins.
func (r *dataSetReader) more() bool {
	r.begin(r.dec.InputOffset())
	return r.dec.More()
}

// record reads one key with its value.
func (r *dataSetReader) record() (Record, error) {
	token, err := r.dec.Token()
	if err != nil {
		return Record{}, r.brokenJSON(err)
	}
	key, err := decodeKey(token.(string)) // the decoder lets only strings be keys
	if err != nil {
		return Record{}, r.brokenHere("the key is marked as base64 but is not")
	}
	if key == "" {
		return Record{}, r.brokenHere("a key is empty")
	}
	start := r.dec.InputOffset()
	var raw json.RawMessage
	if r.dec.Decode(&raw) != nil {
		return Record{}, r.brokenValue(start, key)
	}
	if invalidUTF8(r.between(r.mark, r.dec.InputOffset())) >= 0 {
		return Record{}, r.brokenHere("the text is not UTF-8")
	}
	value, marked, err := decodeValue(raw)
	switch {
	case err != nil:
		return Record{}, r.brokenHere("the value of %q is marked as base64 but is not", shownKey(key))
	case len(value) > MaxValue:
		return Record{}, r.brokenHere("the value of %q has %s bytes, more than %s", shownKey(key), Thousands(len(value)), Thousands(MaxValue))
	}
	if !marked { // what is marked is any bytes
		if why := Objection(value); why != "" {
			return Record{}, r.brokenHere("the value of %q %s", shownKey(key), why)
		}
	}
	return Record{Key: key, Value: value}, nil
}

// onlySpaceFollows makes sure that the data set is all that there is.
func (r *dataSetReader) onlySpaceFollows() error {
	at := r.dec.InputOffset()
	part := make([]byte, 1<<16)
	for {
		r.begin(at)
		if rest := bytes.TrimLeft(r.between(at, r.end()), " \t\r\n"); len(rest) > 0 {
			return r.broken(r.end()-int64(len(rest)), "there is more after the end of the data set")
		}
		at = r.end()
		r.mark = at
		switch _, err := r.Read(part); {
		case errors.Is(err, io.EOF) && r.end() == at:
			return nil
		case r.passage.err != nil:
			return r.passage.err
		}
	}
}

func (r *dataSetReader) brokenHere(format string, args ...any) error {
	return r.broken(r.dec.InputOffset(), format, args...)
}

func (r *dataSetReader) brokenJSON(err error) error {
	if r.passage.err != nil {
		return r.passage.err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.broken(r.end(), "the data set ends in the middle")
	}
	return r.brokenHere("this is not JSON: %s", Clean(err.Error()))
}

// brokenValue says where a value that the decoder refused goes wrong. The decoder itself counts only the bytes of
// values, so the value is read once more by itself.
func (r *dataSetReader) brokenValue(start int64, key string) error {
	if r.passage.err != nil {
		return r.passage.err
	}
	text := bytes.TrimLeft(r.between(start, r.end()), ": \t\r\n")
	start = r.end() - int64(len(text))
	var raw json.RawMessage
	err := json.NewDecoder(bytes.NewReader(text)).Decode(&raw)
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return r.broken(r.end(), "the data set ends in the middle of the value of %q", shownKey(key))
	}
	at := min(start+max(syntax.Offset-1, 0), r.end())
	return r.broken(at, "the value of %q is not JSON: %s", shownKey(key), Clean(syntax.Error()))
}

// shownKey is a key, which may be of any length, for a sentence.
func shownKey(key string) string { return Excerpt(key, 80) }

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

// Objection says what is wrong with a value that is JSON, compacted, or nothing. Readers disagree about which of two fields
// with one name counts, so neither does.
func Objection(value []byte) string {
	var open []map[string]bool // of each object that is open, its fields; nil for a list
	for at := 0; at < len(value); at++ {
		switch value[at] {
		case '{':
			open = append(open, map[string]bool{})
		case '[':
			open = append(open, nil)
		case '}', ']':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case '"':
			text := stringAt(value[at:])
			at += len(text) - 1
			if at+1 >= len(value) || value[at+1] != ':' {
				continue
			}
			name := unquote(text)
			fields := open[len(open)-1]
			if fields[name] {
				return fmt.Sprintf("has the field %q twice", shownKey(name))
			}
			fields[name] = true
		}
		if len(open) > maxDepth {
			return fmt.Sprintf("is nested more than %d deep", maxDepth)
		}
	}
	return ""
}

// stringAt returns the JSON string with which text begins, in its quotes.
func stringAt(text []byte) []byte {
	for at := 1; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return text[:at+1]
		}
	}
	return text
}
