package tui

import (
	"fmt"
	"html"
	"image/color"
	"strings"

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
	if strings.TrimSpace(text) == "" {
		return
	}
	more := ""
	if style.Attrs&uv.AttrBold != 0 {
		more += ` font-weight="bold"`
	}
	if style.Underline != 0 {
		more += ` text-decoration="underline"`
	}
	fmt.Fprintf(out, `<text x="%d" y="%d" fill="%s" textLength="%d" lengthAdjust="spacingAndGlyphs"%s>%s</text>`+"\n",
		left, top+cellHeight-5, fg, length*cellWidth, more, strings.ReplaceAll(html.EscapeString(text), " ", "\u00a0"))
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
