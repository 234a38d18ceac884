package etcdstore

import "github.com/ticketcd/ticketcd/model"

// Whoever has more rights than others leaves a trail: the log says who did what, and to what. Names come from the database,
// and are cleaned.

// noteEvent notes what an admin has done to an event.
func (s *Store) noteEvent(what, actor, id, name string, more ...any) {
	args := []any{"admin", model.Clean(actor), "event", model.Clean(id), "name", model.Excerpt(name, model.MaxEventName)}
	s.log.Info(what, append(args, more...)...)
}

// noteAccount notes what an operator has done to an account, if it succeeded.
func (s *Store) noteAccount(err error, what, username string, more ...any) {
	if err == nil {
		s.log.Info(what, append([]any{"user", model.Clean(username)}, more...)...)
	}
}
