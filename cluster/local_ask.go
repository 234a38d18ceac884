package cluster

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	"github.com/ticketcd/ticketcd/model"
)

// joinPatience is how long Join waits for another process to answer as the store's host.
const joinPatience = 4500 * time.Millisecond

// await returns when the store answers: from here, or from the process that hosts it.
func (l *Local) await(ctx context.Context, locked bool) error {
	if !locked {
		asking, cancel := context.WithTimeout(ctx, joinPatience)
		defer cancel()
		answer := make(chan error, 1)
		go func() { answer <- ask(asking, l.Endpoint(), nil) }()
		select {
		case err := <-l.first: // the host has ended meanwhile, and this process took over
			return err
		case err := <-answer:
			if err == nil {
				return nil
			}
			if ctx.Err() == nil && !l.lock.Locked() {
				return l.unanswered(err)
			}
		}
	}
	select {
	case err := <-l.first:
		return err
	case <-ctx.Done():
		return model.Wrap(model.CodeUnavailable, ctx.Err(), "stopped waiting for the store in %s", l.dir)
	}
}

// ask returns nil once the member has answered a read that needs a leader, and an error if ctx ends before. That etcd's own
// users may read and we may not is an answer as well.
func ask(ctx context.Context, endpoint string, secure *tls.Config) error {
	retry := backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 1.5, MaxDelay: 200 * time.Millisecond}
	client, err := clientv3.New(clientv3.Config{
		Context:   ctx,
		Endpoints: []string{endpoint},
		TLS:       secure,
		Logger:    zap.NewNop(),
		DialOptions: []grpc.DialOption{
			grpc.WithConnectParams(grpc.ConnectParams{Backoff: retry, MinConnectTimeout: joinPatience}),
		},
	})
	if err != nil {
		return err
	}
	_, err = client.Get(ctx, "ticket:types", clientv3.WithCountOnly())
	if errors.Is(err, rpctypes.ErrUserEmpty) || errors.Is(err, rpctypes.ErrPermissionDenied) {
		err = nil
	}
	return errors.Join(err, client.Close())
}

// unanswered says which process it is that does not answer.
func (l *Local) unanswered(cause error) error {
	return model.Wrap(model.CodeUnavailable, cause,
		"%s hosts the store in %s but does not answer; try again in a moment, or end it", holder(l.dir), l.dir)
}

// holder names the process that holds the lock of the data directory.
func holder(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, pidName))
	if err != nil || len(text) == 0 {
		return "another process"
	}
	return "process " + strings.TrimSpace(string(text))
}
