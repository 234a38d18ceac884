package tui_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

const (
	jazzID  = "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0c001"
	magicID = "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0c002"
	pastID  = "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0c003"
)

// programme is a small shop: a concert, a magic show with one ticket left, and an event that is over.
func programme() []model.Record {
	event := func(id, name, about, location, kind, date string, tickets ...model.Ticket) []model.Record {
		e := model.Event{ID: id, Name: name, Description: about, Location: location, Type: kind, Date: model.ParseDate(date)}
		var records []model.Record
		for _, t := range tickets {
			e.Left += t.Left
			records = append(records, model.Record{Key: model.TicketKey(id, t.Type), Value: t.Encode()})
		}
		e.Tickets = tickets
		records = append(records, model.Record{Key: model.EventKey(id), Value: e.Encode()})
		return append(records, model.IndexRecords([]model.Event{e})...)
	}
	var records []model.Record
	records = append(records,
		event(jazzID, "Café Noir Jazz Night", "Smoke, brass and a double bass that has seen things.", "London", "concert",
			"2027-03-05 20:30", model.Ticket{Type: "pink", Left: 40, Total: 40, Price: 12050},
			model.Ticket{Type: "red", Left: 300, Total: 300, Price: 6000})...)
	records = append(records,
		event(magicID, "The Vanishing Act", "One last seat.", "Leeds", "magic", "2027-03-04 19:00",
			model.Ticket{Type: "red", Left: 1, Total: 1, Price: 5000})...)
	records = append(records,
		event(pastID, "Yesterday's Circus", "It was grand.", "York", "circus", "2027-02-20 15:00",
			model.Ticket{Type: "red", Left: 5, Total: 5, Price: 5000})...)
	users := []model.Record{
		user("ann", "Ann Lee"), user("bob", "Bob Ray"),
		{Key: model.KeyTypes, Value: []byte(`["concert","magic","circus"]`)},
		{Key: model.KeyLocations, Value: []byte(`["London","Leeds","York"]`)},
	}
	return append(mergeLists(records), users...)
}

// mergeLists joins the index lists that several events share.
func mergeLists(records []model.Record) []model.Record {
	at := map[string]int{}
	var merged []model.Record
	for _, r := range records {
		i, again := at[r.Key]
		if !again {
			at[r.Key] = len(merged)
			merged = append(merged, r)
			continue
		}
		merged[i].Value = joined(merged[i].Value, r.Value)
	}
	return merged
}

// joined are two lists as one.
func joined(a, b []byte) []byte {
	first, err := model.DecodeList(a)
	if err != nil {
		return a
	}
	second, err := model.DecodeList(b)
	if err != nil {
		return b
	}
	return model.EncodeList(append(first, second...))
}

// user is an account whose password is its user name and "-secret", stored as the prototype did.
func user(username, name string) model.Record {
	u := model.User{Username: username, Name: name, Email: username + "@example.com", Password: username + "-secret", Role: model.RoleUser}
	return model.Record{Key: model.UserKey(username), Value: u.Encode()}
}

func TestSomebodyLogsInSearchesAndBuys(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").sees("Welcome back, Ann Lee", "3 events", "live")
	ann.types("jaz").sees("Search jaz").seesRow("›", "Café Noir Jazz Night", "340").sees("1 of 3 events")
	ann.presses("enter").sees("Smoke, brass", "£120.50", "300 of 300", "in 4 days")
	ann.presses("b").sees("You pay", "Choose how many first")
	ann.presses("right", "right", "down", "1", "2").sees("buys 12 pink and 2 red tickets", "£1,566.00")
	ann.presses("enter").sees("Buy 12 pink and 2 red tickets for Café Noir Jazz Night?", "You pay £1,566.00.")
	ann.presses("y").sees("Bought 12 pink and 2 red tickets: order", "Paid for 14 tickets", "£1,566.00")
	ann.seesRow("│ Ann Lee").presses("enter").seesRow("red", "298 of 300").seesRow("pink", "28 of  40")
	shop.audit()
	ann.leaves()
}

func TestAnAnswerOfEnterIsNo(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir")
	ann.presses("b", "right").sees("enter asks before it buys 1 red ticket").seesNo("Nothing was bought")
	ann.presses("enter").sees("Confirm the order").seesRow("y buy", "n not yet", "enter not yet", "←→ other answer")
	ann.presses("right").seesRow("y buy", "n not yet", "enter buy").presses("left", "enter").seesNo("Confirm the order")
	ann.sees("You pay", "✓ Nothing was bought ").presses("esc").seesRow("red", "300 of 300")
	for _, no := range []string{"n", "esc"} {
		ann.presses("f").sees("✓ ", "your favourites").presses("b", "7", "enter").sees("Confirm the order").seesNo("Nothing was bought")
		ann.presses(no).seesNo("Confirm the order").sees("asks before it buys 7 red", "✓ Nothing was bought ").presses("esc")
	}
	shop.audit()
}

