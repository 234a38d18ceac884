package tui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// RolesLegend says what the letters of [Roles] stand for.
const RolesLegend = "f faint, a accent, g good, w warning, b bad, - border, p pink, y yellow, S strong; # selected, @ on a colour, . plain"

// roleLetters are the letters of the roles, in the order in which they are looked for: two roles may share a colour.
func roleLetters() []struct{ role, letter string } {
	return []struct{ role, letter string }{
		{"faint", "f"},
		{"accent", "a"},
		{"good", "g"},
		{"warning", "w"},
		{"bad", "b"},
		{"border", "-"},
		{"pink", "p"},
		{"yellow", "y"},
		{"onColour", "@"},
		{"onSelection", "#"},
	}
}

// Roles writes a frame with the role of every character in its place; "?" is a colour that is not of the palette.
func Roles(frame string, width, height int, dark bool) string {
	canvas := canvasOf(frame, width, height)
	var out strings.Builder
	for y := range height {
		var line strings.Builder
		for x := range width {
			cell := canvas.CellAt(x, y)
			switch {
			case cell == nil || cell.Content == "":
				line.WriteString(" ")
			case strings.TrimSpace(cell.Content) == "" && isNone(cell.Style.Bg):
				line.WriteString(" ")
			default:
				line.WriteString(roleOf(cell.Style, dark))
			}
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return out.String()
}

func roleOf(style uv.Style, dark bool) string {
	palette := shades()
	is := func(c color.Color, role string) bool {
		return !isNone(c) && hex(c, "") == hex(palette[role].of(dark, false), "")
	}
	switch {
	case is(style.Bg, "selection"):
		return "#"
	case !isNone(style.Bg):
		for _, r := range roleLetters() {
			if is(style.Bg, r.role) && is(style.Fg, "onColour") {
				return "@"
			}
		}
		return "?"
	case isNone(style.Fg) && style.Attrs&uv.AttrBold != 0:
		return "S"
	case isNone(style.Fg):
		return "."
	}
	for _, r := range roleLetters() {
		if is(style.Fg, r.role) {
			return r.letter
		}
	}
	return "?"
}

func isNone(c color.Color) bool {
	if c == nil {
		return true
	}
	_, none := c.(lipgloss.NoColor)
	return none
}

// TouredFrames draws every screen of the tour, by its name.
func TouredFrames(width, height int, dark bool) map[string]string {
	frames := map[string]string{}
	for _, at := range tour() {
		s := at.session
		s.shop.Loaded, s.width, s.height = true, width, height
		s.theme = newTheme(dark, colorprofile.TrueColor)
		if _, isBox := at.screen.(overlay); !isBox {
			s.stack = []screen{at.screen}
		}
		name := strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
				return r
			case r >= 'A' && r <= 'Z':
				return r + 'a' - 'A'
			case r == ' ':
				return '-'
			}
			return -1
		}, at.title)
		frames[name] = s.frame()
	}
	return frames
}
