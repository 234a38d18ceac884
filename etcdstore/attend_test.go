package etcdstore

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ticketcd/ticketcd/model"
)

// attends has somebody be here until the returned function is called.
func attends(t *testing.T, store *Store, username string) (leave context.CancelFunc) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	store.Attend(ctx, username)
	return leave
}

// untilPerson waits until somebody is seen as described.
func (f *followed) untilPerson(username, what string, is func(*model.Person) bool) *model.Person {
	f.t.Helper()
	shop := f.until(username+" "+what, func(s model.Shop) bool {
		person, here := s.People.Person(username)
		return here && is(person)
	})
	person, _ := shop.People.Person(username)
	return person
}

// untilHere waits until these people, and no others, are here.
func (f *followed) untilHere(usernames ...string) model.Shop {
	f.t.Helper()
	return f.until(fmt.Sprint("here: ", usernames), func(s model.Shop) bool {
		return slices.Equal(s.People.Names(), usernames) && !s.Stale
	})
}

func TestWhoIsHereSeesTheirOwnRecordsChange(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	bought := shop.buys(t, "ann", 2)
	require.NoError(t, shop.SetFavourite(t.Context(), "ann", opera, true))
	key := shop.notify(t, "ann", opera, 3)
	store := shop.open(t)
	live := follow(t, store)
	require.Empty(t, live.untilLoaded().People.Names())

	leave := attends(t, store, "ann")
	ann := live.untilPerson("ann", "here", func(*model.Person) bool { return true })
	require.True(t, ann.Known)
	require.Equal(t, "Somebody", ann.User.Name)
	require.Equal(t, bought.ID, ann.Orders()[0].ID)
	require.Equal(t, []string{opera}, ann.Favourites())
	require.Zero(t, ann.Unread())

	other := shop.open(t) // another process
	_, err := other.Cancel(t.Context(), bought, nil)
	require.NoError(t, err)
	live.untilPerson("ann", "without orders", func(p *model.Person) bool { return len(p.Orders()) == 0 })
	require.NoError(t, other.SetFavourite(t.Context(), "ann", opera, false))
	live.untilPerson("ann", "without favourites", func(p *model.Person) bool { return !p.IsFavourite(opera) })
	shop.fall(t, opera, 1)
	live.untilPerson("ann", "told", func(p *model.Person) bool { return p.Unread() == 1 })
	require.NoError(t, other.RemoveNotification(t.Context(), "ann", opera))
	live.untilPerson("ann", "without notifications", func(p *model.Person) bool { return len(p.Notifications()) == 0 })
	require.Empty(t, shop.value(t, key))
	require.NoError(t, other.ChangeDetails(t.Context(), model.User{Username: "ann"}, "Anna", "anna@example.com"))
	live.untilPerson("ann", "renamed", func(p *model.Person) bool { return p.User.Name == "Anna" })

	leave()
	require.Empty(t, live.untilHere().People.Names())
}

func TestWhatOneTransactionWroteIsSeenAtOnceInTheShopAndInTheOrders(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 30, 0)
	store := shop.open(t)
	live := follow(t, store)
	attends(t, store, "ann")
	live.untilHere("ann")
	var buyer sync.WaitGroup
	buyer.Go(func() {
		for range 30 {
			if _, err := shop.Buy(t.Context(), order(1), nil); err != nil {
				t.Error(err)
			}
		}
	})
	live.until("sold out", func(s model.Shop) bool {
		event, _ := s.Catalogue.Event(opera)
		ann, _ := s.People.Person("ann")
		require.Equal(t, 30, event.Left+len(ann.Orders()))
		return event.Left == 0
	})
	buyer.Wait()
}

func TestAUserIsHereUntilTheLastSessionLeaves(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	store := shop.open(t)
	live := follow(t, store)
	first, second := attends(t, store, "ann"), attends(t, store, "ann")
	bob := attends(t, store, "bob")
	live.untilHere("ann", "bob")
	first()
	bob()
	live.untilHere("ann")
	shop.buys(t, "ann", 1)
	live.untilPerson("ann", "with an order", func(p *model.Person) bool { return len(p.Orders()) == 1 })
	second()
	live.untilHere()
	attends(t, store, "ann")
	live.untilPerson("ann", "with an order", func(p *model.Person) bool { return len(p.Orders()) == 1 })
}

func TestNobodySeesTheRecordsOfSomebodyWithALongerName(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	for _, username := range []string{"john", "johndoe"} {
		shop.put(t, "user:"+username, fmt.Sprintf(`{"name":"I am %s","role":"user"}`, username))
	}
	shop.buys(t, "johndoe", 1)
	require.NoError(t, shop.SetFavourite(t.Context(), "johndoe", opera, true))
	shop.notify(t, "johndoe", opera, 3)
	store := shop.open(t)
	live := follow(t, store)
	attends(t, store, "john")
	live.untilHere("john")
	shop.buys(t, "johndoe", 1)
	shop.buys(t, "john", 2)
	john := live.untilPerson("john", "with an order", func(p *model.Person) bool { return len(p.Orders()) > 0 })
	require.Equal(t, "2 red tickets", john.Orders()[0].String())
	require.Len(t, john.Orders(), 1)
	require.Empty(t, john.Favourites())
	require.Empty(t, john.Notifications())
	attends(t, store, "johndoe")
	live.untilPerson("johndoe", "with two orders", func(p *model.Person) bool { return len(p.Orders()) == 2 })
}

