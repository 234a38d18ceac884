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
// rather than hidden. Tabs, line breaks and spaces of any width become spaces. The result is a fixed point:
// Clean(Clean(s)) == Clean(s).
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	var out strings.Builder
	out.Grow(len(s))
	marks := 0
	var last, base rune // the character just written, and the one that it belongs to
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
			r = ' '
		case r == joiner && isPicture(base) && isPicture(next), isVariation(r) && (isPicture(last) || isKey(last) && next == keycap):
			// Joins and variants within an emoji are part of its spelling.
		case !unicode.IsPrint(r) || isInvisible(r):
			r = '\uFFFD'
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		out.WriteRune(r)
		last = r
		if !isVariation(r) {
			base = r
		}
	}
	return out.String()
}

const (
	joiner = '\u200d' // joins two pictures to one
	keycap = '\u20e3' // draws a key around a digit
)

// Truncate cuts text to at most limit characters, marking the cut with "…".
func Truncate(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:max(limit-1, 0)]) + "…"
}

// Excerpt makes text from outside fit to be quoted in a sentence: cleaned, and cut to at most limit characters.
func Excerpt(s string, limit int) string { return Truncate(Clean(s), limit) }

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
	inRange := r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2190 && r <= 0x2BFF || r == 0x00A9 || r == 0x00AE
	return inRange && unicode.IsPrint(r) && !isInvisible(r)
}

// isKey tells the characters that are drawn as keys.
func isKey(r rune) bool { return r >= '0' && r <= '9' || r == '#' || r == '*' }

// isVariation tells the marks that choose between the plain and the coloured form of a picture.
func isVariation(r rune) bool { return r == '\ufe0e' || r == '\ufe0f' }

// isInvisible tells the letters and marks that draw nothing, with which two different names can look the same.
func isInvisible(r rune) bool {
	const blankBraille = 0x2800
	return r == blankBraille || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// unaccented are the letters that Unicode does not decompose.
var unaccented = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i")

// finalSigma is how a Greek sigma is written at the end of a word. A capital one does not tell where it stands.
const finalSigma, sigma = "ς", "σ"

// Fold lowers text and takes accents off, so that "Café" is found by "cafe".
func Fold(s string) string { return strings.ReplaceAll(storedFold(s), finalSigma, sigma) }

// storedFold is Fold as the stored search index has it.
func storedFold(s string) string {
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

// Words splits text into its folded words: runs of letters with their vowel signs, digits and underscores, in order, repeats
// included.
func Words(texts ...string) []string {
	var words []string
	eachWord(func(word string) { words = append(words, word) }, texts...)
	return words
}

// storedWords splits text as the stored search index does, which parts words at vowel signs and tells one sigma from the
// other. It stays so: an event is taken off the lists that it was put on.
func storedWords(texts ...string) []string {
	var words []string
	for _, text := range texts {
		wordsOf(storedFold(text), inStoredWord, func(word string) { words = append(words, word) })
	}
	return words
}

// eachWord tells the words of texts as [Words] lists them.
func eachWord(tell func(word string), texts ...string) {
	for _, text := range texts {
		wordsOf(Fold(text), inWord, tell)
	}
}

func wordsOf(folded string, belongs func(rune) bool, tell func(word string)) {
	const none = -1
	begin := none
	for i, r := range folded {
		switch {
		case !belongs(r) && begin != none:
			tell(cutWord(folded[begin:i], maxWord))
			begin = none
		case belongs(r) && begin == none:
			begin = i
		}
	}
	if begin != none {
		tell(cutWord(folded[begin:], maxWord))
	}
}

func inWord(r rune) bool {
	return inStoredWord(r) || r >= utf8.RuneSelf && unicode.Is(unicode.Mc, r)
}

func inStoredWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// cutWord cuts a word to at most limit bytes, between two characters.
func cutWord(word string, limit int) string {
	for len(word) > limit {
		_, size := utf8.DecodeLastRuneInString(word)
		word = word[:len(word)-size]
	}
	return word
}
