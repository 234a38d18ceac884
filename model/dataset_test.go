package model

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inKeyOrder yields records as [WriteDataSet] wants them. The slice itself is not changed.
func inKeyOrder(records []Record) iter.Seq2[Record, error] {
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

func dump(t *testing.T, records []Record) string {
	t.Helper()
	var out bytes.Buffer
	written, err := WriteDataSet(&out, inKeyOrder(records))
	require.NoError(t, err)
	require.Equal(t, len(records), written)
	return out.String()
}

func TestADataSetIsReadAsItIsSpelled(t *testing.T) {
	t.Parallel()
	records, err := ReadDataSet(strings.NewReader("\uFEFF" + `{
		"event:1": { "name": "Café <b>& co</b>", "price": 108.90, "big": 12345678901234567890, "u": "\u00e9\u2028" },
		"favourite:ann": [ ],
		"number": 1e400,
		"text": "\u003c",
		"nothing": null,
		"raw": {"$base64": "AP8="}
	}` + "\n\n"))
	require.NoError(t, err)
	require.Equal(t, []Record{
		{"event:1", []byte(`{"name":"Café <b>& co</b>","price":108.90,"big":12345678901234567890,"u":"\u00e9\u2028"}`)},
		{"favourite:ann", []byte(`[]`)},
		{"number", []byte(`1e400`)},
		{"text", []byte(`"\u003c"`)},
		{"nothing", []byte(`null`)},
		{"raw", []byte{0, 255}},
	}, records)
}

func TestADataSetIsWrittenOneKeyALineInKeyOrder(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{
"$base64:JGJhc2U2NDp4": 1,
"a<b": {"b":108.90,"a":"<&>"},
"marked": {"$base64":"eyIkYmFzZTY0IjoiQUE9PSJ9"},
"z\n": {"$base64":"bm90IGpzb24="},
"$base64:/w==": {"$base64":""}
}
`, dump(t, []Record{
		{"z\n", []byte("not json")},
		{"marked", []byte(`{"$base64":"AA=="}`)},
		{"a<b", []byte(` { "b" : 108.90, "a" : "<&>" } `)},
		{"$base64:x", []byte("1")},
		{"\xff", nil},
	}))
}

func TestAnEmptyDataSetIsAnEmptyObject(t *testing.T) {
	t.Parallel()
	require.Equal(t, "{}\n", dump(t, nil))
	records, err := ReadDataSet(strings.NewReader(dump(t, nil)))
	require.NoError(t, err)
	require.Empty(t, records)
}

func TestABrokenDataSetIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty file":             {"", "line 1: the data set ends in the middle"},
		"a list":                 {"[]", "line 1: a data set is one JSON object"},
		"null":                   {"null", "line 1: a data set is one JSON object"},
		"not JSON":               {"\nhello", "line 2: this is not JSON"},
		"cut after a key":        {"{\n\"a\"", "line 2: the data set ends in the middle of the value of \"a\""},
		"cut in a key":           {"{\n\"a", "line 2: the data set ends in the middle"},
		"cut in a value":         {"{\n\"a\": {\n\"b\"", "line 3: the data set ends in the middle of the value of \"a\""},
		"cut after a value":      {"{\n\"a\": 1\n\n", "line 4: the data set ends in the middle"},
		"cut after a comma":      {"{\n\"a\": 1,\n", "line 3: the data set ends in the middle"},
		"a comma too many":       {"{\n\"a\": 1,\n}", "line 3: this is not JSON"},
		"a bad value":            {"{\n\"a\": 1,\n\"b\": {\n\"c\": oops}}", "line 4: the value of \"b\" is not JSON: invalid character 'o'"},
		"no value":               {"{\n\"a\": ,\n}", "line 2: the value of \"a\" is not JSON"},
		"no colon":               {"{\n\"a\" 1}", "line 2: "},
		"a key twice":            {"{\n\"a\": 1,\n\"a\": 2}", "line 3: the key \"a\" stands here for the second time"},
		"an escaped twin":        {"{\n\"a\": 1,\n\"\\u0061\": 2}", "line 3: the key \"a\" stands here for the second time"},
		"an empty key":           {"{\n\"\": 1}", "line 2: a key is empty"},
		"a key no string":        {"{\n1: 1}", "line 2: this is not JSON"},
		"something after":        {"{}\n\n{}", "line 3: there is more after the end"},
		"a brace after":          {"{}}", "line 1: there is more after the end"},
		"no UTF-8":               {"{\n\"a\": \"\xff\"}", "line 2: the text is not UTF-8"},
		"cut UTF-8":              {"{\"a\": \"\xe2\x82", "line 1: the text is not UTF-8"},
		"no base64":              {"{\n\"a\": {\"$base64\": \"?\"}}", "line 2: the value of \"a\" is marked as base64"},
		"base64 of null":         {"{\"a\": {\"$base64\": null}}", "line 1: the value of \"a\" is marked as base64"},
		"base64 and more":        {"{\"a\": {\"$base64\": \"\", \"b\": 1}}", "line 1: the value of \"a\" is marked as base64"},
		"a key of no base64":     {"{\"$base64:?\": 1}", "line 1: the key is marked as base64"},
		"a field twice":          {"{\n\"a\": {\"b\": [{\"c\": 1, \"\\u0063\": 2}]}}", "line 2: the value of \"a\" has the field \"c\" twice"},
		"a field twice, in text": {"{\"a\": \"{\\\"c\\\":1,\\\"c\\\":2}\"}", "line 1: the value of \"a\" has the field \"c\" twice"},
		"nested":                 {"{\"a\": " + strings.Repeat("[", 65) + strings.Repeat("]", 65), "line 1: the value of \"a\" is nested more than 64 deep"},
		"a long value":           {"{\n\"a\": \"" + strings.Repeat("x", MaxValue) + "\"}", "line 2: the value of \"a\" has 1,048,578 bytes, more than 1,048,576"},
		"too deep":               {"{\"a\": " + strings.Repeat("[", 20_000), "line 1: the value of \"a\" is not JSON: invalid character '[' exceeded max depth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records, err := ReadDataSet(strings.NewReader(c.text))
			require.Nil(t, records)
			require.Equal(t, CodeFailed, CodeOf(err))
			require.Contains(t, Sentence(err), c.want)
		})
	}
}

func TestADataSetInWideCharactersIsSaidToBeSo(t *testing.T) {
	t.Parallel()
	for name, wide := range map[string]struct {
		mark   string
		spells func([]byte, uint32) []byte
	}{
		"UTF-16, little end first":                 {"\xff\xfe", func(b []byte, c uint32) []byte { return binary.LittleEndian.AppendUint16(b, uint16(c)) }},
		"UTF-16, big end first":                    {"\xfe\xff", func(b []byte, c uint32) []byte { return binary.BigEndian.AppendUint16(b, uint16(c)) }},
		"UTF-32, little end first":                 {"\xff\xfe\x00\x00", binary.LittleEndian.AppendUint32},
		"UTF-32, big end first":                    {"\x00\x00\xfe\xff", binary.BigEndian.AppendUint32},
		"UTF-16, little end first, without a mark": {"", func(b []byte, c uint32) []byte { return binary.LittleEndian.AppendUint16(b, uint16(c)) }},
		"UTF-16, big end first, without a mark":    {"", func(b []byte, c uint32) []byte { return binary.BigEndian.AppendUint16(b, uint16(c)) }},
		"UTF-32, little end first, without a mark": {"", binary.LittleEndian.AppendUint32},
		"UTF-32, big end first, without a mark":    {"", binary.BigEndian.AppendUint32},
	} {
		text := []byte(wide.mark)
		for _, c := range `{"event:1": {}}` {
			text = wide.spells(text, uint32(c))
		}
		records, err := ReadDataSet(bytes.NewReader(text))
		require.Nil(t, records, name)
		require.EqualError(t, err, "line 1: the text is not UTF-8, but looks like UTF-16 or UTF-32: save it as UTF-8", name)
	}
}

func TestATooLargeDataSetIsRefused(t *testing.T) {
	t.Parallel()
	_, err := readDataSet(strings.NewReader(`{"a": 1}`), 7)
	require.EqualError(t, err, "the data set has more than 7 bytes, which is the most that is read")
	_, err = readDataSet(strings.NewReader(`{"a": 1}`), 8)
	require.NoError(t, err)
}

// endless repeats a text for ever, and counts what was read of it.
type endless struct {
	start, text string
	read        int
}

func (e *endless) Read(to []byte) (int, error) {
	n := copy(to, e.start)
	e.start = e.start[n:]
	if n == 0 {
		n = copy(to, strings.Repeat(e.text, len(to)/len(e.text)+1)[:len(to)/len(e.text)*len(e.text)])
	}
	e.read += n
	return n, nil
}

func TestAFileThatNeverEndsIsRefusedAfterItsFirstOddRecord(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]*endless{
		"a key":       {start: `{"event:1": {}, "`, text: "x"},
		"a text":      {start: `{"event:1": {}, "event:2": "`, text: "x"},
		"a list":      {start: `{"event:1": {}, "event:2": [0`, text: ",0"},
		"spaces":      {start: `{"event:1": {},`, text: " "},
		"spaces last": {start: `{"event:1": {}} "event:2`, text: " "},
		"depth":       {start: `{"event:1": {}, "event:2": `, text: `[`},
		"one key":     {start: `{`, text: `"event:1": {},`},
		"nothing":     {text: "\n"},
	} {
		records, err := ReadDataSet(file)
		require.Nil(t, records, name)
		require.ErrorContains(t, err, "line ", name)
		require.Less(t, file.read, 3*maxText, name)
	}
}

func TestALineIsCountedFarDownInALongFile(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("{\n")
	for i := range 50_000 {
		fmt.Fprintf(&text, "\"event:%d\": {\"name\": \"Jazz night\"},\n", i)
	}
	records, err := ReadDataSet(strings.NewReader(text.String() + `"event:last": {}}` + strings.Repeat("\n", 300_000)))
	require.NoError(t, err)
	require.Len(t, records, 50_001)
	_, err = ReadDataSet(strings.NewReader(text.String() + `"event:last": {"name": oops}}`))
	require.EqualError(t, err, "line 50002: the value of \"event:last\" is not JSON: invalid character 'o' looking for beginning of value")
	_, err = ReadDataSet(strings.NewReader(text.String() + `"event:7": {}}`))
	require.EqualError(t, err, "line 50002: the key \"event:7\" stands here for the second time")
	_, err = ReadDataSet(strings.NewReader(text.String() + `"event:last": {}}` + strings.Repeat("\n", 300_000) + "x"))
	require.EqualError(t, err, "line 350002: there is more after the end of the data set")
}

type brokenDisk struct{}

func (brokenDisk) Read([]byte) (int, error)  { return 0, errors.New("disk on fire") }
func (brokenDisk) Write([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestABrokenDiskIsReported(t *testing.T) {
	t.Parallel()
	_, err := ReadDataSet(brokenDisk{})
	require.EqualError(t, err, "the data set cannot be read: disk on fire")
	_, err = WriteDataSet(brokenDisk{}, inKeyOrder(nil))
	require.EqualError(t, err, "the data set cannot be written: disk on fire")
}

func TestAnInterruptedDumpIsNotTakenForAWholeOne(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, err := WriteDataSet(&out, func(yield func(Record, error) bool) {
		_ = yield(Record{"a", []byte("1")}, nil) && yield(Record{}, errors.New("lost"))
	})
	require.EqualError(t, err, "lost")
	_, err = ReadDataSet(&out)
	require.Error(t, err)
}

func FuzzReadDataSet(f *testing.F) {
	for _, seed := range []string{
		"{}", `{"a":1}`, `{"a":{"$base64":"AA=="},"b":[1,"\u2028"]}`, "{\n\"a\": 1,\n\"a\": 2}", "{\"a\" 1", "[", "\xff", `{"$base64:AA==":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		records, err := ReadDataSet(bytes.NewReader(text))
		if err != nil {
			require.Empty(t, records)
			return
		}
		once := dump(t, records)
		again, err := ReadDataSet(strings.NewReader(once))
		require.NoError(t, err)
		require.Equal(t, once, dump(t, again))
	})
}

func FuzzAnyStoredRecordSurvivesDumpAndLoad(f *testing.F) {
	f.Add("event:1", []byte(`{"a":1}`))
	f.Add("\xff\x00", []byte("\xff"))
	f.Add("twice", []byte(`{"a":1,"a":2}`))
	f.Add("deep", []byte(strings.Repeat("[", 100)+strings.Repeat("]", 100)))
	f.Add("$base64:", []byte(`{"$base64":"AA=="}`))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		if key == "" {
			t.Skip("etcd has no empty keys")
		}
		once := dump(t, []Record{{key, value}})
		records, err := ReadDataSet(strings.NewReader(once))
		require.NoError(t, err)
		require.Equal(t, key, records[0].Key)
		require.Equal(t, once, dump(t, records))
	})
}
