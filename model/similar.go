package model

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sahilm/fuzzy"
)

const (
	// minSimilar is how many letters a query needs before names that are spelled alike are looked for, and minSlip a word before
	// a slip in it is forgiven: fewer are similar to everything.
	minSimilar = 3
	minSlip    = 4
	// maxSimilar is how many events are added whose names are spelled alike.
	maxSimilar = 20
	// maxAsked is how many names are looked at closely for that, and maxSpread how many letters between theirs are counted.
	maxAsked  = 500
	maxSpread = 255
	// plenty is how many events that match by words are enough: those with a slip would come after them, where nobody looks.
	plenty = 500
	// few is how many fill a screen. Where that many match by words, nobody looks for a name that is only spelled alike, and to
	// look through 100,000 of them is the most that a search can cost.
	few = 50
)

// similar returns the slots of events that are similar to what is searched for, without those found already.
func (c *Catalogue) similar(words []string, found, within slotSet, q Query) []int {
	if len(words) == 0 || found.len() >= plenty {
		return nil
	}
	meant := c.matchWords(words, within, c.addMeant)
	meant.slots.subtract(found)
	switch {
	case meant.slots.len() > 0:
		slots := c.inOrder(meant, q)
		return slots[:min(len(slots), plenty)]
	case found.len() >= few || utf8.RuneCountInString(strings.Join(words, "")) < minSimilar:
		return nil
	}
	return c.spelledAlike(words, found, within, q)
}

// addMeant adds the slots of events that have a word which is meant by this one, or a type that is.
func (c *Catalogue) addMeant(word string, to wordMatches) {
	if utf8.RuneCountInString(word) < minSlip {
		c.addBegun(word, to)
	} else {
		c.addSlipped(word, to)
	}
	c.index.types.tree.Root().Walk(func(kind []byte, slots []int32) bool {
		if slices.ContainsFunc(Words(string(kind)), func(part string) bool { return isMeant(word, part) }) {
			to[inLocation].add(slots)
		}
		return false
	})
}

// addSlipped adds the slots of events that have a word which begins as this one but for a slip.
func (c *Catalogue) addSlipped(word string, to wordMatches) {
	for in, words := range c.index.words {
		words.tree.Root().WalkPrefix([]byte(firstLetter(word)), func(term []byte, slots []int32) bool {
			if slips(word, string(term)) {
				to[in].add(slots)
			}
			return false
		})
	}
}

// isMeant says whether a term begins with a word but for a slip after its first letter. A word in which none is forgiven has
// to be the term itself.
func isMeant(word, term string) bool {
	if utf8.RuneCountInString(word) < minSlip {
		return word == term
	}
	return strings.HasPrefix(term, firstLetter(word)) && slips(word, term)
}

func firstLetter(word string) string { return word[:letterSize(word)] }

// letterSize returns how many bytes the first letter of a text takes.
func letterSize(text string) int {
	_, size := utf8.DecodeRuneInString(text)
	return size
}

// slips says whether a term begins with a word, but for one letter that is wrong, missing or too many, or two letters in the
// wrong order.
func slips(word, term string) bool {
	same := sameLetters(word, term)
	word, term = word[same:], term[same:]
	if word == "" {
		return true
	}
	letter, rest := firstLetter(word), word[letterSize(word):]
	if strings.HasPrefix(term, rest) {
		return true
	}
	if term == "" {
		return false
	}
	other, after := firstLetter(term), term[letterSize(term):]
	return strings.HasPrefix(after, rest) || strings.HasPrefix(after, word) ||
		strings.HasPrefix(after, letter) && strings.HasPrefix(rest, other) &&
			strings.HasPrefix(after[len(letter):], rest[len(other):])
}

// sameLetters returns how many bytes the letters take with which both texts begin.
func sameLetters(a, b string) int {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	for same > 0 && same < len(a) && !utf8.RuneStart(a[same]) { // the letters differ, but not in their first bytes
		same--
	}
	return same
}

// spelledAlike returns the slots of a few events whose name has the letters of every word in order, best first and those that
// are over last, without those found already.
func (c *Catalogue) spelledAlike(words []string, found, within slotSet, q Query) []int {
	slots := c.candidates(words, found, within)
	points := make([]int, len(slots))
	for _, word := range words {
		matches := fuzzy.FindFromNoSort(word, names{c, slots})
		for i, match := range matches { // which are in the order of the slots, so that none is overwritten before it is read
			slots[i], points[i] = slots[match.Index], points[match.Index]+match.Score
		}
		slots, points = slots[:len(matches)], points[:len(matches)]
	}
	var best []int
	scores := map[int]int{}
	for i, slot := range slots {
		if points[i] > 0 {
			best, scores[slot] = append(best, slot), points[i]
		}
	}
	event := func(slot int) *Event { return c.slots.at(slot).event }
	over := func(slot int) int {
		if event(slot).IsPast(q.Now) {
			return 1
		}
		return 0
	}
	slices.SortFunc(best, func(a, b int) int {
		return cmp.Or(cmp.Compare(over(a), over(b)), cmp.Compare(scores[b], scores[a]), strings.Compare(event(a).ID, event(b).ID))
	})
	return best[:min(len(best), maxSimilar)]
}

// candidates returns the slots whose name has the letters of each word in order, with no more others between them than they
// are, without those found already: at most maxAsked, those in whose names they stand closest together. Asking the fuzzy
// matcher about each of 100,000 would be felt at every key.
func (c *Catalogue) candidates(words []string, found, within slotSet) []int {
	letters, furthest := letterSet(strings.Join(words, "")), len(strings.Join(words, ""))
	var slots []int
	var spreads []int
	var having [maxSpread + 1]int // how many candidates have each spread
	for chunk, sets := range c.index.letters.chunks {
		for i, set := range sets {
			slot := chunk*chunkSize + i
			if set&letters != letters || found.has(slot) || within != nil && !within.has(slot) {
				continue
			}
			if spread, ok := spread(c.index.foldedName(slot), words); ok && spread <= furthest {
				slots, spreads = append(slots, slot), append(spreads, spread)
				having[spread]++
			}
		}
	}
	limit, room := 0, maxAsked
	for ; limit <= maxSpread && having[limit] <= room; limit++ {
		room -= having[limit]
	}
	closest := slots[:0]
	for i, slot := range slots {
		switch {
		case spreads[i] < limit:
			closest = append(closest, slot)
		case spreads[i] == limit && room > 0:
			closest, room = append(closest, slot), room-1
		}
	}
	return closest
}

// spread returns how many other letters stand between those of the words in a text, at most maxSpread, and whether it has
// all of them. What does not begin where a word does counts as further apart by its length.
func spread(text []byte, words []string) (others int, ok bool) {
	for _, word := range words {
		end := 0
		for at := range len(word) {
			next := bytes.IndexByte(text[end:], word[at])
			if next < 0 {
				return 0, false
			}
			end += next + 1
		}
		begin := end
		for at := len(word) - 1; at >= 0; at-- { // back from where it ends, which is where it may have begun again
			begin = bytes.LastIndexByte(text[:begin], word[at])
		}
		others += end - begin - len(word)
		if begin > 0 && text[begin-1] != ' ' {
			others += len(word)
		}
	}
	return min(others, maxSpread), true
}

// names presents the folded names to the fuzzy matcher.
type names struct {
	catalogue *Catalogue
	slots     []int
}

func (n names) String(i int) string { return n.catalogue.index.texts.at(n.slots[i]).folded }
func (n names) Len() int            { return len(n.slots) }
