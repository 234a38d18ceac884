package tui

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"
)

func TestEveryCharacterThatIsOnlyCountedTakesOneCell(t *testing.T) {
	t.Parallel()
	for r := rune(' '); r <= utf8.MaxRune; r++ {
		if takesOneCell(r) {
			require.Equal(t, 1, ansi.StringWidth(string(r)), "%U", r)
			require.Equal(t, 3, ansi.StringWidth("a"+string(r)+"b"), "%U joins nothing", r)
			require.Equal(t, 2, ansi.StringWidth(string(r)+string(r)), "%U joins nothing", r)
		}
	}
}

func TestWhatIsCutFitsWhateverItIsMadeOf(t *testing.T) {
	t.Parallel()
	parts := []string{"1\ufe0f\u20e3", "#\ufe0f\u20e3", "*", "7", "a", "e\u0301", "名", "👍🏽", "👩\u200d🚀", "🇬🇧", "❤\ufe0f", " ", "\x1b[1mb\x1b[m"}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		text := ""
		for range rnd.IntN(20) {
			text += parts[rnd.IntN(len(parts))]
		}
		for width := range 24 {
			require.Equal(t, width, ansi.StringWidth(fit(text, width)), "%q in %d", text, width)
			require.Equal(t, width, ansi.StringWidth(fitRight(text, width)), "%q in %d", text, width)
		}
	}
}

func FuzzTextIsAsWideAsTheLibrarySays(f *testing.F) {
	for _, text := range []string{
		"", "Tosca", "\x1b[1;38;2;1;2;3mTosca\x1b[m", "Łódź café", "e\u0301", "1\ufe0f\u20e3", "名探偵", "👩\u200d🚀", "★\ufe0f", "a\tb", "\x1b]8;;x\x07y", "\x1b[2J",
		"\x1b[1", "\xff\xfe", "a\u00adb", "🇵🇱", "a\u200db", "─╭━╸█▁", "\x1b", "\u1100\u1161",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, ansi.StringWidth(text), cells(text))
	})
}
