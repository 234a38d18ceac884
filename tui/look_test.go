package tui_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
	"github.com/ticketcd/ticketcd/tui"
)

type size struct {
	name          string
	width, height int
}

// sizes are the windows in which every screen is looked at.
func sizes() []size { return []size{{"80x24", 80, 24}, {"120x40", 120, 40}, {"60x20", 60, 20}} }

func TestTheScreensLookAsTheyShould(t *testing.T) {
	t.Parallel()
	for _, size := range sizes() {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, programme()...)
			ann := sit(t, "ann", tui.Config{Store: numbered{shop.store}, Live: shop.live}, size.width, size.height)
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
			ann.presses("esc", "enter").sees("in 4 days", "No tickets sold or returned yet")
			look("event")
			ann.presses("?").sees("Keys")
			look("help")
			ann.presses("esc", ":").sees("Commands")
			look("palette")
			ann.presses("esc", "n").sees("Fewer than")
			look("tell-me-when")
			ann.presses("enter").sees("✓ You will be told", "You will be told when")
			look("event-watched")
			ann.presses("b").sees("You pay")
			look("purchase-empty")
			ann.presses("2", "down", "1").sees("buys 1 pink and 2 red tickets")
			look("purchase")
			ann.presses("enter").sees("Confirm the order")
			look("confirm")
			ann.presses("y").sees("Bought 1 pink and 2 red tickets: order", "Paid for")
			look("receipt")
			ann.presses("enter").sees("3 in the last minute")
			look("event-sold")
			ann.presses("f2").sees("fewer than")
			look("notifications")
			ann.presses("f3").sees("1 order")
			look("profile")
			ann.presses("c").sees("Cancel an order")
			look("cancel")
			ann.presses("esc", "e").sees("Name and email")
			look("details")
		})
	}
}

// TestTheStatesLookAsTheyShould looks at the shop when there is nothing to show, or when it is not sure.
func TestTheStatesLookAsTheyShould(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	for _, size := range sizes() {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live}, size.width, size.height)
			look := func(p *person, name string) { looksLike(t, name+"-"+size.name, p.frame()) }
			ann.logsIn("ann", "ann-secret").sees("Welcome", "3 events").types("zzz").sees("Nothing found")
			look(ann, "search-nothing")
			ann.presses("esc", "f2").sees("No notifications yet")
			look(ann, "notifications-none")
			ann.presses("f3").sees("No orders yet")
			look(ann, "profile-none")
			ann.presses("tab").sees("No favourites yet")
			look(ann, "favourites-none")

			live := model.NewLive()
			bob := sit(t, "bob", tui.Config{Store: shop.store, Live: live, User: model.User{Username: "bob"}, Linger: time.Millisecond}, size.width, size.height)
			bob.sees("Loading the events").seesNo("Welcome back")
			look(bob, "loading")
			live.Publish(model.Shop{Catalogue: model.NewCatalogue(), Arrival: model.Arrival{Read: 41_250, Total: 100_000}})
			bob.sees("Loading the events: 41,250 of 100,000")
			live.Publish(model.Shop{Catalogue: model.NewCatalogue(), Arrival: model.Arrival{Tickets: true, Read: 5_000, Total: 400_000}})
			bob.sees("Loading their tickets: 5,000 of 400,000")
			live.Publish(model.Shop{Catalogue: model.NewCatalogue(), Why: "the store does not answer"})
			bob.sees("not connected", "It keeps trying", "! The store does not answer")
			look(bob, "unreachable")
			now, _ := shop.live.Shop()
			live.Publish(model.Shop{Catalogue: model.NewCatalogue(), Loaded: true})
			bob.sees("There are no events yet")
			look(bob, "search-empty")
			now.Stale, now.Since, now.People = true, opening.Add(-42*time.Second), model.People{}
			now.Why = "the connection to the store is lost: counts are as of then"
			live.Publish(now)
			bob.sees("counts are 42 s old", "Café Noir", "! The connection to the store is lost")
			look(bob, "stale")
		})
	}
}

// demoRecords are the demo data, whose users are two of our own.
func demoRecords(t *testing.T) []model.Record {
	t.Helper()
	cfg, err := seed.Default()
	require.NoError(t, err)
	demo, err := seed.Generate(t.Context(), cfg, 1, opening)
	require.NoError(t, err)
	records := []model.Record{user("ann", "Ann Lee"), user("bob", "Bob Ray")}
	for _, r := range demo {
		if !strings.HasPrefix(r.Key, model.PrefixUser) { // hashing all their passwords takes longer than the rest
			records = append(records, r)
		}
	}
	return records
}

func TestThePicturesInTheDocumentsShowTheRealShop(t *testing.T) {
	t.Parallel()
	shop := openShop(t, demoRecords(t)...)
	wide := shop.sitsAt("ann", 128, 32)
	wide.logsIn("ann", "ann-secret").sees("200 events").presses("down", "down", "down", "down").types("night")
	wide.sees("Search night", "of 200 events").presses("down", "down").sees("In all")
	isPictured(t, "search", wide.frame(), 128, 32)

	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").types("night").sees("Search night").presses("down", "down", "enter").sees("In all", "No tickets sold or returned since ")
	isPictured(t, "event", ann.frame(), 80, 24)
	ann.presses("b", "right", "right", "down", "1").sees("enter asks before it buys 1 green and 2 red tickets")
	isPictured(t, "purchase", ann.frame(), 80, 24)
}

// numbered is a store whose orders have an id that can stand in a picture.
type numbered struct{ tui.Store }

func (n numbered) Buy(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error) {
	order.ID = "7F3KQ2M9XN4T"
	return n.Store.Buy(ctx, order, inDoubt)
}

// frame is what stands on the screen after all that was pressed.
func (p *person) frame() string {
	// The program takes a message only when it has drawn the one before it.
	for range 2 {
		p.program.Send(struct{}{})
	}
	newest, _ := p.frames.get()
	return newest
}

// TestEveryScreenLooksAsItShouldInLightAndInDark draws all screens that the tour knows, in its example of a shop, and which
// role every character has. The roles are the same in light and in dark; only the palette, which has its own test, differs.
func TestEveryScreenLooksAsItShouldInLightAndInDark(t *testing.T) {
	t.Parallel()
	for _, size := range sizes() {
		dark, light := tui.TouredFrames(size.width, size.height, true), tui.TouredFrames(size.width, size.height, false)
		for name, frame := range dark {
			lines := strings.Split(ansi.Strip(frame), "\n")
			require.Len(t, lines, size.height, name)
			for _, line := range lines {
				require.Equal(t, size.width, ansi.StringWidth(line), "%s: %q", name, line)
			}
			require.Equal(t, ansi.Strip(frame), ansi.Strip(light[name]), name)
			roles := tui.Roles(frame, size.width, size.height, true)
			require.NotContains(t, roles, "?", "%s has a colour that is not of the palette", name)
			require.Equal(t, roles, tui.Roles(light[name], size.width, size.height, false), name)
			file := filepath.Join("tour", name+"-"+size.name)
			draws(t, file, frame, true)
			draws(t, file, light[name], false)
			readsLike(t, file, frame+"\n\n"+tui.RolesLegend+"\n"+roles)
		}
	}
}
