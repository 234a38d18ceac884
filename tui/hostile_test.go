package tui_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// style is the only escape sequence that a frame may have: colours, and the link in the help.
var style = regexp.MustCompile("\x1b\\[[0-9;:]*m|\x1b]8;[^\x1b\x07]*(\x07|\x1b\\\\)")

// isHarmless checks that a frame has nothing that a terminal would obey or that would hide or turn around text.
func isHarmless(t *testing.T, frame string) {
	t.Helper()
	for _, r := range style.ReplaceAllString(frame, "") {
		emoji := r == '\u200d' || r == '\ufe0f' // parts of a picture's spelling; Clean lets them stand nowhere else
		require.True(t, r == '\n' || emoji || unicode.IsPrint(r), "the frame has %U:\n%q", r, frame)
	}
}

// hostile is text that is after the terminal.
var hostile = "\x1b[31mred\x1b]52;c;AAAA\x07 \u202Eevil\u2066 \x9b2J \xe2\x1b[H nul\x00 \u200b\u2028 " +
	strings.Repeat("e\u0301\u0302\u0303\u0304\u0305\u0306", 3) + " \t\r\n 日本語 👩\u200d🚀"

// hostileRecords are a shop in which nothing is what it should be.
func hostileRecords() []model.Record {
	e := model.Event{ID: jazzID, Name: hostile, Description: hostile, Location: "London", Type: "concert", Date: model.ParseDate(hostile)}
	ann := model.User{Username: "ann", Name: hostile, Email: hostile, Password: "ann-secret", Role: model.RoleUser}
	return []model.Record{
		{Key: model.UserKey("ann"), Value: ann.Encode()},
		{Key: model.EventKey(jazzID), Value: e.Encode()},
		{Key: model.TicketKey(jazzID, "red"), Value: model.Ticket{}.Encode()},
		{Key: model.TicketKey(jazzID, "\x1b[7mblue"), Value: model.Ticket{Left: 1, Total: 1}.Encode()},
		{Key: model.EventKey("evil\u202e"), Value: e.Encode()},
		{Key: model.KeyLocations, Value: []byte(`["\u001b[41mHell"]`)},
		{Key: model.PurchaseKey("ann", jazzID), Value: []byte(
			`[{"date":"\u001b[2J","id":"\u001b[31m1","tickets":[{"type":"\u202ered","quantity":1,"price":1}]},{"tickets":"\u001b[5m"}]`)},
	}
}

func TestHostileDataDoesNotReachTheTerminal(t *testing.T) {
	t.Parallel()
	shop := openShop(t, hostileRecords()...)
	p := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Username: hostile, Notice: hostile}, 80, 24)
	look := func(texts ...string) {
		t.Helper()
		p.sees(texts...)
		isHarmless(t, p.frame())
	}
	look("Log in")
	p.presses("shift+tab", "ctrl+u").types("ann").presses("tab").types("ann-secret").presses("enter")
	look("1 event", "Welcome back")
	p.presses("tab", "w")
	look("Where")
	p.presses("esc", "enter")
	look("In all")
	p.presses("f3")
	look("2 orders")
	p.presses("enter")
	look("! This order cannot be read")
	p.presses("esc", "down")
	look("unreadable")
	p.presses("enter")
	look("Paid for 1 ticket")
	p.presses("esc")
	p.presses("f1")
	look("Keys")
}

// What somebody was talked into typing, or pasting, comes back in the answers.
func TestNothingHostileIsSaidLineByLine(t *testing.T) {
	t.Parallel()
	shop := openShop(t, hostileRecords()...)
	ann := shop.calls().logsIn("ann")
	for _, line := range []string{
		"search", "1", "search \u202elive\u2066", "buy 1 \u202ered\x07", "buy 1 red", "orders", "1", "cancel 1", "notifications",
		"\u202ewhat \x1b[31mred\x1b]52;c;AAAA\x07", "login \u009b2J", "help",
	} {
		ann.says(line).hears("> ")
	}
	isHarmless(t, ann.says("quit").all())
}

func TestNoScreenShowsHostileTextAsItIs(t *testing.T) {
	t.Parallel()
	for name, frames := range tui.HostileFrames(hostile) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, frame := range frames {
				isHarmless(t, frame)
				require.NotContains(t, frame, "\x1b[31mred")
				require.NotContains(t, frame, "AAAA\x07")
			}
		})
	}
}

func TestTwoHundredSessionsLeaveNothingBehind(t *testing.T) { //nolint:paralleltest // counts all goroutines
	shop := openShop(t, programme()...)
	before := goleak.IgnoreCurrent()
	for range 20 {
		var people []*person
		for range 10 {
			people = append(people, shop.sits("somebody"))
		}
		people[0].logsIn("ann", "ann-secret").presses("f3").sees("No orders yet")
		for _, p := range people {
			p.sees("live").leaves()
		}
	}
	goleak.VerifyNone(t, before)
}
