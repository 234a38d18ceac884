package sshserver

import (
	"context"
	"slices"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/model"
)

// How a client comes in. A key that is linked to the account that it names is accepted, and then has to be proved. Every
// other key is turned down, so that the client goes on to its next one, and in the end to keyboard-interactive, which asks
// nothing and lets anybody in, as a stranger. The method "none" is turned down, though anybody may come in: every client
// begins with it, and if it were enough no key would ever be offered, neither to log in with nor to be linked. That a key was offered makes nobody anybody: it can only be linked by
// somebody who is logged in, and even then lets in nobody who cannot prove it.

// maxOffers is how many keys a client may offer. Agents with more exist, but not many.
const maxOffers = 20

// askPatience is how long the store may take to tell an account's keys; without an answer everybody is a stranger.
const askPatience = 3 * time.Second

func sshKey(key ssh.PublicKey) model.SSHKey {
	return model.SSHKey{Fingerprint: gossh.FingerprintSHA256(key), Type: key.Type()}
}

// knowsKey says whether an offered key is worth a proof.
func (s *Server) knowsKey(ctx ssh.Context, offered ssh.PublicKey) bool {
	v := visitOf(ctx)
	if _, signed := offered.(*gossh.Certificate); v == nil || signed {
		return false
	}
	key := sshKey(offered)
	same := func(k model.SSHKey) bool { return k.Fingerprint == key.Fingerprint }
	if !slices.ContainsFunc(v.offered, same) && len(v.offered) < maxOffers {
		v.offered = append(v.offered, key)
	}
	if !v.asked || v.askedFor != ctx.User() {
		asking, cancel := context.WithTimeout(ctx, askPatience)
		defer cancel()
		keys, err := s.cfg.Store.Keys(asking, ctx.User())
		if err != nil {
			s.log.Warn("the keys of an account are not known", "user", model.Clean(ctx.User()), "error", err)
		}
		v.asked, v.askedFor, v.linked = true, ctx.User(), keys
	}
	return slices.ContainsFunc(v.linked, same)
}

// identify returns who has proved a linked key; nobody otherwise. It asks the store once more, because only the key that
// the library hands over after the handshake is the one that was proved.
func (s *Server) identify(sess ssh.Session) model.User {
	proved := sess.PublicKey()
	if proved == nil {
		return model.User{}
	}
	asking, cancel := context.WithTimeout(sess.Context(), askPatience)
	defer cancel()
	user, err := s.cfg.Store.LoginWithKey(asking, sess.User(), gossh.FingerprintSHA256(proved))
	if err != nil {
		s.log.Info("a proved key let nobody in", "user", model.Clean(sess.User()), "error", err)
		return model.User{}
	}
	return user
}
