package model

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks one letter may carry; more is an attempt to smear over other lines.
const maxMarks = 4

// Clean makes text from outside safe for a terminal: one line of printable characters. Control, escape, bidirectional,
// invisible and unassigned characters, and broken UTF-8, each become the replacement character, so that tampering is seen
// rather than hidden. Tabs and line breaks become spaces. The result is a fixed point: Clean(Clean(s)) == Clean(s).
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	var out strings.Builder
	out.Grow(len(s))
	marks := 0
	var before rune
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			r = ' '
		case r == '\u200d' && isPicture(before) && isPicture(next), r == '\ufe0f' && isPicture(before):
			// Joins and variants within an emoji are part of its spelling.
		case !unicode.IsPrint(r) || isBlankLetter(r):
			r = '\uFFFD'
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			if marks++; marks > maxMarks && r != '\ufe0f' {
				continue
			}
		} else {
			marks = 0
		}
		out.WriteRune(r)
		if r != '\ufe0f' {
			before = r
		}
	}
	return out.String()
}

// Truncate cuts text to at most limit characters, marking the cut with "…".
func Truncate(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:max(limit-1, 0)]) + "…"
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isPicture is a superset of the characters that emoji are joined from.
func isPicture(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2190 && r <= 0x2BFF || r == 0x00A9 || r == 0x00AE
}

// isBlankLetter tells the letters that draw nothing, with which two different names can look the same.
func isBlankLetter(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800:
		return true
	}
	return false
}

// unaccented are the letters that Unicode does not decompose.
var unaccented = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i")

// Fold lowers text and takes accents off, so that "Café" is found by "cafe".
func Fold(s string) string {
	s = strings.ToLower(s)
	if isPlain(s) {
		return s
	}
	var out strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			out.WriteRune(r)
		}
	}
	return unaccented.Replace(strings.ToLower(out.String()))
}

// maxWord is the longest word, in bytes, that the search index holds; longer ones are cut.
const maxWord = 64

// Words splits text into its folded words: runs of letters, digits and underscores, in order, repeats included.
func Words(texts ...string) []string {
	var words []string
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(Fold(text), func(r rune) bool {
			return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			words = append(words, cutWord(word))
		}
	}
	return words
}

func cutWord(word string) string {
	for len(word) > maxWord {
		_, size := utf8.DecodeLastRuneInString(word)
		word = word[:len(word)-size]
	}
	return word
}
