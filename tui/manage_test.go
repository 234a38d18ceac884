package tui_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// manages has the admin log in and go to the events, at a window of some size.
func (s *shop) manages(width, height int) *person {
	s.t.Helper()
	admin := s.sitsAt("boss", width, height)
	return admin.logsIn("boss", "boss-secret").presses("f6").sees("Manage events", "new event")
}

// clears the field that has the focus.
func (p *person) clears() *person { return p.presses("ctrl+u", "ctrl+k") }

func TestAnAdminMakesAnEventAndAShopperFindsIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").types("tosca").sees("Nothing found")
	admin := shop.manages(80, 24)
	admin.presses("n").sees("New event", "what it is called", "none yet", "+ a type of ticket", "Put on sale")
	admin.types("Tosca").presses("enter").types("Love and death in Rome").presses("enter", "enter").sees("Type of event", "a new one …")
	admin.types("opera").presses("enter").sees("A new one").seesRow("›", "opera").presses("enter").sees("enter chooses").seesRow("Type", "opera")
	admin.presses("enter").sees("a new one …", "Leeds").presses("down", "enter").seesRow("Where", "London")
	admin.types("2027-06-01 20:00").sees("Tue 1 Jun 2027, 20:00 · in 3 months")
	admin.presses("enter").seesRow("›", "+ a type of ticket").presses("enter").sees("Type of ticket", "yellow").types("red").seesNo("yellow").presses("enter")
	admin.seesRow("›", "red").types("23.99").presses("enter").types("50").presses("tab", "enter").sees("Type of ticket").seesNo("› red").sees("a new one")
	admin.until("the types in alphabetical order", func(frame string) bool {
		green, pink, yellow := strings.Index(frame, "green"), strings.Index(frame, "pink"), strings.Index(frame, "yellow")
		return 0 < green && green < pink && pink < yellow
	})
	admin.presses("enter").seesRow("›", "green").types("108.9").presses("tab").types("1,000")
	admin.presses("ctrl+s").sees("Tosca is on sale, with 1,050 tickets", "4 events").seesRow("›", "Tosca", "1 Jun", "0", "1,050")
	ann.sees("1 of 4 events").seesRow("›", "Tosca", "1,050").presses("enter").sees("Love and death in Rome", "opera · London", "£23.99", "£108.90")
	shop.audit()
}

func TestAFormSaysWhatIsWrongWithEveryField(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 12)
	shop.buys("ann", jazzID, "pink", 1)
	admin := shop.manages(80, 24)
	admin.presses("down").seesRow("›", "Café Noir", "13", "327").presses("e").sees("Edit event", "Café Noir Jazz Night").seesNo("↑")
	admin.presses("ctrl+s").sees("Nothing is changed yet")
	admin.clears().presses("down").sees("↑ please enter a name").presses("up").types("Jazz").seesNo("↑")
	admin.presses("up", "up", "up", "up").seesRow("›", "red", "60.00", "300", "12").presses("tab").clears().types("11")
	admin.presses("down").sees("↑ 12 red tickets are sold: there cannot be fewer").presses("ctrl+s").sees("Not saved: 12 red tickets are sold: there cannot be fewer")
	shop.buys("bob", jazzID, "red", 1)
	admin.sees("↑ 13 red tickets are sold: there cannot be fewer").clears().types("013").seesNo("↑").clears().types("1x").sees("↑ please enter a whole number of tickets")
	admin.clears().types("299").seesNo("↑").presses("ctrl+x").sees("13 red tickets are sold: that type cannot be removed").mayBeTold("13 red")
	admin.presses("shift+tab").clears().types("-3").presses("tab").sees(`↑ the price "-3" is not between`)
	admin.presses("shift+tab").clears().types("6.999").sees("↑ a price has at most two decimals").presses("backspace")
	admin.sees("↑ for later orders only: the 13 sold keep theirs")
	admin.presses("down").seesRow("›", "pink").clears().types("£1,000").sees("↑ for later orders only: the one sold keeps its")
	admin.presses("up", "up").clears().types("soon").presses("ctrl+s").sees("Not saved: please enter a date such as", "↑ please enter a date such as 2027-06-01 20:00")
	admin.clears().types("2027-02-30 20:00").sees("↑ there is no such day").clears().types("2.3.2027")
	admin.sees("↑ please enter a date").clears().types("02-03-2027").sees("Tue 2 Mar 2027 · tomorrow")
	admin.presses("ctrl+s").sees("14 tickets are sold for this event").presses("y")
	admin.sees("Saved Jazz", "Manage events").seesRow("›", "Jazz", "tomorrow", "14", "325")
	event, err := shop.store.Event(t.Context(), jazzID)
	require.NoError(t, err)
	require.Equal(t, "2027-03-02", event.Date.Raw())
	for _, want := range []model.Ticket{{Type: "pink", Left: 39, Total: 40, Price: 100000}, {Type: "red", Left: 286, Total: 299, Price: 699}} {
		got, _ := event.Ticket(want.Type)
		require.Equal(t, []any{want.Left, want.Total, want.Price}, []any{got.Left, got.Total, got.Price}, want.Type)
	}
	shop.audit()
}

