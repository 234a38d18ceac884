package tui_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// How long the people of a film take, in which they see what happens.
const (
	aKey   = 150 * time.Millisecond
	aMove  = 350 * time.Millisecond
	aLook  = 1200 * time.Millisecond
	aRead  = 2200 * time.Millisecond
	aCount = 900 * time.Millisecond
)

// filmed is somebody at a keyboard who is recorded.
type filmed struct {
	*person
	film *tui.Film
}

// looks at what is on the screen.
func (f filmed) looks(lasts time.Duration) filmed {
	f.film.Hold(f.frame(), lasts)
	return f
}

// writes text, a key at a time.
func (f filmed) writes(text string) filmed {
	for _, letter := range text {
		f.presses(string(letter))
		f.looks(aKey)
	}
	return f
}

// moves with keys that do something at once.
func (f filmed) moves(keys ...string) filmed {
	for _, key := range keys {
		f.presses(key)
		f.looks(aMove)
	}
	return f
}

// goes somewhere with a key, sees it, and looks at it.
func (f filmed) goes(key string, lasts time.Duration, sees ...string) filmed {
	f.t.Helper()
	f.presses(key).sees(sees...)
	return f.looks(lasts)
}

// dims ends the glow of the counts that have fallen, which in stories has no end.
func (f filmed) dims() filmed {
	f.program.Send(tui.Dim())
	f.program.Send(tui.Dim())
	return f
}

// TestTheRecordedTourShowsTheRealShop plays the tour that the documents show, as an animation and as a recording for
// asciinema.
func TestTheRecordedTourShowsTheRealShop(t *testing.T) {
	t.Parallel()
	const width, height = 120, 26
	shop := openShop(t, demoRecords(t)...)
	ann := filmed{
		sit(t, "ann", tui.Config{Store: numbered{shop.store}, Live: shop.live}, width, height), &tui.Film{Width: width, Height: height},
	}
	ann.sees("Log in", "live")
	ann.looks(aLook).writes("ann").moves("enter").writes("ann-secret")
	ann.goes("enter", aRead, "Welcome back, Ann Lee", "200 events", "In all").moves("down", "down", "down")
	ann.writes("night").looks(aLook).moves("down", "down").looks(aLook)
	ann.goes("enter", aRead, "buy tickets", "No tickets sold or returned since")
	ann.goes("b", aLook, "You pay").moves("right", "right", "down", "1").looks(aLook)
	ann.goes("enter", aLook, "Confirm the order").goes("y", aRead, "Bought 1 green and 2 red tickets: order", "Paid for")
	ann.goes("enter", aRead, "3 in the last minute")

	// Others buy, and she sees the counts fall.
	ann.presses("esc").sees("Search night")
	ann.dims().looks(aLook)
	now, _ := shop.live.Shop()
	found := now.Catalogue.Search(model.Query{Text: "night", Now: opening}).Events()
	for i, n := range []int{4, 2, 7, 3} {
		e := found[(i*2+1)%7]
		shop.buys("bob", e.ID, e.Tickets[0].Type, n)
		ann.seesRow(e.Name[:12], model.Thousands(e.Left-n))
		ann.looks(aCount).dims().looks(aMove)
	}

	// She wants to be told of one, and is.
	now, _ = shop.live.Shop()
	e := now.Catalogue.Search(model.Query{Text: "kestrel", Now: opening}).At(0)
	ann.moves("esc", "tab").writes("g")
	ann.goes("/", aMove).writes("kestrel").goes("tab", aMove, "4 of 200").goes("n", aLook, "Fewer than")
	ann.moves("ctrl+u").writes(model.Thousands(e.Left)).goes("enter", aRead, "You will be told")
	shop.buys("bob", e.ID, "red", 5)
	ann.sees("! 1 notification", "ran low")
	ann.looks(aRead).dims().goes("f2", aRead, "told: fewer than").goes("f3", aRead, "1 order").goes("?", aRead, "cancel order")
	ann.moves("esc", "esc").looks(aRead)

	golden(t, filepath.Join("..", "docs", "tour.cast"), ann.film.Cast("TickETCD, a ticket shop in the terminal"))
	golden(t, filepath.Join("..", "docs", "tour.svg"), ann.film.Animation())
	require.Less(t, ann.film.Length(), time.Minute)
}
