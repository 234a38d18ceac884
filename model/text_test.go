package model

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

func TestHostileTextIsMadeHarmlessAndVisible(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, out string }{
		"plain text":                    {"Hello, World! {[~]}", "Hello, World! {[~]}"},
		"letters of the world":          {"Łódź Señor Dvořák 日本 Ελλάδα नमस्ते עברית", "Łódź Señor Dvořák 日本 Ελλάδα नमस्ते עברית"},
		"colour":                        {"\x1b[31mred\x1b[0m", "\uFFFD[31mred\uFFFD[0m"},
		"clipboard":                     {"\x1b]52;c;aGk=\x07", "\uFFFD]52;c;aGk=\uFFFD"},
		"hyperlink":                     {"\x1b]8;;http://x\x1b\\a", "\uFFFD]8;;http://x\uFFFD\\a"},
		"device control string":         {"\x1bP1$r\x1b\\", "\uFFFDP1$r\uFFFD\\"},
		"reset":                         {"\x1bc", "\uFFFDc"},
		"eight-bit CSI in UTF-8":        {"\u009b31m", "\uFFFD31m"},
		"eight-bit CSI, bare":           {"\x9b31m", "\uFFFD31m"},
		"bell, backspace, NUL, VT, FF":  {"\a\b\x00\v\f", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
		"delete":                        {"a\x7fb", "a\uFFFDb"},
		"carriage return over the text": {"good\rbad", "good bad"},
		"lines and tabs":                {"a\nb\tc\r\nd", "a b c  d"},
		"an escape after a broken lead": {"\xe2\x1b[31m", "\uFFFD\uFFFD[31m"},
		"four-byte broken lead":         {"\xf0\x1b]52;c;\x07", "\uFFFD\uFFFD]52;c;\uFFFD"},
		"broken UTF-8":                  {"a\xffb\xc0\x80c", "a\uFFFDb\uFFFDc"},
		"surrogate":                     {"\xed\xa0\x80", "\uFFFD"},
		"right-to-left override":        {"abc\u202ecod.exe", "abc\uFFFDcod.exe"},
		"isolates":                      {"\u2066a\u2069", "\uFFFDa\uFFFD"},
		"zero width":                    {"a\u200bd\u200cm\u200din", "a\uFFFDd\uFFFDm\uFFFDin"},
		"byte order mark":               {"\ufeffann", "\uFFFDann"},
		"line separators":               {"a\u2028b\u2029c", "a\uFFFDb\uFFFDc"},
		"tag characters":                {"a\U000E0041\U000E007F", "a\uFFFD\uFFFD"},
		"blank letters":                 {"\u3164\u115F\u1160\uFFA0\u2800", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
		"invisible marks":               {"an\u034Fn\ufe00\U000E0100", "an\uFFFDn\uFFFD\uFFFD"},
		"variation without a picture":   {"ann\ufe0f", "ann\uFFFD"},
		"soft hyphen":                   {"a\u00adb", "a\uFFFDb"},
		"private use, unassigned":       {"\ue000\U000F0000\U0001FFFE\u0378", "\uFFFD\uFFFD\uFFFD\uFFFD"},
		"spaces of other widths":        {"1\u00a0000\u202f€\u3000x", "1 000 € x"},
		"many marks on one letter":      {"e" + strings.Repeat("\u0323", 20) + "x", "\u1EB9\u0323\u0323\u0323\u0323x"},
		"decomposed letters":            {"Cafe\u0301", "Café"},
		"a family":                      {"👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"},
		"a flag with a variation":       {"🏳\ufe0f\u200d🌈 ❤\ufe0f", "🏳\ufe0f\u200d🌈 ❤\ufe0f"},
		"a picture and many variations": {"❤\ufe0f\ufe0f\ufe0f", "❤\ufe0f\uFFFD\uFFFD"},
		"a join to nothing":             {"👩\u200d", "👩\uFFFD"},
		"a join to a letter":            {"👩\u200da", "👩\uFFFDa"},
		"a join to an unassigned one":   {"👩\u200d\U0001F0FF", "👩\uFFFD\uFFFD"},
		"a join to a blank letter":      {"👩\u200d\u2800", "👩\uFFFD\uFFFD"},
		"empty":                         {"", ""},
	} {
		require.Equal(t, c.out, Clean(c.in), name)
		requireClean(t, c.in)
	}
}

// requireClean makes sure that what Clean returns keeps every promise.
func requireClean(t *testing.T, s string) {
	t.Helper()
	clean := Clean(s)
	require.True(t, utf8.ValidString(clean))
	require.Equal(t, clean, Clean(clean), "a fixed point: %q", s)
	marks := 0
	for _, r := range clean {
		allowed := unicode.IsPrint(r) || r == '\u200d' || r == '\uFFFD'
		require.True(t, allowed, "%q has %U", s, r)
		require.False(t, unicode.Is(unicode.Bidi_Control, r), "%q has %U", s, r)
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			marks++
		} else {
			marks = 0
		}
		require.LessOrEqual(t, marks, maxMarks, "%q", s)
	}
	if !strings.ContainsRune(clean, '\uFFFD') {
		require.True(t, norm.NFC.IsNormalString(clean), "%q", s)
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{
		"\x1b[31m", "\xe2\x1b[31m", "\u202e", "e\u0301\u0323\u0301\u0323\u0301", "👩\u200d👧", "\u1100\u1161\u11a8", "\u09c7\u0323\u0323\u0323\u0323\u0323\u09be",
		"\u0344", "\ufb1d", "각\u11a8", "0\ufe0f\u20e3", "a\u0315\u0300\u05ae\u0300\u0062",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		requireClean(t, s)
		folded := Fold(s)
		require.Equal(t, folded, Fold(folded), "folding again changes nothing: %q", s)
		for _, word := range Words(s) {
			require.NotEmpty(t, word)
			require.LessOrEqual(t, len(word), maxWord)
			require.Equal(t, []string{word}, Words(word), "a word is found as itself")
		}
		for _, word := range storedWords(s) {
			require.Equal(t, []string{word}, storedWords(word), "a word of the stored index is audited as itself")
		}
		require.LessOrEqual(t, utf8.RuneCountInString(Truncate(s, 5)), 5)
	})
}

