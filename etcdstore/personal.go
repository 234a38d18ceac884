package etcdstore

import (
	"context"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

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
// stands: active at once if its moment has come. An unknown event or user is [model.CodeNotFound]; a limit below 1, or an
// event whose removal is under way and has refunded the user, [model.CodeRefused].
func (s *Store) Notify(ctx context.Context, n model.Notification) (model.Notification, error) {
	if !isUsername(n.Username) {
		return model.Notification{}, noSuchUser(n.Username)
	}
	if needsNone := n.Back && n.Limit == 0; !needsNone && (n.Limit < 1 || n.Limit > model.MaxCount) {
		return model.Notification{}, model.Errorf(model.CodeRefused, "a notification needs a number of tickets, 1 or more")
	}
	if !isEventID(n.EventID) {
		return model.Notification{}, noSuchEvent(n.EventID)
	}
	// Nobody may be left to wait for an event that is gone.
	its := beside{
		reads: []*pb.RequestOp{getOp(model.EventKey(n.EventID)), getOp(removedKey(n.EventID))},
		holds: []*pb.Compare{exists(model.EventKey(n.EventID))},
	}
	again := false
	key := model.NotificationKey(n.Username, n.EventID)
	err := s.updateBeside(ctx, key, its, func(stored []byte, _ int64, found []*pb.ResponseOp) ([]byte, error) {
		defer func() { again = true }()
		event, err := decodeEvent(n.EventID, found[0].GetResponseRange().Kvs)
		if err != nil {
			return nil, err
		}
		// If the count falls before the record is there, whoever follows the shop sees the record come and sets it.
		n.Active = n.IsDue(event.Left)
		if stored == nil {
			return n.Encode(), nil
		}
		old, unreadable := model.DecodeNotification(n.Username, n.EventID, stored)
		if unreadable != nil {
			return n.Encode(), nil // it told nobody anything
		}
		if removal := decodeRemoval(found[1].GetResponseRange().Kvs); removal.isHalfway() && old.Gone != "" {
			return nil, beingRemoved(old)
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

// beingRemoved says why somebody who was told what comes back for an event cannot have that replaced: it is nowhere else.
func beingRemoved(told model.Notification) error {
	back := "no more tickets of it will be sold"
	if told.Refunded > 0 {
		back = told.Refunded.String() + " comes back to you, and " + back
	}
	return model.Errorf(model.CodeRefused, "%s is being removed: %s", told.Gone, back)
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
