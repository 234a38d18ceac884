package tui_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// accountRemoved is what somebody reads whose account is gone.
const accountRemoved = "! Your account was removed, so you are logged out."

// removes deletes a record as an operator would.
func (s *shop) removes(key string) {
	s.t.Helper()
	q := model.RawQuery{Verb: model.VerbDel, Range: model.Range{Key: key}}
	require.NoError(s.t, s.store.Query(s.t.Context(), q, func(model.Answer) error { return nil }))
}

// registers makes an account whose password is its name's "-secret".
func (s *shop) registers(username, name string) {
	s.t.Helper()
	_, err := s.store.Register(s.t.Context(), model.Registration{
		Username: username, Name: name, Email: username + "@b.cd", Password: username + "-secret",
	})
	require.NoError(s.t, err)
}

func TestWhoseAccountIsRemovedIsLoggedOutWhateverIsOpen(t *testing.T) {
	t.Parallel()
	for what, opens := range map[string]func(*person){
		"the search":       func(*person) {},
		"an event":         func(p *person) { p.opens("jazz", "Café Noir") },
		"a question":       func(p *person) { p.opens("jazz", "Café Noir").presses("b", "right", "enter").sees("You pay £60.00") },
		"a form":           func(p *person) { p.presses("f3", "e").sees("Name and email").types("x") },
		"the password box": func(p *person) { p.presses("f3", "w").sees("Current password") },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, programme()...)
			ann := shop.sits("ann").logsIn("ann", "ann-secret")
			opens(ann)
			shop.removes("user:ann")
			ann.sees(accountRemoved, "Password").seesNo("f2 Notifications").seesNo("You pay").seesNo("Current password")

			shop.registers("ann", "Another Ann")
			ann.logsIn("ann", "ann-secret").sees("Welcome back, Another Ann").seesNo(accountRemoved)
			shop.audit()
		})
	}
}

func TestTheNextOwnerOfANameDoesNotGetTheFormersSession(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	live, stop := shop.followsUntil(model.NewLive())
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: live}, 80, 24).logsIn("ann", "ann-secret").opens("jazz", "Café Noir")
	stop() // what happens now is only read when the connection is back
	shop.removes("user:ann")
	shop.registers("ann", "Another Ann")
	shop.followsUntil(live)
	ann.sees(accountRemoved, "Password").seesNo("Another Ann")
}

// followsUntil keeps live up to date until it is stopped, or the story ends.
func (s *shop) followsUntil(live *model.Live) (same *model.Live, stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() { s.store.Follow(ctx, live) })
	stop = func() {
		cancel()
		following.Wait()
	}
	s.t.Cleanup(stop)
	return live, stop
}

func TestAnAdminWhoseAccountIsMadeAnewHasToLogIn(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	boss := shop.sits("boss").logsIn("boss", "boss-secret").presses("f6").sees("Manage events")
	shop.removes("user:boss")
	shop.puts("user:boss", `{"name":"The Next Boss","password":"next-secret","role":"admin"}`)
	boss.sees(accountRemoved).seesNo("Manage events").presses("f6").sees("Password").seesNo("Manage events")
	boss.logsIn("boss", "next-secret").presses("f6").sees("Manage events")
}

func TestAnAccountThatIsWrittenAnewIsStillTheSame(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").presses("f3").sees("Ann Lee")
	shop.puts("user:ann", `{"name":"Ann Prototype","password":"other-secret","role":"user"}`)
	ann.sees("Ann Prototype")
	shop.puts("user:ann", `{"name":`)
	shop.buys("ann", jazzID, "red", 1)
	ann.sees("1 order")
	shop.puts("user:ann", `{"name":"Ann Again","password":"other-secret","role":"admin"}`)
	ann.sees("Ann Again", "admin").presses("e").sees("Name and email")
	shop.registers("cat", "Cat")
	ann.presses("esc").sees("Ann Again")
}

// tardy is a store that does at once what it is asked to, and says so when it is told to.
type tardy struct {
	tui.Store
	release chan struct{}
}

func (t tardy) EditEvent(ctx context.Context, actor string, seen model.Event, draft model.EventDraft) (model.Event, error) {
	now, err := t.Store.EditEvent(ctx, actor, seen, draft)
	t.release <- struct{}{} // has answered
	<-t.release
	return now, err
}

