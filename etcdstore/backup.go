package etcdstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"

	"github.com/ticketcd/ticketcd/model"
)

// chunkPatience is how long a snapshot's next part is waited for. The first one takes longest: the member opens its
// database for it.
const chunkPatience = 30 * time.Second

// SnapshotReport says what a snapshot holds.
type SnapshotReport struct {
	Revision int64  // of the store that it shows at least: everything acknowledged before the call is in it
	Bytes    int64  // with the checksum at its end
	Member   string // who gave it
}

// SaveSnapshot writes the whole database, history and etcd's own users included, as etcd's tools and the cluster package
// restore it. What was acknowledged before is in it: the member first catches up with the cluster. The checksum that
// etcd puts at the end is checked. After an error, what was written is no snapshot.
func (s *Store) SaveSnapshot(ctx context.Context, w io.Writer) (report SnapshotReport, err error) {
	err = s.onCluster(ctx, func(look *survey, c model.Cluster) error {
		leader, err := leaderOf(c)
		if err != nil {
			return err
		}
		report.Member = leader.Title()
		from, err := look.lineTo(leader)
		if err != nil {
			return err
		}
		limited, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), patience)
		defer cancel()
		// A linearizable read: this member answers it when it has applied all that the cluster has committed.
		now, err := pb.NewKVClient(from.conn).Range(limited, &pb.RangeRequest{Key: []byte(keyFormat), CountOnly: true}, grpc.WaitForReady(false))
		if err != nil {
			return readFailure(err)
		}
		report.Revision = now.Header.Revision
		report.Bytes, err = from.copySnapshot(ctx, w)
		return err
	})
	return report, err
}

// copySnapshot writes a member's database and the checksum behind it, and returns how many bytes they are.
func (l *line) copySnapshot(ctx context.Context, w io.Writer) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.AfterFunc(chunkPatience, cancel)
	defer late.Stop()
	parts, err := l.maintenance().Snapshot(ctx, &pb.SnapshotRequest{}, grpc.WaitForReady(false))
	if err != nil {
		return 0, readFailure(err)
	}
	var size int64
	var last []byte // the newest bytes: the checksum, if nothing follows
	sum := sha256.New()
	for {
		part, err := parts.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return size, readFailure(err)
		}
		late.Reset(chunkPatience)
		if _, err = w.Write(part.Blob); err != nil {
			return size, model.Wrap(model.CodeFailed, err, "the snapshot cannot be written: %s", reason(err))
		}
		size += int64(len(part.Blob))
		last = append(last, part.Blob...)
		if covered := len(last) - sha256.Size; covered > 0 {
			sum.Write(last[:covered])
			last = append(last[:0], last[covered:]...)
		}
	}
	if !bytes.Equal(last, sum.Sum(nil)) {
		return size, model.Errorf(model.CodeFailed, "the snapshot came incomplete or damaged: its checksum does not fit; try again")
	}
	return size, nil
}
