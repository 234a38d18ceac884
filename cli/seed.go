package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
)

// demoSeed is the number of the shop that fills an empty store.
const demoSeed = 1

// lastYear is the last one from whose days on all events, which lie up to thirteen months ahead, have years of four digits.
const lastYear = 9997

func (a *app) seedCommand() *cobra.Command {
	var (
		config, out, from string
		number            uint64
		events, users     int
		opt               etcdstore.LoadOptions
	)
	cmd := &cobra.Command{
		Use:   "seed",
		Short: "Generate demo data and load it, or write it to a file",
		Long: "Generates users, events, tickets, orders, favourites and notifications from a configuration, and loads them.\n" +
			"The same number on the same day gives the same data, byte for byte. The accounts user / user123 and\n" +
			"admin / admin123 are always among them. What a configuration may say is in docs/layout.md.",
		Args: cobra.NoArgs,
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			if out != "" && opt.Resume {
				return model.Errorf(model.CodeUsage, "choose one of --out and --resume: a file is written whole")
			}
			return errors.Join(checkLoad(opt), needValue(cmd.Flags(), "out", "config"))
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.readSeedConfig(cmd.Context(), config)
			if err != nil {
				return err
			}
			if events < 0 || users < 0 {
				return model.Errorf(model.CodeUsage, "--events and --users cannot be negative")
			}
			if cmd.Flags().Changed("events") {
				cfg.Events = events
			}
			if cmd.Flags().Changed("users") {
				cfg.Users = users
			}
			today, err := parseDay(from)
			if err != nil {
				return err
			}
			records, err := unlessEnded(cmd.Context(), func() ([]model.Record, error) {
				return seed.Generate(cmd.Context(), cfg, number, today)
			})
			if err != nil {
				return err
			}
			if out != "" {
				return a.saveDataSet(cmd.Context(), out, contents(records), func(w io.Writer) (int, error) {
					return model.WriteDataSet(w, untilEnded(cmd.Context(), records))
				})
			}
			return a.with(cmd.Context(), func(store *opened) error {
				return a.load(cmd.Context(), store, records, opt)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&config, "config", "", "JSON `file` that says what to generate")
	flags.Uint64Var(&number, "seed", demoSeed, "`number` of the shop: same number, same shop")
	flags.IntVar(&events, "events", 0, "`number` of events, instead of the configuration's")
	flags.IntVar(&users, "users", 0, "`number` of users besides user and admin, instead of the configuration's")
	flags.StringVar(&out, "out", "", "write to this `file` instead of loading, in place of one that is there; - is standard output")
	flags.StringVar(&from, "from", "", "`day` before the first event, as 2006-01-02 (default: today)")
	registerLoad(flags, &opt)
	return cmd
}

func (a *app) readSeedConfig(ctx context.Context, name string) (seed.Config, error) {
	if name == "" {
		return seed.Default()
	}
	raw, err := a.readDocument(ctx, name)
	if err != nil {
		return seed.Config{}, err
	}
	return seed.ParseConfig(raw)
}

func parseDay(text string) (time.Time, error) {
	if text == "" {
		return model.WallClock(time.Now()), nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, model.Wrap(model.CodeUsage, err, "%q is not a day: write it as 2006-01-02", text)
	}
	if day.Year() < 1 || day.Year() > lastYear {
		return time.Time{}, model.Errorf(model.CodeUsage, "%s is too far away: --from takes the years 1 to %d", text, lastYear)
	}
	return day, nil
}
