package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/bench"
	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// benchWishes is what the flags of bench ask for.
type benchWishes struct {
	nodes   int
	yes     bool
	turns   int
	slice   time.Duration
	only    []string
	events  int
	people  int
	profile string
}

func (a *app) benchCommand() *cobra.Command {
	var wishes benchWishes
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the shop against etcd's own limits",
		Long: "Measures orders, live updates, search and loading beside what etcd itself does on the same machine in the same\n" +
			"minutes, in turns, and checks that nothing of it was lost. It takes about three minutes.\n\n" +
			"It uses a store of its own, made in --data-dir and removed in the end, or a cluster of --nodes members made there;\n" +
			"your shop is left alone. With --endpoints it writes to that cluster, a lot, below keys of its own, which it removes\n" +
			"in the end: say --yes if that may be.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.checkBench(wishes); err != nil {
				return err
			}
			return a.profiled(wishes.profile, func() error {
				if len(a.flags.endpoints) > 0 {
					return a.benchCluster(cmd.Context(), wishes)
				}
				return a.benchHere(cmd.Context(), wishes)
			})
		},
	}
	flags := cmd.Flags()
	wishes.nodes = 1
	flags.Var(memberCount{&wishes.nodes}, "nodes", "on a cluster of so many `members` on this machine: 1, 3, 5 or 7")
	flags.BoolVar(&wishes.yes, "yes", false, "write to the cluster of --endpoints without asking")
	flags.IntVar(&wishes.turns, "turns", 3, "`how often` each measurement is taken; the median counts")
	flags.DurationVar(&wishes.slice, "slice", time.Second, "`how long` each turn takes")
	flags.StringSliceVar(&wishes.only, "only", nil, "measure only these `parts`: "+strings.Join(bench.Parts(), ", "))
	flags.IntVar(&wishes.events, "events", 5000, "`number` of events to load, to open a shop with, and to search in")
	flags.IntVar(&wishes.people, "sessions", 300, "`number` of sessions that watch in one process")
	flags.StringVar(&wishes.profile, "cpuprofile", "", "write a profile to this `file`, for go tool pprof")
	return cmd
}

func (a *app) checkBench(wishes benchWishes) error {
	for _, part := range wishes.only {
		if !slices.Contains(bench.Parts(), part) {
			return model.Errorf(model.CodeUsage, "%q cannot be measured: --only takes %s", part, strings.Join(bench.Parts(), ", "))
		}
	}
	switch {
	case wishes.events < 1 || wishes.people < 1:
		return model.Errorf(model.CodeUsage, "--events and --sessions take 1 or more")
	case wishes.turns < 1 || wishes.slice < time.Millisecond:
		return model.Errorf(model.CodeUsage, "--turns takes 1 or more, --slice 1ms or more")
	case wishes.slice > bench.MaxSlice:
		return model.Errorf(model.CodeUsage, "--slice takes %s at most: in longer turns the same users order again, and events sell out; take more --turns",
			bench.MaxSlice)
	case len(a.flags.endpoints) == 0 && wishes.yes:
		return model.Errorf(model.CodeUsage, "--yes is for a cluster: give --endpoints too")
	case len(a.flags.endpoints) > 0 && wishes.nodes != 1:
		return model.Errorf(model.CodeUsage, "choose one of --endpoints and --nodes")
	case len(a.flags.endpoints) > 0 && !wishes.yes:
		return model.Errorf(model.CodeUsage, "this writes a lot to the cluster of --endpoints: say --yes if it may")
	}
	return nil
}

// benchPlace begins the names of the directories in which stores are measured.
const benchPlace = "bench-"

// removeLeftovers removes the stores of benches that were killed.
func (a *app) removeLeftovers(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		place := filepath.Join(dir, entry.Name())
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), benchPlace) {
			continue
		}
		abandoned, failed := cluster.Abandoned(place)
		if abandoned {
			a.notef("Removing what a bench that was killed has left in %s ...", model.Clean(place))
			failed = os.RemoveAll(place)
		}
		err = errors.Join(err, failed)
	}
	if err != nil {
		return model.Wrap(model.CodeFailed, err, "what an earlier bench has left in %s cannot be removed: %s", model.Clean(dir), reason(err))
	}
	return nil
}

// benchHere measures a store on this machine that is made for it, beside the shop's data, so on the same disk.
func (a *app) benchHere(ctx context.Context, wishes benchWishes) error {
	dir := a.dataDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return model.Wrap(model.CodeFailed, err, "cannot use %s as the data directory: %s", dir, reason(err))
	}
	if err := a.removeLeftovers(dir); err != nil {
		return err
	}
	place, err := os.MkdirTemp(dir, benchPlace)
	if err != nil {
		return model.Wrap(model.CodeFailed, err, "there is no room for a store in %s: %s", dir, reason(err))
	}
	a.flags.dataDir = place
	members := clusterFlags{nodes: wishes.nodes}
	if wishes.nodes == 1 {
		members.nodes = 0 // the local store
	}
	err = orEnded(ctx, a.withBenchMembers(ctx, members, wishes))
	return errors.Join(err, os.RemoveAll(place))
}

