package tui

import (
	"image/color"

	"charm.land/lipgloss/v2"
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
	boxBorder color.Color
	tickets   map[string]color.Color
}

// The themes that a person can choose.
const (
	themeAuto  = "auto" // as the terminal says that its background is
	themeDark  = "dark"
	themeLight = "light"
)

// Themes are the names of all themes, the usual one first.
func Themes() []string { return []string{themeAuto, themeDark, themeLight} }

// newTheme returns the palette for a dark or a light background. The terminal's own colours are kept for plain text and
// background, so that the shop looks at home; the library lowers the rest to what the terminal can show.
func newTheme(dark bool) theme {
	pick := func(light, onDark string) color.Color {
		if dark {
			return lipgloss.Color(onDark)
		}
		return lipgloss.Color(light)
	}
	accent := pick("#5B3FD6", "#A99BFF")
	border := pick("#9A9EB2", "#4A4F66")
	plain := lipgloss.NewStyle()
	return theme{
		text:      plain,
		strong:    plain.Bold(true),
		faint:     plain.Foreground(pick("#5C6178", "#9096AD")),
		accent:    plain.Foreground(accent),
		good:      plain.Foreground(pick("#146C36", "#6FD58B")),
		warning:   plain.Foreground(pick("#8A5200", "#F0B64A")),
		bad:       plain.Foreground(pick("#B3173A", "#FF7D90")),
		border:    plain.Foreground(border),
		selected:  plain.Background(pick("#E4DFFF", "#332C5C")).Bold(true),
		match:     plain.Foreground(accent).Underline(true),
		brand:     plain.Foreground(pick("#FFFFFF", "#17132B")).Background(accent).Bold(true),
		keys:      plain.Foreground(accent).Bold(true),
		boxBorder: accent,
		tickets: map[string]color.Color{
			"pink":   pick("#B8226F", "#FF8AC4"),
			"yellow": pick("#7A5F00", "#F2D24B"),
			"green":  pick("#146C36", "#6FD58B"),
			"red":    pick("#B3173A", "#FF7D90"),
		},
	}
}

// ticket returns the style of a ticket type: its own colour, or the accent for a type that is no colour.
func (t theme) ticket(ticketType string) lipgloss.Style {
	if c, ok := t.tickets[ticketType]; ok {
		return lipgloss.NewStyle().Foreground(c)
	}
	return t.accent
}
