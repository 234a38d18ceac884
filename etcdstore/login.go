package etcdstore

import (
	"context"
	"errors"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// maxTyped is the longest password, in bytes, that is looked at when somebody logs in.
const maxTyped = 1024

// Register makes an account with the role of a user. What is wrong with the registration is [model.CodeRefused], a name
// that is taken is [model.CodeConflict]; [model.CodeUnknown] is said where ctx ended before it was known whether the
// account was made.
func (s *Store) Register(ctx context.Context, r model.Registration) (model.User, error) {
	return s.AddUser(ctx, r, model.RoleUser)
}

// AddUser is [Store.Register] for operators, who say which role the account is to have: it has it from the first.
func (s *Store) AddUser(ctx context.Context, r model.Registration, role model.Role) (model.User, error) {
	if err := checkRole(role); err != nil {
		return model.User{}, err
	}
	if err := r.Check(); err != nil {
		return model.User{}, err
	}
	if _, err := s.account(ctx, r.Username); err == nil {
		return model.User{}, nameTaken(r.Username)
	} else if model.CodeOf(err) != model.CodeNotFound {
		return model.User{}, unchanged(err)
	}
	hash, err := s.hash(ctx, r.Password)
	if err != nil {
		return model.User{}, unchanged(err)
	}
	user := model.User{Username: r.Username, Name: r.Name, Email: r.Email, Password: hash, Role: role}
	key := model.UserKey(r.Username)
	resp, err := s.insist(ctx, request{
		ifs:   []*pb.Compare{absent(key)},
		thens: []*pb.RequestOp{putOp(key, user.Encode())},
		elses: []*pb.RequestOp{getOp(key)},
	}, &doubt{})
	switch {
	case model.CodeOf(err) == model.CodeUnknown:
		return model.User{}, model.Wrap(model.CodeUnknown, err, "it is not known yet whether your account was created: try to log in")
	case err != nil:
		return model.User{}, unchanged(err)
	case resp.Succeeded:
		user.Since = resp.Header.Revision
		return user, nil
	}
	if found := resp.Responses[0].GetResponseRange().Kvs; isOurs(found, user) {
		user.Since = found[0].CreateRevision
		return user, nil
	}
	return model.User{}, nameTaken(r.Username)
}

// isOurs says whether the account that stands in the way is the one that we made, by a copy whose answer was lost. No
// other has the same hash, because its salt is random.
func isOurs(found []*mvccpb.KeyValue, user model.User) bool {
	if len(found) == 0 {
		return false
	}
	stored, err := model.DecodeUser(user.Username, found[0].Value)
	return err == nil && stored.Password == user.Password
}

func nameTaken(username string) error {
	return model.Errorf(model.CodeConflict, "the name %s is taken: choose another", username)
}

// Login lets a user in who knows the password. Neither the answer nor the time it takes tells whether there is such a
// user: [model.CodeDenied] is all. A password that the prototype stored as plain text is replaced by a hash.
//
// There is one exception. An account whose record or password cannot be read is [model.CodeFailed], after the same time: its
// owner would otherwise be told that the right password is wrong, and try for ever. A stranger learns no more from it than
// that the name is taken, which [Store.Register] tells anyway.
func (s *Store) Login(ctx context.Context, username, password string) (model.User, error) {
	found, outdated, err := s.verify(ctx, username, password)
	if err != nil {
		return model.User{}, err
	}
	if outdated {
		if err := s.renewHash(ctx, found, password); err != nil {
			s.log.Warn("a stored password was not replaced by a hash", "user", username, "error", err)
		}
	}
	return found.user, nil
}

// verify returns the account whose password it is, and whether what is stored ought to be replaced by a new hash.
func (s *Store) verify(ctx context.Context, username, password string) (found account, outdated bool, err error) {
	found, noAccount := s.account(ctx, username)
	if code := model.CodeOf(noAccount); noAccount != nil && code != model.CodeNotFound && code != model.CodeFailed {
		return account{}, false, noAccount
	}
	same, outdated, err := s.tryPassword(ctx, found.user.Password, password)
	if err == nil && model.CodeOf(noAccount) == model.CodeFailed {
		err = noAccount
	}
	switch {
	case err != nil && model.CodeOf(err) == model.CodeFailed:
		s.log.Warn("an account cannot be logged in to", "user", username, "error", err)
		return account{}, false, err
	case err != nil:
		return account{}, false, err
	case !same:
		return account{}, false, model.Errorf(model.CodeDenied, "wrong user name or password")
	}
	return found, outdated, nil
}

// tryPassword is checkPassword when it is this one's turn. A stored password that cannot be read is [model.CodeFailed].
func (s *Store) tryPassword(ctx context.Context, stored, typed string) (same, outdated bool, err error) {
	leave, err := s.hashes.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	if len(typed) > maxTyped {
		typed = ""
	}
	if same, outdated, err = checkPassword(stored, typed); err != nil {
		err = model.Wrap(model.CodeFailed, err, "this account's password cannot be read: an admin has to set it anew")
	}
	return same, outdated, err
}

// renewHash replaces the stored password, unless the account has changed since it was read.
func (s *Store) renewHash(ctx context.Context, a account, password string) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	key := model.UserKey(a.user.Username)
	a.user.Password = hash
	resp, err := s.send(ctx, s.writes, request{
		ifs:   []*pb.Compare{unmoved(key, a.revision)},
		thens: []*pb.RequestOp{putOp(key, a.user.Encode())},
	})
	if err == nil && !resp.Succeeded {
		err = errors.New("the account was changed at the same time")
	}
	return err
}

// hash hashes a password when it is this one's turn.
func (s *Store) hash(ctx context.Context, password string) (string, error) {
	leave, err := s.hashes.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return "", model.Wrap(model.CodeUnavailable, err, "it took too long: try again in a few seconds")
	}
	return hash, nil
}
