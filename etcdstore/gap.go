package etcdstore

import (
	"math/rand/v2"
	"strconv"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/ticketcd/ticketcd/model"
)

// A process that is faster than others, because it hosts the store or is nearer to it, would win every race for an event
// that all of them want: its next round is there before the others have seen what the last one left. It would not notice,
// since it never loses. So who has lost asks for a gap, in the very transaction that fails; and who wins in one round
// after another looks now and then whether anybody did, in a transaction that succeeds. Neither costs a round trip, and
// nothing relies on it: the transaction alone keeps an order sound.

const (
	// roundsPerLook is how many rounds of an event are carried out from one look at who asks for a gap to the next.
	roundsPerLook = 8
	// longestGap bounds a gap, whatever the store says and however long a commit took: customers wait meanwhile.
	longestGap = 500 * time.Millisecond
)

// gapKey holds how long, in microseconds, the process that asked last for a gap in the orders for an event takes from one
// lost race to the next.
func gapKey(eventID string) string { return model.PrefixInternal + "gap:" + eventID }

// askingForGap returns a request with a wish for a gap, for the case that it fails again. Nothing was lost before where it
// took no time.
func (s *Store) askingForGap(r request, eventID string, took time.Duration) request {
	if s.mayAskForGap && took > 0 && len(r.elses) < maxOps {
		r.elses = append(r.elses, putOp(gapKey(eventID), []byte(strconv.FormatInt(took.Microseconds(), 10))))
	}
	return r
}

// looksForAsking says whether a round that is judged on a sale is one of those that look at who asks for a gap.
func (s *Store) looksForAsking(v *sale) bool {
	return s.mayAskForGap && v.won%roundsPerLook == roundsPerLook-1
}

// gapAsked returns the gap that somebody has asked for since a revision, seeing the answer to a look: twice the time that
// they take, which is enough to lose what is under way, and to win the next.
func gapAsked(look *pb.ResponseOp, since int64) time.Duration {
	found := look.GetResponseRange().GetKvs()
	if len(found) == 0 || found[0].ModRevision <= since {
		return 0
	}
	micros, err := strconv.ParseInt(string(found[0].Value), 10, 32)
	if err != nil {
		return 0
	}
	return min(max(2*time.Duration(micros)*time.Microsecond, 0), longestGap)
}

// giveWay waits after a commit if somebody asked for it; and for a random time, around what the commit took, if others
// lost to it who had won a short while before. They try again at once, so that one of them is the next to win: with 64
// buyers in each of three processes, 99 of 100 waited 3.5 to 4.2 times as long as half of them, and 7 to 15 times with less
// of it, at the same rate.
func (v *service) giveWay(release func(), took, asked time.Duration) {
	v.losses, v.lost = 0, 0
	if v.till == nil {
		return
	}
	if v.contested > 0 {
		v.contested--
		asked = max(asked, min(rand.N(2*took+1), longestGap))
	}
	if asked > 0 {
		release()
		pause(v.store.writes.Ctx(), asked)
	}
}
