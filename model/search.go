package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sahilm/fuzzy"
)

// Sorting is an order of search results. Events that are over always come last.
type Sorting int

// The sortings, in the order in which a screen offers them.
const (
	SortDate Sorting = iota // soonest first
	SortName
	SortLeft // fewest tickets left first, sold out ones last
	sortings
)

// Next returns the sorting after s, round and round.
func (s Sorting) Next() Sorting { return (s + 1) % sortings }

// String names the sorting: "date", "name", "tickets left".
func (s Sorting) String() string {
	switch s {
	case SortName:
		return "name"
	case SortLeft:
		return "tickets left"
	default:
		return "date"
	}
}

// Query is what somebody searches for. Empty fields do not restrict.
type Query struct {
	Text     string
	Type     string
	Location string
	Sort     Sorting
	Now      time.Time // wall clock, for what is over
}

// Results are the events that a query finds.
type Results struct {
	Events []*Event // those that match by words first, then those whose name is only similar
	Exact  int      // how many match by words
}

const (
	// maxQueryWords and maxQueryWord (bytes) bound what a query costs; sahilm/fuzzy's scores overflow beyond about 40
	// adjacent letters.
	maxQueryWords = 8
	maxQueryWord  = 32
	// minFuzzy is how many letters a query needs before similar names are looked for: fewer are similar to everything.
	minFuzzy = 3
	// maxFuzzy is how many similar names are added.
	maxFuzzy = 20
	// plenty is how many events that match by words are enough: similar names would come after them, where nobody looks.
	plenty = 500
)

// Search finds the events in which every word of the query's text begins a word of name, description or location, and
// then, where those are fewer than 500, those whose name contains the letters of each word in order (fuzzy).
func (c *Catalogue) Search(q Query) Results {
	words := queryWords(q.Text)
	within := c.filter(q)
	found := c.matchWords(words, within)
	events := c.inOrder(found, q)
	exact := len(events)
	return Results{Events: append(events, c.similar(words, found, within, q)...), Exact: exact}
}

// queryWords returns the folded words of a query, cut to what is worth matching.
func queryWords(text string) []string {
	words := Words(text)
	if len(words) > maxQueryWords {
		words = words[:maxQueryWords]
	}
	for i, word := range words {
		for len(word) > maxQueryWord {
			_, size := utf8.DecodeLastRuneInString(word)
			word = word[:len(word)-size]
		}
		words[i] = word
	}
	return words
}

// filter returns the slots that pass the query's type and location, or nil if it names neither.
func (c *Catalogue) filter(q Query) slotSet {
	var within slotSet
	restrict := func(p postings, term string) {
		if term == "" {
			return
		}
		set := newSlotSet(c.slots.length)
		slots, _ := p.tree.Get([]byte(term))
		set.add(slots)
		if within != nil {
			set.intersect(within)
		}
		within = set
	}
	restrict(c.index.types, q.Type)
	restrict(c.index.locations, q.Location)
	return within
}

// matchWords returns the slots that have, for each word, a word that it begins; nil means all.
func (c *Catalogue) matchWords(words []string, within slotSet) slotSet {
	found := slices.Clone(within)
	for _, word := range words {
		set := newSlotSet(c.slots.length)
		c.index.words.tree.Root().WalkPrefix([]byte(word), func(_ []byte, slots []int32) bool {
			set.add(slots)
			return false
		})
		if found != nil {
			set.intersect(found)
		}
		found = set
	}
	return found
}

// inOrder lists the events of a set as the query sorts them.
func (c *Catalogue) inOrder(set slotSet, q Query) []*Event {
	size := c.count
	if set != nil {
		size = set.len()
	}
	events := make([]*Event, 0, size)
	var past []*Event
	for _, slot := range c.index.byDate {
		if set != nil && !set.has(slot) {
			continue
		}
		if event := c.slots.at(slot).event; event.IsPast(q.Now) {
			past = append(past, event)
		} else {
			events = append(events, event)
		}
	}
	slices.Reverse(past)
	sortEvents(events, q.Sort)
	sortEvents(past, q.Sort)
	return append(events, past...)
}

