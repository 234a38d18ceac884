package cli

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
)

// clusterFlags say which cluster to run on this machine.
type clusterFlags struct {
	nodes    int
	insecure bool
}

func (c *clusterFlags) register(flags *pflag.FlagSet, nodes string) {
	flags.Var(memberCount{&c.nodes}, "nodes", nodes)
	flags.BoolVar(&c.insecure, "insecure", false, "make a new cluster without certificates, open to all users of this machine")
}

func (a *app) clusterCommand() *cobra.Command {
	var wishes clusterFlags
	var seedDemo bool
	cmd := &cobra.Command{
		Use:   "cluster",
		Short: "Run an etcd cluster on this machine until it is interrupted",
		Long: "Runs the members of an etcd cluster, each a process of its own, in --data-dir, until SIGINT, SIGTERM or SIGHUP. All\n" +
			"other commands with the same --data-dir join it. The members listen on this machine only, on ports that stay the\n" +
			"same, and talk TLS, with certificates in the data directory that keep its other users out.\n\n" +
			"A data directory holds either a cluster or the local store of one member, never both.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			members, err := a.launch(cmd.Context(), wishes)
			if err != nil {
				return err
			}
			err = a.serveCluster(cmd.Context(), members, seedDemo)
			a.notef("Stopping the members ...")
			return errors.Join(err, members.Close())
		},
	}
	wishes.register(cmd.Flags(), "how many `members`: 1, 3, 5 or 7 (default: as many as there are; 5 for a new cluster)")
	cmd.Flags().BoolVar(&seedDemo, "seed-demo", false, "fill the cluster with demo data if it is empty")
	return cmd
}

// memberCommand is what the processes of members run. It takes nothing from the environment.
func (a *app) memberCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "member DIR NAME",
		Short:             "Run one member of a cluster, for the process that runs the cluster",
		Hidden:            true,
		Args:              cobra.ExactArgs(2),
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, args []string) error {
			return cluster.RunMember(cmd.Context(), args[0], args[1], a.In, a.Out)
		},
	}
}

// launch starts the members, and says how far it is.
func (a *app) launch(ctx context.Context, wishes clusterFlags) (*cluster.Members, error) {
	if len(a.flags.endpoints) > 0 {
		return nil, model.Errorf(model.CodeUsage, "a cluster on this machine has endpoints of its own: leave --endpoints out")
	}
	return cluster.Launch(ctx, cluster.MembersConfig{
		Dir: a.dataDir(), Nodes: wishes.nodes, Insecure: wishes.insecure,
		Tell: func(line string) { a.notef("%s", model.Clean(line)) },
	})
}

// withMembers launches the cluster that the flags ask for, if any, and ends it after run. If another process runs it
// already, or none is asked for, run gets nil.
func (a *app) withMembers(ctx context.Context, wishes clusterFlags, run func(*cluster.Members) error) error {
	if wishes.nodes == 0 {
		if wishes.insecure {
			return model.Errorf(model.CodeUsage, "--insecure is for a new cluster: give --nodes too")
		}
		return run(nil)
	}
	members, err := a.launch(ctx, wishes)
	switch {
	case errors.Is(err, cluster.ErrRunning):
		return run(nil)
	case errors.Is(err, cluster.ErrSingle):
		return model.Wrap(model.CodeOf(err), err, "%s, or leave --nodes out to use it", model.Sentence(err))
	case err != nil:
		return err
	}
	err = run(members)
	a.notef("Stopping the members ...")
	return errors.Join(err, members.Close())
}

// serveCluster fills the cluster if it should, tells where it is, and then which members end, until ctx ends.
func (a *app) serveCluster(ctx context.Context, members *cluster.Members, seedDemo bool) error {
	if seedDemo {
		err := a.with(ctx, func(store *opened) error {
			notice, err := a.fillEmpty(ctx, store)
			a.noteFilled(notice)
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := a.announce(members); err != nil {
		return err
	}
	a.tellChanges(ctx, members)
	return nil
}

// runningJSON is a cluster that was started, as scripts see it.
type runningJSON struct {
	Endpoints []string      `json:"endpoints"`
	Members   []processJSON `json:"members"`
}

type processJSON struct {
	Name      string `json:"name"`
	PID       int    `json:"pid"`
	ClientURL string `json:"client_url"`
	PeerURL   string `json:"peer_url"`
}

// announce says where the cluster is.
func (a *app) announce(members *cluster.Members) error {
	where := members.Connection()
	out := runningJSON{Endpoints: where.Endpoints}
	for _, m := range members.Members() {
		out.Members = append(out.Members, processJSON{m.Name, m.PID, m.ClientURL, m.PeerURL})
	}
	if a.flags.json() {
		return a.printJSON(out)
	}
	a.printf("The cluster of %s is ready. These reach it, from another terminal:\n\n", model.Plural(len(out.Members), "member"))
	for _, line := range []string{
		"ticketcd --data-dir " + quote(a.dataDir()),
		etcdctl(where) + " endpoint status -w table",
	} {
		a.printf("  %s\n", line)
	}
	return nil
}

// etcdctl is how etcdctl reaches the cluster, ready to be pasted into a shell.
func etcdctl(c cluster.Connection) string {
	words := []string{"etcdctl", "--endpoints", strings.Join(c.Endpoints, ",")}
	if c.CACert != "" {
		words = append(words, "--cacert", quote(c.CACert), "--cert", quote(c.Cert), "--key", quote(c.Key))
	}
	return strings.Join(words, " ")
}

// quote makes a shell take the name of a file as one word.
func quote(name string) string {
	special := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._-+:,@", r)
	}
	if name != "" && !strings.ContainsFunc(name, special) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// tellChanges says what becomes of the members, until ctx ends. Even if all have stopped they can be started again, from
// another terminal.
func (a *app) tellChanges(ctx context.Context, members *cluster.Members) {
	told := map[string]model.ProcessState{}
	for {
		changed := members.Changed()
		for _, m := range members.Members() {
			before, known := told[m.Name]
			told[m.Name] = m.State
			switch {
			case m.State == before, !known && m.State == model.ProcessRunning, !known && m.Fault != "": // told before
			case m.Fault != "":
				a.notef("%s", model.Clean(m.Fault))
			default:
				a.notef("%s is %s", m.Name, m.State)
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
