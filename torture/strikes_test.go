//go:build unix

package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// strike is a kind of fault.
type strike struct {
	name string
	// outage says that nobody can be sold anything until it is over. Otherwise sales must go on meanwhile.
	outage bool
	// hit does it. What it returns makes up for it.
	hit func(ctx context.Context, s *stage, dice *rand.Rand) (heal func(ctx context.Context) error, err error)
}

// strikes are all kinds of faults.
func strikes() []strike {
	return slices.Concat(deaths(), pauses(), cuts(), badLinks(), maintenance(), shopFaults())
}

// pick returns so many members, of whom the leader is one.
func pick(ctx context.Context, s *stage, dice *rand.Rand, members int) ([]string, error) {
	leads, follow, err := s.leader(ctx)
	dice.Shuffle(len(follow), func(i, j int) { follow[i], follow[j] = follow[j], follow[i] })
	return append([]string{leads}, follow...)[:members], err
}

func pickFollower(ctx context.Context, s *stage, dice *rand.Rand) ([]string, error) {
	two, err := pick(ctx, s, dice, 2)
	return two[1:], err
}

// deaths are ends of members.
func deaths() []strike {
	kill := func(ctx context.Context, s *stage, names []string) (func(context.Context) error, error) {
		for _, name := range names {
			if err := s.members.Kill(name); err != nil {
				return nil, err
			}
		}
		return s.start(names), nil
	}
	several := func(count int) func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
		return func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			names, err := pick(ctx, s, dice, count)
			if err != nil {
				return nil, err
			}
			return kill(ctx, s, names)
		}
	}
	return []strike{
		{name: "kill -9 of the leader", hit: several(1)},
		{name: "kill -9 of two members, the leader among them", hit: several(2)},
		{name: "kill -9 of three members, the leader among them", hit: several(3), outage: true},
		{name: "kill -9 of all five members at once", hit: several(5), outage: true},
		{name: "kill -9 of a follower", hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			names, err := pickFollower(ctx, s, dice)
			if err != nil {
				return nil, err
			}
			return kill(ctx, s, names)
		}},
		{name: "the leader stopped in order", hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			names, err := pick(ctx, s, dice, 1)
			if err != nil {
				return nil, err
			}
			return s.start(names), s.members.Stop(names[0])
		}},
	}
}

// start starts members again.
func (s *stage) start(names []string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for _, name := range names {
			if err := s.members.Start(ctx, name); err != nil {
				return err
			}
		}
		return nil
	}
}

// pauses are members that are there and do not answer.
func pauses() []strike {
	pause := func(s *stage, names []string) (func(context.Context) error, error) {
		for _, name := range names {
			if err := s.members.Pause(name); err != nil {
				return nil, err
			}
		}
		return func(context.Context) error {
			for _, name := range names {
				if err := s.members.Resume(name); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}
	return []strike{
		{name: "SIGSTOP of the leader", hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			names, err := pick(ctx, s, dice, 1)
			if err != nil {
				return nil, err
			}
			return pause(s, names)
		}},
		{name: "SIGSTOP of a follower", hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			names, err := pickFollower(ctx, s, dice)
			if err != nil {
				return nil, err
			}
			return pause(s, names)
		}},
		{
			name: "SIGSTOP of three members, the leader among them", outage: true,
			hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
				names, err := pick(ctx, s, dice, 3)
				if err != nil {
					return nil, err
				}
				return pause(s, names)
			},
		},
	}
}

// between are the ways from each of some ends to each of others.
func between(from, to []string) []way {
	var ways []way
	for _, f := range from {
		for _, t := range to {
			if f != t {
				ways = append(ways, way{f, t})
			}
		}
	}
	return ways
}

func bothWays(some, others []string) []way {
	return append(between(some, others), between(others, some)...)
}

// cuts are networks that fall apart.
func cuts() []strike {
	cut := func(name string, outage bool, ways func(s *stage, leads string, follow []string) []way) strike {
		return strike{name: name, outage: outage, hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			names, err := pick(ctx, s, dice, nodes)
			if err != nil {
				return nil, err
			}
			s.network.set(weather{cut: true}, ways(s, names[0], names[1:])...)
			return s.clearUp, nil
		}}
	}
	return []strike{
		cut("the leader cut off from all members", false, func(_ *stage, leads string, follow []string) []way {
			return bothWays([]string{leads}, follow)
		}),
		cut("the leader and a follower cut off from the others", false, func(_ *stage, leads string, follow []string) []way {
			return bothWays([]string{leads, follow[0]}, follow[1:])
		}),
		cut("the leader not heard by the members", false, func(_ *stage, leads string, follow []string) []way {
			return between([]string{leads}, follow)
		}),
		cut("the leader not hearing the members", false, func(_ *stage, leads string, follow []string) []way {
			return between(follow, []string{leads})
		}),
		cut("each member hearing only two neighbours", false, func(_ *stage, leads string, follow []string) []way {
			ring := append([]string{leads}, follow...)
			var ways []way
			for i, name := range ring {
				ways = append(ways, bothWays([]string{name}, []string{ring[(i+2)%nodes]})...)
			}
			return ways
		}),
		cut("no member hearing another", true, func(s *stage, _ string, _ []string) []way {
			return between(s.others(""), s.others(""))
		}),
		cut("shoppers cut off from the leader", false, func(_ *stage, leads string, _ []string) []way {
			return bothWays([]string{shoppers}, []string{leads})
		}),
		cut("shoppers not hearing the leader", false, func(_ *stage, leads string, _ []string) []way {
			return []way{{leads, shoppers}}
		}),
		cut("shoppers cut off from everybody", true, func(s *stage, _ string, _ []string) []way {
			return bothWays([]string{shoppers}, s.others(""))
		}),
	}
}

