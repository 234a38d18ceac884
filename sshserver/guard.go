package sshserver

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// Store is what the server asks of a database.
type Store interface {
	tui.Store
	// LoginWithKey lets a user in by a key, of which the caller has seen the proof.
	LoginWithKey(ctx context.Context, username, fingerprint string) (model.User, error)
}

// attempts count failed log-ins in memory: a stranger causes no writes, and waits longer than a guess is worth. They are
// counted for each address, so that nobody can keep the owner of an account out by guessing.
type attempts struct {
	accounts      *budgets // by address and user name
	addresses     *budgets
	registrations *budgets // by address
}

// An address may fail more often than at one account, because many people share one.
const attemptsPerAddress = 4

func newAttempts(perMinute int, now func() time.Time) *attempts {
	return &attempts{
		accounts: newBudgets(perMinute, now), addresses: newBudgets(attemptsPerAddress*perMinute, now),
		registrations: newBudgets(perMinute, now),
	}
}

// guarded is the store as one session sees it: guessing passwords is slowed down.
type guarded struct {
	Store
	attempts *attempts
	address  string
	metrics  *Metrics
	account  atomic.Pointer[string] // who logged in last, for the log
}

func (g *guarded) is(user model.User) { g.account.Store(&user.Username) }

func (g *guarded) who() string {
	if name := g.account.Load(); name != nil {
		return *name
	}
	return ""
}

// Login lets somebody in who knows the password, unless too many guesses were wrong lately.
func (g *guarded) Login(ctx context.Context, username, password string) (user model.User, err error) {
	err = g.attempt(username, func() error {
		user, err = g.Store.Login(ctx, username, password)
		return err
	})
	if err == nil {
		g.is(user)
	}
	return user, err
}

// ChangePassword asks for the current password, so it is a way to guess it.
func (g *guarded) ChangePassword(ctx context.Context, me model.User, current, next string) error {
	return g.attempt(me.Username, func() error { return g.Store.ChangePassword(ctx, me, current, next) })
}

// Register makes an account, but not any number of them for one address.
func (g *guarded) Register(ctx context.Context, r model.Registration) (model.User, error) {
	if wait := g.attempts.registrations.take(g.address); wait > 0 {
		return model.User{}, tooMany("new accounts", wait)
	}
	user, err := g.Store.Register(ctx, r)
	if err == nil {
		g.is(user)
	}
	return user, err
}

// Buy counts the orders of this process.
func (g *guarded) Buy(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error) {
	bought, err := g.Store.Buy(ctx, order, inDoubt)
	g.metrics.order(err)
	return bought, err
}

// attempt spends one attempt of the address, and of the account from there, and gives both back unless the password was wrong.
func (g *guarded) attempt(username string, try func() error) error {
	account := g.address + " " + username
	if wait := g.attempts.addresses.take(g.address); wait > 0 {
		return tooMany("attempts to log in", wait)
	}
	if wait := g.attempts.accounts.take(account); wait > 0 {
		g.attempts.addresses.giveBack(g.address)
		return tooMany("attempts to log in", wait)
	}
	err := try()
	if model.CodeOf(err) != model.CodeDenied {
		g.attempts.addresses.giveBack(g.address)
		g.attempts.accounts.giveBack(account)
	} else {
		g.metrics.refused(whyPassword)
	}
	return err
}

func tooMany(what string, wait time.Duration) error {
	return model.Errorf(model.CodeRefused, "too many %s: try again in %d s", what, int(wait.Seconds())+1)
}
