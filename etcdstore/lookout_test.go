package etcdstore

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// How a call ends.
var (
	leads   = call{answered: true, leader: 1} // the leader is none of those who are called
	alone   = call{answered: true}            // it knows no leader
	hangs   = call{late: true}
	ended   = call{silent: true}                 // gRPC knows that nobody is there
	refuses = call{answered: true, silent: true} // it is there, and keeps us out
)

// lookoutOver is a lookout over members a, b and c, whose calls end as a test says.
func lookoutOver(t *testing.T) *lookout {
	t.Helper()
	shop := newShop(t)
	l := &lookout{store: shop.Store, leaderless: model.NewBoard(false)}
	for _, endpoint := range []string{"a:1", "b:1", "c:1"} {
		l.lines = append(l.lines, &calledLine{endpoint: endpoint})
	}
	return l
}

func TestRequestsAreKeptAwayFromAMemberThatHangsUntilItAnswers(t *testing.T) {
	t.Parallel()
	l := lookoutOver(t)
	for _, round := range []struct {
		says  string
		calls []call
		well  []string
	}{
		{"all are well", []call{leads, leads, leads}, []string{"a:1", "b:1", "c:1"}},
		{"a call that is missed may be a hiccup", []call{leads, hangs, leads}, []string{"a:1", "b:1", "c:1"}},
		{"two in a row are none", []call{leads, hangs, leads}, []string{"a:1", "c:1"}},
		{"it stays out when it ends", []call{leads, ended, leads}, []string{"a:1", "c:1"}},
		{"it is back with its first answer", []call{leads, leads, leads}, []string{"a:1", "b:1", "c:1"}},
		{"who has ended is known to gRPC and needs no help", []call{leads, ended, leads}, []string{"a:1", "b:1", "c:1"}},
		{"who refuses is there", []call{leads, refuses, leads}, []string{"a:1", "b:1", "c:1"}},
	} {
		l.avoid(round.calls)
		require.Equal(t, round.well, l.store.writes.Endpoints(), round.says)
		require.Equal(t, round.well, l.store.reads.Endpoints(), round.says)
	}
}

func TestWhereNoMemberAnswersAllAreAsGoodAsAny(t *testing.T) {
	t.Parallel()
	l := lookoutOver(t)
	for range callsMissed + 1 {
		l.avoid([]call{hangs, leads, leads})
	}
	require.Equal(t, []string{"b:1", "c:1"}, l.store.writes.Endpoints())
	l.avoid([]call{hangs, hangs, ended})
	require.Equal(t, []string{"a:1", "b:1", "c:1"}, l.store.writes.Endpoints())
}

func TestWritesGoToTheLeader(t *testing.T) {
	t.Parallel()
	says := func(member, leader, term uint64) call {
		return call{answered: true, member: member, leader: leader, term: term}
	}
	l := lookoutOver(t)
	for _, round := range []struct {
		says   string
		calls  []call
		writes []string
	}{
		{"they agree", []call{says(1, 2, 7), says(2, 2, 7), says(3, 2, 7)}, []string{"b:1"}},
		{"another hangs", []call{hangs, says(2, 2, 7), says(3, 2, 7)}, []string{"b:1"}},
		{"its call is missed, which may be a hiccup", []call{says(1, 2, 7), hangs, says(3, 2, 7)}, []string{"b:1"}},
		{"it answers", []call{says(1, 2, 7), says(2, 2, 7), says(3, 2, 7)}, []string{"b:1"}},
		{"nobody answers", []call{hangs, hangs, hangs}, []string{"b:1"}},
		{"all answer", []call{says(1, 2, 7), says(2, 2, 7), says(3, 2, 7)}, []string{"b:1"}},
		{"it has ended", []call{says(1, 2, 7), ended, says(3, 2, 7)}, []string{"a:1", "b:1", "c:1"}},
		{"it is back", []call{says(1, 2, 7), says(2, 2, 7), says(3, 2, 7)}, []string{"b:1"}},
		{"it does not know yet that it was voted out", []call{says(1, 3, 8), says(2, 2, 7), says(3, 3, 8)}, []string{"c:1"}},
		{"there is none", []call{says(1, 0, 9), says(2, 0, 9), says(3, 0, 9)}, []string{"a:1", "b:1", "c:1"}},
		{"we are not told where it is", []call{says(1, 4, 9), says(2, 4, 9), says(3, 4, 9)}, []string{"a:1", "b:1", "c:1"}},
		{"nobody says which member it is", []call{refuses, refuses, refuses}, []string{"a:1", "b:1", "c:1"}},
	} {
		l.avoid(round.calls)
		require.Equal(t, round.writes, l.store.writes.Endpoints(), round.says)
		require.Equal(t, []string{"a:1", "b:1", "c:1"}, l.store.reads.Endpoints(), "all answer reads: "+round.says)
	}

	l.avoid([]call{says(1, 1, 9), says(2, 1, 9), says(3, 1, 9)})
	l.store.route.spread()
	require.Equal(t, []string{"a:1", "b:1", "c:1"}, l.store.writes.Endpoints(), "it failed")
}

