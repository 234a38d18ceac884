package etcdstore

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// boarding has one more go, and tells with how many, if it is the one to send the transaction.
func boarding(v *convoy) <-chan int {
	went := make(chan int, 1)
	go func() { went <- len(v.board(newShare(request{}, 0))) }()
	return went
}

// requireGone waits until a transaction of so many is sent.
func requireGone(t *testing.T, shares int, went <-chan int, why string) {
	t.Helper()
	select {
	case together := <-went:
		require.Equal(t, shares, together, why)
	case <-time.After(waitLong):
		require.Fail(t, "nothing was sent", why)
	}
}

// boardAndWait has one more wait for the others.
func boardAndWait(t *testing.T, v *convoy) <-chan int {
	t.Helper()
	before := v.queued()
	went := boarding(v)
	require.Eventually(t, func() bool { return v.queued() == before+1 }, waitLong, waitStep)
	return went
}

func TestAFewWaitForAsManyAsWentTogetherBefore(t *testing.T) {
	t.Parallel()
	v := convoy{wait: time.Hour, few: time.Hour}
	requireGone(t, 1, boarding(&v), "nobody waits where nothing is on its way")
	requireGone(t, 1, boarding(&v), "nor where nobody shared anything before")

	first := boardAndWait(t, &v)
	boardAndWait(t, &v)
	boardAndWait(t, &v)
	v.land(3)
	requireGone(t, 3, first, "they are as many as the last time")

	few := boardAndWait(t, &v)
	v.land(3)
	require.Equal(t, 1, v.queued(), "the others, who were just answered, are likely to come")
	boardAndWait(t, &v)
	require.Equal(t, 2, v.queued())
	boarding(&v)
	requireGone(t, 3, few, "")

	few = boardAndWait(t, &v)
	v.land(3)
	require.Equal(t, 1, v.queued())
	v.land(3)
	requireGone(t, 1, few, "nothing else is on its way: there is nothing to wait for")
	v.land(1)
	require.Zero(t, v.flights)
}

func TestAFewDoNotWaitForOthersForLong(t *testing.T) {
	t.Parallel()
	v := convoy{wait: time.Hour}
	requireGone(t, 1, boarding(&v), "")
	requireGone(t, 1, boarding(&v), "")
	v.land(3)
	requireGone(t, 1, boarding(&v), "the other transaction is not answered, as if its member hung")
}

func TestAFewDoNotWaitForLongWhereAPlaceIsFreeOnlyLater(t *testing.T) {
	t.Parallel()
	v := convoy{wait: time.Hour}
	requireGone(t, 1, boarding(&v), "it hangs")
	requireGone(t, 1, boarding(&v), "it is answered late")
	v.landed = 3
	few := boardAndWait(t, &v)
	require.Eventually(t, func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		return v.landed == 0
	}, waitLong, waitStep, "they have waited for as long as they do")
	v.land(3)
	requireGone(t, 1, few, "now there is a place")
}

func TestOthersAreWaitedForAsLongAsMoreOfThemCome(t *testing.T) {
	t.Parallel()
	here := []int{0, 1, 40, 40, 41}
	asked := 0
	next := func() int {
		asked++
		return here[asked-1]
	}
	untilNobodyComes(100, next)
	require.Equal(t, 4, asked, "nobody came the last time")
	asked = 0
	untilNobodyComes(40, next)
	require.Equal(t, 3, asked, "they are enough")
}
