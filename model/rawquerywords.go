package model

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
)

// word is a word of a query.
type word struct {
	text     string
	bare     bool // nothing of it is in quotes
	from, to int  // where it stands in the text
}

func usagef(format string, args ...any) error { return Errorf(CodeUsage, format, args...) }

// misread is an error about a part of a query's text.
type misread struct {
	error
	from, to int
}

func (m misread) Unwrap() error { return m.error }

// wrongf is usagef for a word that is wrong.
func (w word) wrongf(format string, args ...any) error {
	return misread{usagef(format, args...), w.from, w.to}
}

// Misread returns which part of the text, in bytes, [ParseQuery] could not read, where its error is about a part.
func Misread(err error) (from, to int, ok bool) {
	m, ok := errors.AsType[misread](err)
	return m.from, m.to, ok
}

// misreadLater is an error about a text that is a part of another one, which begins there.
func misreadLater(err error, by int) error {
	if m, ok := errors.AsType[misread](err); ok {
		return misread{m.error, m.from + by, m.to + by}
	}
	return err
}

// splitWords takes a line apart as a shell does: at spaces, except in 'single quotes', where everything stands for itself,
// and in "double quotes", where \" \\ \$ and \` stand for the second. A backslash outside quotes does so for any letter.
// What else a shell does (variables, pipes, several commands) is not done and not taken for text either: it is an error.
func splitWords(line string) ([]word, error) {
	var words []word
	for rest := strings.TrimLeftFunc(line, unicode.IsSpace); rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		w, after, err := shellWord(rest)
		w.from, w.to = len(line)-len(rest), len(line)-len(after)
		if err != nil {
			return nil, misread{err, w.from, len(line)}
		}
		raw := rest[:len(rest)-len(after)]
		switch {
		case w.bare && isShell(w.text):
			return nil, w.wrongf("%s is for a shell, and this is none: give one query in etcdctl's words alone", Clean(w.text))
		case strings.ContainsAny(raw[:1], "{[") && strings.ContainsAny(raw, `"'`):
			return nil, w.wrongf("the quotes in %s would be lost: put the whole value in single quotes: '%s'",
				Excerpt(raw, 40), Excerpt(raw, 40))
		}
		if rest = after; raw != "\\\n" { // which only goes on with the line
			words = append(words, w)
		}
	}
	return words, nil
}

func isShell(text string) bool {
	switch text {
	case "|", "||", "&", "&&", ">", ">>":
		return true
	}
	return strings.HasPrefix(text, "<<")
}

// shellWord reads the word that a text begins with.
func shellWord(text string) (w word, rest string, err error) {
	var out strings.Builder
	w.bare = true
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\'':
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 0 {
				return w, "", usagef("a quote is not closed: '%s", Excerpt(text[i+1:], 40))
			}
			out.WriteString(text[i+1 : i+1+end])
			i, w.bare = i+end+2, false
		case c == '"':
			inside, length, ok := doubleQuoted(text[i:])
			if !ok {
				return w, "", usagef("a quote is not closed: %s", Excerpt(text[i:], 40))
			}
			out.WriteString(inside)
			i, w.bare = i+length, false
		case c == '\\' && i+1 < len(text):
			if text[i+1] != '\n' {
				out.WriteByte(text[i+1])
			}
			i, w.bare = i+2, false
		case strings.IndexByte(" \t\r\n\v\f", c) >= 0:
			w.text = out.String()
			return w, text[i:], nil
		default:
			out.WriteByte(c)
			i++
		}
	}
	w.text = out.String()
	return w, "", nil
}

// doubleQuoted reads the quotation that a text begins with, as a shell does, and says how long it is with its quotes.
func doubleQuoted(text string) (inside string, length int, ok bool) {
	var out strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return out.String(), i + 1, true
		case c == '\\' && i+1 < len(text) && strings.IndexByte("\"\\$`", text[i+1]) >= 0:
			i++
			out.WriteByte(text[i])
		default:
			out.WriteByte(c)
		}
	}
	return "", 0, false
}

// txnWords takes a line of a transaction apart as etcdctl does: quotes count only at the beginning of a word, and in
// double quotes \n and the like are what they are in Go.
func txnWords(line string) ([]word, error) {
	var words []word
	for rest := strings.TrimSpace(line); rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		switch rest[0] {
		case '\'':
			end := strings.IndexByte(rest[1:], '\'')
			if end < 0 {
				return nil, usagef("a quote is not closed: %s", Excerpt(rest, 40))
			}
			words, rest = append(words, word{text: rest[1 : 1+end]}), rest[end+2:]
		case '"':
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, usagef("%s is no text in double quotes", Excerpt(rest, 40))
			}
			text, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, usagef("%s is no text in double quotes", Excerpt(rest, 40))
			}
			words, rest = append(words, word{text: text}), rest[len(quoted):]
		default:
			end := strings.IndexFunc(rest, unicode.IsSpace)
			if end < 0 {
				end = len(rest)
			}
			words, rest = append(words, word{text: rest[:end], bare: true}), rest[end:]
		}
	}
	return words, nil
}