func TestTabTakesAChoiceAndGoesOnToTheNextField(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("n").sees("New event").types("Tosca").presses("tab", "tab").seesRow("› Type").types("con").sees("Type of event").seesRow("› concert").presses("tab")
	admin.seesNo("Type of event").seesRow("Type", "concert").seesRow("› Where").types("Lon").seesRow("› London").presses("tab").seesRow("Where", "London").seesRow("› Date")
	admin.types("2027-06-01 20:00").presses("tab", "enter").sees("Type of ticket").types("gold").seesRow("› a new one").presses("tab").sees("A new one", "gold")
	admin.presses("tab").seesRow("› gold").types("23").presses("tab").types("50").seesRow("gold", "23", "50").presses("ctrl+s").sees("Tosca is on sale, with 50 tickets")
	shop.audit()
}

func TestAFormTakesTypesOfTicketsAwayAndAddsThem(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 1)
	admin := shop.manages(60, 20)
	admin.presses("down", "enter").sees("Edit event").presses("up", "up", "up").seesRow("›", "pink").presses("ctrl+x").seesNo("pink")
	admin.seesRow("›", "+ another type of ticket").presses("enter", "up", "up", "up", "up", "enter").sees("A new one").types("red").presses("enter")
	admin.sees("↑ there are red tickets already").clears().types("a=b").presses("enter").sees(`↑ a type of ticket has no '=' in it`)
	admin.clears().types("balcony").presses("enter").seesRow("›", "balcony").presses("ctrl+s").sees("↑ please enter a price such as 23.99")
	admin.types("5").presses("tab").types("7").presses("enter").seesRow("›", "+ another").presses("tab").seesRow("›", "Save").presses("x", "enter")
	admin.sees("Saved Café Noir Jazz Night").seesRow("›", "Café Noir", "1", "306")
	admin.mayBeTold("Not saved: please enter a price")
	shop.audit()
}

func TestWhatAnAdminTypesIsPutBackForNobody(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(120, 40)
	admin.presses("/").types("jazz").seesRow("›", "Café Noir").presses("enter").sees("Edit event")
	admin.presses("down").types(" It rains.").presses("ctrl+a").types("Quite: ").presses("ctrl+s").sees("Saved")
	admin.sees("Quite: Smoke, brass and a double", "bass that has seen things. It rains.", "None of its tickets are sold yet")
	event, err := shop.store.Event(t.Context(), jazzID)
	require.NoError(t, err)
	require.Equal(t, "Quite: Smoke, brass and a double bass that has seen things. It rains.", event.Description)
	require.Len(t, shop.finds("rains"), 1)
	shop.audit()
}

// finds is what a shopper finds now.
func (s *shop) finds(words string) []*model.Event {
	now, _ := s.live.Shop()
	return now.Catalogue.Search(model.Query{Text: words}).Events()
}

func TestTheListOfAnAdminIsAsTheyLeftIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("s", "/").types("night").presses("tab", "w").sees("everywhere").types("lon").presses("enter")
	admin.sees("Search night", "Where London", "Sorted by name", "1 of 3").presses("f2").sees("No notifications yet")
	admin.presses("f6").sees("Manage events", "Search night", "Where London", "Sorted by name", "1 of 3").presses("x").sees("3 events")
	admin.presses("down", "down").seesRow("›", "Yesterday's Circus").presses("f5").sees("Revenue").presses("f6").seesRow("›", "Yesterday's Circus")
	admin.presses("f3").sees("No orders yet").presses("ctrl+o").logsIn("boss", "boss-secret").presses("f6").sees("Sorted by date").seesRow("›", "Vanishing")
}