func TestTextIsCutWithAMark(t *testing.T) {
	t.Parallel()
	require.Equal(t, "short", Truncate("short", 5))
	require.Equal(t, "lon…", Truncate("longer", 4))
	require.Equal(t, "é…", Truncate("éèê", 2))
	require.Equal(t, "…", Truncate("ab", 1))
}

func TestAccentsAndCapitalsDoNotMatter(t *testing.T) {
	t.Parallel()
	for in, out := range map[string]string{
		"Café": "cafe", "CAFE\u0301": "cafe", "Łódź": "lodz", "Ørsted": "orsted", "Straße": "strasse", "Æther Œuvre": "aether oeuvre", "İstanbul": "istanbul",
		"ﬁne": "fine", "Dvořák": "dvorak", "ΑΘΉΝΑ": "αθηνα", "Ｗide": "wide", "Þór Đà": "thor da", "plain": "plain",
	} {
		require.Equal(t, out, Fold(in), in)
	}
}

func TestTextIsSplitIntoWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"o", "hara", "s", "3", "30_pm", "cafe", "london"}, Words("O'Hara's: 3, 30_PM (Café)", "", "  LONDON "))
	require.Empty(t, Words("", "!?", "…"))
	require.Equal(t, []string{strings.Repeat("a", maxWord)}, Words(strings.Repeat("a", 500)))
	require.Equal(t, []string{strings.Repeat("я", maxWord/2)}, Words(strings.Repeat("я", 500)), "cut between letters")
}

func TestWhatStandsInTheStoredIndexIsSplitAsEver(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"हिनदी", "οδοσ"}, Words("हिन्दी Οδός"))
	event := Event{Name: "हिन्दी Οδός", Type: "x", Location: "York"}
	require.Equal(t, []string{
		"search:text:york", "search:text:οδος", "search:text:नद", "search:text:ह", "search:type:x", "search:location:York",
	}, event.Lists(), "under other keys it would not be taken off the lists of stores that are older")
}
