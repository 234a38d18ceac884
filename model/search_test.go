package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// season is a small programme: one sold out, one over, one on a day without a time, one whose date nobody can read.
func season() *Catalogue {
	return catalogueOf(
		event("1", "The Midnight Orchestra plays Holst", "The Planets, with cello.", "York", "concert", "2027-03-01 19:30", 50),
		event("2", "Café Flamenco", "Señor Rápido dances until midnight", "London", "dance", "2027-01-05 20:00", 0),
		event("3", "Orchestral Favourites", "Brahms", "London", "concert", "2027-02-01 20:00", 7),
		event("4", "Holst by Candlelight", "", "Łódź", "concert", "2026-10-01 20:00", 3),
		event("5", "All-Day Juggling", "Clubs and a midnight feast", "York", "circus", "2027-01-04", 120),
		event("6", "zebra Night", "", "Leeds", "circus", "to be announced", 9),
	)
}

var autumn = wall(2026, 11, 1, 0, 0, 0)

func ids(events []*Event) string {
	var ids []string
	for _, event := range events {
		ids = append(ids, event.ID)
	}
	return strings.Join(ids, " ")
}

func exact(c *Catalogue, q Query) string {
	q.Now = autumn
	found := c.Search(q)
	return ids(found.Events()[:found.Exact])
}

func TestEveryWordOfAQueryBeginsAWordOfTheEvent(t *testing.T) {
	t.Parallel()
	c := season()
	for text, want := range map[string]string{
		"":                  "5 2 3 1 6 4",
		"   ":               "5 2 3 1 6 4",
		"midnight":          "1 5 2",
		"MIDN":              "1 5 2",
		"orch":              "3 1",
		"orch mid":          "1",
		"mid orch":          "1",
		"holst york":        "1",
		"holst":             "1 4",
		"rchestra":          "",
		"cafe":              "2",
		"CAFÉ":              "2",
		"rapido senor":      "2",
		"lodz":              "4",
		"Łódź":              "4",
		"all-day":           "5",
		"day juggl":         "5",
		"york midnight x":   "",
		"concert":           "", // a type is for filtering
		"no such thing":     "",
		"\x1b[31m midnight": "",
		"!!!":               "", // signs are part of no word
	} {
		require.Equal(t, want, exact(c, Query{Text: text}), "%q", text)
	}
}

func TestFiltersRestrictWhatIsFound(t *testing.T) {
	t.Parallel()
	c := season()
	require.Equal(t, "3 1 4", exact(c, Query{Type: "concert"}))
	require.Equal(t, "5 1", exact(c, Query{Location: "York"}))
	require.Equal(t, "1", exact(c, Query{Location: "York", Type: "concert"}))
	require.Equal(t, "1 4", exact(c, Query{Text: "hol", Type: "concert"}))
	require.Equal(t, "4", exact(c, Query{Text: "hol", Location: "Łódź"}))
	require.Empty(t, exact(c, Query{Type: "Concert"}), "types are spelled as in the event")
	require.Empty(t, exact(c, Query{Type: "opera"}))
	require.Empty(t, exact(c, Query{Type: "concert", Location: "Leeds"}))
	require.Equal(t, []string{"circus", "concert", "dance"}, c.Types())
	require.Equal(t, []string{"Leeds", "London", "York", "Łódź"}, c.Locations())
}

func TestResultsAreSortedAndWhatIsOverComesLast(t *testing.T) {
	t.Parallel()
	c := season()
	require.Equal(t, "5 2 3 1 6 4", exact(c, Query{}), "soonest first, unreadable dates after the readable ones")
	require.Equal(t, "5 2 3 1 6 4", exact(c, Query{Sort: SortName}))
	require.Equal(t, "3 6 1 5 2 4", exact(c, Query{Sort: SortLeft}), "fewest first, sold out last")
	require.Equal(t, "6 1 3 2 5 4", ids(c.Search(Query{Now: wall(2028, 1, 1, 0, 0, 0)}).Events()), "of those that are over, the latest first")
	require.Equal(t, []Sorting{SortDate, SortName, SortLeft, SortBest},
		[]Sorting{SortBest.Next(), SortDate.Next(), SortName.Next(), SortLeft.Next()})
	require.Equal(t, []Sorting{SortSold, SortBest}, []Sorting{SortLeft.NextForAdmins(), SortSold.NextForAdmins()})
	require.Equal(t, "best match, date, name, tickets left", fmt.Sprintf("%v, %v, %v, %v", SortBest, SortDate, SortName, SortLeft))
}