func TestAnAdminSortsByWhatIsSold(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 2)
	admin := shop.manages(80, 24)
	admin.seesRow("Café Noir", "338").presses("s", "s", "s").sees("Sorted by tickets sold").seesRow("› Café Noir", "2")
	shop.buys("bob", jazzID, "red", 1)
	admin.seesRow("› Café Noir", "3").presses("s").sees("Sorted by date").seesRow("› The Vanishing Act")
}

func TestOnlyAdminsManageEvents(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").presses("f6", "tab").sees("choose type", "3 events").seesNo("Manage")
	admin := shop.manages(80, 24)
	admin.presses("n").sees("New event").presses("down", "down", "enter").sees("Type of event")
	require.NoError(t, shop.store.SetRole(t.Context(), "boss", model.RoleUser))
	admin.seesNo("New event").seesNo("Type of event").sees("3 events", "You are no longer an admin")
}

func TestTheEventsDeskLooksAsItShould(t *testing.T) {
	t.Parallel()
	for _, size := range looked {
		name := fmt.Sprintf("%dx%d", size.width, size.height)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, employs(programme())...)
			shop.buys("ann", jazzID, "red", 12)
			admin := shop.manages(size.width, size.height)
			look := func(what string) { looksLike(t, what+"-"+name, admin.frame()) }
			admin.presses("down").seesRow("›", "Café Noir", "12")
			if size.width > 100 {
				admin.sees("12 tickets sold for £720.00, in 1")
			}
			look("manage")
			admin.presses("n").sees("New event")
			look("event-new")
			admin.presses("tab", "tab", "enter").sees("Type of event")
			look("event-type")
			admin.presses("up", "enter").sees("A new one")
			look("event-type-new")
			admin.presses("esc", "esc").sees("Manage events").presses("e").sees("Edit event").presses("tab")
			look("event-edit")
			admin.presses("up", "up", "up", "up", "up").clears().types("70").presses("tab").clears().types("5").presses("shift+tab").sees("↑ 12 red")
			look("event-edit-wrong")
			admin.presses("tab").clears().types("300").presses("up", "up", "up", "up", "up").seesRow("› Name").clears().types("A night of jazz").seesRow("Name", "A night of jazz")
			shop.edits(jazzID, func(d *model.EventDraft) { d.Name, d.Location = "Jazz by night", "Rome" })
			admin.sees("Somebody else has changed it")
			look("event-edit-news")
			admin.presses("ctrl+s").sees("Changed meanwhile")
			look("event-conflict")
		})
	}
}

// edits has somebody at another desk change an event.
func (s *shop) edits(id string, change func(*model.EventDraft)) {
	s.t.Helper()
	event, err := s.store.Event(s.t.Context(), id)
	require.NoError(s.t, err)
	draft := event.Draft()
	change(&draft)
	_, err = s.store.EditEvent(s.t.Context(), "boss", event, draft)
	require.NoError(s.t, err)
}

func TestTheSecondOfTwoAdminsSeesTheDifferenceAndDecides(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("down", "e").sees("Edit event").types("!")
	shop.buys("ann", jazzID, "red", 2)
	admin.seesRow("red", "300", "2").seesNo("meanwhile").presses("ctrl+s").sees("Saved Café Noir Jazz Night!") // a sale is no conflict
	admin.presses("e").sees("Edit event").types("?").seesRow("Name", "Night!?")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Location, d.Tickets[1].Price = "Rome", 6500 })
	admin.sees("Somebody else has changed it: saving will show what").presses("ctrl+s")
	admin.sees("Changed meanwhile", "What they changed:", "· The place from “London” to “Rome”", "· The price of red tickets from £60.00 to £65.00")
	admin.sees("What saving yours would change:", "Jazz Night!” to “Café Noir Jazz Night!?”", "s saves both", "s save both  t take theirs  e go on editing")
	admin.seesNo("“Rome” to “London”").seesNo("£65.00 to £60.00").seesNo("Both of you")
	admin.presses("esc").seesRow("Where", "London").presses("ctrl+s").sees("Changed meanwhile").presses("e").sees("The form now shows both")
	admin.seesRow("Name", "Night!?").seesRow("Where", "Rome").seesRow("red", "65.00", "300").presses("f2").sees("is not saved").presses("n")
	admin.seesNo("Leave without saving").presses("ctrl+s").sees("Saved Café Noir Jazz Night!?", "Manage events")
	require.Equal(t, []string{"Café Noir Jazz Night!?", "Rome"}, shop.called(jazzID))
	_, err := shop.store.RemoveEvent(t.Context(), "boss", magicID, true)
	require.NoError(t, err)
	admin.sees("2 events").presses("e").sees("Edit event").types(" :-)")
	_, err = shop.store.RemoveEvent(t.Context(), "boss", jazzID, true)
	require.NoError(t, err)
	admin.sees("Somebody has removed this event.").presses("ctrl+s").sees("so it cannot be changed").presses("esc", "y").sees("1 event")
	shop.audit()
}

