package cli

import (
	"context"
	"strings"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// demoPatience is how long a server that is ready waits to learn which demo accounts are open.
const demoPatience = 5 * time.Second

// warnOfDemoAccounts says so where strangers can come in with a password that everybody knows, and that the log-in screen
// shows: the demo data may have been loaded long ago, by somebody else. It is said in the log, and to people if that is not
// where they look.
func (a *app) warnOfDemoAccounts(parent context.Context, store *opened, flags serveFlags) {
	ctx, cancel := context.WithTimeout(parent, demoPatience)
	defer cancel()
	warning, err := a.demoAccounts(ctx, store)
	switch {
	case err != nil:
		store.log.Warn("it is not known whether the demo accounts are open to all", "error", err)
	case warning != "":
		store.log.Warn(warning)
		if flags.logFile != stdio {
			a.notef("%s", warning)
		}
	}
}

// demoAccounts says which demo accounts are open to all, and what to do about it; nothing if none is.
func (a *app) demoAccounts(ctx context.Context, store *opened) (warning string, err error) {
	open, err := store.DemoAccounts(ctx)
	if err != nil || len(open) == 0 {
		return "", err
	}
	var names []string
	among := ""
	for _, account := range open {
		user, err := store.User(ctx, account.Username)
		if err != nil {
			return "", err
		}
		if user.Role == model.RoleAdmin {
			among = ", an admin's among them"
		}
		names = append(names, account.Username)
	}
	return "The demo accounts are open to all" + among + ": " + strings.Join(names, ", ") +
		". Change their passwords with " + a.forThisStore("ticketcd user passwd USERNAME"), nil
}
