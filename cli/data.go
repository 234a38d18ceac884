package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// stdio is the file name that stands for standard input or output.
const stdio = "-"

func (a *app) loadCommand() *cobra.Command {
	var opt etcdstore.LoadOptions
	var shift bool
	cmd := &cobra.Command{
		Use:   "load FILE",
		Short: "Load a data set: a JSON object of key -> value",
		Long: "Loads a data set such as \"ticketcd dump\" or the original prototype writes; FILE may be - for standard input.\n" +
			"The file is read and checked as a whole before anything is written: at most 512 MiB, values of at most 1 MiB, no key\n" +
			"and no field twice. Keys that exist already are refused. --replace overwrites them, unless the file lacks an order that\n" +
			"somebody holds: then nothing is loaded. Load a new dump instead, or cancel the order first.\n" +
			"Passwords that stand in the file as plain text are hashed.",
		Args:    cobra.ExactArgs(1),
		PreRunE: func(*cobra.Command, []string) error { return checkLoad(opt) },
		RunE: func(cmd *cobra.Command, args []string) error {
			records, err := a.readDataSet(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if shift {
				if records, err = a.shiftDates(records); err != nil {
					return err
				}
			}
			if err = a.checkFamilies(args[0], records); err != nil {
				return err
			}
			return a.with(cmd.Context(), func(store *opened) error {
				return a.load(cmd.Context(), store, records, opt)
			})
		},
	}
	registerLoad(cmd.Flags(), &opt)
	cmd.Flags().BoolVar(&shift, "shift-dates", false, "move all event dates by the same number of days, so that the first is tomorrow")
	return cmd
}

// registerLoad adds the flags that say what to do with keys that exist.
func registerLoad(flags *pflag.FlagSet, opt *etcdstore.LoadOptions) {
	flags.BoolVar(&opt.Replace, "replace", false, "overwrite keys that exist already; refused where that would lose an order or sell its tickets twice")
	flags.BoolVar(&opt.Resume, "resume", false, "leave keys that exist already as they are, and load the rest")
}

func checkLoad(opt etcdstore.LoadOptions) error {
	if opt.Replace && opt.Resume {
		return model.Errorf(model.CodeUsage, "choose one of --replace and --resume")
	}
	return nil
}

// warnUnsound says if a data set breaks the shop's rules by itself. It is loaded all the same: it may be a part of more.
func (a *app) warnUnsound(ctx context.Context, records []model.Record) error {
	n, err := unlessEnded(ctx, func() (int, error) {
		return len(model.Audit(0, slices.Values(records)).Violations), nil
	})
	if n > 0 {
		a.notef("This data is not sound: ticketcd audit will list %s.", model.Plural(n, "problem"))
	}
	return err
}

// checkFamilies refuses a file in which nothing is the shop's, and says so where only some is not: that is loaded all the same,
// as another program may use the same store.
func (a *app) checkFamilies(name string, records []model.Record) error {
	strange := slices.DeleteFunc(slices.Clone(records), func(r model.Record) bool {
		return model.ParseKey(r.Key).Family != model.FamilyOther
	})
	switch {
	case len(strange) == 0:
		return nil
	case len(strange) == len(records):
		return model.Errorf(model.CodeFailed, "%s holds nothing of a shop: its first key is %s. A configuration for demo data is for ticketcd seed --config",
			name, model.Excerpt(strange[0].Key, 80))
	}
	a.notef("%s of %s are no records of the shop's, for example %s: it will not look at them.",
		model.Thousands(len(strange)), model.Thousands(len(records)), model.Excerpt(strange[0].Key, 80))
	return nil
}

// readDataSet reads a data set from a file, or from standard input, until ctx ends.
func (a *app) readDataSet(ctx context.Context, name string) ([]model.Record, error) {
	return unlessEnded(ctx, func() ([]model.Record, error) {
		if name == stdio {
			return readDataSetFrom("standard input", a.In)
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, model.Wrap(model.CodeFailed, err, "%s cannot be opened: %s", name, reason(err))
		}
		records, err := readDataSetFrom(name, file)
		return records, errors.Join(err, file.Close())
	})
}

func readDataSetFrom(name string, file *os.File) ([]model.Record, error) {
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		return nil, model.Errorf(model.CodeFailed, "%s is a directory: name a file", name)
	case info.Size() > model.MaxDataSet:
		return nil, model.Errorf(model.CodeFailed, "%s has %s bytes, more than the %s that are read at once; "+
			"to move a large store, use ticketcd snapshot", name, model.Thousands(int(info.Size())), model.Thousands(model.MaxDataSet))
	}
	records, err := model.ReadDataSet(bufio.NewReader(file))
	if err != nil && reason(err) != err.Error() {
		err = model.Wrap(model.CodeFailed, err, "%s cannot be read: %s", name, reason(err))
	}
	return records, err
}

func (a *app) shiftDates(records []model.Record) ([]model.Record, error) {
	shifted, days, err := model.ShiftDates(records, model.WallClock(time.Now()))
	if err != nil {
		return nil, err
	}
	a.notef("Moved all event dates by %s.", model.Plural(days, "day"))
	return shifted, nil
}

// load writes a data set into the store and shows how far it is.
func (a *app) load(ctx context.Context, store *opened, records []model.Record, opt etcdstore.LoadOptions) error {
	if err := a.warnUnsound(ctx, records); err != nil {
		return err
	}
	bar := a.newProgress("Loading")
	opt.Progress, opt.Rest = bar.show, "--resume loads the rest"
	loaded, err := store.Load(ctx, records, opt)
	bar.end()
	if err != nil {
		return err
	}
	left := len(records) - loaded // with --resume
	if a.flags.json() {
		return a.printJSON(map[string]int{"loaded": loaded, "left": left})
	}
	if left > 0 {
		a.notef("Loaded %s; %s there already, and left as they are. ticketcd audit says whether all of it fits together.",
			model.Plural(loaded, "record"), wereOf(left, len(records)))
		return nil
	}
	a.notef("Loaded %s: %s.", model.Plural(len(records), "record"), contents(records))
	return nil
}

// wereOf says how many of a number there were: "3 of 10 were", "all 10 were".
func wereOf(n, all int) string {
	if n == all {
		return "all " + model.Thousands(all) + " were"
	}
	return model.Thousands(n) + " of " + model.Thousands(all) + " were"
}

// contents says what a data set holds.
func contents(records []model.Record) string {
	count := map[model.Family]int{}
	for _, r := range records {
		count[model.ParseKey(r.Key).Family]++
	}
	return model.Plural(count[model.FamilyEvent], "event") + ", " + model.Plural(count[model.FamilyUser], "user")
}

func (a *app) dumpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "dump [FILE]",
		Short: "Write the whole data set as a JSON object of key -> value",
		Long: "Writes every key of the shop at one revision, in order, to FILE or standard output. Loaded into an empty store\n" +
			"and dumped again, it gives the same bytes. A FILE that is there already is replaced, once all is written.\n" +
			"It holds the hashes of passwords: keep it to yourself.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(store *opened) error {
				return a.saveDataSet(cmd.Context(), append(args, stdio)[0], "", func(out io.Writer) (int, error) {
					return store.Dump(cmd.Context(), out)
				})
			})
		},
	}
}