func TestTheBetterTheWordsMatchTheEarlierAnEventComes(t *testing.T) {
	t.Parallel()
	c := catalogueOf(
		event("told", "Arias by Candlelight", "The best of opera", "York", "concert", "2027-01-01", 9),
		event("house", "Brahms", "", "Opera House", "concert", "2027-01-02", 8),
		event("marx", "A Night at the Opera", "", "York", "film", "2027-01-03", 7),
		event("night", "Opera Night", "An opera for all", "York", "gala", "2027-01-05", 6),
		event("quoted", "\"Operatic\"", "", "Leeds", "gala", "2027-01-04", 5),
		event("over", "Opera", "", "York", "gala", "2026-10-01", 4),
		event("long over", "More Opera", "", "York", "gala", "2026-10-02", 3),
	)
	for text, want := range map[string]string{
		"opera":       "quoted night marx house told over long over",
		"op":          "quoted night marx house told over long over",
		"night opera": "night marx",
		"opera york":  "night marx told over long over",
		"york opera":  "night marx told over long over",
		"":            "told house marx quoted night long over over",
		"!":           "",
		"opear":       "quoted night marx house told over long over", // but for a slip
		"oprea nigth": "night marx",
	} {
		require.Equal(t, want, ids(c.Search(Query{Text: text, Now: autumn}).Events()), "%q", text)
	}
	for by, want := range map[Sorting]string{
		SortDate: "told house marx quoted night long over over",
		SortName: "quoted marx told house night long over over",
		SortLeft: "quoted night marx house told long over over",
	} {
		for _, text := range []string{"opera", "opear"} {
			require.Equal(t, want, ids(c.Search(Query{Text: text, Sort: by, Now: autumn}).Events()), "who chose an order by %v gets it", by)
		}
		require.Equal(t, by, Query{Text: "opera", Sort: by}.Sorted())
	}
	require.Equal(t, SortBest, Query{Text: "opera"}.Sorted())
	require.Equal(t, SortDate, Query{Text: " !"}.Sorted(), "without words nothing matches better")
}

// Each order is that of a plain sort, whatever was changed before, and at any minute of a day on which some events last.
func TestEveryOrderIsThatOfAPlainSort(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := NewCatalogue()
		for revision := range rapid.IntRange(1, 4).Draw(t, "changes") {
			var changes []Change
			for range rapid.IntRange(1, 12).Draw(t, "events") {
				r := event(rapid.StringMatching("[a-h]").Draw(t, "id"), rapid.StringMatching("[A-Ca-c] [xyz]").Draw(t, "name"), "", "", "",
					rapid.StringMatching(`1969-12-31 23:59|2026-10-3[01]( (00:00|12:30))?|2026-11-0[123]( (00:00|12:30))?|some day`).Draw(t, "date"),
					rapid.IntRange(0, 3).Draw(t, "left"))
				changes = append(changes, Change{Key: r.Key, Value: r.Value, Deleted: rapid.IntRange(0, 5).Draw(t, "deleted") == 0})
			}
			c, _ = c.With(int64(revision+1), changes)
			c.Search(Query{Sort: SortName}) // who asked before must not be remembered
		}
		now := rapid.SampledFrom([]time.Time{
			wall(2026, 11, 1, 0, 0, 0), wall(2026, 11, 1, 12, 29, 59), wall(2026, 11, 1, 12, 30, 0), wall(2026, 11, 2, 0, 0, 0),
		}).Draw(t, "now")
		for by := range SortSold + 1 {
			found := c.Search(Query{Sort: by, Now: now}).Events()
			want := slices.Clone(found)
			slices.SortFunc(want, func(a, b *Event) int { return plainly(a, b, by, now) })
			require.Equal(t, ids(want), ids(found), by)
			require.Len(t, found, c.Len())
		}
	})
}