func (s *stage) clearUp(context.Context) error {
	s.network.clear()
	return nil
}

// badLinks are networks that do what they can.
func badLinks() []strike {
	bad := func(name string, w weather, ends func(s *stage) (from, to []string)) strike {
		return strike{name: name, hit: func(_ context.Context, s *stage, _ *rand.Rand) (func(context.Context) error, error) {
			s.network.set(w, bothWays(ends(s))...)
			return s.clearUp, nil
		}}
	}
	members := func(s *stage) (from, to []string) { return s.others(""), s.others("") }
	callers := func(s *stage) (from, to []string) { return []string{shoppers}, s.others("") }
	return []strike{
		bad("slow links between members", weather{delay: 50 * time.Millisecond, jitter: 50 * time.Millisecond}, members),
		bad("lossy links between members", weather{loss: 0.1}, members),
		bad("slow and lossy links to shoppers", weather{delay: 20 * time.Millisecond, jitter: 80 * time.Millisecond, loss: 0.1}, callers),
		{name: "connections of shoppers broken", hit: func(_ context.Context, s *stage, _ *rand.Rand) (func(context.Context) error, error) {
			s.network.reset()
			return func(context.Context) error { s.network.reset(); return nil }, nil
		}},
	}
}

// maintenance is what operators and full disks do.
func maintenance() []strike {
	return []strike{
		{name: "compaction", hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			return func(ctx context.Context) error { return s.compact(ctx, dice) }, s.compact(ctx, dice)
		}},
		{
			name: "compaction while shops are cut off", outage: true,
			hit: func(_ context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
				s.network.set(weather{cut: true}, bothWays([]string{shoppers}, s.others(""))...)
				return func(ctx context.Context) error {
					s.network.reset()
					return errors.Join(s.compact(ctx, dice), s.clearUp(ctx))
				}, nil
			},
		},
		{
			name: "defragmentation of all members, one after another",
			hit: func(ctx context.Context, s *stage, _ *rand.Rand) (func(context.Context) error, error) {
				for _, member := range s.members.Members() {
					if _, err := s.clients[member.Name].Defragment(ctx, member.ClientURL); err != nil {
						return nil, err
					}
				}
				return healed, nil
			},
		},
		{name: "NOSPACE alarm", outage: true, hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			names, err := pickFollower(ctx, s, dice)
			if err != nil {
				return nil, err
			}
			client := s.clients[names[0]]
			full := &pb.AlarmMember{MemberID: s.ids[names[0]], Alarm: pb.AlarmType_NOSPACE}
			_, err = pb.NewMaintenanceClient(client.ActiveConnection()).Alarm(ctx,
				&pb.AlarmRequest{Action: pb.AlarmRequest_ACTIVATE, MemberID: full.MemberID, Alarm: full.Alarm})
			return func(ctx context.Context) error {
				_, err := pb.NewMaintenanceClient(client.ActiveConnection()).Alarm(ctx,
					&pb.AlarmRequest{Action: pb.AlarmRequest_DEACTIVATE, MemberID: full.MemberID, Alarm: full.Alarm})
				return err
			}, err
		}},
		{name: "another leader", hit: func(ctx context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			names, err := pick(ctx, s, dice, 2)
			if err != nil {
				return nil, err
			}
			_, err = s.clients[names[0]].MoveLeader(ctx, s.ids[names[1]])
			return healed, err
		}},
	}
}

func healed(context.Context) error { return nil }

// compact forgets all history but the last few revisions.
func (s *stage) compact(ctx context.Context, dice *rand.Rand) error {
	client := s.clients[s.others("")[dice.IntN(nodes)]]
	newest, err := client.Get(ctx, "x")
	if err != nil {
		return err
	}
	_, err = client.Compact(ctx, newest.Header.Revision-int64(dice.IntN(3)))
	return err
}

// shopFaults happen to the shop's own processes.
func shopFaults() []strike {
	return []strike{
		{name: "kill -9 of a shop process", hit: func(_ context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			p := s.shops[dice.IntN(len(s.shops))]
			return func(context.Context) error { return p.restart() }, p.kill()
		}},
		{name: "SIGSTOP of a shop process", hit: func(_ context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			p := s.shops[dice.IntN(len(s.shops))]
			return func(context.Context) error { return p.signal(syscall.SIGCONT) }, p.signal(syscall.SIGSTOP)
		}},
		{name: "the clock of a shop process set back", hit: func(_ context.Context, s *stage, dice *rand.Rand) (func(context.Context) error, error) {
			p := s.shops[dice.IntN(len(s.shops))]
			p.tell(orderClock, fmt.Sprint(time.Duration(1+dice.IntN(48))*time.Hour))
			return func(context.Context) error { p.tell(orderClock, "0s"); return nil }, nil
		}},
	}
}
