package etcdstore

import (
	"context"
	"errors"
	"slices"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/connectivity"

	"github.com/ticketcd/ticketcd/model"
)

// ask has the member say something. Where even the question cannot be sent, the silence that follows says so.
func (f *follower) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeEvery/2)
	defer cancel()
	if err := f.store.reads.RequestProgress(ctx); err != nil {
		f.store.log.Debug("the member could not be asked for its progress", "error", err)
	}
	f.askForRoom(ctx)
}

// askForRoom asks one member alone, which is not called, whether its full database has room again: somebody else may have made
// it.
func (f *follower) askForRoom(ctx context.Context) {
	if full, _ := f.store.fullness.board.Read(); !full || f.store.lookout != nil {
		return
	}
	status, err := pb.NewMaintenanceClient(f.store.reads.ActiveConnection()).Status(ctx, &pb.StatusRequest{})
	if err != nil {
		f.store.log.Debug("the member could not be asked whether it has room", "error", err)
		return
	}
	f.store.fullness.found(tellsFull(status))
}

// disconnected returns a channel that is closed as soon as no member is connected, long before the silence is noticed.
func (f *follower) disconnected(ctx context.Context) <-chan struct{} {
	lost := make(chan struct{})
	conn := f.store.reads.ActiveConnection()
	go func() {
		defer close(lost)
		for conn.GetState() == connectivity.Ready && conn.WaitForStateChange(ctx, connectivity.Ready) {
		}
	}()
	return lost
}

// stale publishes the last shop once more, with what is the matter. Nobody is woken to hear the same again, and the log
// has it once, however often the shop is read in vain until it is followed again.
func (f *follower) stale(err error) {
	shop := f.shop
	shop.Why, shop.NoLeader = whyStale(err, shop.Loaded), isNoLeader(underlying(err))
	if !slices.Contains(f.trouble, shop.Why) {
		f.trouble = append(f.trouble, shop.Why)
		f.store.log.Warn("the shop is not being followed", "error", err)
	}
	if shop.Loaded && !shop.Stale {
		shop.Stale, shop.Since = true, f.heard
	}
	if shop != f.shop {
		f.publish(shop)
	}
}

// led takes notice of a leader that was lost, or is there again. The watch may outlive that: then what is shown is fresh
// as soon as the member has said so.
func (f *follower) led(ctx context.Context) {
	if lost, _ := f.store.leaderless.Read(); lost {
		f.stale(rpctypes.ErrGRPCNoLeader)
		return
	}
	f.ask(ctx)
}

// refresh says that what is shown holds, after the store has said that nothing has changed.
func (f *follower) refresh() {
	if lost, _ := f.store.leaderless.Read(); f.shop.Stale && !lost {
		shop := f.shop
		shop.Stale, shop.Since, shop.NoLeader, shop.Why = false, time.Time{}, false, ""
		f.publish(shop)
	}
}

// rest waits before the shop is read again: for so long, or until the leader has been lost or is there again.
func (f *follower) rest(ctx context.Context, wait time.Duration) {
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	_, changed := f.store.leaderless.Read()
	select {
	case <-changed:
	case <-limited.Done():
	}
}

// underlying is the error that a sentence was made from.
func underlying(err error) error {
	if reported, ok := errors.AsType[*model.Error](err); ok && reported.Err != nil {
		return reported.Err
	}
	return err
}

// whyStale says in words what keeps the shop from being fresh.
func whyStale(err error, loaded bool) string {
	cause := underlying(err)
	asOf := ""
	if loaded {
		asOf = ": counts are as of then"
	}
	denied := denial(cause)
	switch {
	case isNoLeader(cause):
		return noAgreement + ": sales are paused"
	case denied != nil:
		return denied.Message
	case isForgotten(cause), errors.Is(cause, errReplaced):
		return "the shop is being read again" + asOf
	case errors.Is(cause, errSilent):
		return "the store does not answer" + asOf
	default:
		return "the connection to the store is lost" + asOf
	}
}
