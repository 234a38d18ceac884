package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

// opened is a store with what has to be closed after it.
type opened struct {
	*etcdstore.Store
	log   *slog.Logger
	local *cluster.Local      // nil for a cluster
	fleet *cluster.Connection // to the cluster that runs in the data directory; nil for another, and for the local store
	files []io.Closer
}

// open connects to the cluster that the flags name, or to the one that runs in the data directory, or joins or starts the
// local store there.
func (a *app) open(ctx context.Context) (*opened, error) {
	o, cfg, err := a.reach(ctx)
	if err != nil {
		return nil, err
	}
	defer a.meanwhile("Connecting to the store ...")()
	if o.Store, err = etcdstore.Open(ctx, cfg); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

// reach finds out how to connect, without doing so, and joins or starts the local store if that is meant.
func (a *app) reach(ctx context.Context) (*opened, etcdstore.Config, error) {
	o := &opened{}
	cfg := etcdstore.Config{
		Endpoints: a.flags.endpoints, CACert: a.flags.caCert, Cert: a.flags.cert, Key: a.flags.key, Space: a.space,
	}
	dir := a.dataDir()
	logDir := dir
	if len(cfg.Endpoints) > 0 {
		logDir = filepath.Join(xdg.StateHome, "ticketcd")
	}
	var err error
	if cfg.Username, cfg.Password, err = a.credentials(ctx); err != nil {
		return nil, cfg, err
	}
	if len(cfg.Endpoints) == 0 {
		said := a.meanwhile("Opening the store in " + model.Clean(dir) + " ...")
		err = a.howToStart(o.join(ctx, dir, &cfg))
		if said(); err != nil {
			return nil, cfg, err
		}
	}
	if o.log = a.log; o.log == nil {
		o.openLog(logDir)
	}
	cfg.Log = o.log
	return o, cfg, nil
}

// checkStore refuses a data directory that was named on the command line and does not exist, for commands that only read: one
// that was mistyped would be made, and nothing be found in it.
func (a *app) checkStore(cmd *cobra.Command) error {
	reading := []string{"search", "event", "orders", "stats", "status", "dump", "audit", "user list", "snapshot save"}
	if a.set.strength("data-dir") < byFlag || !slices.Contains(reading, strings.TrimPrefix(cmd.CommandPath(), "ticketcd ")) {
		return nil
	}
	if _, err := os.Stat(a.dataDir()); errors.Is(err, fs.ErrNotExist) {
		return model.Wrap(model.CodeNotFound, err, "there is no store in %s", model.Clean(a.dataDir()))
	}
	return nil
}

// silence is how long a person may be left without a word.
const silence = 700 * time.Millisecond

// meanwhile says what is being done if it takes a while, as a large store does that has to be read from the disk. Call what
// it returns when it is done.
func (a *app) meanwhile(words string) (done func()) {
	said := make(chan struct{})
	timer := time.AfterFunc(silence, func() {
		defer close(said)
		a.notef("%s", words)
	})
	return func() {
		if !timer.Stop() {
			<-said
		}
	}
}

// join completes cfg with what is in the data directory: a cluster, or the local store.
func (o *opened) join(ctx context.Context, dir string, cfg *etcdstore.Config) error {
	running, found, err := cluster.Find(ctx, dir)
	if err != nil {
		return err
	}
	if found {
		o.fleet = &running
		cfg.Endpoints, cfg.CACert, cfg.Cert, cfg.Key = running.Endpoints, running.CACert, running.Cert, running.Key
		return nil
	}
	if o.local, err = cluster.Join(ctx, cluster.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	cfg.Endpoints, cfg.Direct = []string{o.local.Endpoint()}, o.local.Direct
	return nil
}

// howToStart adds to the refusal of a cluster that is not running how it is started.
func (a *app) howToStart(err error) error {
	if !errors.Is(err, cluster.ErrStopped) {
		return err
	}
	return model.Wrap(model.CodeUnavailable, err, "%s; start it with %s, or choose another --data-dir",
		model.Sentence(err), a.forThisStore("ticketcd cluster"))
}

// forThisStore is a command as it has to be given, for it to use the same store as this process: what is not the usual one is
// named.
func (a *app) forThisStore(command string) string {
	if len(a.flags.endpoints) > 0 {
		for _, arg := range a.clusterArgs() {
			command += " " + quote(arg)
		}
		return command
	}
	if a.dataDir() != defaultDataDir() {
		command += " --data-dir " + quote(a.dataDir())
	}
	return command
}

// runner is the process that runs the members here. Where it has gone the screen says how it is started, as all commands do.
type runner struct {
	*cluster.Connection
	app *app
}

func (r runner) Processes(ctx context.Context) ([]model.Process, error) {
	processes, err := r.Connection.Processes(ctx)
	return processes, r.app.howToStart(err)
}

func (r runner) Do(ctx context.Context, act model.MemberAct, member string) error {
	return r.app.howToStart(r.Connection.Do(ctx, act, member))
}

// openLog logs to a file of the owner's, which all processes share that use the directory. A shop whose log cannot be
// written still sells, and says nothing of it where the shop is on the screen.
func (o *opened) openLog(dir string) {
	o.log = slog.New(slog.DiscardHandler)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return
	}
	file, err := openLog(filepath.Join(dir, "ticketcd.log"), maxLog)
	if err != nil {
		return
	}
	o.files = append(o.files, file)
	o.log = slog.New(newAccountable(slog.NewTextHandler(file, nil), nil)).With("pid", os.Getpid())
}

// close ends the connections and, if this process hosts the local store, hands it over.
func (o *opened) close() error {
	var errs []error
	if o.Store != nil {
		errs = append(errs, o.Store.Close())
	}
	if o.local != nil {
		errs = append(errs, o.local.Close())
	}
	for _, file := range o.files {
		errs = append(errs, file.Close())
	}
	return errors.Join(errs...)
}

// with opens the store for one command and closes it again.
func (a *app) with(ctx context.Context, run func(*opened) error) error {
	o, err := a.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(run(o), o.close())
}

// withAny is with for a cluster that may be in no state to be opened: run is told how to reach it.
func (a *app) withAny(ctx context.Context, run func(etcdstore.Config) error) error {
	o, cfg, err := a.reach(ctx)
	if err != nil {
		return err
	}
	return errors.Join(run(cfg), o.close())
}

// dataDir is where the local store lives.
func (a *app) dataDir() string {
	if a.flags.dataDir != "" {
		return a.flags.dataDir
	}
	return defaultDataDir()
}

func defaultDataDir() string { return filepath.Join(xdg.DataHome, "ticketcd") }

// credentials are etcd's own user and password, as etcdctl takes them.
func (a *app) credentials(ctx context.Context) (username, password string, err error) {
	if a.flags.user == "" {
		return "", "", nil
	}
	if a.flags.password != "" {
		return a.flags.user, a.flags.password, nil
	}
	username, password, found := strings.Cut(a.flags.user, ":")
	if found {
		return username, password, nil
	}
	if !term.IsTerminal(a.In.Fd()) {
		return "", "", model.Errorf(model.CodeUsage,
			"a password is needed for the etcd user %s: give --user name:password, or --password", model.Clean(username))
	}
	a.flags.password, err = a.askPassword(ctx, "Password of the etcd user "+username) // kept for other processes of ours
	return username, a.flags.password, err
}
