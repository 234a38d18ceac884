package cli

import (
	"bufio"
	"context"
	"strings"

	"github.com/charmbracelet/x/term"
)

// canAsk says whether somebody is there to be asked: scripts are not.
func (a *app) canAsk() bool { return term.IsTerminal(a.In.Fd()) && !a.flags.json() }

// agrees asks whether to go on, unless that was said already, or nobody is there. No answer is a no, which it says.
func (a *app) agrees(ctx context.Context, yes bool, question string) (bool, error) {
	if yes || !a.canAsk() {
		return true, nil
	}
	a.promptf("%s [y/N] ", question)
	line, _ := unlessEnded(ctx, func() (string, error) { return bufio.NewReader(a.In).ReadString('\n') }) //nolint:errcheck // no answer is a no
	if ctx.Err() != nil {
		a.notef("")
		return false, ctx.Err()
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return true, nil
	}
	a.notef("Nothing was changed.")
	return false, nil
}
