package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

// Streams are the three standard streams. They are files, because whether one is a terminal matters.
type Streams struct {
	In, Out, Err *os.File
}

// The exit codes of every command.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRefused     = 3
	exitNotFound    = 4
	exitNoCluster   = 5
	exitDenied      = 6
	exitInterrupted = 130
	exitUnread      = 141 // as the shell has it for SIGPIPE
)

// app is one run of the command line.
type app struct {
	Streams
	flags  globalFlags
	look   look
	set    *settings    // where the flags of this run come from
	outErr error        // why output was lost
	log    *slog.Logger // where to log; nil for the usual file
	space  string       // what all keys begin with; empty for nothing
}

// Main runs a command line and returns its exit code. It ends early, and cleanly, at SIGINT, SIGTERM and SIGHUP, and where
// nobody reads its output any more.
func Main(args []string, streams Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // or it would end at once, whatever is under way
	a := &app{Streams: streams}
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if a.outErr != nil && (err == nil || errors.Is(err, a.outErr)) {
		err = model.Wrap(model.CodeFailed, a.outErr, "the output could not be written: %s", reason(a.outErr))
	}
	code := ExitCode(err)
	if err != nil && ctx.Err() != nil {
		code = exitInterrupted
		if _, said := errors.AsType[*model.Error](err); !said {
			err = errors.New("interrupted")
		}
	}
	if errors.Is(err, syscall.EPIPE) {
		return exitUnread // whoever reads has enough, as head does
	}
	if err != nil {
		a.notef("ticketcd: %s", model.Clean(model.Sentence(err)))
	}
	return code
}

// endings are the signals at which a command ends. What was started with nohup is to outlive its terminal.
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// ExitCode returns the exit code for an error: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 not found, 5 no cluster or no
// quorum, 6 access denied, 130 interrupted.
func ExitCode(err error) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	switch model.CodeOf(err) {
	case model.CodeUsage:
		return exitUsage
	case model.CodeRefused, model.CodeConflict:
		return exitRefused
	case model.CodeNotFound:
		return exitNotFound
	case model.CodeUnavailable:
		return exitNoCluster
	case model.CodeDenied:
		return exitDenied
	default:
		return exitFailed
	}
}

// root is the command that opens the shop, with all others below it.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "ticketcd",
		Short: "A ticket shop in the terminal, on an etcd cluster",
		Long: "A ticket shop in the terminal whose only database is an etcd cluster.\n\n" +
			"Without a command it opens the shop. Without --endpoints the data is kept on this machine, in --data-dir;\n" +
			"any number of terminals may use it at the same time.",
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.settle(cmd)
		},
	}
	root.SetIn(a.In)
	root.SetOut(output{a})
	root.SetErr(a.Err)
	root.SetVersionTemplate("ticketcd {{.Version}}\n")
	root.SetFlagErrorFunc(wrongFlag)
	a.flags.register(root.PersistentFlags())
	a.shopCommand(root)
	root.AddCommand(
		a.searchCommand(),
		a.eventCommand(),
		a.buyCommand(),
		a.seedCommand(),
		a.loadCommand(),
		a.dumpCommand(),
		a.snapshotCommand(),
		a.auditCommand(),
		a.ordersCommand(),
		a.cancelCommand(),
		a.userCommand(),
		a.statusCommand(),
		a.statsCommand(),
		a.clusterCommand(),
		a.memberCommand(),
		a.serveCommand(),
		a.simulateCommand(),
		a.configCommand(),
		a.benchCommand(),
		a.benchRivalCommand(),
		a.benchAudienceCommand(),
		a.queryCommand(),
		a.manCommand(),
		a.completionCommand(),
	)
	tellOwnHelp(root)
	checkArguments(root)
	offerValues(root)
	return root
}

// settle completes the flags of a command. Those that only tell about the program work whatever the configuration says.
func (a *app) settle(cmd *cobra.Command) error {
	for c := cmd; c != nil; c = c.Parent() {
		if slices.Contains([]string{"help", "completion", "man", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}, c.Name()) {
			return nil
		}
	}
	if zone := unknownZone(); zone != "" && cmd.Name() != "serve" && !cmd.Hidden { // a server says so in its log
		a.notef("TZ is %s, which names no time zone: all times are in UTC", model.Clean(zone))
	}
	err := checkEnvironment(cmd.Root())
	if err != nil {
		return err
	}
	if a.set, err = settle(cmd.Context(), cmd.Flags()); err != nil {
		return err
	}
	a.look.keymap = a.set.file.keymap()
	if err = a.flags.check(a.set); err != nil {
		return err
	}
	return a.checkStore(cmd)
}

// notef writes a line for people to standard error, where it never mixes with the output proper.
func (a *app) notef(format string, args ...any) {
	fmt.Fprintf(a.Err, format+"\n", args...) //nolint:errcheck // nobody is left to be told
}

// promptf asks a question on standard error, and leaves the cursor behind it.
func (a *app) promptf(format string, args ...any) {
	fmt.Fprintf(a.Err, format, args...) //nolint:errcheck // who sees no question can still answer
}