func TestAShopperSeesAnothersPurchase(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	store, live := shop.anotherProcess()
	bob := sit(t, "bob", tui.Config{Store: store, Live: live}, 120, 40)
	ann.logsIn("ann", "ann-secret").sees("340")
	bob.logsIn("bob", "bob-secret").opens("jazz", "Café Noir").presses("b", "right", "right", "right", "enter", "y")
	bob.sees("Bought 3 red tickets")
	ann.seesRow("Café Noir Jazz Night", "337")
	shop.audit()
}

func TestACountThatFellGlowsUnlessNothingMayMove(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	brief := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Glow: time.Millisecond}, 80, 24)
	still := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Still: true}, 80, 24)
	for _, p := range []*person{ann, brief, still} {
		p.logsIn("ann", "ann-secret").seesRow("Café Noir", "340").opens("jazz", "Café Noir")
	}
	_, err := shop.store.Buy(t.Context(), model.Order{
		Username: "bob", EventID: jazzID, Lines: []model.Line{{Type: "red", Quantity: 1}},
	}, func() {})
	require.NoError(t, err)
	const glowing = "48;2;240;182;74m299 of 300\x1b"
	ann.seesRow("red", "299 of 300").seesRow("pink", " 40 of  40")
	require.Contains(t, ann.frame(), glowing)
	require.Equal(t, 1, strings.Count(ann.frame(), "48;2;240;182;74m"), "nothing else glows")
	still.seesRow("red", "299 of 300")
	require.NotContains(t, still.frame(), glowing)
	brief.seesRow("red", "299 of 300").styled("no glow any more", func(frame string) bool { return !strings.Contains(frame, glowing) })
}

func TestACountGlowsWhenTicketsGoAndNotWhenOnlyTheEventsOwnCountIsMoved(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").seesRow("Café Noir", "340")
	shop.puts(model.EventKey(jazzID), strings.Replace(shop.value(model.EventKey(jazzID)), `"current_quantity":340`, `"current_quantity":3`, 1))
	shop.puts(model.TicketKey(magicID, "red"), `{"total_quantity":1,"current_quantity":0,"price":50}`)
	ann.seesRow("Vanishing", "sold out").seesRow("Café Noir", "340")
	require.Equal(t, 1, strings.Count(ann.frame(), "48;2;240;182;74m"), "only what is sold out by now glows")
}

func TestTwoWantTheLastTicketAndOneGetsIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	store, live := shop.anotherProcess()
	ann := shop.sits("ann")
	bob := sit(t, "bob", tui.Config{Store: store, Live: live}, 80, 24)
	ann.logsIn("ann", "ann-secret").opens("vanishing", "The Vanishing Act").presses("b", "right", "enter").sees("Buy 1 red ticket")
	bob.logsIn("bob", "bob-secret").opens("vanishing", "The Vanishing Act").presses("b", "right", "enter").sees("Buy 1 red ticket")
	ann.presses("y").sees("Bought 1 red ticket: order")
	bob.sees("Confirm the order", "This event is sold out. Nothing was charged.", " Back ", "enter back").seesNo("Buy 1 red ticket").seesNo("You pay £50.00.").seesNo("y buy")
	bob.presses("y").sees("! This event is sold out. Nothing was charged").presses("enter").seesNo("Confirm the order").sees("✓ Nothing was bought ")
	ann.presses("enter").sees("This event is sold out")
	shop.audit()
}