// called is the name and the place of an event.
func (s *shop) called(id string) []string {
	s.t.Helper()
	event, err := s.store.Event(s.t.Context(), id)
	require.NoError(s.t, err)
	return []string{event.Name, event.Location}
}

func TestAnAdminUndoesNothingThatTheyHaveNotTouched(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("down", "e").sees("Edit event").presses("up", "up", "up", "tab").seesRow("› pink").clears().types("500").seesRow("pink", "500")
	shop.edits(jazzID, func(d *model.EventDraft) {
		d.Description = "B says hello"
		d.Tickets = append(d.Tickets, model.TicketDraft{Type: "blue", Total: 3, Price: 100})
	})
	shop.buys("bob", jazzID, "blue", 1)
	admin.sees("Somebody else has changed it").presses("ctrl+s").sees("Changed meanwhile", "to “B says hello”", "New: 3 blue tickets at £1.00")
	admin.sees("What saving yours would change:", "· The number of pink tickets from 40 to 500").seesNo("from “B says hello”").seesNo("No blue")
	admin.presses("s").sees("Saved Café Noir Jazz Night", "Manage events")
	event, err := shop.store.Event(t.Context(), jazzID)
	require.NoError(t, err)
	require.Equal(t, "B says hello", event.Description)
	require.Equal(t, 802, event.Left)
	shop.audit()
}

func TestWhereTwoAdminsChangedTheSameTheSecondDecidesAboutThat(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	both := func() {
		t.Helper()
		admin.presses("e").sees("Edit event").seesRow("› Name").types("!").presses("up", "up", "up", "tab").seesRow("› pink").clears().types("500").seesRow("pink", "500")
		shop.edits(jazzID, func(d *model.EventDraft) { d.Name, d.Location = "Jazz", d.Location+"!" })
		admin.sees("Somebody else has changed it").presses("ctrl+s").sees("Changed meanwhile", "Both of you have changed the name.", "s saves yours there")
		admin.sees("to “Jazz”", "from 40 to 500", "s save mine  t take theirs  e go on editing")
	}
	admin.presses("down")
	both()
	admin.presses("t").sees("The form now shows theirs there: the rest of yours is not saved yet").seesRow("Name", "Jazz").seesNo("Noir").seesRow("pink", "500").seesRow("Where", "London!")
	admin.presses("esc", "y").sees("Manage events").seesRow("› Jazz", "340")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Name = "Jazz Night" })
	admin.seesRow("› Jazz Night")
	both()
	admin.presses("s").sees("Saved Jazz Night!", "Manage events").seesRow("› Jazz Night!", "800")
	require.Equal(t, []string{"Jazz Night!", "London!!"}, shop.called(jazzID))
	shop.audit()
}

func TestATypeOfTicketsThatWasTakenAwayComesBackAsItWas(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("down", "e").sees("Edit event").presses("up", "up", "up").seesRow("› pink", "120.50", "40").presses("ctrl+x").seesNo("pink")
	admin.seesRow("›", "+ another type of ticket").presses("enter").sees("Type of ticket").types("pink").presses("enter").seesRow("› pink", "120.50", "40")
}

func TestWhatOthersHaveChangedIsToldBeforeWhatItForbids(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("down", "e").sees("Edit event").presses("up", "up", "up").seesRow("› pink").presses("ctrl+x").seesNo("pink")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Tickets[0].Total = 41 })
	shop.buys("bob", jazzID, "pink", 1)
	admin.sees("Somebody else has changed it: saving will show what").presses("ctrl+s")
	admin.sees("Changed meanwhile", "Both of you have changed the pink tickets.", "It cannot be saved: 1 pink ticket is sold: that type cannot be removed")
	admin.presses("s").sees("! 1 pink ticket is sold: that type cannot be removed").presses("t").sees("The form now shows the event as they saved it").seesRow("pink", "41", "1")
}

