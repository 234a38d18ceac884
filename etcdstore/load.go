package etcdstore

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	mvccpb "go.etcd.io/etcd/api/v3/mvccpb"
	"golang.org/x/sync/errgroup"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// loadsAtOnce is how many transactions are in flight: enough to share the members' disk writes, few enough to leave
	// room for those who shop meanwhile.
	loadsAtOnce = 8
	// loadPatience is how long one transaction is insisted on before the load gives up.
	loadPatience = 30 * time.Second
	// loadTries is how often a transaction that replaces keys follows others who write them at the same time.
	loadTries = 20
)

// LoadOptions say how to load.
type LoadOptions struct {
	Replace  bool                  // overwrite those of the keys that exist, unless orders would be lost with that
	Resume   bool                  // leave those of the keys that exist as they are: write only what is missing
	Progress func(done, total int) // called after each transaction, one call at a time; nil for none
	Rest     string                // what loads the rest, for whoever interrupts the load: "--resume loads the rest"
}

// Load writes records in bulk, and returns how many it wrote, also where it failed in the middle. All of them are checked
// before the first is written: with an unusable key or value, or where keys exist and are not to be replaced, or where what is
// to be replaced would lose an order that somebody holds, or sell its tickets once more, because the records lack it
// ([model.CodeRefused]), nothing is written. Plain-text passwords are hashed.
//
// An event appears to readers in one transaction with its tickets and orders, or after them where they are too many;
// users and the search index come first. A load that is interrupted therefore leaves whole events, and says how far it
// came. Whether a transaction went through is never guessed: each compares the revisions that its keys had before, so
// that a copy that arrives late, or a change by somebody else, never overwrites or is overwritten unseen. A key that
// appears meanwhile ends the load with [model.CodeConflict], and so does, with [model.CodeRefused], an order that would be lost.
//
// A repair that comes between takes what it finds on the search index without its event for leftovers. What it took off is
// put back at the end.
func (s *Store) Load(ctx context.Context, records []model.Record, opt LoadOptions) (int, error) {
	if err := checkLoadable(records); err != nil {
		return 0, err
	}
	sorted := slices.SortedFunc(slices.Values(records), func(a, b model.Record) int { return strings.Compare(a.Key, b.Key) })
	now, err := s.read(ctx, keyOp(tidied))
	if err != nil {
		return 0, err
	}
	began := now.Header.Revision
	existing, empty, err := s.existing(ctx, sorted)
	if err != nil {
		return 0, err
	}
	if opt.Resume {
		for _, revision := range existing {
			began = min(began, revision)
		}
		sorted = slices.DeleteFunc(sorted, func(r model.Record) bool { return existing[r.Key] != 0 })
		existing = nil
	}
	if len(existing) > 0 && !opt.Replace {
		return 0, refuseExisting(records, existing)
	}
	if opt.Replace {
		switch err := s.refuseLost(ctx, sorted); {
		case errors.Is(err, errWouldLose):
			return 0, model.Wrap(model.CodeOf(err), err, "%s: nothing was loaded%s; --resume leaves what is there",
				model.Sentence(err), insteadOfLosing)
		case err != nil:
			return 0, model.Wrap(model.CodeOf(err), err, "%s: nothing was loaded", model.Sentence(err))
		}
	}
	l := &load{
		store: s, opt: opt, records: sorted, existing: existing, empty: empty, total: len(sorted),
		hashing: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	if err := l.run(ctx, planLoad(sorted)); err != nil {
		return l.loaded, l.failure(ctx, err)
	}
	if err := s.relist(ctx, began); err != nil {
		return l.loaded, model.Wrap(model.CodeOf(err), err,
			"all keys are loaded, but a repair may have taken some of their events off the search index: ticketcd audit --repair puts them back")
	}
	return l.loaded, nil
}

// relist puts events on the lists of the search index that they belong on, if a repair has tidied those since a revision.
func (s *Store) relist(ctx context.Context, since int64) error {
	resp, err := s.read(ctx, keyOp(tidied))
	if err != nil {
		return err
	}
	if _, revision := valueOf(resp.Responses[0].GetResponseRange().Kvs); revision <= since {
		return nil
	}
	found, err := s.Audit(ctx)
	if err != nil {
		return err
	}
	var plan []model.Repair
	for _, r := range found.Repairs {
		if r.Kind == model.RepairIndex && len(r.Join) > 0 {
			plan = append(plan, model.Repair{Kind: r.Kind, Key: r.Key, Join: r.Join})
		}
	}
	_, err = s.Repair(ctx, plan, nil)
	return err
}

// load is one Load under way.
type load struct {
	store    *Store
	opt      LoadOptions
	records  []model.Record
	existing map[string]int64 // mod revisions; not changed while loading
	empty    bool             // nothing was there: compares may span all keys from the first of a batch to its last
	total    int
	hashing  chan struct{} // holds one element for each hash that is being made: more than cores would only take memory

	mu     sync.Mutex
	loaded int
}

// run works through the stages one after the other; within one, several chains at a time.
func (l *load) run(ctx context.Context, stages []stage) error {
	for _, stage := range stages {
		group, working := errgroup.WithContext(ctx)
		group.SetLimit(loadsAtOnce)
		for _, chain := range stage {
			group.Go(func() error { return l.work(working, chain) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// work writes the batches of a chain, each after the one before it is known to be there.
func (l *load) work(ctx context.Context, batches chain) error {
	for _, records := range batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := l.hashPlain(ctx, records); err != nil {
			return err
		}
		if err := l.write(ctx, records); err != nil {
			return err
		}
		l.done(len(records))
	}
	return nil
}

// hashPlain replaces plain-text passwords by their hashes, in place. Users whose record cannot be read have no password that
// would let anybody in.
func (l *load) hashPlain(ctx context.Context, records batch) error {
	for i, r := range records {
		key := model.ParseKey(r.Key)
		if key.Family != model.FamilyUser {
			continue
		}
		user, err := model.DecodeUser(key.Username, r.Value)
		if err != nil || user.Password == "" || isHashed(user.Password) {
			continue
		}
		l.hashing <- struct{}{}
		user.Password, err = hashPassword(ctx, user.Password)
		<-l.hashing
		if err != nil {
			return err
		}
		records[i].Value = user.Encode()
	}
	return nil
}

// write writes a batch in one transaction that compares the revisions its keys are known to have.
func (l *load) write(ctx context.Context, records batch) error {
	ctx, cancel := context.WithTimeout(ctx, loadPatience)
	defer cancel()
	seen := make([]int64, len(records))
	for i, r := range records {
		seen[i] = l.existing[r.Key]
	}
	alone := l.empty
	for range loadTries {
		r := records.request(seen)
		if alone {
			r.ifs = records.alone()
		}
		resp, err := l.store.insist(ctx, r, &doubt{})
		if err != nil {
			return err
		}
		if resp.Succeeded {
			return nil
		}
		now, err := l.store.read(ctx, records.reads(getOp)...)
		if err != nil {
			return err
		}
		same := 0
		for i, answer := range now.Responses {
			var is bool
			if seen[i], is = compareStored(answer.GetResponseRange().Kvs, records[i].Value); is {
				same++
			}
		}
		if same == len(records) {
			return nil // an earlier copy of the transaction went through
		}
		present := slices.ContainsFunc(seen, func(revision int64) bool { return revision != 0 })
		if !l.opt.Replace && (present || !alone) {
			break
		}
		if l.opt.Replace { // perhaps it was somebody who bought
			if err := l.store.refuseLost(ctx, l.records); err != nil {
				return err
			}
		}
		alone = false
	}
	return model.Errorf(model.CodeConflict, "somebody else is writing the same keys, such as %s",
		model.Excerpt(records[0].Key, 80))
}

// compareStored returns a key's mod revision (0 if it is absent), and whether it holds what it should.
func compareStored(found []*mvccpb.KeyValue, want []byte) (revision int64, same bool) {
	if len(found) == 0 {
		return 0, false
	}
	return found[0].ModRevision, bytes.Equal(found[0].Value, want)
}

func (l *load) done(records int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded += records
	if l.opt.Progress != nil {
		l.opt.Progress(l.loaded, l.total)
	}
}

// failure says how far the load came. What was in flight when it ended may be there as well.
func (l *load) failure(ctx context.Context, err error) error {
	why, code, advice := model.Sentence(err), model.CodeOf(err), ""
	switch {
	case ctx.Err() != nil:
		why, code = "the load was interrupted", model.CodeFailed
		if l.opt.Rest != "" {
			advice = "; " + l.opt.Rest
		}
	case errors.Is(err, errWouldLose):
		advice = insteadOfLosing
	case code == model.CodeUnknown:
		why, code = "the store does not answer", model.CodeUnavailable
	}
	return model.Wrap(code, err, "%s: %s of %s keys are loaded%s", why,
		model.Thousands(l.loaded), model.Thousands(l.total), advice)
}
