package model

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sahilm/fuzzy"
)

// Marks returns which characters of a name (counted in runes) the query's text matches: the beginnings of words, or else
// the word or the letters that make the name similar. It is asked only for the names on the screen.
func Marks(text, name string) []int { return marks(text, name, true) }

// WordMarks returns only the beginnings of words, for a name that was found by its words.
func WordMarks(text, name string) []int { return marks(text, name, false) }

func marks(text, name string, similar bool) []int {
	words := queryWords(text)
	if len(words) == 0 {
		return nil
	}
	folded, origin := foldRunes(name)
	var marks []int
	for _, word := range words {
		at, length := wordBeginning(folded, word), len(word)
		if at < 0 && similar {
			at, length = slippedWord(folded, word)
		}
		if at >= 0 {
			marks = append(marks, origin[at:at+length]...)
			continue
		}
		if !similar || utf8.RuneCountInString(word) < minSimilar {
			continue
		}
		for _, match := range fuzzy.Find(word, []string{folded}) {
			for _, i := range match.MatchedIndexes {
				marks = append(marks, origin[i])
			}
		}
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}

// slippedWord returns the byte at which the first word of the folded text begins that a word is but for a slip, and its length;
// -1 if there is none.
func slippedWord(folded, word string) (at, length int) {
	for _, meant := range Words(folded) {
		if isMeant(word, meant) {
			return wordBeginning(folded, meant), len(meant)
		}
	}
	return -1, 0
}

// wordBeginning returns the byte at which a word of the folded text begins with prefix, or -1.
func wordBeginning(folded, prefix string) int {
	for from := 0; ; {
		i := strings.Index(folded[from:], prefix)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(folded[:i])
		if i == 0 || !inWord(before) {
			return i
		}
		from = i + len(prefix)
	}
}

// foldRunes folds a text and tells for each byte of the result which character it came from.
func foldRunes(s string) (folded string, origin []int) {
	var out strings.Builder
	n := 0
	for _, r := range s {
		piece := Fold(string(r))
		out.WriteString(piece)
		for range len(piece) {
			origin = append(origin, n)
		}
		n++
	}
	return out.String(), origin
}
