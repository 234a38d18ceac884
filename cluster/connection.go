package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/ticketcd/ticketcd/model"
)

// findPatience is how long Find waits for a cluster that is being made.
const findPatience = 15 * time.Second

// ErrStopped says that no process runs the members of the cluster in a data directory. Whoever asked knows how to start them.
var ErrStopped = errors.New("the cluster is not running")

// ErrSingle says that a data directory holds a store of one member, which is never made a cluster of.
var ErrSingle = errors.New("there is a store of one member")

// Connection says how a client reaches a cluster.
type Connection struct {
	Endpoints []string // URLs, one for each member, in the order of their names

	// The names of the files with the certificate of the authority that signed the members' certificates, with a
	// certificate for clients, and with its key. All are empty where the cluster is open to everybody on this machine.
	CACert, Cert, Key string

	dir string // of the data, where the process that runs the members takes orders
}

// Find looks for the cluster in a data directory: false means that there is none, and that nothing was made or changed. If
// the cluster is being made by another process it waits until that is done.
//
// Its errors are *model.Error: CodeUnavailable if there is a cluster, but no process that runs it (then errors.Is
// ErrStopped) or one that is still making it, CodeDenied if the directory is another user's, and CodeFailed if it cannot be
// read.
func Find(ctx context.Context, name string) (Connection, bool, error) {
	if l, err := readLayout(name); name == "" || l == nil && (err == nil || errors.Is(err, syscall.ENOTDIR)) {
		return Connection{}, false, nil
	}
	dir, err := openDir(name) // it exists
	if err != nil {
		return Connection{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, findPatience)
	defer cancel()
	for {
		l, err := readLayout(dir)
		if l == nil {
			return Connection{}, false, err
		}
		held, err := isHeld(dir)
		switch {
		case err != nil:
			return Connection{}, false, describe(dir, err)
		case held && l.Made:
			return l.connection(dir), true, nil
		case l.Made:
			return Connection{}, true, notRunning(dir, l)
		case !held:
			return Connection{}, false, nil // whoever began to make it was killed, and left nothing worth keeping
		case ctx.Err() != nil:
			return Connection{}, true, model.Wrap(model.CodeUnavailable, ctx.Err(),
				"%s is still making the cluster in %s; try again in a moment", holder(dir), dir)
		}
		rest(ctx, lockPoll)
	}
}

// isHeld reports whether a process runs the members of the cluster, or hosts the store, in the data directory.
func isHeld(dir string) (bool, error) {
	lock := flock.New(filepath.Join(dir, lockName))
	free, err := lock.TryRLock()
	return err == nil && !free, errors.Join(err, lock.Close())
}

// Abandoned says whether a directory is a data directory that no process uses any more. One in which nobody ever got as far as
// to use it is not: perhaps somebody is about to.
func Abandoned(dir string) (bool, error) {
	if _, err := os.Stat(filepath.Join(dir, lockName)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	held, err := isHeld(dir)
	return err == nil && !held, err
}

// checkSingle refuses a data directory that holds a cluster, for those who want a store of one member.
func checkSingle(dir string) error {
	l, err := readLayout(dir)
	if err != nil || l == nil || !l.Made {
		return err
	}
	return notRunning(dir, l)
}

// checkNoSingle refuses a data directory that holds a store of one member, for those who want a cluster.
func checkNoSingle(dir string) error {
	for _, name := range []string{dataName, dataName + ".part", restoredName} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return model.Wrap(model.CodeRefused, ErrSingle, "%s holds a store of one member, which stays what it is: "+
				"choose another --data-dir for a cluster (ticketcd dump and load take the data along)", dir)
		}
	}
	return nil
}

func notRunning(dir string, l *layout) error {
	return model.Wrap(model.CodeUnavailable, ErrStopped, "%s holds a cluster of %s, which is not running",
		dir, model.Plural(len(l.Seats), "member"))
}

// tls returns nil where there are no certificates.
func (c Connection) tls() (*tls.Config, error) {
	if c.CACert == "" {
		return nil, nil
	}
	authority, err := os.ReadFile(c.CACert)
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, err
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: x509.NewCertPool(), Certificates: []tls.Certificate{pair}}
	cfg.RootCAs.AppendCertsFromPEM(authority)
	return cfg, nil
}
