//go:build unix

package torture

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wish reads from the environment how somebody wants it.
func wish[T any](t *testing.T, name string, otherwise T, parse func(string) (T, error)) T {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := parse(text)
	require.NoError(t, err, name)
	return value
}

// recovery is how long it took until somebody could buy again, from the beginning of a fault, or from the end of an outage;
// and until somebody in every process could, from the end of either. The two clocks are not the same for a fault that is
// no outage: somebody buys while it lasts, and so before the second clock has begun.
type recovery struct{ first, healed time.Duration }

func TestNothingIsLostAndNobodyMisledUnderFire(t *testing.T) {
	if os.Getenv("TORTURE_DURATION") == "" {
		t.Skip("this takes minutes: run make torture")
	}
	seed := wish(t, "TORTURE_SEED", rand.Uint64(), func(text string) (uint64, error) { return strconv.ParseUint(text, 10, 64) })
	lasts := wish(t, "TORTURE_DURATION", 0, time.ParseDuration)
	fmt.Printf("torture: seed %d, for %v\n", seed, lasts)
	s := newStage(t, onSale+int(lasts/(4*time.Second)))
	s.open(seed)
	recoveries := s.bombard(seed, lasts)
	s.finish(recoveries)
}

// bombard lets one fault after another strike until time is up, each kind once before any comes again.
func (s *stage) bombard(seed uint64, lasts time.Duration) map[string][]recovery {
	s.t.Helper()
	dice := rand.New(rand.NewPCG(seed, 0))
	recoveries := map[string][]recovery{}
	var coming []strike
	for began := time.Now(); time.Since(began) < lasts; {
		if len(coming) == 0 {
			coming = strikes()
			dice.Shuffle(len(coming), func(i, j int) { coming[i], coming[j] = coming[j], coming[i] })
		}
		k := coming[0]
		coming = coming[1:]
		r := s.suffer(k, dice)
		recoveries[k.name] = append(recoveries[k.name], r)
		fmt.Printf("torture: %4.0f s  %-55s first order after %v; in every process %v after its end\n",
			time.Since(began).Seconds(), k.name, r.first.Round(time.Millisecond), r.healed.Round(time.Millisecond))
		if s.t.Failed() {
			s.t.FailNow()
		}
	}
	return recoveries
}

// suffer lets a fault strike, waits until sales have recovered from it, and makes up for it.
func (s *stage) suffer(k strike, dice *rand.Rand) recovery {
	s.t.Helper()
	require.NoError(s.t, s.settle(s.soon()), "before: %s", k.name)
	lasts := time.Second + time.Duration(dice.Int64N(int64(2*time.Second)))
	struck := now()
	heal, err := k.hit(s.soon(), s, dice)
	require.NoError(s.t, err, k.name)
	var r recovery
	if !k.outage {
		r.first = s.recovered(struck, k.name, (*stage).anySold)
	}
	s.hold(lasts)
	over := now()
	require.NoError(s.t, heal(s.soon()), "after: %s", k.name)
	if k.outage {
		r.first = s.recovered(over, k.name, (*stage).anySold)
	}
	r.healed = s.recovered(over, k.name, (*stage).allSold)
	return r
}

// hold lets a fault last.
func (s *stage) hold(d time.Duration) {
	s.t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.t.Context().Done():
	}
}

// recovered waits until orders have gone through that were sent after a moment.
func (s *stage) recovered(since int64, after string, sold func(*stage, int64) bool) time.Duration {
	s.t.Helper()
	require.True(s.t, s.until(s.soon(), func() bool { return sold(s, since) }), "nobody can buy after: %s", after)
	return time.Duration(now() - since)
}

func (s *stage) anySold(since int64) bool {
	return slices.ContainsFunc(s.shops, func(p *shopProc) bool { return p.newest > since })
}

func (s *stage) allSold(since int64) bool {
	return !slices.ContainsFunc(s.shops, func(p *shopProc) bool { return p.newest <= since })
}

// settle waits until all members are there and agree on who leads them.
func (s *stage) settle(ctx context.Context) error {
	for {
		leaders := map[uint64]int{}
		for _, member := range s.members.Members() {
			one, stop := context.WithTimeout(ctx, time.Second)
			status, err := s.clients[member.Name].Status(one, member.ClientURL)
			stop()
			if err == nil {
				leaders[status.Leader]++
			}
		}
		for leader, followers := range leaders {
			if leader != 0 && followers == nodes {
				return nil
			}
		}
		if ctx.Err() != nil {
			return fmt.Errorf("the members do not agree on a leader: %v", leaders)
		}
	}
}

