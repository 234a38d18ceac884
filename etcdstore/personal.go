package etcdstore

import (
	"context"
	"slices"

	"github.com/ticketcd/ticketcd/model"
)

// maxFavourites is how many events one user may mark: the list is one value.
const maxFavourites = 1000

// SetFavourite marks an event for a user, or takes the mark off. Two sessions that do so at once both get what they want.
// Marking an event that does not exist is [model.CodeNotFound], and so is a user who does not exist any more.
func (s *Store) SetFavourite(ctx context.Context, username, eventID string, favourite bool) error {
	if !isUsername(username) {
		return noSuchUser(username)
	}
	if favourite {
		if _, err := s.Event(ctx, eventID); err != nil {
			return unchanged(err)
		}
	}
	err := s.update(ctx, model.FavouriteKey(username), func(stored []byte) ([]byte, error) {
		var list []string
		if stored != nil {
			var err error
			if list, err = model.DecodeList(stored); err != nil {
				return nil, model.Wrap(model.CodeFailed, err, "your favourites cannot be read: none can be changed")
			}
		}
		marked := slices.Contains(list, eventID)
		switch {
		case marked == favourite:
			return stored, nil
		case favourite && len(list) >= maxFavourites:
			return nil, model.Errorf(model.CodeRefused, "you have %s favourites, the most that there may be: remove one first",
				model.Thousands(len(list)))
		case favourite:
			return model.EncodeList(append(list, eventID)), nil
		}
		return model.EncodeList(slices.DeleteFunc(list, func(id string) bool { return id == eventID })), nil
	})
	return unchanged(err)
}

// Notify arms a notification: a new one, one with another limit, or one that has fired before. It returns it as it then
// stands: active at once if its moment has come. An unknown event or user is [model.CodeNotFound], a limit below 1
// [model.CodeRefused].
func (s *Store) Notify(ctx context.Context, n model.Notification) (model.Notification, error) {
	if !isUsername(n.Username) {
		return model.Notification{}, noSuchUser(n.Username)
	}
	if needsNone := n.Back && n.Limit == 0; !needsNone && (n.Limit < 1 || n.Limit > model.MaxCount) {
		return model.Notification{}, model.Errorf(model.CodeRefused, "a notification needs a number of tickets, 1 or more")
	}
	event, err := s.Event(ctx, n.EventID)
	if err != nil {
		return model.Notification{}, unchanged(err)
	}
	// If the count falls before the record is there, whoever follows the shop sees the record come and sets it.
	n.Active = n.IsDue(event.Left)
	again := false
	err = s.update(ctx, model.NotificationKey(n.Username, n.EventID), func(stored []byte) ([]byte, error) {
		defer func() { again = true }()
		if stored == nil {
			return n.Encode(), nil
		}
		old, unreadable := model.DecodeNotification(n.Username, n.EventID, stored)
		if unreadable != nil {
			return n.Encode(), nil // it told nobody anything
		}
		// What is found active after the first try was armed since, perhaps by that try, and has told already.
		if old.Limit == n.Limit && old.Back == n.Back && (old.Active == n.Active || again && old.Active) {
			n.Active = old.Active
			return stored, nil
		}
		return old.Rearmed(n).Encode(), nil
	})
	return n, unchanged(err)
}

// MarkRead remembers that a user has looked at what they were told about an event. There being nothing to look at is no error;
// there being no such user is [model.CodeNotFound].
func (s *Store) MarkRead(ctx context.Context, username, eventID string) error {
	if !isUsername(username) {
		return noSuchUser(username)
	}
	if !isEventID(eventID) {
		return noSuchEvent(eventID)
	}
	return unchanged(s.update(ctx, model.NotificationKey(username, eventID), func(stored []byte) ([]byte, error) {
		if stored == nil {
			return nil, nil
		}
		n, err := model.DecodeNotification(username, eventID, stored)
		if err != nil || !n.Active || n.Read {
			return stored, nil //nolint:nilerr // what cannot be read has told nobody anything
		}
		n.Read = true
		return n.Encode(), nil
	}))
}

// RemoveNotification forgets what a user asked to be told about an event. There being nothing to forget is no error; there
// being no such user is [model.CodeNotFound].
func (s *Store) RemoveNotification(ctx context.Context, username, eventID string) error {
	if !isUsername(username) {
		return noSuchUser(username)
	}
	if !isEventID(eventID) {
		return noSuchEvent(eventID)
	}
	return unchanged(s.update(ctx, model.NotificationKey(username, eventID), func([]byte) ([]byte, error) { return nil, nil }))
}
