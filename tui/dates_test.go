package tui_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

func TestAListIsNarrowedToDates(t *testing.T) {
	t.Parallel()
	ann := openShop(t, programme()...).sits("ann").logsIn("ann", "ann-secret")
	ann.presses("tab").sees("Type all  ·  Where everywhere  ·  Any date  ·  Sorted by date").presses("c")
	ann.seesInOrder("│ › any date", "today", "tomorrow", "this weekend", "next 7 days", "next 30 days", "March 2027", "February 2027")
	ann.types("weekend").seesRow("│ › this weekend").presses("enter")
	ann.sees("This weekend", "There is nothing this weekend.", "of any type, place and date", "0 of 3 events")
	ann.presses("w").types("york").seesRow("│ › York").presses("enter").sees("There is nothing in York this weekend.")
	ann.presses("t").types("mag").seesRow("│ › magic").presses("enter").sees("There is nothing of type magic in York this weekend.")
	ann.presses("x").sees("3 events", "Any date").presses("c").types("march").seesRow("│ › March 2027").presses("enter")
	ann.sees("March 2027", "2 of 3 events", "Café Noir", "x show all").seesNo("Circus")
	ann.presses("/").types("circ").sees("Nothing in March 2027 has these words.").presses("esc", "tab")
	ann.presses("c").seesRow("│ › March 2027").types("30").seesRow("│ › next 30 days").presses("enter").sees("Next 30 days", "2 of 3 events")
	ann.presses("c").types("any day now").sees("Nothing has these words").presses("esc").sees("Next 30 days")
	ann.presses("c", "up", "up", "up", "up", "up", "enter").sees("Any date", "3 events")
}

func TestTodayMovesOnWhenTheDayDoes(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	var clock atomic.Pointer[time.Time]
	itIs := func(now time.Time) { clock.Store(&now) }
	itIs(opening)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Now: func() time.Time { return *clock.Load() }}, 80, 24)
	ann.logsIn("ann", "ann-secret").presses("tab", "c", "down", "enter").sees("Today", "There is nothing today.")
	itIs(time.Date(2027, 3, 4, 0, 0, 0, 0, time.UTC))
	ann.presses("down").sees("Today", "1 of 3 events").seesRow("› The Vanishing Act", "today 19:00")
	itIs(time.Date(2027, 3, 5, 12, 0, 0, 0, time.UTC))
	ann.presses("down").sees("Today", "1 of 3 events").seesRow("› Café Noir", "today 20:30").seesNo("Vanishing")
}

func TestWhoSellsNarrowsToDatesToo(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 2)
	boss := shop.sits("boss").logsIn("boss", "boss-secret").presses("f5").sees("£120.00", "Any date")
	boss.presses("c").types("today").seesRow("│ › today").presses("enter").sees("Today", "0 of 3 events", "Nothing found, so there is nothing to add up")
	boss.presses("c").types("mar").seesRow("│ › March 2027").presses("enter").sees("March 2027", "2 of 3 events", "£120.00")
	boss.presses("f6").sees("Any date", "3 events").presses("c").types("feb").seesRow("│ › February 2027").presses("enter")
	boss.sees("February 2027", "1 of 3 events").seesRow("› Yesterday's Circus").presses("x").sees("Any date", "3 events")
}

func TestWhatAListIsNarrowedToFitsInEveryWindow(t *testing.T) {
	t.Parallel()
	const place = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
	far := model.Event{ID: "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0beef", Name: "Male Choir", Location: place, Type: "concert", Date: model.ParseDate("2027-09-01 19:00")}
	shop := openShop(t, append(programme(), model.Record{Key: model.EventKey(far.ID), Value: far.Encode()})...)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Mouse: true}, 60, 20).logsIn("ann", "ann-secret")
	ann.presses("tab").seesRow(" all types · everywhere · any date · by date").presses("s", "s")
	ann.seesRow(" all types · everywhere · any date · by tickets left").clicks("by tickets left").seesRow("any date · by date")
	ann.presses("s", "s").clicks("any date").seesRow("│ › any date").types("sept").seesRow("│ › September 2027").presses("enter")
	ann.seesRow(" all types · everywhere · September 2027 · by tickets left")
	ann.presses("w").types("llan").seesRow("│ › Llanfair").presses("enter").presses("t").types("con").seesRow("│ › concert").presses("enter")
	ann.seesRow(" concert · Llanfairpwll… · September 2027 · by tickets left")
	ann.resizes(80, 24).seesRow(" concert · Llanfairpwllgwyngyll")
	ann.clicks("Llanfair").seesRow("│ › Llanfair").presses("esc").seesNo("│ › Llan").presses("x").seesRow(" Type all  ·  Where everywhere  ·  Any date  ·  Sorted by tickets left")
	ann.resizes(120, 40).seesRow(" Type all  ·  Where everywhere  ·  Any date  ·  Sorted by tickets left")
}
