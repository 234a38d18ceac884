package tui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
)

// spell writes a frame with the characters that its terminal shows as wide as we think they are, and with ASCII only where
// it can show nothing else. Every character keeps its width, so that what was aligned stays aligned.
func spell(frame string, onlyASCII bool) string {
	if !onlyASCII && !strings.ContainsFunc(frame, isUnsteady) {
		return frame
	}
	if onlyASCII {
		frame = pounds(frame)
	}
	var out strings.Builder
	out.Grow(len(frame))
	for len(frame) > 0 {
		if frame[0] < utf8.RuneSelf && (len(frame) == 1 || frame[1] < utf8.RuneSelf) {
			out.WriteByte(frame[0])
			frame = frame[1:]
			continue
		}
		cluster, width := ansi.FirstGraphemeCluster(frame, ansi.GraphemeWidth)
		frame = frame[len(cluster):]
		shown := steady(cluster)
		if onlyASCII {
			shown = inASCII(cluster, width)
		}
		out.WriteString(shown)
		out.WriteString(strings.Repeat(" ", max(width-ansi.WcWidth.StringWidth(shown), 0)))
	}
	return out.String()
}

// isUnsteady tells the characters that some terminals join with the one before, and others draw by themselves: joiners,
// the choice between a plain and a coloured picture, skins, and the letters of flags.
func isUnsteady(r rune) bool {
	return r == '\u200d' || r == '\ufe0e' || r == '\ufe0f' || r >= 0x1F3FB && r <= 0x1F3FF || isFlag(r)
}

func isFlag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// steady leaves of a picture what all terminals draw alike, and writes a flag as its letters.
func steady(cluster string) string {
	if !strings.ContainsFunc(cluster, isUnsteady) {
		return cluster
	}
	var out strings.Builder
	for _, r := range cluster {
		switch {
		case isFlag(r):
			out.WriteRune('A' + r - 0x1F1E6)
		case r == '\u200d':
			return out.String()
		case !isUnsteady(r):
			out.WriteRune(r)
		}
	}
	return out.String()
}

// inASCII writes a character with ASCII: ours as what looks most like them, a letter without its accents, and anything
// else as question marks.
func inASCII(cluster string, width int) string {
	r, _ := utf8.DecodeRuneInString(cluster)
	if r < utf8.RuneSelf {
		return string(r)
	}
	if plain := asciiOf(r); plain != 0 {
		return string(plain)
	}
	if base, _ := utf8.DecodeRuneInString(norm.NFKD.String(cluster)); base < utf8.RuneSelf && unicode.IsPrint(base) {
		return string(base)
	}
	return strings.Repeat("?", width)
}

// asciiOf is what stands for a character of ours where there is only ASCII; 0 for one that is not ours.
func asciiOf(r rune) rune {
	const ours, theirs = "─━╸╌│╭╮╰╯├┤▁▂▃▄▅▆▇█●○›★✓✗•·…×−–’‘“”↑↓←→£", "-=--|++++++_.:-=+*#*o>*+x*-~x--''\"\"^v<> "
	if i := strings.IndexRune(ours, r); i >= 0 {
		return rune(theirs[utf8.RuneCountInString(ours[:i])])
	}
	return 0
}

// OnlyASCII says whether an environment's locale promises nothing but ASCII. Where there is no locale nothing is promised
// either way, and the terminals of today show all characters.
func OnlyASCII(variable func(name string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // in order of strength, as POSIX has it
		if locale := variable(name); locale != "" {
			return !strings.Contains(strings.ReplaceAll(strings.ToLower(locale), "-", ""), "utf8")
		}
	}
	return false
}