func plainly(a, b *Event, by Sorting, now time.Time) int {
	number := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	date := cmp.Or(cmp.Compare(sortableDate(a.Date), sortableDate(b.Date)), strings.Compare(a.ID, b.ID))
	if (by == SortBest || by == SortDate) && a.IsPast(now) {
		date = -date
	}
	first := number(a.IsPast(now)) - number(b.IsPast(now))
	switch by {
	case SortName:
		return cmp.Or(first, strings.Compare(Fold(a.Name), Fold(b.Name)), date)
	case SortLeft:
		return cmp.Or(first, number(a.Left == 0)-number(b.Left == 0), cmp.Compare(a.Left, b.Left), date)
	case SortSold:
		return cmp.Or(first, cmp.Compare(b.Sold(), a.Sold()), date)
	case SortBest, SortDate:
	}
	return cmp.Or(first, date)
}

func TestAmongThousandsOfSimilarNamesTheClosestAreFound(t *testing.T) {
	t.Parallel()
	var records []Record
	for n := range 5000 {
		records = append(records, event(fmt.Sprint(n), "Summer holidays in a lighthouse at sea", "", "", "", "2027-01-01", 1))
	}
	records = append(records, event("z", "Late Holst", "", "", "", "2027-01-01", 1))
	found := catalogueOf(records...).Search(Query{Text: "hlst"})
	require.Equal(t, "z", found.Events()[0].ID)

	others, ok := spread([]byte("rock over the city"), []string{"roc"})
	require.True(t, ok)
	require.Zero(t, others)
	others, ok = spread([]byte("baroque concert"), []string{"roc"})
	require.True(t, ok)
	require.Equal(t, len("que ")+len("roc"), others, "it does not begin a word")
	_, ok = spread([]byte("coral"), []string{"roc"})
	require.False(t, ok)
}

func TestNamesThatAreOnlySimilarComeAfterwards(t *testing.T) {
	t.Parallel()
	c := season()
	similar := func(q Query) string {
		q.Now = autumn
		found := c.Search(q)
		return ids(found.Events()[found.Exact:])
	}
	require.Equal(t, "1", similar(Query{Text: "mdnght"}))
	require.Equal(t, "3 1", similar(Query{Text: "orchsta"}), "the earlier in the name, the better")
	require.Equal(t, "1 4", similar(Query{Text: "hlst"}))
	require.Equal(t, "2", similar(Query{Text: "flmnco cfe"}))
	require.Empty(t, similar(Query{Text: "hlst", Location: "London"}))
	require.Empty(t, similar(Query{Text: "hl"}), "two letters are similar to everything")
	require.Empty(t, similar(Query{Text: "holst"}), "nothing is found twice")
	require.Empty(t, similar(Query{Text: "xyzzy"}))

	require.Empty(t, similar(Query{Text: "thaylo"}), "the letters of The All-Day ... are too far apart")

	over := catalogueOf(event("a", "Jazz", "", "", "", "2026-10-01", 1), event("b", "Night Jazz", "", "", "", "2027-10-01", 1))
	require.Equal(t, "b a", ids(over.Search(Query{Text: "jzz", Now: autumn}).Events()), "what is over comes last")
}

func TestASlipOfTheFingerIsForgiven(t *testing.T) {
	t.Parallel()
	c := catalogueOf(
		event("hamlet", "Hamlet, Prince of Denmark", "", "York", "theater", "2027-03-01", 1),
		event("ado", "Much Ado About Nothing", "A hamlet in Sicily", "York", "theater", "2027-02-01", 1),
		event("circus", "Circus Roncalli", "", "Leeds", "circus", "2026-10-01", 1),
	)
	for text, want := range map[string]string{
		"hamelt":      "hamlet ado", // two in the wrong order
		"hamlt":       "hamlet ado", // one missing
		"hammlet":     "hamlet ado", // one too many
		"hanlet":      "hamlet ado", // one wrong
		"hanle":       "hamlet ado", // while it is typed
		"hamlett":     "hamlet ado",
		"mach ado":    "ado",
		"hamelt prin": "hamlet",
		"cicrus":      "circus",
		"hmaelt":      "", // two slips
		"muc ado x":   "",
	} {
		found := c.Search(Query{Text: text, Now: autumn})
		require.Zero(t, found.Exact, text)
		require.Equal(t, want, ids(found.Events()), text)
	}
	require.Equal(t, "hamlet ado", ids(c.Search(Query{Text: "hamelt", Location: "York", Now: autumn}).Events()))
	require.Empty(t, ids(c.Search(Query{Text: "hamelt", Location: "Leeds", Now: autumn}).Events()))
}

