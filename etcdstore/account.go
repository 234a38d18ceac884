package etcdstore

import (
	"context"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// account is a user's record and its mod revision.
type account struct {
	user     model.User
	revision int64
}

// account reads a user's record. There being none is [model.CodeNotFound].
func (s *Store) account(ctx context.Context, username string) (account, error) {
	if !isUsername(username) {
		return account{}, noSuchUser(username)
	}
	resp, err := s.read(ctx, getOp(model.UserKey(username)))
	if err != nil {
		return account{}, err
	}
	found, err := newAccount(username, resp.Responses[0].GetResponseRange().Kvs)
	if err == nil {
		s.tills.noteKnown(username)
	}
	return found, err
}

func newAccount(username string, found []*mvccpb.KeyValue) (account, error) {
	if len(found) == 0 {
		return account{}, noSuchUser(username)
	}
	user, err := model.DecodeUser(username, found[0].Value)
	if err != nil {
		return account{}, model.Wrap(model.CodeFailed, err, "this account's record cannot be read: an admin has to repair it")
	}
	user.Since = found[0].CreateRevision
	return account{user: user, revision: found[0].ModRevision}, nil
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
	err = s.changeAccount(ctx, model.User{Username: username}, func(user *model.User) error {
		user.Password = hash
		return nil
	})
	s.noteAccount(err, "an operator set a password", username)
	return err
}

// SetRole makes a user an admin, or an ordinary user again. It is for operators.
func (s *Store) SetRole(ctx context.Context, username string, role model.Role) error {
	if err := checkRole(role); err != nil {
		return err
	}
	err := s.changeAccount(ctx, model.User{Username: username}, func(user *model.User) error {
		user.Role = role
		return nil
	})
	s.noteAccount(err, "an operator set a role", username, "role", string(role))
	return err
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

// isUsername says whether a name can be a user's at all, the prototype's users included.
func isUsername(username string) bool {
	key := model.ParseKey(model.UserKey(username))
	return key.Family == model.FamilyUser && key.Username == username
}

// notThatAccount refuses what somebody wants of the account that they logged in to, where another has its name by now.
func notThatAccount() error {
	return model.Errorf(model.CodeNotFound, "your account was removed: nothing was changed")
}

func noSuchUser(username string) error {
	return model.Errorf(model.CodeNotFound, "there is no user %s", model.Excerpt(username, 60))
}
