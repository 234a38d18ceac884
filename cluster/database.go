package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
	"go.etcd.io/etcd/client/pkg/v3/fileutil"

	"github.com/ticketcd/ticketcd/atomicfile"
	"github.com/ticketcd/ticketcd/model"
)

const (
	newStoreRoom = 160 << 20 // bytes: etcd sets aside two log files of 64 MB
	oldStoreRoom = 16 << 20
)

// prepareData makes the data of a new store, and looks through those of an old one.
func prepareData(data, socket, log string) error {
	if err := finishRestore(data); err != nil {
		return err
	}
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		return createData(data, socket, log)
	}
	if err := checkRoom(filepath.Dir(data), oldStoreRoom); err != nil {
		return err
	}
	return checkDatabase(data)
}

// createData makes the data of a new store, complete or not at all. Etcd's first start is not one step: killed in the
// midst of it, it leaves data that never become ready. So it is done elsewhere, and nobody can reach it meanwhile.
func createData(data, socket, log string) error {
	dir, part := filepath.Dir(data), data+".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := checkRoom(dir, newStoreRoom); err != nil {
		return err
	}
	m, err := startMember(part, socket, log)
	if err != nil {
		return err
	}
	if err = m.stop(); err != nil {
		return err
	}
	return move(part, data)
}

// replaceFile gives a file a content, at once or not at all. Only this user can read it.
func replaceFile(name string, content []byte) error {
	_, err := atomicfile.Replace(name, func(out io.Writer) error {
		_, err := out.Write(content)
		return err
	})
	return err
}

// move renames something in a directory for good.
func move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	entries, err := fileutil.OpenDir(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(fileutil.Fsync(entries), entries.Close())
}

// checkRoom refuses to begin on a disk that is full: etcd would fail halfway.
func checkRoom(dir string, need uint64) error {
	free, err := freeBytes(dir)
	if err != nil {
		return err
	}
	if free < need {
		return model.Errorf(model.CodeFailed, "the disk that holds %s has only %d MB left; the store needs %d MB",
			dir, free>>20, need>>20)
	}
	return nil
}

// checkDatabase reads the whole tree of the database file that etcd is about to open, if there is one. Etcd opens it in a
// goroutine of its own, where damage would end the process; here it is an error.
func checkDatabase(data string) error {
	name := databaseFile(data)
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return nil // its host was killed as it made the file
	}
	return readDatabase(name, info.Size(), func(cause error) error { return damaged(data, cause) })
}

// readDatabase visits every page of a database file of that many bytes, and says by damaged what is wrong with it.
func readDatabase(name string, size int64, damaged func(cause error) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // the file is mapped: what is cut off is a fault
	defer func() {
		if r := recover(); r != nil {
			err = damaged(fmt.Errorf("reading %s: %v", name, r))
		}
	}()
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return model.Wrap(model.CodeFailed, err, "%s is in use by another program; end that, and try again", name)
	}
	if errors.Is(err, fs.ErrPermission) {
		return err
	}
	if err != nil {
		return damaged(err)
	}
	err = db.View(func(tx *bbolt.Tx) error {
		if tx.Size() > size {
			return fmt.Errorf("%s has %d bytes instead of %d", name, size, tx.Size())
		}
		return tx.ForEach(readBucket)
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return damaged(err)
	}
	return nil
}

// readBucket visits every page of a bucket.
func readBucket(name []byte, bucket *bbolt.Bucket) error {
	var last []byte
	return bucket.ForEach(func(key, _ []byte) error {
		if last != nil && bytes.Compare(last, key) >= 0 {
			return fmt.Errorf("the keys of %q are not in order", name)
		}
		last = key
		return nil
	})
}

func databaseFile(data string) string { return filepath.Join(data, "member", "snap", "db") }

func damaged(data string, cause error) error {
	return model.Wrap(model.CodeFailed, cause,
		"the data in %s is damaged; put back a copy, or begin an empty store with another --data-dir", filepath.Dir(data))
}