func TestWhoTypesATypeOfEventFindsThoseAfterTheWords(t *testing.T) {
	t.Parallel()
	c := catalogueOf(
		event("a", "The Concert", "", "York", "theater", "2027-03-01", 1),
		event("b", "Jazz", "", "York", "Open-air concert", "2027-02-01", 1),
		event("c", "Swing", "", "Leeds", "Open-air concert", "2027-01-01", 1),
	)
	for text, want := range map[string]string{"concert": "1: a c b", "jazz conc": "0: b", "con": "1: a", "open jazz": "0: b", "theater concert": "0: a"} {
		found := c.Search(Query{Text: text, Now: autumn})
		require.Equal(t, want, fmt.Sprint(found.Exact, ": ", ids(found.Events())), text)
	}
}

func TestASlipInATypeOfEventIsForgiven(t *testing.T) {
	t.Parallel()
	c := catalogueOf(
		event("circus", "Roncalli", "", "London", "circus", "2027-03-01", 1),
		event("magic", "The Vanishing Act", "", "Edinburgh", "magic", "2027-03-01", 1),
		event("play", "Hamlet", "", "Leeds", "theater", "2027-03-01", 1),
		event("hall", "Brahms", "", "Theatre Royal", "concert", "2027-04-01", 1),
		event("pop", "Big Night", "", "York", "pop", "2027-03-01", 1),
		event("dj", "Small Night", "", "York", "DJ set", "2027-03-01", 1),
	)
	for text, want := range map[string]string{
		"circus london":   "0: circus",
		"circuss london":  "0: circus",
		"edinburgh magic": "0: magic",
		"edinburg magik":  "0: magic",
		"theatre":         "1: hall play",
		"theater":         "0: play hall",
		"pop":             "0: pop",
		"po":              "0: ",
		"dj":              "0: dj",
		"dj york":         "0: dj",
	} {
		found := c.Search(Query{Text: text, Now: autumn})
		require.Equal(t, want, fmt.Sprint(found.Exact, ": ", ids(found.Events())), text)
	}
}

func TestSlipsAreCountedInLettersOfAnyScript(t *testing.T) {
	t.Parallel()
	c := catalogueOf(
		event("a", "Концерт Шопена", "", "York", "опера", "2027-03-01", 1),
		event("b", "Συναυλία", "", "York", "x", "2027-03-01", 1),
		event("c", "日札", "", "York", "x", "2027-03-01", 1),
		event("d", "Дядя Ваня", "", "York", "x", "2027-03-01", 1),
	)
	for text, want := range map[string]string{
		"концетр":  "a", // two in the wrong order
		"конццерт": "a", // one too many
		"конферт":  "a", // one wrong
		"конерт":   "a", // one missing
		"опреа":    "a",
		"конфрт":   "", // two slips
		"συναλυία": "b",
		"да":       "", // half of the word is another
		"日本":       "",
	} {
		require.Equal(t, want, ids(c.Search(Query{Text: text, Now: autumn}).Events()), text)
	}
	require.Equal(t, "[Концерт] Шопена", marked("Концерт Шопена", Marks("концетр", "Концерт Шопена")))
}

func TestVowelSignsAndSigmasDoNotHideAWord(t *testing.T) {
	t.Parallel()
	c := catalogueOf(
		event("hindi", "हिन्दी", "", "York", "x", "2027-03-01", 1),
		event("river", "हाथी नदी", "", "York", "x", "2027-03-01", 1),
		event("greek", "Οδός Ονείρων", "", "York", "x", "2027-03-01", 1),
	)
	for text, want := range map[string]string{"हिन्दी": "hindi", "नदी": "river", "ΟΔΟΣ": "greek", "οδός": "greek", "οδοσ": "greek"} {
		require.Equal(t, want, exact(c, Query{Text: text}), text)
	}
	require.Equal(t, "[Οδός] Ονείρων", marked("Οδός Ονείρων", WordMarks("ΟΔΟΣ", "Οδός Ονείρων")))
	require.Equal(t, "हाथी [नदी]", marked("हाथी नदी", WordMarks("नदी", "हाथी नदी")))
}

