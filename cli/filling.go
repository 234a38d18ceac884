package cli

import (
	"context"
	"time"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
)

// fillEmpty loads demo data into a store that holds nothing at all, or in which that was interrupted, and returns what to
// say about it. Where several terminals do so at once, each writes what is missing: together they fill it once.
//
// Everybody knows the demo accounts, one of them an admin's. So they never come to data that is somebody's own, whatever was
// begun there before.
func (a *app) fillEmpty(ctx context.Context, store *opened) (notice string, err error) {
	begun, err := store.HalfFilled(ctx)
	if err != nil {
		return "", err
	}
	empty, err := store.Empty(ctx)
	if err != nil || !empty && begun == "" {
		return "", err
	}
	if empty {
		begun = ""
	}
	day, records, err := demoData(ctx, begun)
	if err != nil {
		return "", err
	}
	if !empty {
		only, err := store.HoldsOnly(ctx, records)
		if err != nil {
			return "", err
		}
		if !only {
			return "Filling the shop with demo data was interrupted once, and it holds other data now: it stays as it is",
				store.Filling(ctx, "")
		}
	}
	return a.fill(ctx, store, day, records)
}

// fill loads the demo data of a day, or what is missing of it.
func (a *app) fill(ctx context.Context, store *opened, day string, records []model.Record) (notice string, err error) {
	a.notef("The shop is empty: filling it with demo data ...")
	if err = store.Filling(ctx, day); err != nil {
		return "", err
	}
	bar := a.newProgress("Loading")
	bar.terminal = bar.terminal && !a.look.plain
	_, err = store.Load(ctx, records, etcdstore.LoadOptions{
		Resume: true, Progress: bar.show, Rest: "the same command, given again, loads the rest",
	})
	bar.end()
	if model.CodeOf(err) == model.CodeConflict {
		return "", nil // another terminal was faster, and finishes it
	}
	if err != nil {
		return "", err
	}
	return "The shop was empty. It now has demo data: " + contents(records), store.Filling(ctx, "")
}

// noteFilled says what fillEmpty has to say, below what it said when it began.
func (a *app) noteFilled(notice string) {
	if notice != "" {
		a.notef("%s.", notice)
	}
}

// demoData generates the shop that fills an empty store, as of a day; without one, as of today. It is different every day,
// so whoever goes on with what was begun needs the same day.
func demoData(ctx context.Context, begun string) (day string, records []model.Record, err error) {
	today, err := time.Parse(time.DateOnly, begun)
	if err != nil { // there is none, or it is nothing that we wrote
		today = model.WallClock(time.Now())
	}
	cfg, err := seed.Default()
	if err != nil {
		return "", nil, err
	}
	records, err = seed.Generate(ctx, cfg, demoSeed, today)
	return today.Format(time.DateOnly), records, err
}
