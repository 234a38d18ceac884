package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// ink is a style that is ready to be written. lipgloss works out at each Render what a style means, which in a process
// with hundreds of sessions took longer than everything else together.
type ink struct {
	style         lipgloss.Style
	before, after string // what the terminal is told
	chosen        *ink   // the same on the row under the cursor, where a theme has it at hand
}

// dip makes a style ready.
func dip(style lipgloss.Style) ink {
	before, after, _ := strings.Cut(style.Render("x"), "x")
	return ink{style: style, before: before, after: after}
}

// Render writes a text, each line for itself: whatever stands to the left or right of it is not touched.
func (k ink) Render(text string) string {
	if text == "" || k.before == "" {
		return text
	}
	if strings.IndexByte(text, '\n') >= 0 {
		text = strings.ReplaceAll(text, "\n", k.after+"\n"+k.before)
	}
	return k.before + text + k.after
}

func (k ink) bold() ink       { return dip(k.style.Bold(true)) }
func (k ink) underlined() ink { return dip(k.style.Underline(true)) }

// over takes from another ink what this one leaves open, such as the colour behind the letters.
func (k ink) over(other ink) ink { return dip(k.style.Inherit(other.style)) }
