package etcdstore

import (
	"context"
	"slices"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// maxKeys is how many keys one account may have: a login tries each of them.
const maxKeys = 20

// keysKey is where the keys of an account are. They are one record, which is emptied but never deleted: so its revision
// only ever grows, and a late copy of a link cannot undo an unlink.
func keysKey(username string) string { return model.PrefixInternal + "sshkeys:" + username }

// Keys returns the keys that let somebody into an account, in the order in which they were linked. For a name that is
// nobody's there are none.
func (s *Store) Keys(ctx context.Context, username string) ([]model.SSHKey, error) {
	if !isUsername(username) {
		return nil, nil
	}
	resp, err := s.read(ctx, getOp(keysKey(username)))
	if err != nil {
		return nil, err
	}
	return decodeKeys(resp.Responses[0].GetResponseRange().Kvs)
}

func decodeKeys(found []*mvccpb.KeyValue) ([]model.SSHKey, error) {
	if len(found) == 0 {
		return nil, nil
	}
	return model.DecodeSSHKeys(found[0].Value)
}

// LinkKey has a key let its owner into an account from now on. A key that is linked already stays as it is. It fails with
// [model.CodeNotFound] where there is no such account, and with [model.CodeRefused] for what is no key, or one too many.
func (s *Store) LinkKey(ctx context.Context, username string, key model.SSHKey) error {
	if err := key.Check(); err != nil {
		return err
	}
	if _, err := s.account(ctx, username); err != nil {
		return err
	}
	key.Added = model.OrderDate(s.wallClock())
	return s.changeKeys(ctx, username, func(keys []model.SSHKey) ([]model.SSHKey, error) {
		switch {
		case hasKey(keys, key.Fingerprint):
			return keys, nil
		case len(keys) >= maxKeys:
			return nil, model.Errorf(model.CodeRefused, "this account has %d keys, the most that there may be: remove one first", len(keys))
		}
		return append(keys, key), nil
	})
}

// UnlinkKey has a key no longer let anybody into an account. There being no such key is no error.
func (s *Store) UnlinkKey(ctx context.Context, username, fingerprint string) error {
	if !isUsername(username) {
		return noSuchUser(username)
	}
	return s.changeKeys(ctx, username, func(keys []model.SSHKey) ([]model.SSHKey, error) {
		return slices.DeleteFunc(keys, func(k model.SSHKey) bool { return k.Fingerprint == fingerprint }), nil
	})
}

func (s *Store) changeKeys(ctx context.Context, username string, change func([]model.SSHKey) ([]model.SSHKey, error)) error {
	return s.update(ctx, keysKey(username), func(stored []byte) ([]byte, error) {
		var keys []model.SSHKey
		var err error
		if stored != nil {
			if keys, err = model.DecodeSSHKeys(stored); err != nil {
				return nil, err
			}
		}
		before := len(keys)
		if keys, err = change(keys); err != nil || len(keys) == before {
			return stored, err
		}
		return model.EncodeSSHKeys(keys), nil
	})
}

// LoginWithKey lets a user in by a key that is linked to the account. Whoever calls it must have seen the proof that the
// other side has the key itself; that a key was offered proves nothing. Everything but success is [model.CodeDenied],
// unless the store cannot be asked.
func (s *Store) LoginWithKey(ctx context.Context, username, fingerprint string) (model.User, error) {
	denied := model.Errorf(model.CodeDenied, "this key is not linked to that account")
	if !isUsername(username) {
		return model.User{}, denied
	}
	resp, err := s.read(ctx, getOp(model.UserKey(username)), getOp(keysKey(username)))
	if err != nil {
		return model.User{}, err
	}
	keys, err := decodeKeys(resp.Responses[1].GetResponseRange().Kvs)
	if err != nil || !hasKey(keys, fingerprint) {
		return model.User{}, denied
	}
	a, err := newAccount(username, resp.Responses[0].GetResponseRange().Kvs)
	if err != nil {
		return model.User{}, denied
	}
	return a.user, nil
}

func hasKey(keys []model.SSHKey, fingerprint string) bool {
	return slices.ContainsFunc(keys, func(k model.SSHKey) bool { return k.Fingerprint == fingerprint })
}
