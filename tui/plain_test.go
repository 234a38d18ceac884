package tui_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// caller is somebody who speaks with the shop line by line.
type caller struct {
	t       *testing.T
	program *tea.Program
	in      io.Writer
	heard   *heard
	ended   chan error
	from    int // where in what was heard the story has come to
}

// heard is all that the shop has said to somebody.
type heard struct {
	mu      sync.Mutex
	text    string
	changed chan struct{}
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text += string(p)
	close(h.changed)
	h.changed = make(chan struct{})
	return len(p), nil
}

func (h *heard) get() (string, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text, h.changed
}

// calls begins a plain session, whose person hears when it is their turn.
func (s *shop) calls() *caller {
	s.t.Helper()
	keyboard, in := io.Pipe()
	c := s.callsWith(tui.Lines{In: keyboard, Prompt: true})
	c.in = in
	return c
}

func (s *shop) callsWith(lines tui.Lines) *caller {
	s.t.Helper()
	return s.callsIn(false, lines)
}

func (s *shop) callsIn(onlyASCII bool, lines tui.Lines) *caller {
	s.t.Helper()
	c := &caller{t: s.t, heard: &heard{changed: make(chan struct{})}, ended: make(chan error, 1)}
	lines.Out = c.heard
	ctx, cancel := context.WithCancel(context.Background())
	s.t.Cleanup(cancel)
	cfg := tui.Config{Store: s.store, Live: s.live, Now: func() time.Time { return opening }, ASCII: onlyASCII}
	c.program = tea.NewProgram(tui.NewPlain(ctx, cfg, lines), tea.WithContext(ctx), tea.WithInput(nil),
		tea.WithOutput(io.Discard), tea.WithoutRenderer(), tea.WithoutSignals())
	go func() {
		_, err := c.program.Run()
		c.ended <- err
	}()
	return c
}

// says a line.
func (c *caller) says(line string) *caller {
	c.t.Helper()
	_, err := io.WriteString(c.in, line+"\n")
	require.NoError(c.t, err)
	return c
}

// hears waits until the shop has said all texts, in this order, after what was heard before.
func (c *caller) hears(texts ...string) *caller {
	c.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for _, text := range texts {
		for {
			all, changed := c.heard.get()
			if at := strings.Index(all[c.from:], text); at >= 0 {
				c.from += at + len(text)
				break
			}
			select {
			case <-changed:
			case <-timeout.C:
				require.Failf(c.t, "waited in vain", "for %q, after %q", text, all[c.from:])
			}
		}
	}
	return c
}

// logsIn with the password of the example accounts.
func (c *caller) logsIn(username string) *caller {
	c.t.Helper()
	c.hears("> ").says("login " + username).hears("Password: ").says(username + "-secret")
	return c.hears("Logging in ...\n", "Welcome back", "> ")
}

// all is what was said when the session has ended.
func (c *caller) all() string {
	c.t.Helper()
	select {
	case err := <-c.ended:
		require.NoError(c.t, err)
	case <-time.After(patience):
		require.Fail(c.t, "the session does not end")
	}
	text, _ := c.heard.get()
	for _, r := range text {
		require.True(c.t, r == '\n' || r >= ' ' && r != 0x7f && (r < 0x80 || r >= 0xa0), "only text and ends of lines, not %q in %q", r, text)
	}
	return text
}