// finish lets everybody come to an end, judges, and says how it went.
func (s *stage) finish(recoveries map[string][]recovery) {
	s.t.Helper()
	require.NoError(s.t, s.settle(s.soon()))
	for _, p := range s.shops {
		p.tell(orderFinish, "")
	}
	for _, p := range s.shops {
		p.await("finished")
	}
	for _, l := range s.lines {
		l.calm()
	}
	remains, revision := s.remains()
	s.mu.Lock()
	history, sights := s.book.all(), slices.Clone(s.book.sights) // processes still write down what they show
	s.mu.Unlock()
	wrongs := judge(capacity, history, remains)
	wrongs = append(wrongs, judgeSights(sights)...)
	wrongs = append(wrongs, s.judgeMembers(revision)...)
	for _, p := range s.shops {
		p.tell(orderShow, fmt.Sprint(revision))
		require.True(s.t, s.until(s.soon(), func() bool { return p.shows != nil }), "%s shows nothing", p.config.Process)
		wrongs = append(wrongs, judgeShown(p.config.Process, p.shows, remains.left)...)
		require.NoError(s.t, p.leave())
	}
	summary := s.summarise(history, recoveries)
	if len(wrongs) > 0 {
		for _, w := range wrongs[:min(len(wrongs), 50)] {
			s.t.Error(w)
		}
		s.t.Fatalf("%d violations", len(wrongs))
	}
	require.Positive(s.t, summary.done, "nobody bought anything")
	require.Positive(s.t, summary.refused, "nothing was ever sold out, so counts were not tested")
	require.Positive(s.t, summary.doubted, "no answer was ever lost, so nothing was tested")
	fmt.Println("torture: 0 violations")
}

// keep saves the history from being removed, and says where it is.
func keep(t *testing.T, history string) string {
	t.Helper()
	text, err := os.ReadFile(history)
	require.NoError(t, err)
	kept, err := os.CreateTemp("", "torture-*.jsonl") //nolint:usetesting // it outlives the test
	require.NoError(t, err)
	_, err = kept.Write(text)
	require.NoError(t, errors.Join(err, kept.Close()))
	t.Logf("the history is in %s", kept.Name())
	return kept.Name()
}

// summary is what a run came to.
type summary struct{ faults, deeds, done, refused, nothing, unknown, doubted, spoilt int }

func (s *stage) summarise(history []deed, recoveries map[string][]recovery) summary {
	sum := summary{deeds: len(history)}
	for _, d := range history {
		switch {
		case d.Outcome == done && d.Verb == buy:
			sum.done++
		case d.Outcome == refused && d.Verb == buy:
			sum.refused++
		case d.Outcome == nothing:
			sum.nothing++
		case d.Outcome == unknown:
			sum.unknown++
		}
		if d.Doubted {
			sum.doubted++
		}
	}
	for _, l := range s.lines {
		sum.spoilt += int(l.spoilt.Load())
	}
	fmt.Printf("\n%-55s %5s %22s %26s\n", "until the first order (median, longest)", "times", "anywhere", "everywhere, from its end")
	for _, name := range slices.Sorted(maps.Keys(recoveries)) {
		all := recoveries[name]
		sum.faults += len(all)
		first := func(r recovery) time.Duration { return r.first }
		everywhere := func(r recovery) time.Duration { return r.healed }
		fmt.Printf("%-55s %5d %22s %26s\n", name, len(all), spread(all, first), spread(all, everywhere))
	}
	fmt.Printf("\ntorture: %d faults, %d operations: %d orders bought, %d refused, %d turned away; %d looked into, %d never answered; %d requests spoilt\n",
		sum.faults, sum.deeds, sum.done, sum.refused, sum.nothing, sum.doubted, sum.unknown, sum.spoilt)
	return sum
}

// spread is the median and the longest of some times.
func spread(all []recovery, of func(recovery) time.Duration) string {
	times := make([]time.Duration, len(all))
	for i, r := range all {
		times[i] = of(r)
	}
	slices.SortFunc(times, cmp.Compare[time.Duration])
	return fmt.Sprintf("%.2f s  %.2f s", times[len(times)/2].Seconds(), times[len(times)-1].Seconds())
}
