package cli

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

func (a *app) snapshotCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Save the whole store to a file, and restore it from there",
		Long: "A snapshot is etcd's own copy of its whole database at one moment, with a checksum. It is made while the shop\n" +
			"sells, is quicker than a dump, and holds everything, hashes of passwords included: keep it to yourself.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return model.Errorf(model.CodeUsage, "say what to do: %s save FILE, or restore FILE", cmd.CommandPath())
		},
	}
	cmd.AddCommand(a.snapshotSaveCommand(), a.snapshotRestoreCommand())
	return cmd
}

func (a *app) snapshotSaveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "save FILE",
		Short: "Save the whole store to a file",
		Long: "Saves the local store, or a cluster, to the new file FILE, which appears only when it is complete and its checksum\n" +
			"is right. What was sold before is in it. It needs no quorum.",
		Args: cobra.ExactArgs(1),
		PreRunE: func(_ *cobra.Command, args []string) error {
			if args[0] == stdio {
				return model.Errorf(model.CodeUsage, "a snapshot is checked before it has its name, so it does not go to standard output: name a file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withAny(cmd.Context(), func(cfg etcdstore.Config) error {
				a.notef("Saving a snapshot ...")
				if err := etcdstore.Snapshot(cmd.Context(), cfg, args[0], nil); err != nil {
					return err
				}
				return a.printSaved(args[0])
			})
		},
	}
}

func (a *app) printSaved(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return model.Wrap(model.CodeFailed, err, "%s was saved but cannot be looked at: %s", name, reason(err))
	}
	if a.flags.json() {
		return a.printJSON(map[string]any{"file": name, "bytes": info.Size()})
	}
	a.notef("Saved %s bytes to %s.", model.Thousands(int(info.Size())), model.Clean(name))
	return nil
}

func (a *app) snapshotRestoreCommand() *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make the local store what a snapshot says",
		Long: "Checks the snapshot in FILE, of this or any other etcd 3.6 or newer, makes a local store of it in --data-dir, and\n" +
			"starts that once before it takes its place. What was sold after the snapshot is not in it. No other ticketcd may\n" +
			"use the store meanwhile. A store that is there already is refused; with --replace it is kept beside the new one.\n" +
			"The store's revision leaps ahead, so that nobody takes old counts for live ones; history begins anew. Where the\n" +
			"snapshot's cluster asked for etcd's own users, the local store does not: only its owner can reach it.",
		Args: cobra.ExactArgs(1),
		PreRunE: func(*cobra.Command, []string) error {
			if len(a.flags.endpoints) > 0 {
				return model.Errorf(model.CodeUsage,
					"a snapshot is restored into the local store, not into a running cluster: leave --endpoints out")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a.notef("Restoring %s ...", model.Clean(args[0]))
			defer context.AfterFunc(cmd.Context(), func() { a.notef("Stopping as soon as this step is done ...") })()
			report, err := cluster.Restore(cmd.Context(), cluster.RestoreConfig{Dir: a.dataDir(), File: args[0], Replace: replace, Now: time.Now()})
			if err != nil {
				return err
			}
			if a.flags.json() {
				return a.printJSON(map[string]any{"revision": report.Revision, "records": report.Records, "kept": report.Kept})
			}
			a.notef("Restored %s as of revision %d.", model.Plural(report.Records, "record"), report.Revision)
			if report.Kept != "" {
				a.notef("The store that was there before is kept in %s.", report.Kept)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "put it in the place of a store that is there, which is kept aside")
	return cmd
}
