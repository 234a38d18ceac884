package sshserver

import (
	"fmt"
	"time"

	"charm.land/ssh"
	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
)

// farewellPatience is how long a client may take to hear why its session ended.
const farewellPatience = 3 * time.Second

// How a session ended, for the log and the metrics, and what is said to its person.
const (
	endLeft     = "left"
	endIdle     = "idle"
	endLongest  = "longest"
	endShutdown = "shutdown"
	endBroke    = "broke"
	endGone     = "gone"
)

func parting(end string, l Limits) string {
	switch end {
	case endIdle:
		return fmt.Sprintf("Nothing was pressed for %s, so the shop has closed this session. Connect again at any time.", span(l.Idle))
	case endLongest:
		return fmt.Sprintf("A session lasts at most %s. Please connect again.", span(l.Longest))
	case endShutdown:
		return "The shop is closing for now. Please come back later."
	case endBroke:
		return "Something went wrong in this session. It was noted; please connect again. Orders that were confirmed are safe."
	}
	return ""
}

// span writes a time for people, in the largest unit of which it is a whole number.
func span(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return model.Plural(int(d/time.Hour), "hour")
	case d%time.Minute == 0:
		return model.Plural(int(d/time.Minute), "minute")
	}
	return model.Plural(int(d/time.Second), "second")
}

// lastWords say what became of what was under way when the session had to end. Where that was not known when the grace was
// over, nobody may be left to guess, or to order twice.
func lastWords(done, unfinished string) string {
	if unfinished != "" {
		return "Interrupted while " + unfinished + ": it is not known yet whether that went through. " +
			"Look before you do it again: your orders show what you bought."
	}
	return done
}

// refuse says why there is no session, and ends with exit code 1.
func (v *visit) refuse(sess ssh.Session, why string) {
	defer v.unlessHeard()()
	out := sess.Stderr()
	if _, _, has := sess.Pty(); has {
		out = sess
	}
	_, _ = fmt.Fprintf(out, "%s\r\n", why) //nolint:errcheck // the client is gone then
	_ = sess.Exit(1)                       //nolint:errcheck // the client is gone then
}

// farewell says why the session ended, and what became of the last order.
func (s *session) farewell(end, lastWords string) {
	code := 0
	for _, words := range []string{lastWords, parting(end, s.server.cfg.Limits)} {
		if words != "" {
			_, _ = fmt.Fprintln(s, ansi.Wordwrap(words, s.terminal.size.Width, "")) //nolint:errcheck // the client is gone then
		}
	}
	if end == endBroke {
		code = 1
	}
	_ = s.Exit(code) //nolint:errcheck // the client is gone then
}
