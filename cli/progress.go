package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"

	"github.com/ticketcd/ticketcd/model"
)

// progress tells how far something is: as a bar on a terminal, as a line now and then elsewhere.
type progress struct {
	out      *os.File
	words    string
	terminal bool
	ascii    bool // the bar is drawn with nothing else
	shown    time.Time
	width    int // of what the bar's line holds now
}

const (
	barCells    = 30
	barInterval = 50 * time.Millisecond
	lineEvery   = 2 * time.Second
)

func (a *app) newProgress(words string) *progress {
	return &progress{out: a.Err, words: words, terminal: term.IsTerminal(a.Err.Fd()), ascii: a.look.ascii(), shown: time.Now()}
}

// show says that done of total are done. It may be called as often as one likes.
func (p *progress) show(done, total int) {
	interval := lineEvery
	if p.terminal {
		interval = barInterval
	}
	if total == 0 || time.Since(p.shown) < interval {
		return
	}
	percent := done * 100 / total
	line := fmt.Sprintf("%s: %3d %%, %s of %s", p.words, percent, model.Thousands(done), model.Thousands(total))
	if p.terminal {
		line = p.bar(done*barCells/total) + " " + line
	}
	p.say(line)
}

// bar draws so many filled cells, and the others.
func (p *progress) bar(filled int) string {
	full, empty := "█", "─"
	if p.ascii {
		full, empty = "#", "-"
	}
	return strings.Repeat(full, filled) + strings.Repeat(empty, barCells-filled)
}

// say shows a line, in place of the one before where that is possible.
func (p *progress) say(line string) {
	p.shown = time.Now()
	if !p.terminal {
		p.printf("%s\n", line)
		return
	}
	p.printf("\r%-*s", p.width, line)
	p.width = len([]rune(line))
}

// end clears the bar.
func (p *progress) end() {
	if p.terminal && p.width > 0 {
		p.printf("\r%s\r", strings.Repeat(" ", p.width))
	}
}

// printf writes to a stream that may be closed: then nobody wants to know how far it is.
func (p *progress) printf(format string, args ...any) {
	fmt.Fprintf(p.out, format, args...) //nolint:errcheck // see above
}