func TestWhoFindsAScreenfulIsNotShownWhatIsOnlySpelledAlike(t *testing.T) {
	t.Parallel()
	records := []Record{event("similar", "Jay Z", "", "", "", "2027-01-01", 1)}
	for n := range few - 1 {
		records = append(records, event(fmt.Sprint(n), "Jazz", "", "", "", "2027-01-01", 1))
	}
	found := catalogueOf(records...).Search(Query{Text: "jaz"})
	require.Equal(t, few, found.Len())
	require.Equal(t, "similar", found.Events()[found.Exact].ID)
	found = catalogueOf(append(records, event("more", "Jazz", "", "", "", "2027-01-01", 1))...).Search(Query{Text: "jaz"})
	require.Equal(t, few, found.Len())
	require.Equal(t, few, found.Exact)
}

func TestWhoFindsPlentyIsNotShownWhatHasASlip(t *testing.T) {
	t.Parallel()
	records := []Record{event("slip", "Jaxz Night", "", "", "", "2027-01-01", 1)}
	for n := range plenty - 1 {
		records = append(records, event(fmt.Sprint(n), "Jazz Night", "", "", "", "2027-01-01", 1))
	}
	found := catalogueOf(records...).Search(Query{Text: "jazz"})
	require.Equal(t, plenty, found.Len())
	require.Equal(t, "slip", found.Events()[found.Exact].ID)
	found = catalogueOf(append(records, event("more", "Jazz", "", "", "", "2027-01-01", 1))...).Search(Query{Text: "jazz"})
	require.Equal(t, plenty, found.Len())
	require.Equal(t, plenty, found.Exact)
}

func TestAQueryHasNoPrice(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 10_000)
	c := catalogueOf(event("1", long, "", "", "", "", 1), event("2", strings.Repeat("a ", 500), "", "", "", "", 1))
	require.Len(t, c.Search(Query{Text: long}).Events(), 1)
	require.Len(t, c.Search(Query{Text: strings.Repeat("a ", 1000)}).Events(), 2)
	require.NotEmpty(t, Marks(strings.Repeat("a", 100), long))
	for _, word := range queryWords(strings.Repeat("é", 100) + " " + strings.Repeat("я", 100)) {
		require.LessOrEqual(t, len(word), maxQueryWord)
		require.Equal(t, []string{word}, Words(word))
	}
}

func TestSearchFindsExactlyWhatReadingEveryEventFinds(t *testing.T) {
	t.Parallel()
	vocabulary := []string{"jazz", "Jazzy", "night", "Café", "cafes", "o'hara", "été", "3", "Straße", "a", ""}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(vocabulary)
		var records []Record
		for n := range rapid.IntRange(0, 8).Draw(t, "events") {
			records = append(records, event(fmt.Sprint(n), word.Draw(t, "name")+" "+word.Draw(t, "name"), word.Draw(t, "description"),
				word.Draw(t, "location"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "type"),
				rapid.SampledFrom([]string{"2027-01-01", "2027-01-01 00:00", "2027-01-01 23:59", "2027-01-02", "soon"}).Draw(t, "date"), 1))
		}
		c := catalogueOf(records...)
		day := rapid.SampledFrom([]time.Time{{}, wall(2026, 12, 31, 0, 0, 0), wall(2027, 1, 1, 0, 0, 0), wall(2027, 1, 2, 0, 0, 0)})
		q := Query{Type: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "of type"), Days: Days{day.Draw(t, "from"), day.Draw(t, "until")}}
		for range rapid.IntRange(0, 3).Draw(t, "words") {
			letters := []rune(word.Draw(t, "word"))
			q.Text += " " + string(letters[:rapid.IntRange(0, len(letters)).Draw(t, "cut")])
		}
		var want []*Event
		for _, record := range records {
			e, err := DecodeEvent(ParseKey(record.Key).EventID, record.Value)
			require.NoError(t, err)
			all := (q.Type == "" || e.Type == q.Type) && isOn(q.Days, &e)
			for _, queried := range Words(q.Text) {
				all = all && slices.ContainsFunc(e.Words(), func(word string) bool { return strings.HasPrefix(word, queried) })
			}
			if all {
				want = append(want, &e)
			}
		}
		slices.SortStableFunc(want, func(a, b *Event) int {
			return cmp.Or(howFar(a, q.Text)-howFar(b, q.Text), cmp.Compare(sortableDate(a.Date), sortableDate(b.Date)))
		})
		found := c.Search(q)
		require.Equal(t, ids(want), ids(found.Events()[:found.Exact]), "%q", q.Text)
		seen := map[*Event]bool{}
		for _, e := range found.Events() {
			require.False(t, seen[e], "%s twice", e.Name)
			seen[e] = true
		}
	})
}

