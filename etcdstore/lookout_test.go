package etcdstore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// How a call ends.
var (
	leads   = call{answered: true, leader: 1}
	alone   = call{answered: true} // it knows no leader
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

func TestADatabaseIsFullAsLongAsOneOfThoseWhoAnswerSaysSo(t *testing.T) {
	t.Parallel()
	l := lookoutOver(t)
	full := call{answered: true, leader: 1, full: true}
	for _, round := range []struct {
		says  string
		calls []call
		full  bool
	}{
		{"all are well", []call{leads, leads, leads}, false},
		{"the alarm of one binds all", []call{leads, full, leads}, true},
		{"nobody tells: it was so", []call{hangs, refuses, ended}, true},
		{"it was cleared", []call{leads, ended, ended}, false},
	} {
		l.weigh(round.calls)
		now, _ := l.store.fullness.board.Read()
		require.Equal(t, round.full, now, round.says)
	}
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
