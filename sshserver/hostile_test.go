package sshserver_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/sshserver"
)

const hostile = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202Eevil\x00:\xff\r\n" // a title, an erasure, a colour, a turn, and broken UTF-8

func TestWhatAClientSaysOfItselfIsNotObeyed(t *testing.T) {
	t.Parallel()
	h := opens(t)
	for _, user := range []string{hostile, strings.Repeat("a", 5000), "", "ann:bob", "../../etc/passwd"} {
		for _, term := range []string{hostile, "xterm\x00", "../../../etc/passwd", strings.Repeat("x", 3000), "xterm-256color"} {
			eve := h.sits(h.connects(user), "eve", terminal{term: term, env: map[string]string{"COLORTERM": hostile, "NO_COLOR": hostile}})
			eve.sees("Log in", "Password")
			for _, attack := range []string{"\x1b[2J\x9b", "\x9b31m", "\u202e", "passwd\x07"} {
				require.NotContains(t, eve.raw.text(), attack)
			}
			require.NoError(t, eve.session.Close())
		}
	}
	for range 5 * 5 {
		h.log.line(t, "msg=session", "end=gone")
	}
	for _, c := range h.log.text() {
		require.True(t, c == '\n' || c >= ' ' && c != '\u202e' && c != '\u009b', "the log has %U", c)
	}
}

func TestHostileBytesFromTheKeyboardAreSurvived(t *testing.T) {
	t.Parallel()
	h := opens(t)
	eve := h.visits("eve")
	eve.sees("Log in").types("\x1b[200~" + strings.Repeat("\xff\x00\x1b[1;1H", 100) + "\x1b[201~")
	eve.types("\x1bP" + strings.Repeat("q", 500) + "\x1b\\\x1b]11;rgb:zz/zz/zz\x07\x1b[?2026;9$y\x1b[999999999999u\x1b[<0;99999;99999M")
	eve.presses("ctrl+c")
	require.Zero(t, eve.goneWith())
}

// The library that makes keys of bytes panics at these, in a goroutine of its own.
func TestNoKeyEndsTheServer(t *testing.T) {
	t.Parallel()
	h := opens(t)
	for _, keys := range []string{
		"\x1b[" + strings.Repeat("1;23;", 100), "\x9b" + strings.Repeat(":1", 100), "\x1bP" + strings.Repeat("1;", 100), "\xe2\x9b" + strings.Repeat("1;", 100),
	} {
		eve := h.visits("eve")
		eve.sees("Log in").types(keys).presses("ctrl+c")
		require.Zero(t, eve.goneWith())
	}
}

// clumsy is a store in which somebody's session breaks.
type clumsy struct{ sshserver.Store }

func (c clumsy) Attend(ctx context.Context, username string) {
	if username == "bob" {
		panic("drawing for bob")
	}
	c.Store.Attend(ctx, username)
}

func (c clumsy) History(context.Context, string) (model.History, error) {
	panic("asking in the background")
}

func TestAPanicEndsOneSessionPolitely(t *testing.T) {
	t.Parallel()
	h := opens(t, func(cfg *sshserver.Config) { cfg.Store = clumsy{cfg.Store} })
	ann, bob := h.visits("ann").logsIn("ann-secret"), h.visits("bob")
	bob.sees("Log in").types("bob-secret").presses("enter")
	require.Equal(t, 1, bob.goneWith())
	bob.sees("Something went wrong in this session. It was noted; please connect again.")
	require.False(t, bob.screen.IsAltScreen(), "the terminal is as it was before")
	h.log.line(t, "level=ERROR", "a session broke", "drawing for bob", "account=bob", "login.go")
	h.log.line(t, "msg=session", "user=bob", "end=broke")

	other := h.visits("ann").logsIn("ann-secret").presses("enter")
	require.Equal(t, 1, other.goneWith(), "a panic beside the loop")
	other.sees("Something went wrong in this session")
	ann.seesRow("Café Noir", "340").leaves()
	require.Contains(t, h.scrape(), `ticketcd_ssh_sessions_total{end="broke"} 2`)
}

func TestTwoTerminalsShareNoStyle(t *testing.T) {
	t.Parallel()
	h := opens(t)
	sits := func(term terminal) *guest {
		g := h.sits(h.connects("ann"), term.term, term)
		return g.sees("Log in").presses("ctrl+u").presses("f1").sees("Keys").presses("esc").sees("Log in")
	}
	full := sits(terminal{term: "xterm-256color", env: map[string]string{"COLORTERM": "truecolor"}})
	bright := sits(terminal{term: "xterm-kitty", env: map[string]string{"COLORTERM": "24bit"}, bright: true})
	many, few := sits(terminal{term: "screen-256color"}), sits(terminal{term: "linux"})
	none := sits(terminal{term: "xterm-256color", env: map[string]string{"COLORTERM": "truecolor", "NO_COLOR": "yes"}})
	for range 2 { // also after the others have come
		full.presses("f1").sees("Keys").presses("esc").sees("Log in")
		bright.presses("f1").sees("Keys").presses("esc").sees("Log in")
	}

	const dark, light = "2;174;161;255", "2;91;63;214" // the accent's two colours
	require.Contains(t, full.raw.text(), dark)
	require.NotContains(t, full.raw.text(), light)
	require.Contains(t, bright.raw.text(), light)
	require.NotContains(t, many.raw.text(), "38;2;")
	require.Contains(t, many.raw.text(), "38;5;")
	for _, g := range []*guest{few, none} {
		require.NotContains(t, g.raw.text(), "38;2;")
		require.NotContains(t, g.raw.text(), "38;5;")
	}
	require.NotRegexp(t, `\x1b\[[0-9;]*(3[0-7]|9[0-7])m`, none.raw.text())
	require.Contains(t, full.raw.text(), "\x1b[?1002h", "the mouse")
	require.NotContains(t, few.raw.text(), "\x1b[?1002h", "there is no mouse")
}
