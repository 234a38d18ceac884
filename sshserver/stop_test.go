package sshserver_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/sshserver"
)

func TestTheServerEndsGracefully(t *testing.T) {
	t.Parallel()
	slow := &slowTill{asked: make(chan struct{}), open: make(chan struct{})}
	h := opens(t, generous(func(l *sshserver.Limits) { l.Grace = patience }), func(cfg *sshserver.Config) {
		slow.Store = cfg.Store
		cfg.Store = slow
	})
	idle, err := h.dials("eve", "127.0.0.1")
	require.NoError(t, err)
	asksForNothing := h.connects("eve")
	_, err = asksForNothing.NewSession()
	require.NoError(t, err)
	silent := h.calls()
	ann, bob := h.visits("ann").logsIn("ann-secret"), h.visits("bob").logsIn("bob-secret")
	ann.presses("enter").sees("Smoke and brass").presses("b").sees("You pay").presses("right", "enter").sees("Confirm the order").presses("y")
	<-slow.asked

	told := time.Now()
	h.stop()
	require.Error(t, asksForNothing.Wait())
	require.Less(t, time.Since(told), sshserver.DefaultLimits().Handshake, "it did not wait for a session to begin")
	require.Zero(t, bob.goneWith())
	bob.sees("The shop is closing for now.")
	require.Error(t, idle.Wait())
	require.NoError(t, silent.SetDeadline(time.Now().Add(patience)))
	for err == nil {
		_, err = silent.Read(make([]byte, 1024))
	}
	require.ErrorContains(t, err, "EOF")
	_, err = h.dials("eve", "127.0.0.1")
	require.Error(t, err)

	ann.sees("The shop is closing as soon as this is done: buying 1 red ticket")
	close(slow.open)
	require.Zero(t, ann.goneWith())
	ann.sees("Bought 1 red ticket: order", "The shop is closing for now.")
	h.closes()
	h.log.line(t, "msg=session", "account=ann", "end=shutdown")
	require.NotContains(t, h.log.text(), "level=WARN")
}

// slowTill is a store in which an order waits until it may go on.
type slowTill struct {
	sshserver.Store
	asked, open chan struct{}
	doubts      bool
}

func (s *slowTill) Buy(ctx context.Context, order model.Order, inDoubt func()) (model.Order, error) {
	if s.doubts {
		inDoubt()
	}
	close(s.asked)
	<-s.open
	return s.Store.Buy(ctx, order, inDoubt)
}

func TestWhoseOrderIsInDoubtWhenTheGraceIsOverIsToldSo(t *testing.T) {
	t.Parallel()
	slow := &slowTill{asked: make(chan struct{}), open: make(chan struct{}), doubts: true}
	h := opens(t, generous(func(l *sshserver.Limits) { l.Grace = time.Second }), func(cfg *sshserver.Config) {
		slow.Store = cfg.Store
		cfg.Store = slow
	})
	ann := h.visits("ann").logsIn("ann-secret")
	ann.presses("enter").sees("Smoke and brass").presses("b").sees("You pay").presses("right", "enter").sees("Confirm the order").presses("y")
	<-slow.asked
	ann.sees("Checking whether your order went through")

	h.stop()
	require.Zero(t, ann.goneWith())
	ann.sees("Interrupted while buying 1 red ticket: it is not known yet whether that went", "your orders show what you bought", "The shop is closing for now.")
	h.log.line(t, "msg=session", "account=ann", "end=shutdown")
	close(slow.open)
	h.closes()
}
