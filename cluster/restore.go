package cluster

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"go.etcd.io/bbolt"
	"go.etcd.io/etcd/etcdutl/v3/snapshot"
	"go.uber.org/zap"

	"github.com/ticketcd/ticketcd/model"
)

// restoredName is a snapshot's data, complete, until it takes its place.
const restoredName = dataName + ".restored"

// revisionLeap is by how much a restored store's revision is ahead of its snapshot's: more than a store ever gets through
// between a snapshot and its restoring (six months at 60 writes a second). Were revisions to begin again where the
// snapshot ends, whoever has seen a newer one would wait for what is to come, and show old counts as live; and a revision
// would name two states of an event, which orders tell apart by nothing else. So what was before the leap counts as
// compacted: watches notice it and read everything anew. The price is the history from before the snapshot.
const revisionLeap = 1_000_000_000

// RestoreConfig says what to restore, and where to.
type RestoreConfig struct {
	Dir     string    // the data directory; made if it is absent
	File    string    // a snapshot, as etcd makes them
	Replace bool      // put it in the place of a store that is there, which is kept
	Now     time.Time // for the name of what is kept
}

// RestoreReport says what was restored.
type RestoreReport struct {
	Revision int64  // of the snapshot; the store goes on far beyond it
	Records  int    // keys, our internal ones included
	Kept     string // where the store is that was there before; empty if there was none
}

// Restore makes a snapshot the local store in cfg.Dir. It does so completely or not at all: the snapshot is checked from
// its checksum to its last page, made into a store beside the old one, started once, and only then put in its place. Where
// ctx ends before that, nothing is changed; a step that has begun, of which none takes longer than to read the snapshot
// twice, is finished first.
//
// If the snapshot is of a cluster that asks for etcd's own users and passwords, the local store does not: it is its
// owner's by its files, and nobody could give it a password.
//
// Its errors are *model.Error: CodeUsage for a name that is empty, CodeRefused if there is a store and cfg.Replace is not
// set, or a cluster, or if a process uses the store, CodeDenied if the directory is another user's, and CodeFailed for a
// file that is no snapshot or a damaged one, and for everything else.
func Restore(ctx context.Context, cfg RestoreConfig) (RestoreReport, error) {
	dir, err := openDir(cfg.Dir)
	if err != nil {
		return RestoreReport{}, err
	}
	if err = checkFormat(dir); err != nil {
		return RestoreReport{}, err
	}
	lock := flock.New(filepath.Join(dir, lockName))
	free, err := lock.TryLock()
	if err != nil {
		return RestoreReport{}, describe(dir, err)
	}
	if !free {
		return RestoreReport{}, model.Errorf(model.CodeRefused,
			"%s uses the store in %s: end every ticketcd that does, and try again; nothing was changed", holder(dir), dir)
	}
	report := RestoreReport{}
	if err = keepPID(dir); err == nil { // before the snapshot is read, which takes a while: whoever waits is told for whom
		report, err = restore(ctx, dir, cfg)
	}
	if err = errors.Join(err, lock.Unlock()); err != nil {
		return RestoreReport{}, describe(dir, err)
	}
	return report, nil
}

// restore is Restore for who holds the lock.
func restore(ctx context.Context, dir string, cfg RestoreConfig) (report RestoreReport, err error) {
	data, part := filepath.Join(dir, dataName), filepath.Join(dir, dataName+".part")
	if err = finishRestore(data); err != nil { // what one before this was killed in, which is all that there is
		return report, err
	}
	exists, err := mayRestore(dir, cfg.Replace)
	if err != nil {
		return report, err
	}
	found, size, err := readSnapshot(ctx, cfg.File)
	if err != nil {
		return report, err
	}
	if err = checkRoom(dir, uint64(size)+newStoreRoom); err != nil {
		return report, err
	}
	if err = errors.Join(os.RemoveAll(part), os.RemoveAll(filepath.Join(dir, restoredName))); err != nil {
		return report, err
	}
	if err = errors.Join(keepFormat(dir), makeRestored(ctx, dir, part, cfg.File)); err != nil {
		return report, errors.Join(err, os.RemoveAll(part))
	}
	if err = move(part, filepath.Join(dir, restoredName)); err != nil { // from here on nothing is lost if this process ends
		return report, err
	}
	if exists {
		report.Kept = keptName(data, cfg.Now)
		if err = move(data, report.Kept); err != nil {
			return report, err
		}
	}
	report.Revision, report.Records = found.Revision, found.TotalKey
	return report, finishRestore(data)
}