func TestSomebodySearchesBuysAndCancelsLineByLine(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.calls()
	ann.hears("TickETCD, a ticket shop, line by line.").logsIn("ann")
	ann.says("search").hears("3 events.\n", "1. The Vanishing Act, magic in Leeds, Thu 4 Mar 2027, 19:00, 1 ticket left from £50.00.\n")
	ann.hears("3. Yesterday's Circus, circus in York, Sat 20 Feb 2027, 15:00, over.\n> ")
	ann.says("search lon jazz").hears("1 of 3 events.\n1. Café Noir Jazz Night, concert in London, Fri 5 Mar 2027, 20:30, 340 tickets left from £60.00.\n> ")
	ann.says("1").hears("Café Noir Jazz Night.\nConcert in London, Fri 5 Mar 2027, 20:30, in 4 days.\nSmoke, brass",
		"red: £60.00, 300 of 300 left.\npink: £120.50, 40 of 40 left.\nIn all 340 of 340 are left.\n> ")
	ann.says("buy 2 red and 1 pink").hears("Buy 1 pink and 2 red tickets for Café Noir Jazz Night?\nYou pay £240.50.\nYes or no? ")
	ann.says("").hears("nothing was done.\n> ").says("buy red 2 pink 1").hears("Yes or no? ").says("yes")
	ann.hears("Buying 1 pink and 2 red tickets ...\n", "Bought 1 pink and 2 red tickets: order ", "> ")
	ann.says("orders").hears("You have 1 order", "1. 1 pink and 2 red tickets for Café Noir Jazz Night in London, Fri 5 Mar 2027, 20:30, bought Mon 1 Mar 2027, 09:30, paid £240.50, order ")
	ann.says("1").hears("red: £60.00, 298 of 300 left.")
	ann.says("cancel 1").hears("Cancel order", "£240.50 comes back to you.\nYes or no? ").says("y").hears("Cancelled order", "> ")
	ann.says("orders").hears("You have no orders.\n> ")
	for _, again := range []string{"cancel 1", "cancel", "cancel abc"} {
		ann.says(again).hears("You have no orders.\n> ")
	}
	ann.says("quit").all()
	shop.audit()
}

func TestWhatIsAskedLineByLineIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.calls()
	ann.hears("> ").says("search").hears("Please log in first: type login, or register for an account.\n> ")
	ann.says("login ann").hears("Password: ").says("wrong").hears("Wrong user name or password.\n")
	ann.logsIn("ann").says("favourit").hears("There is no command favourit. Did you mean favourite? Type help for the commands.\n> ")
	ann.says("buy 1 red").hears("Open an event first").says("7").hears("There is no list yet")
	ann.says("type").hears("The types are: all, circus, concert, magic.\n> ").says("type circus").hears("1 of 3 events.\n")
	ann.says("type concrete").hears("There is no type concrete. It stays as it was: circus.\nThe types are: all, circus, concert, magic.\n> ")
	ann.says("place lundon").hears("There is no place lundon. It stays as it was: all.\nThe places are: all, ")
	ann.says("search").hears("1 of 3 events.\n")
	ann.says("9").hears("There is no number 9 in the last list: it has 1 to 1.\n> ")
	ann.says("1").hears("This event is over: its tickets are no longer sold.\n> ").says("buy 1 red").hears("This event is over")
	ann.says("type all").hears("3 events.\n").says("place leeds").hears("1 of 3 events.\n").says("1").hears("The Vanishing Act.\n")
	ann.says("date").hears("The dates are: all, today, tomorrow, this weekend, next 7 days, next 30 days, March 2027, February 2027.\n> ")
	ann.says("date someday").hears("There is no date someday. It stays as it was: all.\n").says("date this weekend").hears("There is nothing in Leeds this weekend.\n")
	ann.hears("type all, place all and date all find events of any type, place and date.\n> ").says("date march 2027").hears("1 of 3 events.\n")
	ann.says("date all").hears("1 of 3 events.\n").says("1").hears("The Vanishing Act.\n")
	ann.says("buy 2 red").hears("Only 1 red ticket is left.\n> ").says("buy 1 blue").hears("The types are red.\n> ")
	ann.says("buy").hears("Say how many").says("buy two red").hears("Say how many").says("buy -1 red").hears("Say how many")
	ann.says("buy 99999999999999999999 red").hears("Say how many").says("cancel 1").hears("You have no orders.\n> ")
	ann.says("tell 0").hears("Please enter a whole number").says("tell back").hears("This event has tickets now").says("tell off").hears("You have not asked")
	ann.says("search zzz").hears("Nothing found. Try fewer letters, or type all, place all and date all for events of any type, place and date.\n> ").says("help").hears("buy 2 red: ", "quit: ")
	ann.says("login bob").hears("Type logout first.\n> ").says("logout").hears("You are logged out.\n> ").says("orders").hears("Please log in first")
	require.NotContains(t, ann.says("quit").all(), "ann-secret")
	shop.audit()
}

