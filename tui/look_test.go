package tui_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
)

func TestTheScreensLookAsTheyShould(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name          string
		width, height int
	}{{"80x24", 80, 24}, {"120x40", 120, 40}, {"60x20", 60, 20}} {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, programme()...)
			ann := shop.sitsAt("ann", size.width, size.height)
			look := func(name string) { looksLike(t, name+"-"+size.name, ann.frame()) }
			ann.sees("Log in", "live")
			look("login")
			ann.presses("ctrl+r").sees("Create an account")
			look("register")
			ann.presses("esc").logsIn("ann", "ann-secret").sees("Welcome", "3 events")
			look("search")
			ann.types("noir").sees("Search noir", "1 of 3")
			look("search-typed")
			ann.presses("tab", "t").sees("Type of event")
			look("picker")
			ann.presses("esc", "enter").sees("in 4 days")
			look("event")
			ann.presses("?").sees("Keys")
			look("help")
			ann.presses("esc", "b").sees("You pay")
			look("purchase-empty")
			ann.presses("2", "down", "1").sees("buys 2 red and 1 pink tickets")
			look("purchase")
			ann.presses("enter").sees("Please confirm")
			look("confirm")
			ann.presses("y").sees("Bought 1 pink and 2 red tickets: order", "Paid for")
			look("receipt")
		})
	}
}

func TestThePicturesInTheDocumentsShowTheRealShop(t *testing.T) {
	t.Parallel()
	cfg, err := seed.Default()
	require.NoError(t, err)
	demo, err := seed.Generate(cfg, 1, opening)
	require.NoError(t, err)
	records := []model.Record{user("ann", "Ann Lee")}
	for _, r := range demo {
		if !strings.HasPrefix(r.Key, model.PrefixUser) { // hashing all their passwords takes longer than the rest
			records = append(records, r)
		}
	}
	shop := openShop(t, records...)
	wide := shop.sitsAt("ann", 120, 32)
	wide.logsIn("ann", "ann-secret").sees("200 events").presses("down", "down", "down", "down").types("night")
	wide.sees("Search night", "found").presses("down", "down").sees("In all")
	isPictured(t, "search", wide.frame(), 120, 32)

	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").types("night").sees("Search night").presses("down", "down", "enter").sees("In all")
	isPictured(t, "event", ann.frame(), 80, 24)
	ann.presses("b", "right", "right", "down", "1").sees("enter buys 2 red and 1 green tickets")
	isPictured(t, "purchase", ann.frame(), 80, 24)
}

// orderID is an order's id as the store makes it: random, and so not part of any picture.
var orderID = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{12}`)

// frame is what stands on the screen after all that was pressed, with order ids made the same.
func (p *person) frame() string {
	// The program takes a message only when it has drawn the one before it.
	for range 2 {
		p.program.Send(struct{}{})
	}
	newest, _ := p.frames.get()
	return orderID.ReplaceAllString(newest, "7F3KQ2M9XN4T")
}