// mayRestore reports whether there is a store, and refuses to replace what must stay.
func mayRestore(dir string, replace bool) (exists bool, err error) {
	l, err := readLayout(dir)
	switch {
	case err != nil:
		return false, err
	case l != nil && l.Made: // else nothing was ever stored there
		return false, model.Errorf(model.CodeRefused,
			"%s holds a cluster of several members: restore into another --data-dir, dump that and load it into a new cluster; nothing was changed", dir)
	}
	_, err = os.Lstat(filepath.Join(dir, dataName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil && !replace {
		err = model.Errorf(model.CodeRefused,
			"%s holds a store already: give --replace to put the snapshot in its place (the store is kept aside), or another --data-dir; "+
				"nothing was changed", dir)
	}
	return true, err
}

// keptName is where a store is kept that another one replaces: a name that is free, whatever was kept at the same second.
func keptName(data string, now time.Time) string {
	first := data + ".before-" + now.Format("20060102-150405")
	for name, n := first, 2; ; name, n = fmt.Sprintf("%s-%d", first, n), n+1 {
		if _, err := os.Lstat(name); err != nil { // other than that there is none, moving says what is the matter
			return name
		}
	}
}

// finishRestore puts a restored store in its place, unless there is one: whoever restores does it, and if that process
// was killed in between, the next one that opens the store.
func finishRestore(data string) error {
	restored := filepath.Join(filepath.Dir(data), restoredName)
	if _, err := os.Lstat(restored); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Lstat(data); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return move(restored, data)
}

// readSnapshot makes sure that a file is a snapshot and whole, and says what is in it and how large it is.
func readSnapshot(ctx context.Context, name string) (found snapshot.Status, size int64, err error) {
	if size, err = checkSum(ctx, name); err != nil {
		return found, size, err
	}
	broken := func(cause error) error {
		return model.Wrap(model.CodeFailed, cause, "%s is not a snapshot of etcd, or a damaged one; nothing was changed", name)
	}
	if err = errors.Join(readDatabase(name, size, broken), stopped(ctx)); err != nil {
		return found, size, err
	}
	if found, err = statusOf(name); err != nil {
		return found, size, broken(err)
	}
	return found, size, nil
}

// statusOf looks through a database whose pages are all there. The library panics where it is another program's.
func statusOf(name string) (found snapshot.Status, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("looking through %s: %v", name, r)
		}
	}()
	found, err = snapshot.NewV3(zap.NewNop()).Status(name)
	if err == nil && found.Revision == 0 {
		err = errors.New("there is no revision in it")
	}
	return found, err
}

// checkSum compares a snapshot with the checksum at its end.
func checkSum(ctx context.Context, name string) (size int64, err error) {
	if name == "" {
		return 0, model.Errorf(model.CodeUsage, "the name of the snapshot is empty")
	}
	info, err := os.Stat(name) // before it is opened: opening a pipe would wait for whoever writes into it
	if err != nil {
		return 0, unreadable(name, err)
	}
	if !info.Mode().IsRegular() {
		return 0, model.Errorf(model.CodeFailed, "%s is not a file; nothing was changed", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return 0, unreadable(name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	size = info.Size() - sha256.Size
	if size < 1<<12 || size%512 != 0 {
		return 0, model.Errorf(model.CodeFailed, "%s is not a snapshot of etcd, or its end is missing; nothing was changed", name)
	}
	sum, want := sha256.New(), make([]byte, sha256.Size)
	if _, err = io.Copy(sum, io.LimitReader(file, size)); err != nil {
		return 0, unreadable(name, err)
	}
	if _, err = io.ReadFull(file, want); err != nil {
		return 0, unreadable(name, err)
	}
	if !bytes.Equal(sum.Sum(nil), want) {
		return 0, model.Errorf(model.CodeFailed, "%s is damaged: its content does not fit the checksum at its end; nothing was changed", name)
	}
	return size, stopped(ctx)
}

// stopped says so when somebody does not want the snapshot restored any more.
func stopped(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return model.Wrap(model.CodeFailed, err, "the restoring was interrupted; nothing was changed")
	}
	return nil
}

func unreadable(name string, err error) error {
	return model.Wrap(model.CodeFailed, err, "%s cannot be read: %s; nothing was changed", name, reason(err))
}

// makeRestored makes a store of a snapshot, and starts it once: what does not start must not take a store's place.
func makeRestored(ctx context.Context, dir, part, file string) (err error) {
	socket, err := openSocketDir(dir, socketName)
	if err != nil {
		return err
	}
	cfg := memberConfig(part, socket)
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("etcd panicked: %v", r)
		}
		if err == nil {
			err = stopped(ctx)
		} else if ctx.Err() == nil {
			err = model.Wrap(model.CodeFailed, err, "%s could not be made into a store; nothing was changed", file)
		}
	}()
	if err = stopped(ctx); err != nil {
		return err
	}
	if err = snapshot.NewV3(zap.NewNop()).Restore(snapshot.RestoreConfig{
		SnapshotPath:        file,
		Name:                cfg.Name,
		OutputDataDir:       part,
		PeerURLs:            []string{cfg.AdvertisePeerUrls[0].String()},
		InitialCluster:      cfg.InitialCluster,
		InitialClusterToken: cfg.InitialClusterToken,
		RevisionBump:        revisionLeap,
		MarkCompacted:       true,
	}); err != nil {
		return err
	}
	if err = errors.Join(openToOwner(part), stopped(ctx)); err != nil {
		return err
	}
	m, err := startMember(part, socket, filepath.Join(dir, logName))
	if err != nil {
		return err
	}
	return m.stop()
}

// openToOwner has a store that was made of a cluster's snapshot ask for no user of etcd's: in the database, where etcd
// keeps whether it does.
func openToOwner(data string) error {
	db, err := bbolt.Open(databaseFile(data), 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		if auth := tx.Bucket([]byte("auth")); auth != nil {
			return auth.Put([]byte("authEnabled"), []byte{0})
		}
		return nil
	})
	return errors.Join(err, db.Close())
}