func TestAQuestionThatStandsThereSaysWhatHasChangedSinceItWasAsked(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	asked := []string{"Buy 3 pink and 2 red tickets for Café Noir Jazz Night?", "You pay £481.50."}
	ann := shop.sits("ann").logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "2", "down", "3", "enter").sees(asked...)
	order := shop.buys("bob", jazzID, "red", 299)
	ann.sees("Only 1 red ticket is left.", "You asked for 3 pink and 2 red tickets.", " Choose again ", "enter choose again")
	ann.seesNo("You pay £481.50.").seesNo("y buy").seesNo("Not yet").presses("y").sees("! Only 1 red ticket is left")
	second := shop.buys("bob", jazzID, "red", 1)
	ann.sees("The red tickets are sold out.")
	for _, o := range []model.Order{order, second} {
		_, err := shop.store.Cancel(t.Context(), o, nil)
		require.NoError(t, err)
	}
	ann.sees(asked...).sees("y buy", "enter not yet").seesNo("sold out")

	shop.edits(jazzID, func(d *model.EventDraft) {
		d.Tickets = slices.DeleteFunc(d.Tickets, func(t model.TicketDraft) bool { return t.Type == "pink" })
	})
	ann.sees("The pink tickets are no longer on sale.", "enter choose again")
	_, err := shop.store.RemoveEvent(t.Context(), "boss", jazzID, true)
	require.NoError(t, err)
	ann.sees("Confirm the order", "“Café Noir Jazz Night” was removed meanwhile", " Back ").seesNo("You pay £481.50.")
	ann.presses("n").sees("✓ Nothing was bought ", "“Café Noir Jazz Night” was removed meanwhile: nothing was charged.")
	shop.audit()
}

func TestAQuestionAsksAnewAtANewPriceAndNobodyBuysAtOneThatTheyHaveNotRead(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sits("ann")
	slow := sit(t, "bob", tui.Config{Store: shop.store, Live: shop.live, Reading: time.Hour}, 80, 24)
	for name, p := range map[string]*person{"ann": ann, "bob": slow} {
		p.logsIn(name, name+"-secret").opens("jazz", "Café Noir").presses("b", "2", "down", "3", "enter").sees("You pay £481.50.").presses("right").sees("enter buy")
	}
	shop.edits(jazzID, func(d *model.EventDraft) {
		d.Tickets[slices.IndexFunc(d.Tickets, func(t model.TicketDraft) bool { return t.Type == "red" })].Price = 7000
	})
	anew := []string{
		"Buy 3 pink and 2 red tickets for Café Noir Jazz Night?", "The price of the red tickets is now £70.00, it was £60.00.", "You pay £501.50.", "enter not yet",
	}
	slow.sees(anew...).seesNo("y buy").presses("y").sees("! The price has just changed: please read the new one first")
	slow.presses("enter").sees("✓ Nothing was bought ").presses("enter").sees("You pay £501.50.").seesNo("it was £60.00").sees("y buy")
	ann.sees(anew...).sees("y buy").presses("y").sees("Bought 3 pink and 2 red tickets: order", "£501.50")
	shop.audit()
}

func TestWhatIsPaidShowsHoweverManyPricesAreNew(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(manyTypes(4))...)
	ann := shop.sitsAt("ann", 60, 20)
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "1", "down", "1", "down", "1", "down", "1", "enter").sees("You pay £46.00.")
	shop.edits(jazzID, func(d *model.EventDraft) {
		for i := range d.Tickets {
			d.Tickets[i].Price += 100
		}
	})
	ann.sees("You pay £50.00.", "The prices of 4 types have changed").seesNo("You pay £46.00.")
}

// answering is a store that answers every order with an error.
type answering struct {
	tui.Store
	err error
}

func (a answering) Buy(context.Context, model.Order, func()) (model.Order, error) {
	return model.Order{}, a.err
}

func TestThatNothingWasChargedIsSaidOfARefusalOnceAndOfNothingElse(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	for told, err := range map[string]error{
		"✗ The price of the red tickets is now £70.00, so nothing was charged ": model.Errorf(model.CodeConflict, "the price of the red tickets is now £70.00"),
		"✗ You are no longer a user: nothing was charged ":                      model.Errorf(model.CodeDenied, "you are no longer a user: nothing was charged").Settled(),
		"✗ Your order 7F3K went through, but was cancelled ":                    model.Errorf(model.CodeConflict, "your order 7F3K went through, but was cancelled").Settled(),
		"✗ It is not known whether you bought ":                                 model.Errorf(model.CodeUnknown, "it is not known whether you bought"),
	} {
		ann := sit(t, "ann", tui.Config{Store: answering{shop.store, err}, Live: shop.live}, 80, 24)
		ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees(told)
		ann.mayBeTold(strings.TrimSpace(strings.TrimPrefix(told, "✗ "))).leaves()
	}
}

func TestTheFormSaysWhenOthersWereFaster(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "3", "0", "0").sees("buys 300 red tickets")
	_, err := shop.store.Buy(t.Context(), model.Order{
		Username: "bob", EventID: jazzID, Lines: []model.Line{{Type: "red", Quantity: 1}},
	}, func() {})
	require.NoError(t, err)
	ann.sees("Only 299 red tickets are left").presses("enter").seesNo("Confirm the order")
	ann.sees("! Only 299 red tickets are left").presses("left").sees("buys 299 red tickets").seesNo("! Only")
	ann.presses("2", "9", "9", "9", "enter").sees("! Only 299 red tickets are left").presses("backspace").sees("buys 299 red tickets").seesNo("! Only")
	shop.audit()
}

