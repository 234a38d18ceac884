package seed

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// poster fills the slots of phrases, such as {band}, from the vocabulary. Within one poster a slot always has the same
// word, so that the description is about what the name promises.
type poster struct {
	dice   dice
	chosen map[string]string
}

// groups are the slots whose words begin with an article.
var groups = []string{
	"band", "band2", "choir", "circus", "company", "company2", "dancers", "magician", "magician2", "orchestra", "troupe",
}

// beforeVowel is an article that needs its n.
var beforeVowel = regexp.MustCompile(`\b([Aa]) ([AEIOUaeiou])`)

// fill returns a phrase with all its slots filled, in good English: "an umpire", "with the Velvet Foxes".
func (p poster) fill(phrase string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(phrase, "{")
		out.WriteString(before)
		if !found {
			return beforeVowel.ReplaceAllString(out.String(), "${1}n $2")
		}
		slot, after, _ := strings.Cut(rest, "}")
		word := p.word(slot)
		if midSentence(before) && slices.Contains(groups, slot) {
			word = strings.Replace(word, "The ", "the ", 1)
		}
		out.WriteString(word)
		phrase = after
	}
}

func midSentence(before string) bool {
	return strings.HasSuffix(before, " ") && !strings.HasSuffix(before, ": ") && !strings.HasSuffix(before, ". ")
}

// word returns the word of a slot, chosen at its first use. A slot that is spelled with a capital wants it as in a title.
func (p poster) word(slot string) string {
	if first, _ := utf8.DecodeRuneInString(slot); unicode.IsUpper(first) {
		return title(p.word(strings.ToLower(slot)))
	}
	word, chosen := p.chosen[slot]
	if !chosen {
		word = p.fill(pick(p.dice, vocabulary[slot]))
		p.chosen[slot] = word
	}
	return word
}

// title begins each word with a capital.
func title(phrase string) string {
	inWord := false
	return strings.Map(func(r rune) rune {
		starts := !inWord
		inWord = unicode.IsLetter(r) || r == '\''
		if starts {
			return unicode.ToUpper(r)
		}
		return r
	}, phrase)
}