func (t tardy) Buy(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error) {
	bought, err := t.Store.Buy(ctx, order, nil)
	inDoubt()
	<-t.release
	return bought, err
}

func TestAnOrderThatIsUnderWayWhenTheAccountIsRemovedIsTold(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	release := make(chan struct{})
	ann := sit(t, "ann", tui.Config{Store: tardy{shop.store, release}, Live: shop.live}, 80, 24)
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Checking whether your order went through")
	shop.removes("user:ann")
	ann.sees(accountRemoved, "Checking whether your order went through")
	ann.types("cat").presses("enter").types("cat-secret").presses("enter").sees("Not yet: still buying 1 red ticket")
	close(release)
	ann.sees(accountRemoved, "✓ Bought 1 red ticket: order", "Password")
}

func TestAnAdminWhoIsLoggedOutMeanwhileIsToldWhatWasNotSaved(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	release := make(chan struct{})
	boss := sit(t, "boss", tui.Config{Store: tardy{shop.store, release}, Live: shop.live}, 80, 24).logsIn("boss", "boss-secret")
	boss.presses("f6").sees("new event").presses("down", "e").sees("Edit event").types("!")
	shop.edits(jazzID, func(d *model.EventDraft) { d.Location = "Rome" })
	boss.sees("Somebody else has changed it").presses("ctrl+s")
	<-release
	shop.removes("user:boss")
	boss.sees(accountRemoved)
	release <- struct{}{}
	boss.sees("Not saved: somebody else has changed Café Noir Jazz Night meanwhile", accountRemoved, "Password")
}

func TestAnOrderThatComesAfterTheAccountIsRemovedIsRefused(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann, release := shop.sitsAtABrokenStore(time.Millisecond)
	ann.opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Checking whether your order went through")
	shop.removes("user:ann")
	ann.sees(accountRemoved, "Checking whether your order went through")
	close(release)
	ann.sees(accountRemoved, "There is no user ann, so nothing was charged")
	shop.registers("cat", "Cat")
	ann.logsIn("cat", "cat-secret").sees("Search").seesNo("There is no user")
}

func TestWhoHasJustRegisteredIsNotTakenForRemoved(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	behind, _ := shop.live.Shop()
	unseen, _ := model.NewPerson("cat").With([]model.Change{{Key: "user:cat", Deleted: true}})
	behind.People = behind.People.With("cat", unseen) // read before the account was made
	live := model.NewLive()
	live.Publish(behind)
	shop.registers("cat", "Cat")
	cat := sit(t, "cat", tui.Config{Store: shop.store, Live: live}, 80, 24).logsIn("cat", "cat-secret").presses("f3").sees("Cat", "0 orders")
	shop.followsUntil(live)
	shop.buys("cat", jazzID, "red", 1)
	cat.sees("Cat", "1 order")
}

func TestWhoHearsTheShopHearsThatTheAccountWasRemoved(t *testing.T) {
	t.Parallel()
	const words = "Your account was removed, so you are logged out.\n"
	for what, story := range map[string]func(*shop, *caller){
		"a command": func(shop *shop, ann *caller) {
			shop.removes("user:ann")
			ann.hears("\n"+words, "> ").says("orders").hears("Please log in first")
		},
		"a question": func(shop *shop, ann *caller) {
			ann.says("search jazz").hears("> ").says("1").hears("> ").says("buy 2 red").hears("Yes or no? ")
			shop.removes("user:ann")
			ann.hears("\n"+words, "> ").says("yes").hears("You are not logged in any more, so nothing was done.\n> ")
			ann.says("1").hears("Please log in first")
		},
		"a password": func(shop *shop, ann *caller) {
			ann.says("password").hears("Current password: ")
			shop.removes("user:ann")
			ann.hears("\n"+words, "> ").says("ann-secret").hears("You are not logged in any more, so nothing was done.\n> ")
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, programme()...)
			ann := shop.calls().logsIn("ann")
			story(shop, ann)
			shop.registers("ann", "Another Ann")
			ann.says("login ann").hears("Password: ").says("ann-secret").hears("Welcome back, Another Ann", "> ")
			ann.says("quit").all()
			event, err := shop.store.Event(t.Context(), jazzID)
			require.NoError(t, err)
			require.Equal(t, 340, event.Left, "nothing was bought")
			shop.audit()
		})
	}
}
