package etcdstore

import (
	"cmp"
	"context"
	"slices"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// maxKeys is how many keys one account may have: a login tries each of them.
const maxKeys = 20

// keysKey is where the keys of an account are. They are one record, which is emptied but never deleted: so its revision
// only ever grows, and a late copy of a link cannot undo an unlink.
//
// The record may outlive its account, where that was deleted by a raw query, say. So it counts only for an account that is
// no younger: the keys of whoever had the name before do not open the account of whoever has it next.
func keysKey(username string) string { return model.PrefixInternal + "sshkeys:" + username }

// keysReads are the reads of which decodeKeys takes the answers.
func keysReads(username string) []*pb.RequestOp {
	return []*pb.RequestOp{getOp(model.UserKey(username)), getOp(keysKey(username))}
}

// decodeKeys returns the keys of an account, and since when there is the account; 0 for no account, which has none.
func decodeKeys(found []*pb.ResponseOp) (keys []model.SSHKey, since int64, err error) {
	account, stored := found[0].GetResponseRange().Kvs, found[1].GetResponseRange().Kvs
	if len(account) == 0 {
		return nil, 0, nil
	}
	since = account[0].CreateRevision
	if len(stored) > 0 && stored[0].ModRevision > since {
		keys, err = model.DecodeSSHKeys(stored[0].Value)
	}
	return keys, since, err
}

// Keys returns the keys that let somebody into an account, in the order in which they were linked. For a name that is
// nobody's there are none.
func (s *Store) Keys(ctx context.Context, username string) ([]model.SSHKey, error) {
	if !isUsername(username) {
		return nil, nil
	}
	resp, err := s.read(ctx, keysReads(username)...)
	if err != nil {
		return nil, err
	}
	keys, _, err := decodeKeys(resp.Responses)
	return keys, err
}

// LinkKey has a key let its owner into an account from now on. A key that is linked already stays as it is. It fails with
// [model.CodeNotFound] where there is no such account, and with [model.CodeRefused] for what is no key, or one too many.
//
// Like [Store.UnlinkKey] it is for the account that somebody logged in to: not for another one that has its name by now.
func (s *Store) LinkKey(ctx context.Context, me model.User, key model.SSHKey) error {
	if err := key.Check(); err != nil {
		return err
	}
	if _, err := s.account(ctx, me.Username); err != nil {
		return unchanged(err)
	}
	key.Added = model.OrderDate(s.wallClock())
	return s.changeKeys(ctx, me, func(keys []model.SSHKey) ([]model.SSHKey, error) {
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
func (s *Store) UnlinkKey(ctx context.Context, me model.User, fingerprint string) error {
	if !isUsername(me.Username) {
		return noSuchUser(me.Username)
	}
	return s.changeKeys(ctx, me, func(keys []model.SSHKey) ([]model.SSHKey, error) {
		return slices.DeleteFunc(keys, func(k model.SSHKey) bool { return k.Fingerprint == fingerprint }), nil
	})
}

// changeKeys changes the keys of an account by a goal, as update does, but only as long as it is the same account. A late
// copy is dead once the record has moved, or the account has gone.
func (s *Store) changeKeys(ctx context.Context, me model.User, change func([]model.SSHKey) ([]model.SSHKey, error)) error {
	username, account := me.Username, me.Since
	reads := keysReads(username)
	seen, err := s.read(ctx, reads...)
	if err != nil {
		return unchanged(err)
	}
	for range updateTries {
		keys, since, err := decodeKeys(seen.Responses)
		account = cmp.Or(account, since)
		switch {
		case since == 0:
			return noSuchUser(username)
		case since != account:
			return notThatAccount()
		case err != nil:
			return err
		}
		before := len(keys)
		if keys, err = change(keys); err != nil || len(keys) == before {
			return err
		}
		_, revision := valueOf(seen.Responses[1].GetResponseRange().Kvs)
		resp, err := s.insist(ctx, request{
			ifs:   []*pb.Compare{unmoved(keysKey(username), revision), madeAt(model.UserKey(username), since)},
			thens: []*pb.RequestOp{putOp(keysKey(username), model.EncodeSSHKeys(keys))},
			elses: reads,
		}, &doubt{})
		if err != nil || resp.Succeeded {
			return unchanged(err)
		}
		seen = resp
	}
	return model.Errorf(model.CodeConflict, "somebody else keeps changing the same record: try again")
}

// LoginWithKey lets a user in by a key that is linked to the account. Whoever calls it must have seen the proof that the
// other side has the key itself; that a key was offered proves nothing. Everything but success is [model.CodeDenied],
// unless the store cannot be asked.
func (s *Store) LoginWithKey(ctx context.Context, username, fingerprint string) (model.User, error) {
	denied := model.Errorf(model.CodeDenied, "this key is not linked to that account")
	if !isUsername(username) {
		return model.User{}, denied
	}
	resp, err := s.read(ctx, keysReads(username)...)
	if err != nil {
		return model.User{}, err
	}
	keys, _, err := decodeKeys(resp.Responses)
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