func TestAFormIsSavedWhenOthersHaveSoldMoreThanItShows(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("home", "e").sees("Edit event").seesRow("red", "1", "0").types("!")
	shop.edits(magicID, func(d *model.EventDraft) { d.Tickets[0].Total = 5 })
	shop.buys("bob", magicID, "red", 3)
	admin.seesRow("red", "3").presses("ctrl+s").sees("from 1 to 5", "Act” to “The Vanishing Act!”").presses("s").sees("Saved The Vanishing Act!").seesRow("› The Vanishing Act!", "2")
	shop.audit()
}

func TestAConflictNamesAnEventWithoutAName(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.puts(model.EventKey(magicID), `{"name":"","description":"","location":"Leeds","type":"magic","date":"2027-03-04 19:00","current_quantity":1}`)
	admin := shop.manages(120, 40)
	admin.seesRow("›", "an event without a name").presses("e").sees("Edit event").types("Magic")
	shop.edits(magicID, func(d *model.EventDraft) { d.Location = "York" })
	admin.sees("Somebody else has changed it").presses("ctrl+s").sees("Somebody else has changed an event without a name while you edited it.").presses("e")
}

func TestWhatOthersHaveWrittenIsShownAsItIsShownElsewhere(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Keys: tui.Keymap{"save-mine-over-theirs": {"o"}}}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f6").sees("new event").presses("down", "e").sees("Edit event").types("!")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Description = "The \"old\" C:\\ 👩\u200d🚀 at\u00a0Rome" })
	admin.sees("Somebody else has changed it").presses("ctrl+s").sees("to “The \"old\" C:\\", "o saves both").seesNo("\\u00a0").seesNo("\\u200d")
}

func TestAnEventIsRemovedAndItsBuyersLearnThatTheirMoneyComesBack(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 2)
	shop.buys("ann", jazzID, "pink", 1)
	shop.buys("bob", jazzID, "red", 1)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").sees("3 events")
	admin := shop.manages(60, 20)
	admin.presses("down").seesRow("›", "Café Noir", "4").presses("d").sees("Remove Café Noir Jazz Night?", "2 buyers get the money back for 4 tickets", "£300.50 back in all")
	admin.presses("enter").seesNo("Remove an event").sees("3 events").presses("delete").sees("Remove and refund").presses("y")
	admin.sees("Removed Café Noir Jazz Night: 3 orders refunded", "2 events").seesNo("› Café Noir")
	ann.sees("Café Noir Jazz Night was called off: £240.50 comes back to you", "2 events", "! 1  ann").presses("f2")
	ann.seesRow("Café Noir Jazz Night", "called off, £240.50 returned").presses("f3").seesNo("1 order").sees("0 orders")
	admin.presses("home", "d").sees("Remove The Vanishing Act?", "Nobody has bought tickets for it").presses("y").sees("Removed The Vanishing Act", "1 event")
	shop.audit()
}

func TestWhoBuysWhileTheAdminDecidesIsNotRefundedUnasked(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("d").sees("Remove The Vanishing Act?", "Nobody has bought tickets")
	shop.buys("ann", magicID, "red", 1)
	admin.presses("y").sees("The Vanishing Act has 1 order: it can only be removed if they are refunded").presses("d")
	admin.sees("1 buyer gets the money back for 1 ticket", "£50.00 back in all").presses("y").sees("1 order refunded")
	shop.audit()
}

func TestWhoBuysMoreWhileTheAdminDecidesIsNotRefundedAtTheOldPrice(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("bob", jazzID, "red", 1)
	admin := shop.manages(120, 40)
	admin.presses("down").seesRow("›", "Café Noir").presses("d").sees("1 buyer gets the money back for 1 ticket: £60.00 back in all")
	shop.buys("ann", jazzID, "red", 10)
	admin.seesRow("Café Noir", "329").presses("y").sees("Remove Café Noir Jazz Night?", "2 buyers get the money back for 11 tickets", "(10 more sold", "£660.00")
	admin.presses("y").sees("Removed Café Noir Jazz Night: 2 orders refunded, £660.00 in all")
	shop.audit()
}

