package etcdstore

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc/codes"

	"github.com/ticketcd/ticketcd/model"
)

const (
	openRetry    = 50 * time.Millisecond  // between attempts to open
	firstAttempt = 500 * time.Millisecond // how long the first may take; each may take twice as long as the one before

	keyFormat = model.PrefixInternal + "format"
	format    = 1 // of the data that we write
)

// link is a configuration that has been checked: what is needed to connect.
type link struct {
	Config
	endpoints []endpoint
	tls       *tls.Config // nil where no certificates were given
}

func newLink(cfg Config) (*link, error) {
	if len(cfg.Endpoints) == 0 {
		return nil, model.Errorf(model.CodeUsage, "no etcd endpoint was given: for example --endpoints 127.0.0.1:2379")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	l := &link{Config: cfg}
	for _, text := range cfg.Endpoints {
		e, err := parseEndpoint(text)
		if err != nil {
			return nil, err
		}
		l.endpoints = append(l.endpoints, e)
	}
	var err error
	l.tls, err = cfg.tlsConfig()
	return l, err
}

// open makes one attempt to connect and to learn that the cluster is one that we can use.
func (l *link) open(ctx context.Context, limit time.Duration) (*Store, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	reads, err := l.client(ctx, 0)
	if err != nil {
		return nil, err
	}
	writes, err := l.client(ctx, 1)
	if err != nil {
		return nil, errors.Join(err, reads.Close())
	}
	s := &Store{
		link: l, reads: reads, writes: writes, log: l.Log, now: l.Now,
		hashes: newHashQueue(), attendance: newAttendance(), poller: newPoller(),
		leaderless: model.NewBoard(false), fullness: fullness{board: model.NewBoard(false)},
	}
	if err := s.probe(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.watchOut(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// probe asks what has to be right before anything else is done: that the cluster answers a linearizable read, that its
// members are new enough, and that the data is of a format that we read.
func (s *Store) probe(ctx context.Context) error {
	found, err := s.send(ctx, s.reads, request{thens: []*pb.RequestOp{getOp(keyFormat)}})
	switch {
	case err == nil:
		if err = s.checkFormat(ctx, found); err != nil {
			return err
		}
		s.mayAskForGap = s.mayWriteOurs(ctx)
	case grpcCode(err) == codes.PermissionDenied:
		s.log.Warn("etcd does not let us see the format of the data", "key", keyFormat, "error", err)
	default:
		return readFailure(err)
	}
	status, err := pb.NewMaintenanceClient(s.reads.ActiveConnection()).Status(ctx, &pb.StatusRequest{})
	if err != nil {
		s.log.Warn("etcd does not tell its version", "error", err)
		return nil
	}
	warning, err := checkVersion(status.Version)
	if warning != "" {
		s.log.Warn(warning, "version", status.Version)
	}
	return err
}

// mayWriteOurs says whether etcd lets us write keys of our own. Where it knows users, they may be allowed the records alone.
func (s *Store) mayWriteOurs(ctx context.Context) bool {
	if s.link.Username == "" && s.link.Cert == "" {
		return true
	}
	_, err := s.send(ctx, s.writes, request{
		ifs:   []*pb.Compare{never(keyFormat)},
		thens: []*pb.RequestOp{putOp(keyFormat, []byte(""))},
	})
	return err == nil
}

// checkFormat refuses data that was made by a newer program, and marks data that has no mark yet. The mark is not worth
// failing for: a user who may only read can still look around.
func (s *Store) checkFormat(ctx context.Context, found *pb.TxnResponse) error {
	if marks := found.Responses[0].GetResponseRange().Kvs; len(marks) > 0 {
		return readFormat(string(marks[0].Value))
	}
	marked, err := s.send(ctx, s.writes, request{
		ifs:   []*pb.Compare{absent(keyFormat)},
		thens: []*pb.RequestOp{putOp(keyFormat, []byte(strconv.Itoa(format)))},
		elses: []*pb.RequestOp{getOp(keyFormat)},
	})
	if err != nil {
		s.log.Warn("the format of the data could not be marked", "key", keyFormat, "error", err)
		return nil
	}
	if !marked.Succeeded {
		return s.checkFormat(ctx, marked)
	}
	return nil
}

func readFormat(mark string) error {
	switch number, err := strconv.Atoi(mark); {
	case err != nil || number < 1:
		return model.Errorf(model.CodeFailed, "the format of this shop's data is not readable: %s holds %q", keyFormat, model.Excerpt(mark, 40))
	case number > format:
		return model.Errorf(model.CodeFailed, "this shop's data was made by a newer TickETCD (format %d; this one reads %d)", number, format)
	}
	return nil
}

// checkVersion refuses an etcd that lacks what we rely on, and warns of patch versions with defects that were put right
// since: stale linearizable reads, missing permission checks.
func checkVersion(version string) (warning string, err error) {
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return "etcd's version cannot be read", nil //nolint:nilerr // odd builds have odd versions
	}
	if major < 3 || major == 3 && minor < 4 {
		return "", model.Errorf(model.CodeFailed, "this etcd is version %s: TickETCD needs 3.4 or newer", model.Clean(version))
	}
	sound := map[int]int{4: 42, 5: 28, 6: 14, 7: 1} // minor version of 3 to its first sound patch
	if major == 3 && patch < sound[minor] {
		return "this etcd has known defects that a newer patch version does not have", nil
	}
	return "", nil
}
