package tui

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
)

// Film is a recorded session: the frames that were on the screen, one after the other.
type Film struct {
	Width, Height int
	shots         []shot
}

// shot is a frame and how long it is shown.
type shot struct {
	frame string
	lasts time.Duration
}

// Hold shows a frame for some time.
func (f *Film) Hold(frame string, lasts time.Duration) { f.shots = append(f.shots, shot{frame, lasts}) }

// Length is how long the film lasts.
func (f *Film) Length() time.Duration {
	var sum time.Duration
	for _, s := range f.shots {
		sum += s.lasts
	}
	return sum
}

// Cast writes the film as asciinema does (asciicast, version 2).
func (f *Film) Cast(title string) string {
	header, err := json.Marshal(struct {
		Version int    `json:"version"`
		Width   int    `json:"width"`
		Height  int    `json:"height"`
		Title   string `json:"title"`
	}{2, f.Width, f.Height, title})
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	out.WriteString(string(header) + "\n")
	event := func(at time.Duration, screen string) {
		text, err := json.Marshal(screen)
		if err != nil {
			text = []byte(`""`)
		}
		fmt.Fprintf(&out, "[%.2f, \"o\", %s]\n", at.Seconds(), text)
	}
	at, before := time.Duration(0), []string(nil)
	event(0, "\x1b[?25l\x1b[2J")
	for _, s := range f.shots {
		// Only the lines that changed, as the program itself would send them.
		lines := strings.Split(s.frame, "\n")
		screen := ""
		for y, line := range lines {
			if y >= len(before) || before[y] != line {
				screen += fmt.Sprintf("\x1b[%d;1H\x1b[m%s\x1b[m\x1b[K", y+1, line)
			}
		}
		event(at, screen)
		at, before = at+s.lasts, lines
	}
	event(at, "\x1b[?25h\r\n")
	return out.String()
}

// Animation draws the film as an SVG image that moves by itself, round and round. Every line is drawn once for each of its
// states. Where nothing moves, or must not, the last frame is seen.
func (f *Film) Animation() string {
	paper, ink := paperAndInk(true)
	w, h := f.Width*cellWidth+2*margin, f.Height*cellHeight+2*margin
	total := f.Length()
	percent := func(at time.Duration) string { return fmt.Sprintf("%.2f%%", float64(at)*100/float64(total)) }
	var style, body strings.Builder
	canvases := make([]*lipgloss.Canvas, len(f.shots))
	for i, s := range f.shots {
		canvases[i] = canvasOf(s.frame, f.Width, f.Height)
	}
	for y := range f.Height {
		for i, state := range f.states(canvases, y) {
			name := fmt.Sprintf("l%dn%d", y, i)
			if state.always(total) {
				body.WriteString(state.drawing)
				continue
			}
			fmt.Fprintf(&style, "@keyframes %s{0%%{visibility:%s}", name, visible(state.spans[0].from == 0))
			for _, s := range state.spans {
				if s.from > 0 {
					fmt.Fprintf(&style, "%s{visibility:visible}", percent(s.from))
				}
				if s.until < total {
					fmt.Fprintf(&style, "%s{visibility:hidden}", percent(s.until))
				}
			}
			fmt.Fprintf(&style, "}\n#%s{animation:%s %.2fs step-end infinite}\n", name, name, total.Seconds())
			fmt.Fprintf(&body, "<g id=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n%s</g>\n",
				name, margin, margin+y*cellHeight, f.Width*cellWidth, cellHeight, paper, state.drawing)
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">
<style>
%s@media (prefers-reduced-motion:reduce){g{animation:none!important}}
</style>
<rect width="100%%" height="100%%" rx="10" fill="%s"/>
<g font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="15" fill="%s" xml:space="preserve">
%s</g>
</svg>
`, w, h, w, h, style.String(), paper, ink, body.String())
}

func visible(yes bool) string {
	if yes {
		return "visible"
	}
	return "hidden"
}

// stretch is a part of the film.
type stretch struct{ from, until time.Duration }

// lineState is what a line looks like, and when.
type lineState struct {
	drawing string
	spans   []stretch
}

func (l lineState) always(total time.Duration) bool {
	return len(l.spans) == 1 && l.spans[0] == stretch{0, total}
}

// states are what a line looks like in the course of the film, the last one last.
func (f *Film) states(canvases []*lipgloss.Canvas, y int) []lineState {
	paper, ink := paperAndInk(true)
	var states []lineState
	at := time.Duration(0)
	for n, s := range f.shots {
		var drawing strings.Builder
		drawLine(&drawing, canvases[n], y, f.Width, paper, ink)
		i := slices.IndexFunc(states, func(l lineState) bool { return l.drawing == drawing.String() })
		if i < 0 {
			states, i = append(states, lineState{drawing: drawing.String()}), len(states)
		}
		if n := len(states[i].spans); n > 0 && states[i].spans[n-1].until == at {
			states[i].spans[n-1].until += s.lasts
		} else {
			states[i].spans = append(states[i].spans, stretch{at, at + s.lasts})
		}
		at += s.lasts
	}
	slices.SortStableFunc(states, func(a, b lineState) int {
		return int(a.spans[len(a.spans)-1].until - b.spans[len(b.spans)-1].until)
	})
	return states
}