func TestADigitGoesOnWithANumberThatIsBeingTypedAndWithNoOther(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").opens("vanishing", "The Vanishing Act").presses("b", "5").sees("Only 1 red ticket is left")
	ann.presses("enter").sees("! Only 1 red ticket is left").until("that said once", func(frame string) bool {
		return strings.Count(frame, "Only 1 red ticket is left") == 1
	})
	ann.presses("1").sees("asks before it buys 1 red ticket").seesNo("! Only")
	ann.presses("esc").opens("jazz", "Café Noir").presses("b", "1", "2", "down", "3", "up").sees("buys 3 pink and 12 red tickets")
	ann.presses("4").sees("buys 3 pink and 4 red tickets").presses("5").sees("buys 3 pink and 45 red tickets")
	ann.presses("right", "7").sees("buys 3 pink and 7 red tickets").presses("backspace", "2", "9").sees("buys 3 pink and 29 red tickets")
	ann.presses("enter").sees("Confirm the order").presses("n", "8").sees("buys 3 pink and 8 red tickets")
}

func TestAnEventThatIsOverIsShownAndNotSold(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").opens("circus", "Yesterday's Circus")
	ann.sees("This event is over: its tickets are no longer sold", "9 days ago")
	ann.presses("b").sees("! This event is over").seesNo("You pay")
}

func TestSomebodyNewRegistersAndIsIn(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	eve := shop.sits("eve")
	eve.sees("Log in").presses("ctrl+r").sees("Create an account")
	eve.types("Eve").presses("enter").types("short").presses("enter").types("other").presses("enter")
	eve.types("Eve Day").presses("enter").types("eve@example").presses("enter")
	eve.sees("small letters, digits", "at least 8 characters", "the two passwords differ", "looks like ann@")
	eve.presses("backspace", "backspace", "backspace").types("eve.day").presses("enter")
	eve.presses("ctrl+u").types("long enough").presses("enter").presses("ctrl+u").types("long enough").presses("enter", "enter")
	eve.types(".com").presses("shift+tab", "shift+tab", "shift+tab", "shift+tab", "ctrl+u").types("ann").presses("enter", "enter", "enter", "enter", "enter")
	eve.sees("The name ann is taken: choose another", "↑ the name ann is taken").seesRow("›", "User name", "ann").presses("ctrl+u").types("eve.day")
	eve.seesNo("↑").presses("enter", "enter", "enter", "enter", "enter").sees("Your account is ready. Welcome, Eve Day")
	eve.leaves()

	again := shop.sits("eve")
	again.logsIn("eve.day", "long enough").sees("Welcome back, Eve Day")
}

func TestWhatIsWrongWithAFieldIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	for _, size := range sizes() {
		eve := shop.sitsAt("eve", size.width, size.height)
		eve.sees("Log in").presses("ctrl+r").sees("Create an account").types("Ann B").presses("enter", "enter", "enter", "enter", "enter")
		eve.sees("↑ a user name has only small letters", "and underscores", "↑ an email address looks like ann@example.com", "╰─")
	}
}

func TestAWrongPasswordIsToldAndNothingElse(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.sees("Log in").types("ann").presses("enter", "enter").sees("↑ please enter your password").seesNo("Wrong user name")
	ann.types("wrong").seesNo("please enter").presses("enter").sees("Wrong user name or password")
	ann.types("ann-secret").presses("enter").sees("Welcome back")
}

func TestLoggingInAsNobodyIsToldAtTheField(t *testing.T) {
	t.Parallel()
	ann := openShop(t, programme()...).sits("ann")
	ann.sees("Log in").presses("enter").types("secret-word").presses("enter").sees("↑ please enter your user name")
	ann.types("a").seesNo("please enter your user name")
}

