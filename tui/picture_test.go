package tui

import (
	"fmt"
	"html"
	"image/color"
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// The size of a cell of a picture, in pixels.
const (
	cellWidth  = 9
	cellHeight = 19
	margin     = 14
)

// paperAndInk are the colours of a terminal that has not been told otherwise.
func paperAndInk(dark bool) (paper, ink string) {
	if dark {
		return "#16141f", "#dcdaf0"
	}
	return "#fbfaff", "#23203a"
}

// picture draws a frame as an SVG image, cell by cell, as a terminal with a dark or light background would show it.
func picture(frame string, width, height int, dark bool) string {
	paper, ink := paperAndInk(dark)
	w, h := width*cellWidth+2*margin, height*cellHeight+2*margin
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">`+"\n", w, h, w, h)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" rx="10" fill="%s"/>`+"\n", paper)
	out.WriteString(`<g font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="15" xml:space="preserve">` + "\n")
	canvas := canvasOf(frame, width, height)
	for y := range height {
		drawLine(&out, canvas, y, width, paper, ink)
	}
	out.WriteString("</g>\n</svg>\n")
	return out.String()
}

func canvasOf(frame string, width, height int) *lipgloss.Canvas {
	canvas := lipgloss.NewCanvas(width, height)
	canvas.Compose(lipgloss.NewLayer(frame))
	return canvas
}

// drawLine draws a line of a frame.
func drawLine(out *strings.Builder, canvas *lipgloss.Canvas, y, width int, paper, ink string) {
	for x := 0; x < width; {
		cell := canvas.CellAt(x, y)
		if cell == nil || cell.Content == "" {
			x++
			continue
		}
		text := cell.Content
		length := max(cell.Width, 1)
		for next := canvas.CellAt(x+length, y); x+length < width && sameRun(cell, next); next = canvas.CellAt(x+length, y) {
			text += next.Content
			length++
		}
		drawRun(out, text, cell.Style, x, y, length, paper, ink)
		x += length
	}
}

// sameRun says whether two narrow cells can be drawn as one piece of text.
func sameRun(a, b *uv.Cell) bool {
	return b != nil && a.Width == 1 && b.Width == 1 && b.Content != "" && a.Style.Equal(&b.Style)
}

func drawRun(out *strings.Builder, text string, style uv.Style, x, y, length int, paper, ink string) {
	fg, bg := hex(style.Fg, ink), hex(style.Bg, "")
	if style.Attrs&uv.AttrReverse != 0 {
		fg, bg = hex(style.Bg, paper), hex(style.Fg, ink)
	}
	left, top := margin+x*cellWidth, margin+y*cellHeight
	if bg != "" {
		fmt.Fprintf(out, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", left, top, length*cellWidth, cellHeight, bg)
	}
	more := ""
	if style.Attrs&uv.AttrBold != 0 {
		more += ` font-weight="bold"`
	}
	if style.Underline != 0 {
		more += ` text-decoration="underline"`
	}
	for _, part := range lettersAndShapes(text) {
		columns := length
		if part != text {
			columns = utf8.RuneCountInString(part) // which are all narrow
		}
		first, _ := utf8.DecodeRuneInString(part)
		switch {
		case isShape(first):
			drawShape(out, first, left, top, columns, fg)
		case strings.TrimSpace(part) != "":
			fmt.Fprintf(out, `<text x="%d" y="%d" fill="%s" textLength="%d" lengthAdjust="spacingAndGlyphs"%s>%s</text>`+"\n",
				left, top+cellHeight-5, fg, columns*cellWidth, more, strings.ReplaceAll(html.EscapeString(part), " ", "\u00a0"))
		}
		left += columns * cellWidth
	}
}

// isShape tells the lines and blocks, which are drawn and not written: fonts draw them too low, or with gaps.
func isShape(r rune) bool {
	return strings.ContainsRune("─━╸╌│╭╮╰╯├┤▁▂▃▄▅▆▇█", r)
}

// lettersAndShapes breaks a text into runs of letters and runs of one and the same shape.
func lettersAndShapes(text string) []string {
	var parts []string
	before := rune(-1)
	for _, r := range text {
		kind := r
		if !isShape(r) {
			kind = 0
		}
		if kind != before {
			parts = append(parts, "")
		}
		parts[len(parts)-1] += string(r)
		before = kind
	}
	return parts
}

// drawShape draws a run of one shape, beginning at the left upper corner of its first cell.
func drawShape(out *strings.Builder, shape rune, left, top, columns int, colour string) {
	right, bottom, y := left+columns*cellWidth, top+cellHeight, float64(top)+cellHeight/2.
	line := func(path string, thick float64, more string) {
		fmt.Fprintf(out, `<path d="%s" stroke="%s" stroke-width="%.1f" fill="none"%s/>`+"\n", path, colour, thick, more)
	}
	const thin, heavy, round = 1.3, 3, 5
	switch shape {
	case '─':
		line(fmt.Sprintf("M%d %.1fH%d", left, y, right), thin, "")
	case '╌':
		line(fmt.Sprintf("M%d %.1fH%d", left, y, right), thin, ` stroke-dasharray="5 4"`)
	case '━':
		line(fmt.Sprintf("M%d %.1fH%d", left, y, right), heavy, "")
	case '╸':
		line(fmt.Sprintf("M%d %.1fh%.1f", left, y, cellWidth/2.), heavy, "")
	case '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█':
		high := float64(cellHeight) * float64(shape-'▁'+1) / 8
		fmt.Fprintf(out, `<rect x="%d" y="%.1f" width="%d" height="%.1f" fill="%s" shape-rendering="crispEdges"/>`+"\n",
			left, float64(bottom)-high, right-left, high, colour)
	default:
		for ; left < right; left += cellWidth {
			line(corner(shape, float64(left)+cellWidth/2., y, left, top, round), thin, ` stroke-linecap="square"`) // no seams between rows
		}
	}
}

// corner is the path of what goes up or down in a cell whose middle is at x and y.
func corner(shape rune, x, y float64, left, top int, round float64) string {
	right, bottom := left+cellWidth, top+cellHeight
	switch shape {
	case '╭':
		return fmt.Sprintf("M%.1f %dV%.1fQ%.1f %.1f %d %.1f", x, bottom, y+round, x, y, right, y)
	case '╮':
		return fmt.Sprintf("M%.1f %dV%.1fQ%.1f %.1f %d %.1f", x, bottom, y+round, x, y, left, y)
	case '╰':
		return fmt.Sprintf("M%.1f %dV%.1fQ%.1f %.1f %d %.1f", x, top, y-round, x, y, right, y)
	case '╯':
		return fmt.Sprintf("M%.1f %dV%.1fQ%.1f %.1f %d %.1f", x, top, y-round, x, y, left, y)
	case '├':
		return fmt.Sprintf("M%.1f %dV%dM%.1f %.1fH%d", x, top, bottom, x, y, right)
	case '┤':
		return fmt.Sprintf("M%.1f %dV%dM%.1f %.1fH%d", x, top, bottom, x, y, left)
	}
	return fmt.Sprintf("M%.1f %dV%d", x, top, bottom)
}

func hex(c color.Color, otherwise string) string {
	if c == nil {
		return otherwise
	}
	if _, none := c.(lipgloss.NoColor); none {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
