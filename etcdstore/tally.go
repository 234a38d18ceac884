package etcdstore

import (
	"context"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ticketcd/ticketcd/model"
)

// tally keeps the statistics of the shop that is being followed. All orders are read once, at the revision of a catalogue
// and beside everything else, so that the shop stays live meanwhile; from there on each change of a list of orders is
// added with what it replaced, so that nothing has to be remembered of the lists.
type tally struct {
	on      bool
	torn    bool                   // something was missed: etcd had forgotten what a value replaced
	counted chan *model.Statistics // brings what was read, once; nil where it could not be read
	stop    context.CancelFunc
	base    *model.Catalogue // to which the reading belongs; nil once it is taken
	changes []model.Change   // since then
}

// adminIsHere says whether anybody wants the statistics.
func adminIsHere(people model.People) bool {
	for _, username := range people.Names() {
		if person, _ := people.Person(username); person.Known && person.User.Role == model.RoleAdmin {
			return true
		}
	}
	return false
}

// count starts to read all orders as of a catalogue.
func (f *follower) count(ctx context.Context, catalogue *model.Catalogue) tally {
	ctx, stop := context.WithCancel(ctx)
	counted := make(chan *model.Statistics)
	go func() {
		defer close(counted)
		statistics, err := f.store.addUp(ctx, catalogue)
		if err != nil && ctx.Err() == nil {
			f.store.log.Warn("the orders could not be added up", "error", err)
			pause(ctx, longestRelist)
		}
		select {
		case counted <- statistics:
		case <-ctx.Done():
		}
	}()
	return tally{on: true, counted: counted, stop: stop, base: catalogue}
}

// end waits until nothing is being read any more.
func (t *tally) end() {
	if t.stop == nil {
		return
	}
	t.stop()
	for range t.counted { // until it is closed
	}
}

// takeCount shows what was read, with what has changed since.
func (f *follower) takeCount(counted *model.Statistics) {
	t := &f.tally
	shop := f.shop
	shop.Statistics = counted.With(t.base, shop.Catalogue, t.changes)
	t.end()
	*t = tally{on: true}
	f.publish(shop)
}

// replaced returns what a change replaced, where that is needed.
func (t *tally) replaced(event *clientv3.Event) []byte {
	if !t.on || model.ParseKey(string(event.Kv.Key)).Family != model.FamilyPurchase || event.IsCreate() {
		return nil
	}
	if event.PrevKv == nil {
		t.torn = true
		return nil
	}
	return event.PrevKv.Value
}

// with returns the statistics after changes, or as they are while those of the catalogue are still being read.
func (t *tally) with(now *model.Statistics, before, after *model.Catalogue, changes []model.Change) *model.Statistics {
	switch {
	case !t.on, t.torn:
		return now
	case t.base == nil:
		return now.With(before, after, changes)
	}
	t.changes = append(t.changes, changes...)
	return now
}

// addUp reads all orders at the revision of a catalogue.
func (s *Store) addUp(ctx context.Context, catalogue *model.Catalogue) (*model.Statistics, error) {
	statistics := model.NewStatistics(catalogue)
	reading := scan{store: s, prefix: model.PrefixPurchase, revision: catalogue.Revision()}
	for kvs, err := range reading.pages(ctx) {
		if err != nil {
			return nil, err
		}
		statistics = statistics.With(catalogue, catalogue, listed(kvs))
	}
	return statistics, nil
}

// Statistics reads what was sold, with the catalogue of the same revision. It is for those who look once; [Store.Follow]
// keeps both up to date.
func (s *Store) Statistics(ctx context.Context) (*model.Catalogue, *model.Statistics, error) {
	catalogue, err := s.Catalogue(ctx)
	if err != nil {
		return nil, nil, err
	}
	statistics, err := s.addUp(ctx, catalogue)
	return catalogue, statistics, err
}
