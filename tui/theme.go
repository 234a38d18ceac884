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
	text     ink
	strong   ink // headings, and the numbers that matter
	faint    ink
	accent   ink
	good     ink
	warning  ink
	bad      ink
	border   ink
	selected ink // the row under the cursor
	match    ink // letters that a search matched
	brand    ink
	keys     ink // a key's name in the footer
	prompt   ink // before a field in which one types
	fell     ink // a count that has just fallen
	idle     ink // a button that is not the one that enter presses
	tickets  map[string]ink
	badges   map[string]ink
	few      bool // the terminal shows so few colours that none of them is safe to write on
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
// people use, on the selection, and behind the letters on the accent; a test adds it up. Borders only please. Terminals with
// 256 colours show the nearest that they have, which for some reds is a grey: another test sees that ours stay colours.
func shades() map[string]shade {
	return map[string]shade{
		"faint":       {"#565B72", "#A6ACC2", "", "7"},
		"accent":      {"#5B3FD6", "#AEA1FF", "5", "13"},
		"good":        {"#146C36", "#6FD58B", "", "10"},
		"warning":     {"#864F00", "#F0B64A", "1", "11"},
		"bad":         {"#B3172C", "#FF8A96", "1", "9"},
		"border":      {"#9A9EB2", "#535972", "", "8"},
		"selection":   {"#E4DFFF", "#332C5C", "", ""},
		"onSelection": {"#1E1A38", "#F4F2FF", "", ""},
		"onColour":    {"#FFFFFF", "#17132B", "", ""},
		"pink":        {"#B0206A", "#FF8AC4", "5", "13"},
		"yellow":      {"#755B00", "#F2D24B", "", "11"},
		"green":       {"#146C36", "#6FD58B", "", "10"},
		"red":         {"#B3172C", "#FF8A96", "1", "9"},
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
	fg := func(role string) lipgloss.Style { return lipgloss.NewStyle().Foreground(pick(role)) }
	onto := func(role string) lipgloss.Style { return fg("onColour").Background(pick(role)).Bold(true) }
	selected := fg("onSelection").Background(pick("selection")).Bold(true)
	idle := fg("onSelection").Background(pick("selection"))
	if few {
		idle = fg("faint")
		selected = lipgloss.NewStyle().Reverse(true).Bold(true)
		onto = func(string) lipgloss.Style { return selected }
	}
	t := theme{
		text:     dip(lipgloss.NewStyle()),
		strong:   dip(lipgloss.NewStyle().Bold(true)),
		faint:    dip(fg("faint")),
		accent:   dip(fg("accent")),
		good:     dip(fg("good")),
		warning:  dip(fg("warning")),
		bad:      dip(fg("bad")),
		border:   dip(fg("border")),
		selected: dip(selected),
		match:    dip(fg("accent").Underline(true)),
		brand:    dip(onto("accent")),
		keys:     dip(fg("accent").Bold(true)),
		prompt:   dip(fg("accent").Bold(true)),
		fell:     dip(onto("warning")),
		idle:     dip(idle),
		tickets:  map[string]ink{},
		badges:   map[string]ink{},
		few:      few,
	}
	for _, role := range []string{"pink", "yellow", "green", "red", anyTicket} {
		t.tickets[role], t.badges[role] = dip(fg(role)), dip(onto(role))
		if few {
			t.badges[role] = dip(fg(role).Bold(true).Reverse(true))
		}
	}
	for _, style := range []*ink{&t.text, &t.faint, &t.good, &t.warning, &t.bad, &t.match} {
		chosen := t.on(*style)
		style.chosen = &chosen
	}
	if few {
		*t.match.chosen = t.selected.underlined()
	}
	return t
}

// on puts a style onto the row under the cursor.
func (t theme) on(style ink) ink {
	switch {
	case style.chosen != nil:
		return *style.chosen
	case t.few:
		return t.selected
	}
	return style.over(t.selected).bold()
}

// button draws what enter presses, if it is chosen.
func (t theme) button(words string, chosen bool) string {
	if chosen {
		return t.brand.Render(" " + words + " ")
	}
	return t.idle.Render(" " + words + " ")
}

// anyTicket is the role of a ticket type that is no colour.
const anyTicket = "accent"

// ticket returns the style of a ticket type: its own colour, or the accent for a type that is no colour.
func (t theme) ticket(ticketType string) ink {
	if colour, ok := t.tickets[ticketType]; ok {
		return colour
	}
	return t.tickets[anyTicket]
}

// badgeCells is how wide a ticket's badge is, with the space after it.
const badgeCells = 4

// badge marks a ticket type by its colour and, for those who cannot tell colours apart, by its letter.
func (t theme) badge(ticketType, name string) string {
	letter, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if !unicode.IsLetter(letter) && !unicode.IsDigit(letter) || letter > unicode.MaxLatin1 {
		letter = '?' // others may take two cells
	}
	style, ok := t.badges[ticketType]
	if !ok {
		style = t.badges[anyTicket]
	}
	return style.Render(" "+string(unicode.ToUpper(letter))+" ") + " "
}