func TestADemotionIsSeenAtOnceAndSoIsTheEndOfAnAccount(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:ann", `{"name":"Ann","role":"admin"}`)
	store := shop.open(t)
	live := follow(t, store)
	attends(t, store, "ann")
	live.untilPerson("ann", "an admin", func(p *model.Person) bool { return p.User.Role == model.RoleAdmin })
	require.NoError(t, shop.SetRole(t.Context(), "ann", model.RoleUser))
	live.untilPerson("ann", "an admin no longer", func(p *model.Person) bool { return p.User.Role == model.RoleUser })
	shop.put(t, "user:ann", `[]`)
	live.untilPerson("ann", "unreadable", func(p *model.Person) bool { return !p.Known && p.User.Role != model.RoleAdmin })
	shop.put(t, "user:ann", `{"name":"Ann","role":"admin"}`)
	live.untilPerson("ann", "an admin again", func(p *model.Person) bool { return p.Known && p.User.Role == model.RoleAdmin })
	_, err := shop.writes.Delete(t.Context(), "user:ann")
	require.NoError(t, err)
	live.untilPerson("ann", "gone", func(p *model.Person) bool { return !p.Known })
}

func TestPeopleAreStillHereAfterTheConnectionWasLost(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	store, line := shop.openDeaf(t)
	live := follow(t, store)
	attends(t, store, "ann")
	live.untilHere("ann")
	line.mute()
	shop.buys(t, "ann", 1)
	bob := attends(t, store, "bob")
	line.hang()
	live.untilPerson("ann", "with an order", func(p *model.Person) bool { return len(p.Orders()) == 1 })
	live.untilHere("ann", "bob")
	shop.buys(t, "ann", 1)
	live.untilPerson("ann", "with two orders", func(p *model.Person) bool { return len(p.Orders()) == 2 })
	bob()
	live.untilHere("ann")
}

func TestPeopleAreStillHereAfterACompaction(t *testing.T) {
	t.Parallel()
	shop := newShopAt(t, endpointOf(startEtcd(t)))
	shop.sells(t, 10, 0)
	store, line := shop.openDeaf(t)
	live := follow(t, store)
	attends(t, store, "ann")
	live.untilHere("ann")
	line.mute()
	shop.buys(t, "ann", 1)
	shop.compact(t)
	// What is shown is from before the compaction: bob cannot be read as he was then.
	attends(t, store, "bob")
	live.untilHere("ann", "bob")
	live.untilPerson("ann", "with an order", func(p *model.Person) bool { return len(p.Orders()) == 1 })
}

func TestANameThatNobodyCanHaveHarmsNobody(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	store := shop.open(t)
	live := follow(t, store)
	attends(t, store, "a:b")
	attends(t, store, "")
	attends(t, store, "eve")
	live.untilHere("eve")
	eve := live.untilPerson("eve", "here", func(*model.Person) bool { return true })
	require.False(t, eve.Known)
}

func TestNobodyIsWokenForASecondSessionOfSomebodyWhoIsHere(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.sells(t, 10, 0)
	store := shop.open(t)
	live := follow(t, store)
	attends(t, store, "ann")
	live.untilHere("ann")
	_, changed := live.Shop()
	attends(t, store, "ann")()
	attends(t, store, "bob")
	<-changed
	shown, _ := live.Shop()
	require.Equal(t, []string{"ann", "bob"}, shown.People.Names())
}

func TestThreeHundredComeAndGoAndNothingIsLeftRunning(t *testing.T) { // alone: it counts all goroutines
	etcd := startServer(t)
	before := goleak.IgnoreCurrent()
	store, err := Open(t.Context(), Config{Endpoints: []string{etcd.endpoint()}, Now: today})
	require.NoError(t, err)
	live := follow(t, store)
	live.untilLoaded()
	for range 2 {
		var leaving []context.CancelFunc
		var crowd sync.WaitGroup
		for i := range 300 {
			ctx, leave := context.WithCancel(t.Context())
			leaving = append(leaving, leave)
			crowd.Go(func() { store.Attend(ctx, fmt.Sprintf("user%d", i)) })
		}
		crowd.Wait()
		live.until("all here", func(s model.Shop) bool { return len(s.People.Names()) == 300 })
		for _, leave := range leaving {
			crowd.Go(leave)
		}
		crowd.Wait()
		live.untilHere()
	}
	require.Empty(t, store.attendance.users())
	live.stop()
	require.NoError(t, store.Close())
	etcd.stop()
	goleak.VerifyNone(t, before)
}