func TestAnEventThatPeopleHoldTicketsForIsMovedOnlyAfterAQuestion(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 2)
	shop.buys("bob", jazzID, "red", 1)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").sees("3 events").presses("f3").sees("1 order")
	admin := shop.manages(80, 24)
	admin.presses("down").seesRow("›", "Café Noir", "3").presses("e").sees("Edit event").presses("up", "up", "up", "up", "up").seesRow("›", "Date")
	admin.clears().types("2026-03-05 20:30").presses("ctrl+s").sees("Move Café Noir Jazz Night?", "3 tickets are sold for this event", "past: nobody could buy", "Only buyers who are in the shop")
	admin.presses("enter").seesNo("Move an event").sees("Edit event").clears().types("2027-03-06 20:30").presses("ctrl+s")
	admin.sees("This changes the date from", "to Sat 6 Mar 2027, 20:30").seesNo("past: nobody").presses("y").sees("Saved Café Noir Jazz Night", "Manage events")
	ann.sees("! Café Noir Jazz Night, for which you have tickets, is now on Sat 6 Mar 2027,")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Location, d.Date = "Rome", "2027-03-07 20:30" })
	ann.sees("is now on Sun 7 Mar 2027,", "20:30, in Rome")
	shop.edits(magicID, func(d *model.EventDraft) { d.Location = "Rome" }) // which nobody has bought
	admin.presses("home", "e").sees("Edit event").types("!").presses("ctrl+s").sees("Saved The Vanishing Act!")
	ann.sees("is now on Sun 7 Mar 2027,", "20:30, in Rome")
	shop.audit()
}

func TestACommaIsNoDecimalPoint(t *testing.T) {
	t.Parallel()
	admin := openShop(t, employs(programme())...).manages(80, 24).fillsTosca()
	admin.presses("shift+tab").clears().types("12,50").presses("ctrl+s").sees("↑ please write 12.50 with a point: a comma only stands before three")
	for _, wrong := range []string{",500", "1,2500", "1.5,0", "1,250,5"} {
		admin.clears().sees("↑ please enter a price").types(wrong).sees("↑ please write 12.50 with a point")
	}
	admin.clears().types("1,250.50").presses("tab").clears().types("1,50").presses("ctrl+s").sees("↑ please write 1,250 or 1250")
	admin.clears().types("1,500").presses("ctrl+s").sees("Tosca is on sale, with 1,500 tickets").seesRow("› Tosca").presses("o").sees("£1,250.50")
}

// forgetful is a store that does not learn whether an event was created.
type forgetful struct{ tui.Store }

func (forgetful) CreateEvent(context.Context, string, model.EventDraft) (model.Event, error) {
	return model.Event{}, model.Errorf(model.CodeUnknown, "it is not known whether the event was created")
}

func TestAFormThatIsNotSavedIsNotLostBehindAQuestion(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: forgetful{shop.store}, Live: shop.live}, 80, 24)
	admin.logsIn("boss", "boss-secret").fillsTosca().presses("ctrl+s")
	admin.sees("It is not known whether the event was created").presses("ctrl+s").sees("Save once more").presses("ctrl+c")
	admin.sees("The new event is not saved.").presses("n").seesNo("is not saved").sees("Save once more").presses("ctrl+c").sees("is not saved").leaves()
}

func TestWhoLeavesWhileSomethingIsUnderWayIsAskedAboutAFormToo(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin, goOn := shop.sitsAtASlowStore()
	defer close(goOn)
	admin.presses("f6").sees("Manage events").presses("d").sees("Finding out who has bought The Vanishing Act")
	admin.presses("n").sees("New event").types("Gala").presses("ctrl+c").sees("Still busy: Finding out", "you will not see how it ends").presses("y")
	admin.sees("The new event is not saved.").presses("n").seesNo("is not saved").seesRow("Name", "Gala").presses("ctrl+c").sees("Still busy")
	admin.presses("ctrl+c").sees("The new event is not saved.").presses("y").hasLeft()
}

// hesitant is a store that does not learn whether an event was created, and then does not answer.
type hesitant struct {
	tui.Store
	asked *atomic.Bool
}

func (h hesitant) CreateEvent(ctx context.Context, actor string, draft model.EventDraft) (model.Event, error) {
	if !h.asked.Swap(true) {
		return forgetful{}.CreateEvent(ctx, actor, draft)
	}
	return model.Event{}, model.Errorf(model.CodeUnavailable, "the store does not answer: nothing was changed")
}

