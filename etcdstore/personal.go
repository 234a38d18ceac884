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

// ChangeDetails changes a user's name and email, in the account that they logged in to: another one that has its name by now
// is left alone, which is [model.CodeNotFound].
func (s *Store) ChangeDetails(ctx context.Context, me model.User, name, email string) error {
	if err := model.CheckName(name); err != nil {
		return err
	}
	if err := model.CheckEmail(email); err != nil {
		return err
	}
	return s.changeAccount(ctx, me, func(user *model.User) error {
		user.Name, user.Email = name, email
		return nil
	})
}

// ChangePassword replaces a user's password by one that fits the rules. The current one has to be right until the moment
// of the change, or it is [model.CodeDenied]: of two changes at once, only one is made. Like [Store.ChangeDetails] it leaves
// another account of the same name alone.
func (s *Store) ChangePassword(ctx context.Context, me model.User, current, next string) error {
	if err := model.CheckPassword(next); err != nil {
		return err
	}
	found, _, err := s.verify(ctx, me.Username, current)
	if model.CodeOf(err) == model.CodeDenied {
		return model.Errorf(model.CodeDenied, "that is not your current password: nothing was changed")
	} else if err != nil {
		return unchanged(err)
	}
	hash, err := s.hash(ctx, next)
	if err != nil {
		return unchanged(err)
	}
	verified := found.user.Password
	return s.changeAccount(ctx, me, func(user *model.User) error {
		switch user.Password {
		case hash:
			return nil
		case verified:
			user.Password = hash
			return nil
		}
		// Somebody was faster: with another password, or only with another hash of the same one.
		same, _, err := s.tryPassword(ctx, user.Password, current)
		if err != nil {
			return err
		}
		if !same {
			return model.Errorf(model.CodeDenied, "the password was changed from elsewhere at the same time: nothing was changed")
		}
		verified, user.Password = user.Password, hash
		return nil
	})
}

// SetPassword gives a user a new password, whatever the current one is. It is for operators.
func (s *Store) SetPassword(ctx context.Context, username, password string) error {
	if err := model.CheckPassword(password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return unchanged(err)
	}
	return s.changeAccount(ctx, model.User{Username: username}, func(user *model.User) error {
		user.Password = hash
		return nil
	})
}

// SetRole makes a user an admin, or an ordinary user again. It is for operators.
func (s *Store) SetRole(ctx context.Context, username string, role model.Role) error {
	if err := checkRole(role); err != nil {
		return err
	}
	return s.changeAccount(ctx, model.User{Username: username}, func(user *model.User) error {
		user.Role = role
		return nil
	})
}

func checkRole(role model.Role) error {
	if role != model.RoleUser && role != model.RoleAdmin {
		return model.Errorf(model.CodeUsage, "there is no role %q: choose user or admin", role)
	}
	return nil
}

// changeAccount changes an account: that of a name which was made when me says so, or any where me does not say.
func (s *Store) changeAccount(ctx context.Context, me model.User, change func(*model.User) error) error {
	username := me.Username
	if !isUsername(username) {
		return noSuchUser(username)
	}
	err := s.updateMade(ctx, model.UserKey(username), func(stored []byte, since int64) ([]byte, error) {
		switch {
		case stored == nil:
			return nil, noSuchUser(username)
		case me.Since != 0 && me.Since != since:
			return nil, notThatAccount()
		}
		user, err := model.DecodeUser(username, stored)
		if err != nil {
			return nil, model.Wrap(model.CodeFailed, err, "this account's record cannot be read")
		}
		before := user
		if err := change(&user); err != nil {
			return nil, err
		}
		if user.SameAs(before) {
			return stored, nil
		}
		return user.Encode(), nil
	})
	return unchanged(err)
}

// User reads an account as it is now. There being none is [model.CodeNotFound].
func (s *Store) User(ctx context.Context, username string) (model.User, error) {
	found, err := s.account(ctx, username)
	return found.user, err
}

// Users reads all accounts that can be read, by user name.
func (s *Store) Users(ctx context.Context) ([]model.User, error) {
	var users []model.User
	reading := scan{store: s, prefix: model.PrefixUser}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return nil, err
		}
		for _, kv := range kvs {
			key := model.ParseKey(string(kv.Key))
			user, err := model.DecodeUser(key.Username, kv.Value)
			if key.Family != model.FamilyUser || err != nil {
				s.log.Warn("an account cannot be read", "key", string(kv.Key), "error", err)
				continue
			}
			users = append(users, user)
		}
	}
	return users, nil
}