func TestFavouritesAndNotificationsAreToldLineByLine(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.calls()
	ann.logsIn("ann").says("favourites").hears("You have no favourites.").says("search jazz").hears("> ").says("1").hears("> ")
	ann.says("favourite").hears("Added to your favourites: Café Noir Jazz Night.\n> ").says("favourites").hears("You have 1 favourite.\n1. Café Noir Jazz Night, concert in London, Fri 5 Mar 2027, 20:30, 340 tickets left from £60.00.\n> ")
	ann.says("search jazz").hears("340 tickets left from £60.00, a favourite.\n> ").says("1").hears("Café Noir Jazz Night, a favourite.\nConcert in London")
	ann.says("tell 340").hears("You will be told when Café Noir Jazz Night has fewer than 340 tickets left.\n> ").says("notifications").hears("You have 1 notification. Type a number to open an event, and then tell off to remove its notification.\n1. Café Noir Jazz Night: when fewer than 340 tickets are left.\n> ")
	_, err := shop.store.Buy(t.Context(), model.Order{
		Username: "bob", EventID: jazzID, Lines: []model.Line{{Type: "red", Quantity: 1}},
	}, func() {})
	require.NoError(t, err)
	ann.hears("\nCafé Noir Jazz Night ran low: fewer than 340 tickets left, 339 now.\n> ")
	ann.says("notifications").hears("You have 1 notification to read, 1 in all.").says("notifications").hears("You have 1 notification. Type")
	ann.says("logout").says("login ann").hears("Password: ").says("ann-secret")
	ann.hears("You have 1 notification to read: the command notifications shows more.\n", "> ")
	ann.says("search jazz").hears("> ").says("1").hears("> ")
	ann.says("tell off").hears("Removed: you will not be told of Café Noir Jazz Night.\n> ").says("notifications").hears("You have no notifications.")
	ann.says("favourite").hears("Removed from your favourites: Café Noir Jazz Night.\n> ").says("quit").all()
}

func TestWhatHasNotBeenListedIsNotOpenedLineByLine(t *testing.T) {
	t.Parallel()
	shop := openShop(t, demoRecords(t)...)
	night := shop.finds("night")[0]
	for range 11 {
		shop.buys("ann", night.ID, "red", 1)
	}
	require.Eventually(t, func() bool {
		now, _ := shop.live.Shop()
		e, _ := now.Catalogue.Event(night.ID)
		return e.OnSale() == night.OnSale()-11
	}, patience, patience/1000, "the shop shows them")
	ann := shop.calls().logsIn("ann")
	ann.says("search").hears("200 events.\n", "10. ", "And 190 more: type more to list them.\n> ")
	ann.says("15").hears("There is no number 15 in the last list: it has 1 to 10. Type more to list more.\n> ")
	ann.says("more").hears("15. ", "20. ", "> ").says("15").hears("In all ", "> ").says("21").hears("it has 1 to 20. Type more to list more.\n> ")
	ann.says("orders").hears("You have 11 orders", "And 1 more", "> ").says("cancel 11").hears("There is no number 11 in the last list: it has 1 to 10.")
	ann.says("more").hears("11. 1 red ticket", "> ").says("cancel 11").hears("Cancel order", "Yes or no? ").says("no")
	ann.says("12").hears("it has 1 to 11.\n> ").says("quit").all()
}

func TestSomebodyNewRegistersLineByLine(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	eve := shop.calls()
	eve.hears("> ").says("register").hears("User name (small letters").says("Eve").hears("A user name has only small letters", "User name").says("eve")
	eve.hears("Password (at least 8 characters): ").says("short").hears("at least 8 characters.\n").says("long enough")
	eve.hears("Once more").says("long enouhg").hears("The two passwords differ.\n", "Once more").says("long enough")
	eve.hears("Your name").says("Eve Day").hears("Email").says("").hears("No answer, so nothing was done.\n> ")
	eve.says("register").says("eve").says("long enough").says("long enough").says("Eve Day").says("eve@example.com")
	eve.hears("Your account is ready. Welcome, Eve Day.\n> ").says("account").hears("You are Eve Day, user name eve, email eve@example.com, role user.\n")
	eve.says("password").hears("Current password: ").says("long enough").hears("New password").says("even longer").hears("Once more").says("even longer")
	eve.hears("Your password is changed.\n> ").says("logout").says("login eve").says("even longer").hears("Welcome back, Eve Day.").says("quit")
	eve.all()
}

