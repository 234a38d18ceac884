package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/crypto/ssh"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/sshserver"
)

// serveFlags say how to serve the shop over SSH.
type serveFlags struct {
	listen, hostKey, metrics string
	logFile, logForm         string
	seedDemo                 bool
	limits                   sshserver.Limits
	cluster                  clusterFlags
}

func (f *serveFlags) register(flags *pflag.FlagSet) {
	d := sshserver.DefaultLimits()
	l := &f.limits
	f.listen = ":2222"
	flags.Var(address{&f.listen, ":2222", true}, "listen", "`address` to listen on")
	flags.StringVar(&f.hostKey, "host-key", "", "`file` with the server's private key; made if there is none (default: in the data directory)")
	flags.Var(address{&f.metrics, "127.0.0.1:9222", false}, "metrics", "loopback `address` to serve Prometheus metrics on, such as 127.0.0.1:9222")
	flags.StringVar(&f.logFile, "log", stdio, "`file` to log to; - is standard error. To rotate it, move it away: the next line begins a new one")
	flags.Var(oneOf(&f.logForm, "text", "json"), "log-form", "`form` of the log: text or json")
	flags.BoolVar(&f.seedDemo, "seed-demo", false, "fill the store with demo data if it is empty; its accounts (an admin among them) are open to all")
	flags.IntVar(&l.Sessions, "max-sessions", d.Sessions, "`number` of sessions at once, in all")
	flags.IntVar(&l.PerAddress, "max-per-address", d.PerAddress, "`number` of sessions at once from one address")
	flags.IntVar(&l.Connects, "connect-rate", d.Connects, "`number` of new connections a minute from one address, and of further sessions on those")
	flags.IntVar(&l.Logins, "login-rate", d.Logins, "`number` of failed log-ins a minute for one account from one address; four times as many from the address")
	flags.IntVar(&l.Input, "input-rate", d.Input, "`bytes` of keystrokes a second in one session; what comes faster waits")
	flags.DurationVar(&l.Idle, "idle-timeout", d.Idle, "`how long` a session lasts without a key being pressed")
	flags.DurationVar(&l.Longest, "max-time", d.Longest, "`how long` a session lasts at most")
	flags.DurationVar(&l.Handshake, "handshake-timeout", d.Handshake, "`how long` a client may take to get in")
	flags.DurationVar(&l.Grace, "grace", d.Grace, "`how long` orders may take that are under way when a session has to end")
	f.cluster.register(flags, "run, or join, a cluster of so many members in --data-dir: 1, 3, 5 or 7 `members`")
}

func (f *serveFlags) check() error {
	l := f.limits
	for _, limit := range []struct {
		name string
		n    int
	}{
		{"max-sessions", l.Sessions},
		{"max-per-address", l.PerAddress},
		{"connect-rate", l.Connects},
		{"login-rate", l.Logins},
		{"input-rate", l.Input},
	} {
		if limit.n < 1 {
			return model.Errorf(model.CodeUsage, "--%s has to be at least 1", limit.name)
		}
	}
	for _, limit := range []struct {
		name string
		d    time.Duration
	}{
		{"idle-timeout", l.Idle},
		{"max-time", l.Longest},
		{"handshake-timeout", l.Handshake},
		{"grace", l.Grace},
	} {
		if limit.d < time.Second {
			return model.Errorf(model.CodeUsage, "--%s has to be at least 1s", limit.name)
		}
	}
	if f.metrics == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(f.metrics)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return model.Errorf(model.CodeUsage, "--metrics is for this machine alone: give a loopback address, such as 127.0.0.1:9222")
	}
	return nil
}

func (a *app) serveCommand() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the shop over SSH",
		Long: "Serves the shop to anybody who connects with ssh, until SIGINT, SIGTERM or SIGHUP. Then sessions are told, and orders\n" +
			"that are under way finish. All sessions share one connection to the store, which is chosen as for the other commands.",
		Example: "  ticketcd serve --listen :2222\n  ssh -p 2222 ann@localhost",
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return flags.check() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, closeLog, err := a.serveLog(flags)
			if err != nil {
				return err
			}
			a.log = log
			if zone := unknownZone(); zone != "" {
				log.Warn("TZ names no time zone: all times are in UTC", "TZ", model.Clean(zone))
			}
			slog.SetDefault(log) // the SSH library reports through it
			return errors.Join(a.withMembers(cmd.Context(), flags.cluster, func(*cluster.Members) error {
				return a.with(cmd.Context(), func(store *opened) error {
					if flags.seedDemo {
						notice, err := a.fillEmpty(cmd.Context(), store)
						if err != nil {
							return err
						}
						a.noteFilled(notice)
					}
					return a.serve(cmd.Context(), store, flags)
				})
			}), closeLog())
		},
	}
	flags.register(cmd.Flags())
	return cmd
}

