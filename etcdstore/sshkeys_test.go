package etcdstore

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// keyNumber makes up a key.
func keyNumber(n int) model.SSHKey {
	sum := sha256.Sum256([]byte(strconv.Itoa(n)))
	return model.SSHKey{Fingerprint: "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:]), Type: "ssh-ed25519"}
}

func TestALinkedKeyLetsItsOwnerInUntilItIsRemoved(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 1, 1)
	key := keyNumber(1)
	_, err := s.LoginWithKey(t.Context(), "ann", key.Fingerprint)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))

	require.NoError(t, s.LinkKey(t.Context(), model.User{Username: "ann"}, key))
	before := s.records(t)
	require.NoError(t, s.LinkKey(t.Context(), model.User{Username: "ann"}, key), "linking it again changes nothing")
	require.Equal(t, before, s.records(t))
	user, err := s.LoginWithKey(t.Context(), "ann", key.Fingerprint)
	require.NoError(t, err)
	require.Equal(t, "ann", user.Username)
	keys, err := s.Keys(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.Equal(t, "2027-03-01 12:00:00", keys[0].Added.Raw())

	_, err = s.LoginWithKey(t.Context(), "bob", key.Fingerprint)
	require.Equal(t, model.CodeDenied, model.CodeOf(err), "ann's key is ann's alone")
	_, err = s.LoginWithKey(t.Context(), "ann", keyNumber(2).Fingerprint)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))

	require.NoError(t, s.UnlinkKey(t.Context(), model.User{Username: "bob"}, key.Fingerprint), "nothing to remove is no error")
	require.NoError(t, s.UnlinkKey(t.Context(), model.User{Username: "ann"}, key.Fingerprint))
	_, err = s.LoginWithKey(t.Context(), "ann", key.Fingerprint)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
	require.Equal(t, "[]", s.value(t, keysKey("ann")), "the record stays, so that a late copy of the link is dead")
}

func TestKeysAreForAccountsAndHaveAForm(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 1, 1)
	before := s.records(t)
	for name, want := range map[string]model.Code{"nobody": model.CodeNotFound, "": model.CodeNotFound, "ann:bob": model.CodeNotFound} {
		require.Equal(t, want, model.CodeOf(s.LinkKey(t.Context(), model.User{Username: name}, keyNumber(1))), "%q", name)
		_, err := s.LoginWithKey(t.Context(), name, keyNumber(1).Fingerprint)
		require.Equal(t, model.CodeDenied, model.CodeOf(err), "%q", name)
		keys, err := s.Keys(t.Context(), name)
		require.NoError(t, err)
		require.Empty(t, keys)
	}
	for _, key := range []model.SSHKey{{}, {Fingerprint: "SHA256:short", Type: "ssh-rsa"}, {Fingerprint: keyNumber(1).Fingerprint, Type: "a b"}} {
		require.Equal(t, model.CodeRefused, model.CodeOf(s.LinkKey(t.Context(), model.User{Username: "ann"}, key)))
	}
	require.Equal(t, before, s.records(t))
	_, err := s.LoginWithKey(t.Context(), "ann", "")
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
}

func TestAKeyDoesNotOutliveItsAccount(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 1, 1)
	require.NoError(t, s.LinkKey(t.Context(), model.User{Username: "ann"}, keyNumber(1)))
	_, err := s.writes.Delete(t.Context(), "user:ann")
	require.NoError(t, err)
	_, err = s.LoginWithKey(t.Context(), "ann", keyNumber(1).Fingerprint)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
}

func TestAKeyDoesNotOpenTheNextAccountOfTheSameName(t *testing.T) {
	t.Parallel()
	for name, comes := range map[string]func(*shop){
		"registered": func(s *shop) {
			_, err := s.Register(t.Context(), model.Registration{Username: "ann", Name: "Another Ann", Email: "a@b.cd", Password: "another-word"})
			require.NoError(t, err)
		},
		"loaded": func(s *shop) {
			_, err := s.Load(t.Context(), []model.Record{{Key: "user:ann", Value: []byte(`{"name":"Another Ann","role":"user"}`)}}, LoadOptions{})
			require.NoError(t, err)
		},
		"put there by hand": func(s *shop) { s.put(t, "user:ann", `{"name":"Another Ann","role":"user"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			s.sells(t, 1, 1)
			formers, own := keyNumber(1), keyNumber(2)
			require.NoError(t, s.LinkKey(t.Context(), model.User{Username: "ann"}, formers))
			_, err := s.asks(t, "del user:ann")
			require.NoError(t, err)
			comes(s)
			_, err = s.LoginWithKey(t.Context(), "ann", formers.Fingerprint)
			require.Equal(t, model.CodeDenied, model.CodeOf(err))

			require.NoError(t, s.LinkKey(t.Context(), model.User{Username: "ann"}, own))
			user, err := s.LoginWithKey(t.Context(), "ann", own.Fingerprint)
			require.NoError(t, err)
			require.Equal(t, "Another Ann", user.Name)
			keys, err := s.Keys(t.Context(), "ann")
			require.NoError(t, err)
			require.Len(t, keys, 1, "the former owner's does not come back with it")
			_, err = s.LoginWithKey(t.Context(), "ann", formers.Fingerprint)
			require.Equal(t, model.CodeDenied, model.CodeOf(err))
		})
	}
}

func TestAKeyThatIsLinkedWhileItsAccountGoesDoesNotOpenTheNext(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 1, 1)
	store, _ := s.badConnection(t, first(fault{before: func() {
		s.loses(t, "user:ann")
		s.put(t, "user:ann", `{"name":"Another Ann","role":"user"}`)
	}}))
	require.Equal(t, model.CodeNotFound, model.CodeOf(store.LinkKey(t.Context(), model.User{Username: "ann"}, keyNumber(1))))
	_, err := s.LoginWithKey(t.Context(), "ann", keyNumber(1).Fingerprint)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
}

func TestKeysThatAreLinkedAtOnceAreAllLinkedUpToTheMost(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 1, 1)
	errs := make([]error, maxKeys+3)
	var linking sync.WaitGroup
	for i := range errs {
		linking.Go(func() { errs[i] = s.LinkKey(t.Context(), model.User{Username: "ann"}, keyNumber(i)) })
	}
	linking.Wait()
	keys, err := s.Keys(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, keys, maxKeys)
	require.Equal(t, model.CodeRefused, model.CodeOf(errors.Join(errs...)))
}

func TestAKeyRecordThatCannotBeReadLetsNobodyIn(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.sells(t, 1, 1)
	s.put(t, keysKey("ann"), `{"broken`)
	_, err := s.LoginWithKey(t.Context(), "ann", keyNumber(1).Fingerprint)
	require.Equal(t, model.CodeDenied, model.CodeOf(err))
	require.Error(t, s.LinkKey(t.Context(), model.User{Username: "ann"}, keyNumber(1)))
	require.Equal(t, `{"broken`, s.value(t, keysKey("ann")))
}
