package bench

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"time"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// Config says what to measure, and how thoroughly.
type Config struct {
	Members int           // of the cluster, on which the goals depend
	Turns   int           // of every measurement
	Slice   time.Duration // how long one turn takes
	Parts   []string      // what to measure, of [Parts]; empty for all of it

	Events   int // to load, to open a shop with, and to search in
	Sessions int // that watch in one process

	// Etcd is the store as any other program reaches it, over the network, where the one that is measured has a shorter way
	// to a member in this process; nil where both are the same. Etcd's own limits are measured over it.
	Etcd *etcdstore.Store
	// Rival is a process of this program that runs [Rival] on the same store.
	Rival func(ctx context.Context) *exec.Cmd
	// Audience is a process of this program with so many sessions, of which some are looking at the event with [LiveWord] and
	// the others at the one with [QuietWord], and which writes each [Sight] until its standard input ends.
	Audience func(ctx context.Context, sessions, looking int) *exec.Cmd
	Tell     func(line string) // is told what is being measured
}

// Parts are the names of what can be measured.
func Parts() []string { return []string{"orders", "rivals", "events", "live", "search", "loading"} }

// Run measures a store that nobody else uses, and leaves behind what it wrote. It ends with an audit: a store that is not
// sound after that is an error, whatever its speed.
func Run(ctx context.Context, store *etcdstore.Store, cfg Config) ([]Figure, error) {
	b := &bench{Config: cfg, store: store, etcd: store.Yardstick(), samples: map[string]turns{}}
	if cfg.Etcd != nil {
		b.etcd = cfg.Etcd.Yardstick()
	}
	loading, err := b.takeLoading(ctx)
	if err != nil {
		return nil, err
	}
	if err = b.fill(ctx); err != nil {
		return nil, err
	}
	err = b.takeTurns(ctx)
	b.endRivals()
	if err != nil {
		return nil, err
	}
	if err = b.audit(ctx); err != nil {
		return nil, err
	}
	live, err := b.takeLive(ctx)
	if err != nil {
		return nil, err
	}
	search, err := b.takeSearch(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Concat(b.figures(), live, search, loading), nil
}

// audit checks everything that was written. The events were put on sale without a search index, which comes now.
func (b *bench) audit(ctx context.Context) error {
	if len(b.onSale) == 0 {
		return nil
	}
	b.Tell("auditing what was written")
	if err := b.write(ctx, model.IndexRecords(b.onSale)); err != nil {
		return err
	}
	report, err := b.store.Audit(ctx)
	if err != nil {
		return err
	}
	if len(report.Violations) > 0 {
		return model.Errorf(model.CodeFailed, "the store is not sound after %s: %s",
			model.Plural(report.Checked.Orders, "order"), report.Violations[0].Message)
	}
	return nil
}

// bench is one run.
type bench struct {
	Config
	store   *etcdstore.Store
	etcd    etcdstore.Yardstick
	users   []string
	onSale  []model.Event
	keys    int // how many turns have written bare keys
	rivals  []*rival
	samples map[string]turns
}

// measurement is one of those that are taken in turns.
type measurement struct {
	name string
	take func(ctx context.Context, name string) (sample, error)
}

func (b *bench) wants(part string) bool { return len(b.Parts) == 0 || slices.Contains(b.Parts, part) }

// takeTurns takes all measurements in turns.
func (b *bench) takeTurns(ctx context.Context) error {
	all := b.measurements()
	for turn := range b.Turns {
		for _, m := range all {
			b.Tell(fmt.Sprintf("%s, turn %d of %d", m.name, turn+1, b.Turns))
			s, err := m.take(ctx, m.name)
			if err != nil {
				return err
			}
			b.samples[m.name] = append(b.samples[m.name], s)
		}
	}
	return nil
}