// serveLog opens the log, for its owner alone. When it cannot be written the shop goes on selling.
func (a *app) serveLog(flags serveFlags) (*slog.Logger, func() error, error) {
	var out io.Writer = a.Err
	var tell func(error)
	closeLog := func() error { return nil }
	if flags.logFile != stdio {
		file, err := openLog(flags.logFile, 0)
		if err != nil {
			return nil, nil, model.Wrap(model.CodeUsage, err, "%s cannot be written: %s", flags.logFile, reason(err))
		}
		out, closeLog = file, file.Close
		tell = func(err error) {
			a.notef("The log %s cannot be written: %s. The shop goes on selling; the log will say how many lines are missing.",
				flags.logFile, reason(err))
		}
	}
	var log slog.Handler = slog.NewTextHandler(out, nil)
	if flags.logForm == "json" {
		log = slog.NewJSONHandler(out, nil)
	}
	return slog.New(newAccountable(log, tell)), closeLog, nil
}

// serve serves until ctx ends, or until the store that this process hosts does.
func (a *app) serve(ctx context.Context, store *opened, flags serveFlags) error {
	keyFile := flags.hostKey
	if keyFile == "" {
		dir := a.dataDir()
		if len(a.flags.endpoints) > 0 {
			dir = filepath.Join(xdg.StateHome, "ticketcd")
		}
		keyFile = filepath.Join(dir, "ssh_host_ed25519_key")
	}
	_, missing := os.Stat(keyFile)
	key, err := sshserver.HostKey(keyFile)
	if err != nil {
		return err
	}
	if flags.hostKey != "" && errors.Is(missing, fs.ErrNotExist) {
		a.notef("Made a new host key, since there was none: %s", model.Clean(keyFile))
	}
	listener, err := listen(ctx, "listen", flags.listen)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	live := model.NewLive()
	metrics := sshserver.NewMetrics(live, store.Revision, time.Now)
	stopMetrics, err := a.serveMetrics(ctx, flags.metrics, metrics)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopMetrics()
	// The catalogue is kept up to date until the last session has ended, not only until it is told to.
	following, forget := context.WithCancel(context.WithoutCancel(ctx))
	var follow sync.WaitGroup
	follow.Go(func() { store.Follow(following, live) })
	defer follow.Wait()
	defer forget()

	hosting := store.watchHost(stop)
	firstShop(ctx, live) // which sessions see then, or else what is the matter
	a.warnOfDemoAccounts(ctx, store, flags)
	a.announceServer(listener.Addr(), key)
	err = sshserver.New(sshserver.Config{
		Store: store, Live: live, HostKey: key, Limits: flags.limits, Log: store.log, Metrics: metrics,
	}).Serve(ctx, listener)
	a.notef("Stopped serving.")
	return errors.Join(err, hosting())
}

// servingJSON is a server that is ready, as scripts see it.
type servingJSON struct {
	Address     string `json:"address"`
	Fingerprint string `json:"fingerprint"`
}

func (a *app) announceServer(addr net.Addr, key ssh.Signer) {
	out := servingJSON{addr.String(), ssh.FingerprintSHA256(key.PublicKey())}
	if a.flags.json() {
		if err := a.printJSON(out); err != nil {
			a.outErr = err
		}
		return
	}
	a.printf("Listening on %s\nThe server's key is %s\nReady: %s\n", out.Address, out.Fingerprint, wayIn(out.Address))
}

// wayIn is how somebody on this machine reaches a server that listens on an address, ready to be pasted into a shell.
func wayIn(address string) string {
	host, port, _ := net.SplitHostPort(address) //nolint:errcheck // it is the address of a TCP listener
	if host == "127.0.0.1" || host == "::1" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	return "ssh -p " + port + " " + host
}

// serveMetrics serves metrics on an address of this machine, if one is given.
func (a *app) serveMetrics(ctx context.Context, address string, metrics *sshserver.Metrics) (stop func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	listener, err := listen(ctx, "metrics", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("the metrics are no longer served", "error", err)
		}
	})
	return func() {
		_ = server.Close() //nolint:errcheck // nobody is left to be told
		serving.Wait()
	}, nil
}
