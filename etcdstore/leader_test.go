package etcdstore

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"

	"github.com/ticketcd/ticketcd/model"
)

// tells is a member's answer to a call: who it is, who leads, and in which term.
func tells(member, leader, term uint64) call {
	return call{answered: true, member: member, leader: leader, term: term}
}

// hears has the lookout hear a round of calls, and returns the endpoint to which writes then go straight, "" for none.
func (l *lookout) hears(calls ...call) string {
	l.avoid(calls)
	l.follow(calls)
	if line, _ := l.store.leader.way(); line != nil {
		return line.endpoint
	}
	return ""
}

func TestTheLeaderIsTheOneThatIsSaidToLeadAndAnswers(t *testing.T) {
	t.Parallel()
	l := lookoutOver(t)
	for _, round := range []struct {
		says   string
		calls  []call
		leader string
	}{
		{"they agree", []call{tells(1, 2, 7), tells(2, 2, 7), tells(3, 2, 7)}, "b:1"},
		{"nobody answers", []call{hangs, hangs, hangs}, "b:1"},
		{"they do", []call{tells(1, 2, 7), tells(2, 2, 7), tells(3, 2, 7)}, "b:1"},
		{"another hangs", []call{hangs, tells(2, 2, 7), tells(3, 2, 7)}, "b:1"},
		{"its call is missed, which may be a hiccup", []call{tells(1, 2, 7), hangs, tells(3, 2, 7)}, "b:1"},
		{"twice is none", []call{tells(1, 2, 7), hangs, tells(3, 2, 7)}, ""},
		{"it is back", []call{tells(1, 2, 7), tells(2, 2, 7), tells(3, 2, 7)}, "b:1"},
		{"it has ended", []call{tells(1, 2, 7), ended, tells(3, 2, 7)}, ""},
		{"it does not know yet that it was voted out", []call{tells(1, 3, 8), tells(2, 2, 7), tells(3, 3, 8)}, "c:1"},
		{"there is none", []call{tells(1, 0, 9), tells(2, 0, 9), tells(3, 0, 9)}, ""},
		{"it is at none of our endpoints", []call{tells(1, 4, 9), tells(2, 4, 9), tells(3, 4, 9)}, ""},
		{"nobody says who it is", []call{refuses, refuses, refuses}, ""},
	} {
		require.Equal(t, round.leader, l.hears(round.calls...), round.says)
	}
}

func TestWritesAreGivenUpWhenTheirLeaderHangsOrAnotherOneLeads(t *testing.T) {
	t.Parallel()
	first, second := []call{tells(1, 1, 1), tells(2, 1, 1), tells(3, 1, 1)}, []call{tells(1, 3, 2), tells(2, 3, 2), tells(3, 3, 2)}
	late := []call{hangs, tells(2, 1, 1), tells(3, 1, 1)}
	for name, rounds := range map[string][][]call{
		"it hangs":                      {late, late},
		"another leads":                 {second},
		"another leads, after a while":  {{ended, tells(2, 0, 1), tells(3, 0, 1)}, second},
		"it hangs, then another leads":  {late, late, {hangs, tells(2, 3, 2), tells(3, 3, 2)}},
		"it was away, and comes to one": {{tells(1, 0, 1), tells(2, 0, 1), tells(3, 0, 1)}, first, second},
	} {
		l := lookoutOver(t)
		require.Equal(t, "a:1", l.hears(first...))
		for _, round := range rounds[:len(rounds)-1] {
			l.hears(round...)
		}
		_, held := l.store.leader.way()
		_, err := hold(t.Context(), held, func(ctx context.Context) (*pb.TxnResponse, error) {
			require.NoError(t, ctx.Err(), name)
			l.hears(rounds[len(rounds)-1]...)
			<-ctx.Done()
			return nil, ctx.Err()
		})
		require.ErrorIs(t, err, errGivenUp, name)
		require.Nil(t, refusal(err), "it may have been carried out: %s", name)
	}
}

func TestWritesAreWaitedForWhileNothingIsKnownAgainstTheirLeader(t *testing.T) {
	t.Parallel()
	first := []call{tells(1, 1, 1), tells(2, 1, 1), tells(3, 1, 1)}
	for name, round := range map[string][]call{
		"it leads":        first,
		"a hiccup":        {hangs, tells(2, 1, 1), tells(3, 1, 1)},
		"all are slow":    {hangs, hangs, hangs},
		"nobody leads":    {tells(1, 0, 1), tells(2, 0, 1), tells(3, 0, 1)},
		"another is away": {tells(1, 1, 1), tells(2, 1, 1), ended},
		"it has ended":    {ended, tells(2, 1, 1), tells(3, 1, 1)}, // and has let go of them itself
	} {
		l := lookoutOver(t)
		l.hears(first...)
		_, held := l.store.leader.way()
		l.hears(round...)
		require.NoError(t, held.Err(), name)
	}
}

// peers are the members that took what writes, in their order.
type peers struct {
	mu    sync.Mutex
	wrote []string
}

func (p *peers) on(cfg *Config) {
	cfg.dialOptions = append(cfg.dialOptions, grpc.WithChainUnaryInterceptor(func(
		ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
	) error {
		var at peer.Peer
		err := invoke(ctx, method, req, reply, cc, append(opts, grpc.Peer(&at))...)
		if txn, ok := req.(*pb.TxnRequest); ok && len(txn.Compare) > 0 && err == nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.wrote = append(p.wrote, at.Addr.String())
		}
		return err
	}))
}

// since returns the members that took what was written after the first n.
func (p *peers) since(n int) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.wrote[n:])
}

func TestOrdersGoStraightToTheLeaderAndToTheNextOneWhenItIsGone(t *testing.T) {
	t.Parallel()
	all := startMembers(t, 3)
	shop := newShopAt(t, all.endpoints[0])
	shop.sells(t, 10_000, 0)
	var took peers
	store := shop.open(t, func(cfg *Config) { cfg.Endpoints = all.endpoints }, took.on)
	sold := 0
	buy := func() bool {
		_, err := store.Buy(t.Context(), order(1), nil)
		if model.CodeOf(err) == model.CodeUnavailable { // while they vote
			return false
		}
		require.NoError(t, err)
		sold++
		return true
	}
	// Where calls are answered late, as on a busy machine, the leader is not known for a while.
	goStraight := func(leader int) {
		require.Eventually(t, func() bool {
			before := len(took.since(0))
			for range 20 {
				buy()
			}
			others := slices.DeleteFunc(took.since(before), func(by string) bool { return by == all.endpoints[leader] })
			return len(others) <= 4
		}, waitLong, waitStep)
	}
	leader := all.awaitLeader(t)
	goStraight(leader)

	all.stop(leader)
	require.Eventually(t, buy, waitLong, waitStep)
	next := all.awaitLeader(t)
	require.NotEqual(t, leader, next)
	goStraight(next)
	stored, err := store.Event(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, 10_000-sold, stored.Left)
}

// awaitLeader returns which member leads, as soon as one does.
func (all *members) awaitLeader(t *testing.T) (leader int) {
	t.Helper()
	require.Eventually(t, func() bool { leader = all.leader(); return leader >= 0 }, waitLong, waitStep)
	return leader
}
