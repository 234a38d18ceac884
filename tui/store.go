package tui

import (
	"context"

	"github.com/ticketcd/ticketcd/model"
)

// Store is what the shop asks of a database. Its errors are [*model.Error] values, whose sentences are shown as they are.
type Store interface {
	Login(ctx context.Context, username, password string) (model.User, error)
	Register(ctx context.Context, r model.Registration) (model.User, error)
	// DemoAccounts tells the well-known accounts that can still be used to have a look around.
	DemoAccounts(ctx context.Context) ([]model.Credentials, error)
	// Attend has the shop show a user's own records, until ctx ends.
	Attend(ctx context.Context, username string)

	// Buy places an order, once, however often it is sent with the same id. It calls inDoubt, if it has to, while it
	// finds out whether a first attempt went through. Cancel does the same for taking an order back.
	Buy(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error)
	Cancel(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error)

	SetFavourite(ctx context.Context, username, eventID string, favourite bool) error
	// Notify arms a notification, whether it is new, changed or has fired before, and returns it as it then stands.
	Notify(ctx context.Context, n model.Notification) (model.Notification, error)
	// MarkRead remembers that somebody has looked at what they were told about an event.
	MarkRead(ctx context.Context, username, eventID string) error
	RemoveNotification(ctx context.Context, username, eventID string) error

	// What changes the account is for the one that me logged in to, not for another that has its name by now.
	ChangeDetails(ctx context.Context, me model.User, name, email string) error
	ChangePassword(ctx context.Context, me model.User, current, next string) error
	// Keys are the SSH keys that let a user in without a password.
	Keys(ctx context.Context, username string) ([]model.SSHKey, error)
	LinkKey(ctx context.Context, me model.User, key model.SSHKey) error
	UnlinkKey(ctx context.Context, me model.User, fingerprint string) error
	// History tells how the count of an event moved.
	History(ctx context.Context, eventID string) (model.History, error)

	AdminStore
}

// AdminStore is what the admin's desk asks of the cluster. Whoever changes something is named, and the store itself
// refuses those who are no admins.
type AdminStore interface {
	// CheckAdmin fails with [model.CodeDenied] for somebody who is no admin. It needs no quorum, only a member that answers.
	CheckAdmin(ctx context.Context, actor string) error
	// WatchCluster returns where the newest state of the cluster is shown, until ctx ends.
	WatchCluster(ctx context.Context) *model.Board[model.Cluster]
	MoveLeader(ctx context.Context, actor, memberID string) error
	Defragment(ctx context.Context, actor, memberID string) error
	DisarmAlarms(ctx context.Context, actor string) error

	// Event reads an event as it is now, whatever the shop shows.
	Event(ctx context.Context, id string) (model.Event, error)
	CreateEvent(ctx context.Context, actor string, draft model.EventDraft) (model.Event, error)
	// EditEvent changes an event to what a draft says, and returns it as it then is. If somebody else edited it since it was
	// seen, that is a [model.CodeConflict], and it returns the event as it is now.
	EditEvent(ctx context.Context, actor string, seen model.Event, draft model.EventDraft) (model.Event, error)
	// Refunds tells what the removal of an event would give back now.
	Refunds(ctx context.Context, actor, id string) (model.Refunds, error)
	// RemoveEvent takes an event out of the shop. Where somebody has bought it needs leave to refund them, and tells them.
	RemoveEvent(ctx context.Context, actor, id string, refund bool) (model.Removal, error)
	ConsoleStore
}

// ConsoleStore is what the admin's console asks of the store: raw queries, which know nothing of the shop's rules.
type ConsoleStore interface {
	// QueryAs answers anything but a watch; of a get with one page.
	QueryAs(ctx context.Context, actor string, q model.RawQuery) (model.Answer, error)
	// WatchAs hands over what changes, beginning with an answer without changes, until ctx ends.
	WatchAs(ctx context.Context, actor string, q model.RawQuery, take func(model.Answer)) error
	// Effect looks what a query would do.
	Effect(ctx context.Context, actor string, q model.RawQuery) (model.Effect, error)
	// Queries are those that an admin gave before, the oldest first; RememberQuery adds to them.
	Queries(ctx context.Context, actor string) ([]string, error)
	RememberQuery(ctx context.Context, actor, text string) error
}

// Machine is where members of the cluster run as processes that can be stopped and started.
type Machine interface {
	// Processes tells what the members' processes do.
	Processes(ctx context.Context) ([]model.Process, error)
	// Do does something to the process of a member, and returns when it is done.
	Do(ctx context.Context, act model.MemberAct, member string) error
}

// Files is the machine at which the person sits.
type Files interface {
	// Folder is where those files are whose names say nothing else.
	Folder() string
	// SaveSnapshot saves the whole store to a file, which must not be there yet, and is there when it is complete, for its
	// owner alone. It tells how many bytes have come.
	SaveSnapshot(ctx context.Context, file string, told func(bytes int64)) error
}