func TestWhetherAnEventWasCreatedStaysUnknownWhenTheNextTryFails(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: hesitant{shop.store, new(atomic.Bool)}, Live: shop.live}, 80, 24)
	admin.logsIn("boss", "boss-secret").fillsTosca().presses("ctrl+s").sees("It is not known whether the event was created")
	for range 2 {
		admin.presses("ctrl+s").sees("Save once more", "could create it twice").presses("y").seesNo("Save once more").sees("nothing was changed")
	}
}

func TestAFormThatIsNotSavedIsNotLostByAKey(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.manages(80, 24)
	admin.presses("down", "e").sees("Edit event").presses("esc").sees("Manage events").presses("e").sees("Edit event").types("!")
	for _, key := range []string{"esc", "f2", "f5", "ctrl+c"} {
		admin.presses(key).sees("What you changed of Café Noir Jazz Night is not saved.", "If you leave now, that is lost.")
		admin.presses("n").seesNo("Leave without saving").seesRow("Name", "Café Noir Jazz Night!")
	}
	admin.presses("ctrl+p").types("search").seesRow("›", "Search").presses("enter").sees("is not saved").presses("enter").seesNo("Leave without saving")
	admin.presses("f2").sees("is not saved").presses("y").sees("No notifications yet")
	admin.presses("f6", "n").sees("New event").types("x").presses("esc").sees("The new event is not saved").presses("right", "enter").sees("Manage events")
	admin.presses("n").sees("New event").types("x").presses("esc").sees("is not saved").leaves()
	shop.audit()
}

func TestAnEventThatIsOverIsNotSaidToBeOnSale(t *testing.T) {
	t.Parallel()
	admin := openShop(t, employs(programme())...).manages(80, 24)
	admin.presses("n").sees("New event").types("Gala").presses("enter").types("It was grand").presses("enter", "enter").sees("Type of event")
	admin.types("concert").seesRow("›", "concert").presses("enter").seesRow("Type", "concert").presses("enter").sees("Leeds")
	admin.presses("down", "enter").seesRow("Where", "London").types("2020-01-01 10:00").sees("7 years ago").presses("enter")
	admin.seesRow("›", "+ a type of ticket").presses("enter").sees("Type of ticket").types("red").presses("enter").seesRow("›", "red")
	admin.types("5").presses("enter").types("7").presses("ctrl+s").sees("Saved Gala, which is over: nobody can buy tickets for it")
}

func TestAFormWithManyTypesOfTicketsSaysThatThereAreMoreAndIsPaged(t *testing.T) {
	t.Parallel()
	records := employs(programme())
	for n := range 50 {
		ticket := model.Ticket{Type: fmt.Sprintf("balcony, row %d, on the left", n+1), Left: 10, Total: 10, Price: model.Cents(10_000 + n)}
		records = append(records, model.Record{Key: model.TicketKey(jazzID, ticket.Type), Value: ticket.Encode()})
	}
	admin := openShop(t, records...).manages(80, 24)
	admin.presses("/").types("jazz").seesRow("›", "Café Noir").presses("enter").sees("Edit event", "balcony, row 5, on the left", "↓ 45 more").seesNo("↑ ")
	admin.presses("pgdown").sees("↑ ", "↓ ").seesRow("›", "balcony").seesNo("Description")
	admin.presses("pgdown", "pgdown", "pgdown", "pgdown").seesRow("›", "Save").sees("balcony, row 50").seesNo("↓ ")
	admin.presses("pgup").seesRow("›", "balcony").presses("pgup", "pgup", "pgup", "pgup").seesRow("›", "Name").seesNo("↑ ")
}

func TestANumberStaysWhereItIsWhenItsFieldGetsTheFocus(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	admin := shop.sits("boss").logsIn("boss", "boss-secret").presses("f6").sees("new event").presses("down", "e")
	const row = "red                             60.00        300        0"
	admin.sees("Edit event").seesRow("  " + row)
	admin.presses("tab", "tab", "tab", "tab", "tab").seesRow("› " + row).presses("left").seesRow("› " + row)
	admin.presses("tab").seesRow("› " + row).presses("home").seesRow("› " + row).presses("tab").seesRow("  " + row)
}
