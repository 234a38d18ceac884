package etcdstore

import (
	"context"
	"errors"

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

// stale publishes the last shop once more, with what is the matter. Nobody is woken to hear the same again.
func (f *follower) stale(err error) {
	shop := f.shop
	shop.Why = whyStale(err, shop.Loaded)
	if shop.Loaded && !shop.Stale {
		shop.Stale, shop.Since = true, f.heard
	}
	if shop != f.shop {
		f.publish(shop)
	}
}

// whyStale says in words what keeps the shop from being fresh.
func whyStale(err error, loaded bool) string {
	var reported *model.Error
	cause := err
	if errors.As(err, &reported) && reported.Err != nil {
		cause = reported.Err
	}
	asOf := ""
	if loaded {
		asOf = ": counts are as of then"
	}
	denied := denial(cause)
	switch {
	case isNoLeader(cause):
		return "the cluster has no leader: sales are paused"
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