// isOn says whether an event is on some days, by reading its date.
func isOn(days Days, e *Event) bool {
	at, readable := e.Date.Time()
	return days == Days{} || readable && !at.Before(days.From) && (days.Until.IsZero() || at.Before(days.Until))
}

// howFar says how far an event is from the best match of a text, by reading all of it.
func howFar(e *Event, text string) (sum int) {
	for _, queried := range Words(text) {
		begins := func(word string) bool { return strings.HasPrefix(word, queried) }
		name := Words(e.Name)
		switch {
		case slices.ContainsFunc(name[:min(len(name), 1)], begins):
		case slices.ContainsFunc(name, begins):
			sum++
		case slices.ContainsFunc(Words(e.Location), begins):
			sum += 2
		default:
			sum += 3
		}
	}
	return sum
}

// marked writes a name with the matched characters in brackets.
func marked(name string, marks []int) string {
	var out strings.Builder
	for i, r := range []rune(name) {
		if slices.Contains(marks, i) {
			fmt.Fprintf(&out, "[%c]", r)
		} else {
			out.WriteRune(r)
		}
	}
	return strings.ReplaceAll(out.String(), "][", "")
}

func TestTheMatchedLettersAreMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, name, want string }{
		{"mid", "The Midnight Orchestra", "The [Mid]night Orchestra"},
		{"orch the", "The Midnight Orchestra", "[The] Midnight [Orch]estra"},
		{"hara", "O'Hara", "O'[Hara]"},
		{"cafe", "Das Café Noir", "Das [Café] Noir"},
		{"rapi", "Señor Rápido", "Señor [Rápi]do"},
		{"strass", "Die Straße", "Die [Straß]e"},
		{"fi", "ﬁne", "[ﬁ]ne"},
		{"zoe", "Zoe\u0308 and friends", "[Zoe]\u0308 and friends"},
		{"日", "東 日本", "東 [日]本"},
		{"mdnt", "Midnight", "[M]i[dn]igh[t]"},
		{"hamelt pr", "O Hamlet, Prince", "O [Hamlet], [Pr]ince"},
		{"ig", "Midnight", "Midnight"},
		{"", "Midnight", "Midnight"},
		{"xyz", "Midnight", "Midnight"},
	} {
		require.Equal(t, c.want, marked(c.name, Marks(c.text, c.name)), c.text)
	}
	require.Equal(t, "[Jazz] ight", marked("Jazz ight", WordMarks("jazz ght", "Jazz ight")), "only the beginnings of words")
}

func FuzzMarks(f *testing.F) {
	f.Add("mid orch", "The Midnight Orchestra")
	f.Add("strass ﬁ", "Die Straße ﬁne é")
	f.Add("각", "각각\u11a8")
	f.Fuzz(func(t *testing.T, text, name string) {
		name = Clean(name)
		marks := Marks(text, name)
		require.True(t, slices.IsSorted(marks))
		for _, at := range marks {
			require.True(t, at >= 0 && at < len([]rune(name)))
		}
		for _, at := range WordMarks(text, name) {
			require.Contains(t, marks, at)
		}
		c := catalogueOf(Record{EventKey("1"), Event{Name: name}.Encode()})
		c.Search(Query{Text: text})
	})
}

func TestResultsHoldWhileOnlyCountsChange(t *testing.T) {
	t.Parallel()
	before := season()
	q := Query{Text: "midnight", Now: autumn}
	found := before.Search(q)
	sold, ok := before.Event("2")
	require.True(t, ok)
	after := *sold
	after.Left++

	next, problems := before.With(9, []Change{{Key: EventKey("2"), Value: after.Encode()}})
	require.Empty(t, problems)
	now, same := found.In(next, q.Sort)
	require.True(t, same)
	require.Equal(t, next.Search(q).Events(), now.Events())
	require.Equal(t, after.Left, now.At(2).Left)
	_, same = found.In(next, SortLeft)
	require.False(t, same, "counts are what it is sorted by")

	after.Name = "Midnight Swim"
	next, _ = next.With(10, []Change{{Key: EventKey("2"), Value: after.Encode()}})
	_, same = found.In(next, q.Sort)
	require.False(t, same, "a name has changed")
	_, same = Results{}.In(next, q.Sort)
	require.False(t, same, "nothing was searched for")
}