func TestEverySearchCanBeNarrowedAndTakenBack(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").presses("tab", "t").sees("Type of event", "all types")
	ann.presses("down", "enter").sees("Type circus", "1 of 3 events", "/ search  x show all").seesNo("Vanishing")
	ann.presses("/").types("jazz").sees("Nothing of type circus has these words.", "Try fewer letters", "tab and then x")
	ann.presses("tab", "w").types("york").seesRow("│ › York").presses("enter").sees("Nothing of type circus in York has these words.", "Press x to show all")
	ann.presses("x").sees("3 events", "Vanishing").presses("w").types("york").seesRow("│ › York").presses("enter", "t").types("mag").seesRow("│ › magic")
	ann.presses("enter").sees("There is nothing of type magic in York.")
	ann.presses("x").sees("3 events", "Vanishing")
	ann.presses("w").sees("everywhere", "Leeds").types("yo").seesRow("│ › York").types("x").sees("Nothing has these words")
	ann.presses("enter").sees("! Nothing has these words").presses("backspace", "enter").sees("Where York", "1 of 3 events")
	ann.presses("x", "s").sees("Sorted by name")
	ann.presses("/").types("caffe").sees("1 similar", "Café Noir")
	ann.presses("esc").types("zzz").sees("Nothing found")
}

func TestTheBestMatchesComeFirstUntilAnotherOrderIsChosen(t *testing.T) {
	t.Parallel()
	night := model.Event{ID: "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0beef", Name: "Actors' Night", Date: model.ParseDate("2027-03-09 19:00")}
	shop := openShop(t, append(programme(), model.Record{Key: model.EventKey(night.ID), Value: night.Encode()})...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").sees("Sorted by date", "4 events").types("act")
	ann.sees("Sorted by best match", "2 of 4 events").seesInOrder("› Actors' Night", "The Vanishing Act")
	ann.presses("tab", "s").sees("Sorted by date").seesInOrder("› The Vanishing Act", "Actors' Night")
	ann.presses("x").sees("Sorted by date", "4 events").presses("/").types("act")
	ann.sees("Sorted by date", "2 of 4 events").seesInOrder("› The Vanishing Act", "Actors' Night")
	ann.presses("tab", "s", "s", "s").sees("Sorted by best match").seesInOrder("› Actors' Night", "The Vanishing Act")
	ann.presses("x").sees("Sorted by date", "4 events").presses("s").sees("Sorted by name")

	bob := shop.calls().logsIn("bob")
	bob.says("search act").hears("1. Actors' Night", "2. The Vanishing Act").says("quit").all()
}

func TestHelpListsTheKeysThatWorkHere(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").presses("f1").sees("Keys", "a page down", "ctrl+c").presses("esc").seesNo("a page down")
	ann.presses("tab", "?").sees("sort by name").presses("?").seesNo("to the top")
}

func TestTheShopIsNotSetAsideAndSaysSo(t *testing.T) {
	t.Parallel()
	ann := openShop(t, programme()...).sits("ann")
	ann.presses("ctrl+z").sees("Ctrl+z is not supported here: ctrl+c leaves")
	ann.logsIn("ann", "ann-secret").presses("ctrl+z").sees("Ctrl+z is not supported here: ctrl+c leaves")
}

func TestWhatSoldOutOfSightIsRightWhenItComesIntoSight(t *testing.T) {
	t.Parallel()
	shop := openShop(t, demoRecords(t)...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").sees("200 events")
	now, _ := shop.live.Shop()
	found := now.Catalogue.Search(model.Query{Now: opening})
	first, last := found.At(0), found.At(found.Len()-1)
	require.False(t, last.IsPast(opening))
	ann.presses("tab")
	shop.buys("bob", last.ID, last.Tickets[0].Type, 2)
	shop.buys("bob", first.ID, first.Tickets[0].Type, 3)
	ann.seesRow(first.Name[:12], model.Thousands(first.Left-3))
	ann.presses("end").seesRow(last.Name[:12], model.Thousands(last.Left-2))
}

func TestAnEventWhoseOwnCountIsWrongIsSoldAsItsTicketsSay(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	event, err := shop.store.Event(t.Context(), jazzID)
	require.NoError(t, err)
	event.Left = 0
	shop.puts(model.EventKey(jazzID), string(event.Encode()))
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("tab").seesRow("Café Noir", "340").presses("/").opens("jazz", "Café Noir")
	ann.seesRow("red", "300 of 300").seesRow("In all", "340 of 340").seesNo("sold out")
	ann.presses("b", "right", "enter", "y").sees("Bought 1 red ticket").presses("esc").seesRow("In all", "339 of 340")
	shop.audit()

	shop.puts(model.EventKey(jazzID), string(event.Encode()))
	bob := shop.calls().logsIn("bob")
	bob.says("search jazz").hears("339 tickets left from £60.00").says("1").hears("In all 339 of 340 are left.\n> ")
	bob.says("buy 1 red").hears("Yes or no? ").says("yes").hears("Bought 1 red ticket").says("quit").all()
	shop.audit()
}