func sortEvents(events []*Event, by Sorting) {
	switch by {
	case SortName:
		slices.SortStableFunc(events, func(a, b *Event) int { return strings.Compare(Fold(a.Name), Fold(b.Name)) })
	case SortLeft:
		soldOutLast := func(e *Event) int {
			if e.Left == 0 {
				return MaxCount + 1
			}
			return e.Left
		}
		slices.SortStableFunc(events, func(a, b *Event) int { return cmp.Compare(soldOutLast(a), soldOutLast(b)) })
	case SortDate, sortings:
	}
}

// similar returns events whose name has the letters of every word in order, best first and those that are over last,
// without those found already.
func (c *Catalogue) similar(words []string, found, within slotSet, q Query) []*Event {
	if len(strings.Join(words, "")) < minFuzzy || found.len() >= plenty {
		return nil
	}
	slots := c.candidates(words, found, within)
	points := make([]int, len(slots))
	for _, word := range words {
		matches := fuzzy.FindFromNoSort(word, names{c, slots})
		for i, match := range matches { // which are in the order of the slots, so that none is overwritten before it is read
			slots[i], points[i] = slots[match.Index], points[match.Index]+match.Score
		}
		slots, points = slots[:len(matches)], points[:len(matches)]
	}
	var events []*Event
	score := map[*Event]int{}
	for i, slot := range slots {
		if points[i] > 0 {
			event := c.slots.at(slot).event
			events, score[event] = append(events, event), points[i]
		}
	}
	over := func(e *Event) int {
		if e.IsPast(q.Now) {
			return 1
		}
		return 0
	}
	slices.SortFunc(events, func(a, b *Event) int {
		return cmp.Or(cmp.Compare(over(a), over(b)), cmp.Compare(score[b], score[a]), strings.Compare(a.ID, b.ID))
	})
	return events[:min(len(events), maxFuzzy)]
}

// candidates returns the slots whose name has the letters of each word in order, without those found already. Most do
// not, and asking the fuzzy matcher about each of 100,000 would be felt at every key.
func (c *Catalogue) candidates(words []string, found, within slotSet) []int {
	letters := letterSet(strings.Join(words, ""))
	var slots []int
	for chunk, sets := range c.index.letters.chunks {
		for i, set := range sets {
			slot := chunk*chunkSize + i
			if set&letters != letters || found.has(slot) || within != nil && !within.has(slot) {
				continue
			}
			name := c.index.texts.at(slot).folded
			if !slices.ContainsFunc(words, func(word string) bool { return !hasInOrder(name, word) }) {
				slots = append(slots, slot)
			}
		}
	}
	return slots
}

// hasInOrder says whether a text has the letters of a word in their order, whatever stands between them.
func hasInOrder(text, word string) bool {
	for i := 0; i < len(text) && word != ""; i++ {
		if text[i] == word[0] {
			word = word[1:]
		}
	}
	return word == ""
}

// names presents the folded names to the fuzzy matcher.
type names struct {
	catalogue *Catalogue
	slots     []int
}

func (n names) String(i int) string { return n.catalogue.index.texts.at(n.slots[i]).folded }
func (n names) Len() int            { return len(n.slots) }

// Marks returns which characters of a name (counted in runes) the query's text matches: the beginnings of words, or else
// the letters that make the name similar. It is asked only for the names on the screen.
func Marks(text, name string) []int { return marks(text, name, true) }

// WordMarks returns only the beginnings of words, for a name that was found by its words.
func WordMarks(text, name string) []int { return marks(text, name, false) }

func marks(text, name string, similar bool) []int {
	folded, origin := foldRunes(name)
	var marks []int
	for _, word := range queryWords(text) {
		at := wordBeginning(folded, word)
		if at >= 0 {
			for i := at; i < at+len(word); i++ {
				marks = append(marks, origin[i])
			}
			continue
		}
		if !similar || len(word) < minFuzzy {
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

// wordBeginning returns the byte at which a word of the folded text begins with prefix, or -1.
func wordBeginning(folded, prefix string) int {
	for from := 0; ; {
		i := strings.Index(folded[from:], prefix)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(folded[:i])
		if i == 0 || len(Words(string(before))) == 0 {
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
