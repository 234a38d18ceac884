package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// attention is the terminal's own notification (OSC 9). It names no event: data has no place in such a sequence.
const attention = "\x1b]9;TickETCD: an event that you watch has news\x07"

// notice takes the newest records of the person and tells which notifications have fired since the last ones.
func (s *Session) notice() tea.Cmd {
	newest, ok := s.shop.People.Person(s.me.Username)
	if !ok || newest == s.person {
		return nil
	}
	if s.isRemoved(newest) {
		return s.putOut("Your account was removed, so you are logged out")
	}
	before := s.person
	s.person = newest
	switch {
	case newest.Known:
		s.me = newest.User
	case before.Known: // the account cannot be read any more
		s.me.Role = model.RoleUser
	}
	left := s.leaveDesk()
	var fired []model.Notification
	for _, n := range newest.Notifications() {
		if old, _ := before.Notification(n.EventID); n.Active && !n.Read && (!old.Active || n.Gone != old.Gone) {
			fired = append(fired, n)
			delete(s.seen, n.EventID)
		} else if old.Read && !n.Read { // asked for anew
			delete(s.seen, n.EventID)
		}
	}
	if _, shown := s.base().(*notices); shown {
		s.see()
	}
	switch {
	case len(fired) == 0:
		return left
	case !before.Known: // just logged in: what fired while nobody was here
		return s.say(warning, "You have "+model.Plural(newest.Unread(), "notification")+" to read: "+s.keyOf("notifications", "f2")+" shows more")
	}
	words := s.describeNotification(fired[0])
	if more := len(fired) - 1; more > 0 {
		words += fmt.Sprintf(". And %s more: %s shows them", model.Thousands(more), s.keyOf("notifications", "f2"))
	}
	return s.alert(words)
}

// alert says what the person should know of even where they look elsewhere.
func (s *Session) alert(words string) tea.Cmd {
	said := s.say(warning, words)
	if s.cfg.Quiet {
		return said
	}
	return tea.Batch(said, tea.Raw(attention))
}

// unread says of the person's own records that they have not come yet, as while a large shop is loading or the connection is
// lost: then nobody knows whether there are any. It is empty once they are here.
func (s *Session) unread() string {
	_, here := s.shop.People.Person(s.me.Username)
	switch {
	case here:
		return ""
	case s.shop.Why != "":
		return "What is yours cannot be read yet."
	}
	return "Reading what is yours …"
}

// unreadFavourites is unread for the favourites, which may also be stored in a way that cannot be read.
func (s *Session) unreadFavourites() string {
	if s.person.FavouritesDamaged() {
		return "Your favourites' record cannot be read."
	}
	return s.unread()
}

// isRemoved says whether the account that I logged in to is gone, whoever has its name by now. A record that is written anew, or
// that cannot be read, is the same one as long as it was never away. Before I was seen in the shop it tells only if it is as
// new as my account: it may have been read before that was made. Afterwards it always does, for a store that was restored
// from a snapshot may be older.
//
// Whoever buys in the moment until this is known buys for the name. What changes an account, or says which keys open it, is
// refused even then.
func (s *Session) isRemoved(newest *model.Person) bool {
	seen := s.person.User.Since == s.me.Since
	return newest.User.Since != s.me.Since && (seen || s.shop.Catalogue.Revision() >= s.me.Since)
}

// see remembers which of my notifications have been shown to me since they fired.
func (s *Session) see() {
	for _, n := range s.person.Notifications() {
		if n.Active && !n.Read && s.seen != nil && !s.seen[n.EventID] {
			s.seen[n.EventID] = true
			s.unmarked = append(s.unmarked, n.EventID)
		}
	}
}

// markRead has the store remember what I have looked at, for the next time that I come. Where that fails I am told once more
// then, which is nothing to be warned of.
func (s *Session) markRead() tea.Cmd {
	if len(s.unmarked) == 0 {
		return nil
	}
	seen, store, username, here := s.unmarked, s.cfg.Store, s.me.Username, s.here
	s.unmarked = nil
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(here, patience)
		defer cancel()
		for _, id := range seen {
			if store.MarkRead(ctx, username, id) != nil {
				break
			}
		}
		return nil
	}
}

// fresh is how many have fired that I have not looked at.
func (s *Session) fresh() int {
	count := 0
	for _, n := range s.person.Notifications() {
		if n.Active && !n.Read && !s.seen[n.EventID] {
			count++
		}
	}
	return count
}

// leaveDesk closes the admin's screens for somebody who is no longer an admin, and says so.
func (s *Session) leaveDesk() tea.Cmd {
	for _, open := range s.stack {
		if _, ok := open.(adminScreen); ok && s.me.Role != model.RoleAdmin {
			s.close(open)
			return s.say(warning, "You are no longer an admin, so this screen is closed")
		}
	}
	return nil
}

// describeNotification says what a notification tells, or will tell.
func (s *Session) describeNotification(n model.Notification) string {
	name := "A removed event"
	left := ""
	if e, ok := s.shop.Catalogue.Event(n.EventID); ok {
		name, left = e.Title(), fmt.Sprintf(", %s now", model.Thousands(e.Left))
	}
	switch {
	case n.Gone != "":
		return calledOff(n)
	case n.Back && n.Active:
		return name + " has tickets again" + left
	case n.Back:
		return name + ": when tickets come back"
	case n.Active:
		return fmt.Sprintf("%s ran low: fewer than %s left%s", name, model.Plural(n.Limit, "ticket"), left)
	}
	return name + ": when " + fewLeft(n.Limit)
}

// calledOff says what somebody is told of an event that is removed, or about to be.
func calledOff(n model.Notification) string {
	if n.Refunded > 0 {
		return fmt.Sprintf("%s was called off: %s comes back to you", n.Gone, n.Refunded)
	}
	return n.Gone + " was called off"
}

// favouriteAction marks an event, or takes the mark off. It says of which, for pressed once too often it takes the next.
func (s *Session) favouriteAction(id string, ok bool) action {
	words, doing, did, on := "favourite", "Adding to your favourites", "Added to your favourites", true
	if s.person.IsFavourite(id) {
		words, doing, did, on = "no favourite", "Removing from your favourites", "Removed from your favourites", false
	}
	if e, known := s.shop.Catalogue.Event(id); known {
		did += ": " + e.Title()
	}
	store, username := s.cfg.Store, s.me.Username
	why := s.stillBusy()
	if !ok {
		why = "No event is selected"
	}
	return bind([]string{"f"}, words, func() tea.Cmd {
		return s.do(doing, patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
			return did, nil, store.SetFavourite(ctx, username, id, on)
		})
	}).called("favourite").unless(why)
}
