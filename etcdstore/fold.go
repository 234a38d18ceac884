package etcdstore

import (
	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// take folds a response, together with all others that are waiting, and publishes once.
func (f *follower) take(response clientv3.WatchResponse, waiting <-chan clientv3.WatchResponse) error {
	f.heard = f.store.now()
	revision := f.shop.Catalogue.Revision()
	var changes []model.Change
	for more := true; more; {
		if err := response.Err(); err != nil {
			return err
		}
		if response.Header.Revision < revision || response.Header.ClusterId != f.cluster {
			return errReplaced
		}
		for _, event := range response.Events {
			if event.Kv.ModRevision > f.shop.Catalogue.Revision() { // it may be known already
				changed := change(event.Kv, event.Type == mvccpb.DELETE)
				changed.Before = f.tally.replaced(event)
				changes = append(changes, changed)
				revision = event.Kv.ModRevision
			}
		}
		select {
		case response, more = <-waiting:
		default:
			more = false
		}
	}
	if len(changes) == 0 {
		f.refresh()
		return nil
	}
	for _, c := range changes {
		if key := model.ParseKey(c.Key); c.Deleted && key.Family == model.FamilyUser {
			f.store.tills.unmeet(key.Username)
		}
	}
	before, here := f.shop.Catalogue, f.shop.People
	after, problems := before.With(revision, changes)
	people, more := foldPeople(here, changes)
	f.report(changes, append(problems, more...))
	f.publish(model.Shop{
		Catalogue:  after,
		People:     people,
		Statistics: f.tally.with(f.shop.Statistics, before, after, changes),
		Loaded:     true,
	})
	f.notifier.moved(changes)
	f.notifier.fire(f.armed.Apply(before, changes))
	if f.tally.torn || f.shop.People != here && adminIsHere(f.shop.People) != f.tally.on {
		return errRecount
	}
	return nil
}

func change(kv *mvccpb.KeyValue, deleted bool) model.Change {
	return model.Change{Key: string(kv.Key), Value: kv.Value, Deleted: deleted, Revision: kv.ModRevision, Since: kv.CreateRevision}
}

// report tells of the records among changes that cannot be read: once, not each time that the shop is read again, and anew
// when one is damaged again after it was mended.
func (f *follower) report(changes []model.Change, problems []model.Problem) {
	if len(f.logged) > 0 {
		damaged := make(map[string]bool, len(problems))
		for _, problem := range problems {
			damaged[problem.Key] = true
		}
		for _, change := range changes {
			if !damaged[change.Key] {
				delete(f.logged, change.Key)
			}
		}
	}
	for _, problem := range problems {
		if reason := problem.Err.Error(); f.logged[problem.Key] != reason {
			f.logged[problem.Key] = reason
			f.store.log.Warn("a record cannot be read and is not shown", "key", problem.Key, "error", reason)
		}
	}
}

func (f *follower) publish(shop model.Shop) {
	if shop.Why == "" && f.trouble != nil {
		f.trouble = nil
		f.store.log.Info("the shop is being followed again")
	}
	shop.Full, _ = f.store.fullness.board.Read()
	f.shop = shop
	f.live.Publish(shop)
}