func (a *app) withBenchMembers(ctx context.Context, flags clusterFlags, wishes benchWishes) error {
	return a.withMembers(ctx, flags, func(*cluster.Members) error {
		return a.with(ctx, func(store *opened) error {
			if store.local == nil {
				return a.measure(ctx, store, nil, wishes, wishes.nodes, "--data-dir", a.dataDir())
			}
			etcd, err := etcdstore.Open(ctx, etcdstore.Config{Endpoints: []string{store.local.Endpoint()}})
			if err != nil {
				return err
			}
			return errors.Join(a.measure(ctx, store, etcd, wishes, 1, "--data-dir", a.dataDir()), etcd.Close())
		})
	})
}

// benchCluster measures a cluster of somebody's, below keys of its own, and removes them.
func (a *app) benchCluster(ctx context.Context, wishes benchWishes) error {
	a.space = model.PrefixInternal + "bench:" + rand.Text() + ":"
	return a.with(ctx, func(store *opened) error {
		status, err := store.Status(ctx)
		if err != nil {
			return err
		}
		err = orEnded(ctx, a.measure(ctx, store, nil, wishes, len(status.Members), append(a.clusterArgs(), "--space", a.space)...))
		a.notef("Removing what was written ...")
		return errors.Join(err, store.Yardstick().Remove(context.WithoutCancel(ctx), ""))
	})
}

// orEnded returns why something failed, which is nothing else where ctx has ended: all that is under way breaks off then.
func orEnded(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// wanted is where another process of ours complains, as long as ctx has not ended: who interrupts one interrupts all.
type wanted struct {
	ctx context.Context
	to  io.Writer
}

func (w wanted) Write(words []byte) (int, error) {
	if w.ctx.Err() != nil {
		return len(words), nil
	}
	return w.to.Write(words)
}

// clusterArgs are the arguments by which another process of ours reaches the same cluster. A password is no argument,
// because other users of the machine can see those.
func (a *app) clusterArgs() []string {
	args := []string{"--endpoints", strings.Join(a.flags.endpoints, ",")}
	for _, file := range []struct{ flag, name string }{{"--cacert", a.flags.caCert}, {"--cert", a.flags.cert}, {"--key", a.flags.key}} {
		if file.name != "" {
			args = append(args, file.flag, file.name)
		}
	}
	return args
}

// measure runs the bench on a store, beside etcd as another connection to it sees it, or as the store's own does for nil.
func (a *app) measure(
	ctx context.Context, store *opened, etcd *etcdstore.Store, wishes benchWishes, members int, where ...string,
) error {
	line := a.newProgress("")
	program, err := os.Executable()
	if err != nil {
		return model.Wrap(model.CodeFailed, err, "this program does not know where it is: %s", reason(err))
	}
	another := func(ctx context.Context, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, program, slices.Concat(args, where)...)
		cmd.Env, cmd.Stderr = append(os.Environ(), a.secrets()...), wanted{ctx, a.Err}
		return cmd
	}
	figures, err := bench.Run(ctx, store.Store, bench.Config{
		Members: members, Turns: wishes.turns, Slice: wishes.slice, Parts: wishes.only, Events: wishes.events,
		Sessions: wishes.people, Etcd: etcd, Tell: line.say,
		Rival: func(ctx context.Context) *exec.Cmd { return another(ctx, "bench-rival") },
		Audience: func(ctx context.Context, sessions, looking int) *exec.Cmd {
			return another(ctx, "bench-audience", "--sessions", strconv.Itoa(sessions), "--looking", strconv.Itoa(looking))
		},
	})
	line.end()
	if err != nil {
		return err
	}
	return a.printFigures(figures)
}

// secrets are what another process of ours must know to be let in.
func (a *app) secrets() []string {
	if a.flags.user == "" {
		return nil
	}
	return []string{"TICKETCD_USER=" + a.flags.user, "TICKETCD_PASSWORD=" + a.flags.password}
}

// benchRivalCommand is what the processes run that compete in a bench.
func (a *app) benchRivalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:    "bench-rival",
		Short:  "Order as it is told on standard input, for the process that runs a bench",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(store *opened) error {
				return bench.Rival(cmd.Context(), store.Store, a.In, a.Out)
			})
		},
	}
	cmd.Flags().StringVar(&a.space, "space", "", "`text` that all keys begin with")
	return cmd
}

// profiled runs something, and writes what it spent its time on to a file if there is to be one.
func (a *app) profiled(name string, run func() error) error {
	if name == "" {
		return run()
	}
	file, err := os.Create(filepath.Clean(name))
	if err != nil {
		return model.Wrap(model.CodeUsage, err, "%s cannot be written: %s", name, reason(err))
	}
	if err = pprof.StartCPUProfile(file); err == nil {
		err = run()
		pprof.StopCPUProfile()
	}
	return errors.Join(err, file.Close())
}
