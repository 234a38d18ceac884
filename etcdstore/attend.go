package etcdstore

import (
	"context"
	"maps"
	"slices"
	"sync"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/ticketcd/ticketcd/model"
)

// attendance counts the sessions that each user has here.
type attendance struct {
	mu      sync.Mutex
	here    map[string]int
	changed chan struct{} // holds one element while somebody came or left unnoticed
}

func newAttendance() *attendance {
	return &attendance{here: map[string]int{}, changed: make(chan struct{}, 1)}
}

// Attend has [Store.Follow] keep a user's own records (orders, favourites, notifications, the account) in the shop, until
// ctx ends. They appear within a moment.
func (s *Store) Attend(ctx context.Context, username string) {
	s.attendance.count(username, 1)
	context.AfterFunc(ctx, func() { s.attendance.count(username, -1) })
}

func (a *attendance) count(username string, by int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.here[username] += by; a.here[username] == 0 {
		delete(a.here, username)
	}
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

func (a *attendance) changes() <-chan struct{} { return a.changed }

// users returns who is here, sorted.
func (a *attendance) users() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.here))
}

// meet returns the people who are here now: those who came are read at a revision, those who left are forgotten.
func (f *follower) meet(ctx context.Context, people model.People, revision int64) (model.People, error) {
	here := f.store.attendance.users()
	for _, username := range people.Names() {
		if !slices.Contains(here, username) {
			people = people.With(username, nil)
		}
	}
	for _, username := range here {
		if _, known := people.Person(username); known || !isUsername(username) {
			continue
		}
		person, err := f.readPerson(ctx, username, revision)
		if err != nil {
			return people, err
		}
		people = people.With(username, person)
	}
	return people, nil
}

// readPerson reads all records of a user's own at one revision.
func (f *follower) readPerson(ctx context.Context, username string, revision int64) (*model.Person, error) {
	keys, prefixes := model.PersonPrefixes(username)
	var ops []*pb.RequestOp
	for _, key := range keys {
		ops = append(ops, getOpAt(key, revision))
	}
	for _, prefix := range prefixes {
		ops = append(ops, listOpAt(prefix, revision))
	}
	resp, err := f.store.read(ctx, ops...)
	if err != nil {
		return nil, err
	}
	var changes []model.Change
	for _, answer := range resp.Responses {
		changes = append(changes, listed(answer.GetResponseRange().Kvs)...)
	}
	person, problems := model.NewPerson(username).With(changes)
	f.report(changes, problems)
	return person, nil
}

// foldPeople applies changes to the records of those who are here, and says which of them cannot be read.
func foldPeople(people model.People, changes []model.Change) (after model.People, problems []model.Problem) {
	theirs := map[string][]model.Change{}
	for _, change := range changes {
		username := model.ParseKey(change.Key).Username
		if _, here := people.Person(username); username != "" && here {
			theirs[username] = append(theirs[username], change)
		}
	}
	for username, changes := range theirs {
		person, _ := people.Person(username)
		person, damaged := person.With(changes)
		problems = append(problems, damaged...)
		people = people.With(username, person)
	}
	return people, problems
}

// listed are keys as a list returned them, as changes.
func listed(kvs []*mvccpb.KeyValue) []model.Change {
	changes := make([]model.Change, len(kvs))
	for i, kv := range kvs {
		changes[i] = change(kv, false)
	}
	return changes
}
