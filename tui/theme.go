package tui

import (
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// theme is the palette by role. Every session has its own: two terminals differ.
type theme struct {
	text      lipgloss.Style
	strong    lipgloss.Style // headings, and the numbers that matter
	faint     lipgloss.Style
	accent    lipgloss.Style
	good      lipgloss.Style
	warning   lipgloss.Style
	bad       lipgloss.Style
	border    lipgloss.Style
	selected  lipgloss.Style // the row under the cursor
	match     lipgloss.Style // letters that a search matched
	brand     lipgloss.Style
	keys      lipgloss.Style // a key's name in the footer
	fell      lipgloss.Style // a count that has just fallen
	boxBorder color.Color
	tickets   map[string]color.Color
	few       bool // the terminal shows so few colours that none of them is safe to write on
}

// The themes that a person can choose.
const (
	themeAuto  = "auto" // as the terminal says that its background is
	themeDark  = "dark"
	themeLight = "light"
)

// Themes are the names of all themes, the usual one first.
func Themes() []string { return []string{themeAuto, themeDark, themeLight} }

// shade is a colour for light and for dark backgrounds, and what stands for it on terminals with 16 colours, which look
// as their owner likes: there only those are used that are readable in all the usual sets. Empty is the terminal's own.
type shade struct{ light, dark, light16, dark16 string }

// shades are the palette. Everything that is read has a contrast of 4.5 : 1 or more (WCAG 2.2, AA) on the backgrounds that
// people use, on the selection, and behind the letters on the accent; a test adds it up. Borders only please.
func shades() map[string]shade {
	return map[string]shade{
		"faint":       {"#565B72", "#A6ACC2", "", "7"},
		"accent":      {"#5B3FD6", "#AEA1FF", "5", "13"},
		"good":        {"#146C36", "#6FD58B", "", "10"},
		"warning":     {"#864F00", "#F0B64A", "1", "11"},
		"bad":         {"#B3173A", "#FF8A9B", "1", "9"},
		"border":      {"#9A9EB2", "#535972", "", "8"},
		"selection":   {"#E4DFFF", "#332C5C", "", ""},
		"onSelection": {"#1E1A38", "#F4F2FF", "", ""},
		"onColour":    {"#FFFFFF", "#17132B", "", ""},
		"pink":        {"#B0206A", "#FF8AC4", "5", "13"},
		"yellow":      {"#755B00", "#F2D24B", "", "11"},
		"green":       {"#146C36", "#6FD58B", "", "10"},
		"red":         {"#B3173A", "#FF8A9B", "1", "9"},
	}
}

// of returns the colour for a background, where there are few colours or many.
func (sh shade) of(dark, few bool) color.Color {
	switch {
	case dark && few:
		return lipgloss.Color(sh.dark16)
	case dark:
		return lipgloss.Color(sh.dark)
	case few:
		return lipgloss.Color(sh.light16)
	}
	return lipgloss.Color(sh.light)
}

// newTheme returns the palette for a dark or a light background, on a terminal with a range of colours. The terminal's own
// colours are kept for plain text and background, so that the shop looks at home; the library lowers the rest to what the
// terminal can show. Where that is not much, what is chosen is shown in reverse: that stays readable without any colour.
func newTheme(dark bool, profile colorprofile.Profile) theme {
	few := profile != colorprofile.Unknown && profile < colorprofile.ANSI256
	palette := shades()
	pick := func(role string) color.Color {
		if few && profile < colorprofile.ANSI {
			return lipgloss.NoColor{}
		}
		return palette[role].of(dark, few)
	}
	accent := pick("accent")
	plain := lipgloss.NewStyle()
	t := theme{
		text:      plain,
		strong:    plain.Bold(true),
		faint:     plain.Foreground(pick("faint")),
		accent:    plain.Foreground(accent),
		good:      plain.Foreground(pick("good")),
		warning:   plain.Foreground(pick("warning")),
		bad:       plain.Foreground(pick("bad")),
		border:    plain.Foreground(pick("border")),
		selected:  plain.Background(pick("selection")).Foreground(pick("onSelection")).Bold(true),
		match:     plain.Foreground(accent).Underline(true),
		brand:     plain.Foreground(pick("onColour")).Background(accent).Bold(true),
		keys:      plain.Foreground(accent).Bold(true),
		fell:      plain.Foreground(pick("onColour")).Background(pick("warning")).Bold(true),
		boxBorder: accent,
		tickets:   map[string]color.Color{},
		few:       few,
	}
	if few {
		t.selected, t.brand, t.fell = plain.Reverse(true).Bold(true), plain.Reverse(true).Bold(true), plain.Reverse(true).Bold(true)
	}
	for _, ticketType := range []string{"pink", "yellow", "green", "red"} {
		t.tickets[ticketType] = pick(ticketType)
	}
	return t
}

// on puts a style onto the row under the cursor.
func (t theme) on(style lipgloss.Style) lipgloss.Style {
	if t.few {
		return t.selected
	}
	return style.Inherit(t.selected).Bold(true)
}

// ticket returns the style of a ticket type: its own colour, or the accent for a type that is no colour.
func (t theme) ticket(ticketType string) lipgloss.Style {
	if c, ok := t.tickets[ticketType]; ok {
		return lipgloss.NewStyle().Foreground(c)
	}
	return t.accent
}

// badgeCells is how wide a ticket's badge is, with the space after it.
const badgeCells = 4

// badge marks a ticket type by its colour and, for those who cannot tell colours apart, by its letter.
func (t theme) badge(ticketType, name string) string {
	letter, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if !unicode.IsLetter(letter) && !unicode.IsDigit(letter) || letter > unicode.MaxLatin1 {
		letter = '?' // others may take two cells
	}
	style := t.ticket(ticketType).Bold(true).Reverse(true)
	if !t.few {
		style = t.brand.Background(t.ticket(ticketType).GetForeground())
	}
	return style.Render(" "+string(unicode.ToUpper(letter))+" ") + " "
}
