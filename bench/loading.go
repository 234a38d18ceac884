package bench

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
)

// etcd takes so many operations in a transaction, and 1.5 MiB; fullBytes are of keys and values, as a load's own.
const (
	fullTxn   = 128
	fullBytes = 1 << 20
)

// takeLoading measures how fast a data set is loaded, and how fast a shop that holds it opens, in turns with etcd doing
// the same without us. It begins and ends with an empty store, and comes first, as a load does.
func (b *bench) takeLoading(ctx context.Context) ([]Figure, error) {
	if !b.wants("loading") {
		return nil, nil
	}
	b.Tell(fmt.Sprintf("generating %d events", b.Events))
	records, err := b.dataSet(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]turns{}
	for turn := range b.Turns {
		b.Tell(fmt.Sprintf("loading %s and opening, turn %d of %d", model.Plural(len(records), "key"), turn+1, b.Turns))
		if err := b.etcd.Remove(ctx, ""); err != nil {
			return nil, err
		}
		for _, m := range b.loadings(records) {
			began := time.Now()
			n, err := m.do(ctx)
			if err != nil {
				return nil, err
			}
			all[m.name] = append(all[m.name], sample{Count: n, Took: time.Since(began)})
		}
	}
	rate := func(name string) Figure { return all[name].rate(name, "keys/s") }
	return []Figure{
		rate("load").than(rate("bare transactions of 128"), atLeast(0.8)),
		rate("load").than(rate("one key at a time"), Goal{}),
		rate("open").than(rate("bare paged read"), atLeast(1/1.5)),
	}, b.etcd.Remove(ctx, "")
}

type loading struct {
	name string
	do   func(ctx context.Context) (keys int, err error)
}

func (b *bench) loadings(records []model.Record) []loading {
	return []loading{
		{"load", func(ctx context.Context) (int, error) {
			return b.store.Load(ctx, records, etcdstore.LoadOptions{})
		}},
		{"open", b.open},
		{"bare paged read", func(ctx context.Context) (int, error) {
			events, _, err := b.etcd.Read(ctx, model.PrefixEvent)
			if err != nil {
				return 0, err
			}
			tickets, _, err := b.etcd.Read(ctx, model.PrefixTicket)
			return events + tickets, err
		}},
		{"bare transactions of 128", func(ctx context.Context) (int, error) {
			group, ctx := errgroup.WithContext(ctx)
			group.SetLimit(writers)
			for some := range full(records) {
				group.Go(func() error { return b.etcd.PutAll(ctx, aside(some)) })
			}
			return len(records), group.Wait()
		}},
		{"one key at a time", func(ctx context.Context) (int, error) {
			n := 0
			for began := time.Now(); n < len(records) && time.Since(began) < b.Slice; n++ {
				if err := b.etcd.Put(ctx, bare+"one:"+records[n].Key, string(records[n].Value)); err != nil {
					return n, err
				}
			}
			return n, nil
		}},
	}
}

// full cuts records into what fits into one transaction.
func full(records []model.Record) iter.Seq[[]model.Record] {
	return func(yield func([]model.Record) bool) {
		first, size := 0, 0
		for i, r := range records {
			if i-first == fullTxn || i > first && size+len(r.Key)+len(r.Value) > fullBytes {
				if !yield(records[first:i]) {
					return
				}
				first, size = i, 0
			}
			size += len(r.Key) + len(r.Value)
		}
		if first < len(records) {
			yield(records[first:])
		}
	}
}

// aside returns records under keys that are not the shop's.
func aside(records []model.Record) []model.Record {
	out := make([]model.Record, len(records))
	for i, r := range records {
		out[i] = model.Record{Key: bare + r.Key, Value: r.Value}
	}
	return out
}

// open opens the shop as a session finds it, and returns how many keys its catalogue is made of.
func (b *bench) open(ctx context.Context) (int, error) {
	catalogue, err := b.store.Catalogue(ctx)
	if err != nil {
		return 0, err
	}
	keys := 0
	for _, event := range catalogue.Search(model.Query{}).Events() {
		keys += 1 + len(event.Tickets)
	}
	return keys, nil
}

// dataSet is a realistic shop without its users and what they did: their passwords would be hashed, which has nothing to do
// with etcd.
func (b *bench) dataSet(ctx context.Context) ([]model.Record, error) {
	cfg, err := seed.Default()
	if err != nil {
		return nil, err
	}
	cfg.Events, cfg.Users = b.Events, 0
	generated, err := seed.Generate(ctx, cfg, 1, time.Now())
	if err != nil {
		return nil, err
	}
	var records []model.Record
	for _, r := range generated {
		for _, prefix := range []string{model.PrefixEvent, model.PrefixTicket, model.PrefixSearch} {
			if strings.HasPrefix(r.Key, prefix) {
				records = append(records, r)
			}
		}
	}
	return records, nil
}
