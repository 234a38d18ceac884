package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// cells is how wide a text is on the screen. Where every character is known to take one cell they are only counted; a text
// with others is left to the library, which knows what is wide and what is joined to the one before.
func cells(text string) int {
	n := 0
	for i := 0; i < len(text); n++ {
		switch c := text[i]; {
		case c == '\x1b':
			length := styling(text[i:])
			if length == 0 {
				return ansi.StringWidth(text)
			}
			i += length
			n--
		case c < utf8.RuneSelf:
			if c < ' ' || c == '\x7f' {
				return ansi.StringWidth(text)
			}
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			if !takesOneCell(r) {
				return ansi.StringWidth(text)
			}
			i += size
		}
	}
	return n
}

// styling is how many bytes of styling (an SGR sequence) a text begins with.
func styling(text string) int {
	if !strings.HasPrefix(text, "\x1b[") {
		return 0
	}
	for i := 2; i < len(text); i++ {
		if c := text[i]; c == 'm' {
			return i + 1
		} else if c < '0' || c > ';' {
			return 0
		}
	}
	return 0
}

// takesOneCell says of some characters, those with which the shop draws and most of Europe writes, that they take one cell
// and join nothing.
func takesOneCell(r rune) bool {
	switch {
	case r >= 0xA1 && r <= 0x2FF:
		return r != 0xAD // the soft hyphen
	case r >= 0x2500 && r <= 0x259F: // lines and blocks
		return true
	}
	return strings.ContainsRune("…–—‘’“”•›←↑→↓●○★✓✗", r)
}

// maxBytes is more than the characters of one cell take.
const maxBytes = 64

// within cuts text that is far longer than there are cells for it, so that nobody measures the rest: raw writes may leave
// names of a million letters, which would be measured for each frame. What is styled has been cut before.
func within(text string, room int) string {
	most := (max(room, 0) + 1) * maxBytes
	if len(text) <= most || strings.IndexByte(text, '\x1b') >= 0 {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
