package etcdstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/atomicfile"
	"github.com/ticketcd/ticketcd/model"
)

// snapshotPatience is how long nothing may come of a snapshot before it is given up.
const snapshotPatience = 10 * time.Second

// Snapshot saves the whole database to a new file that only its owner can read, as `etcdutl snapshot restore` takes it.
// It comes from the member that is furthest, if possible not the leader, and needs no quorum. It is for operators: whoever
// can call it can read the store. The file appears complete and checked, on the disk, or not at all. Meanwhile told, unless
// nil, hears how many bytes there are. It fails with [model.CodeRefused] where there is such a file already.
func (s *Store) Snapshot(ctx context.Context, file string, told func(bytes int64)) error {
	return saveSnapshot(ctx, s.link, s.writes, file, told)
}

// Snapshot is [Store.Snapshot] for a cluster that may be in no state to be opened, with [Status]'s errors as well.
func Snapshot(ctx context.Context, cfg Config, file string, told func(bytes int64)) error {
	return withAnyClient(ctx, cfg, func(link *link, client *client) error {
		return saveSnapshot(ctx, link, client, file, told)
	})
}

func saveSnapshot(ctx context.Context, link *link, client *client, file string, told func(bytes int64)) error {
	if file == "" {
		return model.Errorf(model.CodeUsage, "the name of the file is empty")
	}
	if _, err := os.Lstat(file); err == nil {
		return fileExists(file)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fileFailure(file, err)
	}
	return link.onCluster(ctx, client, func(look *survey, c model.Cluster) error {
		source, ok := furthest(c)
		if !ok {
			return model.Errorf(model.CodeUnavailable, "no member answers that a snapshot could be taken from")
		}
		remote, err := look.at(source)
		if err != nil {
			return err
		}
		err = atomicfile.Create(file, func(to io.Writer) error {
			if failed := download(ctx, remote, &counted{to: to, told: told}); failed != nil {
				return snapshotFailure(source, failed)
			}
			return nil
		})
		if errors.Is(err, fs.ErrExist) { // it came meanwhile
			return fileExists(file)
		}
		return fileFailure(file, err)
	})
}

// counted tells how much has been written.
type counted struct {
	to    io.Writer
	bytes int64
	told  func(bytes int64) // may be nil
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.bytes += int64(n)
	if c.told != nil {
		c.told(c.bytes)
	}
	return n, err
}

// furthest returns the member that has carried out most, rather not the leader, who has enough to do.
func furthest(c model.Cluster) (best model.Member, ok bool) {
	for _, m := range c.Members {
		if !m.Healthy() || m.Learner {
			continue
		}
		if !ok || m.RaftApplied > best.RaftApplied || m.RaftApplied == best.RaftApplied && best.Leader {
			best, ok = m, true
		}
	}
	return best, ok
}

var errMangled = errors.New("the checksum of the snapshot does not match")

// download writes a member's snapshot. It ends with its own checksum, which is part of the file and is compared here.
func download(ctx context.Context, from pb.MaintenanceClient, to io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	hung := time.AfterFunc(snapshotPatience, cancel)
	defer hung.Stop()
	stream, err := from.Snapshot(ctx, &pb.SnapshotRequest{})
	if err != nil {
		return err
	}
	sum, last := sha256.New(), []byte(nil)
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return checkSum(sum, last)
		}
		if err != nil {
			return err
		}
		hung.Reset(snapshotPatience)
		if _, err := to.Write(part.Blob); err != nil {
			return err
		}
		if _, err := sum.Write(last); err != nil {
			return err
		}
		last = part.Blob
	}
}

func checkSum(sum hash.Hash, found []byte) error {
	if !bytes.Equal(sum.Sum(nil), found) {
		return errMangled
	}
	return nil
}

func fileExists(name string) error {
	return model.Errorf(model.CodeRefused, "there is a file %s already: choose another name", model.Clean(name))
}

// fileFailure says what kept a file from being written, and leaves alone what has been said already.
func fileFailure(name string, err error) error {
	if _, known := errors.AsType[*model.Error](err); err == nil || known {
		return err
	}
	why := err.Error()
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		why = errno.Error()
	}
	return model.Wrap(model.CodeFailed, err, "the snapshot cannot be written to %s: %s", model.Clean(name), model.Clean(why))
}

// snapshotFailure says what kept a snapshot from being read; the disk's own errors are left to fileFailure.
func snapshotFailure(source model.Member, err error) error {
	if _, ofDisk := errors.AsType[syscall.Errno](err); ofDisk {
		return err
	}
	if errors.Is(err, errMangled) {
		return model.Wrap(model.CodeFailed, err, "the snapshot of %s did not arrive whole: try again", source.Title())
	}
	failure := readFailure(err)
	return model.Wrap(failure.Code, err, "the snapshot of %s could not be read: %s", source.Title(), failure.Message)
}