func TestAWholeConversationComesThroughAPipe(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	secrets := strings.NewReader("ann-secret")
	ann := shop.callsWith(tui.Lines{
		In: strings.NewReader("login ann\nsearch jazz\n1\nbuy red 2\nno\nbuy red=2\nyes\nfavourite\nfavourites\norders"),
		Secret: func() (string, error) {
			text, err := io.ReadAll(secrets)
			return string(text), err
		},
	})
	all := ann.all()
	ann.hears("Welcome back, Ann Lee.\n", "Bought 2 red tickets: order ", "Added to your favourites: Café Noir Jazz Night.\n", "You have 1 favourite.\n", "You have 1 order")
	require.NotContains(t, all, ">", "nobody is there to be prompted")
	require.NotContains(t, all, "Password")
	shop.audit()
}

func TestAmountsAreToldInASCII(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.callsIn(true, tui.Lines{In: strings.NewReader("login ann\nann-secret\nsearch jazz\n1\nquit")})
	ann.hears("340 tickets left from GBP 60.00.\n", "Cafe Noir Jazz Night.\n", "pink: GBP 120.50, 40 of 40 left.\n").all()
}

func TestAShopWithoutEventsSaysWhatCanBeDoneByWhoIsThere(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs([]model.Record{user("ann", "Ann Lee")})...)
	shop.calls().logsIn("ann").says("search").hears("There are no events yet.\nThey show up here as soon as they go on sale.\n> ").says("quit").all()
	shop.calls().logsIn("boss").says("search").hears("To make the first, use the command ticketcd event create.\n> ").says("quit").all()
	boss := shop.sits("boss").logsIn("boss", "boss-secret").sees("There are no events yet.", "To make the first, use f6.").presses("f6")
	boss.sees("to make the first.").presses("q")
	here := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Fill: "ticketcd seed --data-dir d9"}, 80, 24)
	here.logsIn("ann", "ann-secret").sees("To have a look around, leave the shop", "and run: ticketcd seed --data-dir d9")
	there := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Fill: "ticketcd seed"}, 80, 24)
	there.logsIn("boss", "boss-secret").sees("To make the first, use f6.", "ticketcd seed").presses("f5").sees("There are no events yet, so nothing is sold.")
}

func TestALineThatIsNeverWrittenIsEndedOnTheScreen(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann, bob := shop.calls(), shop.calls()
	ann.hears("> ").program.Send(tui.Closing{Words: "it was interrupted"})
	require.Regexp(t, "> \n$", ann.all(), "what is said next begins a line of its own")
	bob.says("login bob").hears("Password: ")
	require.NoError(t, bob.in.(io.Closer).Close())
	require.Regexp(t, "Password: \n$", bob.all())
}

func TestExitIsQuit(t *testing.T) {
	t.Parallel()
	ann := openShop(t, programme()...).calls()
	ann.hears("> ").says("help").hears("quit: leaves the shop; so does exit.\n> ").says("exit")
	require.NotContains(t, ann.all(), "There is no command")
}

func TestNothingIsAskedOrDoneAfterQuit(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.calls()
	ann.hears("> ").says("quit")
	require.Equal(t, 1, strings.Count(ann.all(), "> "), "nobody is asked who has left")
	all := shop.callsWith(tui.Lines{
		In: strings.NewReader("login ann\nann-secret\nsearch jazz\n1\nquit\nbuy 1 red\nyes\n"), Prompt: true,
	}).all()
	require.True(t, strings.HasSuffix(all, "In all 340 of 340 are left.\n> "), "what comes after quit is not looked at: %s", all)
	shop.audit()
}

func TestTheEndOfWhatIsSaidWaitsForTheOrderBeforeIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	all := shop.callsWith(tui.Lines{In: strings.NewReader("login ann\nann-secret\nsearch jazz\n1\nbuy 1 red\nyes")}).all()
	require.Regexp(t, `Buying 1 red ticket \.\.\.\nBought 1 red ticket: order \w+\.\n$`, all)
	shop.audit()
}

func TestWhoGoesOnIsAskedAgainWhatTheyWereAsked(t *testing.T) {
	t.Parallel()
	ann := openShop(t, programme()...).calls()
	ann.hears("> ").program.Send(tui.Continued{})
	ann.hears("> ").says("login ann").hears("Password: ").program.Send(tui.Continued{})
	ann.hears("Password: ").says("ann-secret").hears("Welcome back, Ann Lee.\n> ").says("quit").all()
}

func TestWhatIsToldLineByLineIsCleaned(t *testing.T) {
	t.Parallel()
	shop := openShop(t, hostileRecords()...)
	ann := shop.calls()
	ann.logsIn("ann").says("search").hears("> ").says("1").hears("> ").says("account").hears("> ").says("quit").all()
}