func TestWritesAreSentAnewWhenTheLeaderHangsOrIsVotedOut(t *testing.T) {
	t.Parallel()
	l := lookoutOver(t)
	says := func(member, leader, term uint64) call {
		return call{answered: true, member: member, leader: leader, term: term}
	}
	write := func() (givenUp chan struct{}) {
		givenUp = make(chan struct{})
		l.store.route.whileItLeads(func() { close(givenUp) })
		return givenUp
	}
	early := write()
	l.avoid([]call{says(1, 1, 1), says(2, 1, 1), says(3, 1, 1)})
	require.Equal(t, []string{"a:1"}, l.store.writes.Endpoints())
	select {
	case <-early:
		t.Error("nobody is known to have led before")
	default:
	}

	held := write()
	l.avoid([]call{ended, says(2, 1, 1), says(3, 1, 1)})
	l.avoid([]call{hangs, says(2, 1, 1), says(3, 1, 1)})
	require.Equal(t, []string{"a:1"}, l.store.writes.Endpoints(), "once may be a hiccup")
	select {
	case <-held:
		t.Error("it may yet be answered")
	default:
	}
	l.avoid([]call{hangs, says(2, 1, 1), says(3, 1, 1)})
	<-held
	require.Equal(t, []string{"b:1", "c:1"}, l.store.writes.Endpoints())
	require.Equal(t, []string{"b:1", "c:1"}, l.store.reads.Endpoints())

	l.avoid([]call{says(1, 1, 1), says(2, 1, 1), says(3, 1, 1)})
	require.Equal(t, []string{"a:1"}, l.store.writes.Endpoints(), "it is back with its first answer")
	held = write()
	l.avoid([]call{says(1, 1, 1), says(2, 3, 2), says(3, 3, 2)})
	<-held
	require.Equal(t, []string{"c:1"}, l.store.writes.Endpoints())
}

func TestBuyersDoNotWaitForALeaderThatIsGone(t *testing.T) {
	t.Parallel()
	all := startMembers(t, 3)
	shop := newShopAt(t, all.endpoints[0])
	shop.sells(t, 10, 0)
	store := shop.open(t, func(cfg *Config) { cfg.Endpoints = all.endpoints })
	toLeader := func() bool {
		leader := all.leader()
		return leader >= 0 && slices.Equal([]string{all.endpoints[leader]}, store.writes.Endpoints())
	}
	require.Eventually(t, toLeader, waitLong, waitStep)
	_, err := store.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)

	all.stop(all.leader())
	_, err = store.Buy(t.Context(), order(1), nil)
	require.NoError(t, err)
	require.Eventually(t, toLeader, waitLong, waitStep, "writes go to the next one")
	stored, err := store.Event(t.Context(), opera)
	require.NoError(t, err)
	require.Equal(t, 8, stored.Left)
}

func TestALeaderIsMissedOnlyWhereThoseWhoAnswerKnowNoneAgainAndAgain(t *testing.T) {
	t.Parallel()
	l := lookoutOver(t)
	for _, round := range []struct {
		says  string
		calls []call
		lost  bool
	}{
		{"all are well", []call{leads, leads, leads}, false},
		{"an election is over before the second call", []call{ended, alone, alone}, false},
		{"they have a leader", []call{ended, leads, leads}, false},
		{"once", []call{ended, alone, ended}, false},
		{"twice", []call{ended, alone, ended}, true},
		{"and still", []call{hangs, alone, alone}, true},
		{"nobody can be asked: who knows", []call{hangs, ended, ended}, false},
		{"who does not tell may know one", []call{refuses, alone, ended}, false},
		{"nor does it say that it knows none", []call{refuses, refuses, ended}, false},
	} {
		l.judge(round.calls)
		lost, _ := l.leaderless.Read()
		require.Equal(t, round.lost, lost, round.says)
	}
}
