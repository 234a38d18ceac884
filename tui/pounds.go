package tui

import (
	"regexp"
	"strings"
	"sync"

	"github.com/ticketcd/ticketcd/model"
)

// pounds writes the pound sign of amounts as GBP where there is only ASCII. It is longer than the sign, so it takes the
// place of spaces before the amount or, where there are not enough, of spaces behind it: what was aligned stays so. Where a
// line has none to spare the sign stays, and becomes a space later: a price is known by its column, too.
func pounds(frame string) string {
	if !strings.Contains(frame, "£") {
		return frame
	}
	room := roomForPounds()
	lines := strings.Split(frame, "\n")
	for i, line := range lines {
		for _, as := range room {
			line = as.amount.ReplaceAllString(line, as.written)
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// spared is an amount with the spaces that it needs behind it, where something is aligned there.
func (s *Session) spared(amount model.Cents) string {
	if s.cfg.ASCII {
		return amount.String() + "   "
	}
	return amount.String()
}

// spellLine is spell for what is aligned with nothing.
func spellLine(text string, onlyASCII bool) string {
	if onlyASCII {
		text = strings.ReplaceAll(text, "£", "GBP ")
	}
	return spell(text, onlyASCII)
}

// besides is an amount beside spaces, and how both are written instead.
type besides struct {
	amount  *regexp.Regexp
	written string
}

// roomForPounds looks for three spaces, and one more that stays, among which styles may change.
var roomForPounds = sync.OnceValue(func() []besides {
	const styles = `((?:\x1b\[[0-9;:]*m)*)`
	const spaces = " " + styles + " " + styles + " " + styles + " "
	return []besides{
		{regexp.MustCompile(spaces + styles + "£"), "$1$2$3 ${4}GBP "},
		{regexp.MustCompile("£([^£│]*?)" + spaces), "GBP $1$2$3$4 "},
	}
})
