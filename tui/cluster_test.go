//go:build unix

package tui_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// openFleet opens a shop in a cluster of three members, each a process of its own.
func openFleet(t *testing.T, records ...model.Record) (*shop, *cluster.Members) {
	t.Helper()
	members, err := cluster.Launch(t.Context(), cluster.MembersConfig{Dir: t.TempDir(), Nodes: 3, Insecure: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, members.Close()) })
	return openShopAt(t, members.Connection().Endpoints, records...), members
}

func TestWithoutALeaderEveryScreenSaysThatSalesArePausedAndTheyResume(t *testing.T) {
	t.Parallel()
	const paused = "no leader: sales paused, as of 0 s ago"
	shop, members := openFleet(t, programme()...)
	ann, eve := shop.sits("ann"), shop.sitsAt("eve", 60, 20)
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Bought 1 red ticket: order")
	eve.sees("Log in")
	require.NoError(t, members.Kill("m2"))
	require.NoError(t, members.Kill("m3"))
	ann.sees(paused)
	eve.sees(paused)
	for _, p := range []*person{ann, eve} {
		p.mayBeTold("The cluster has no leader: sales are paused").mayBeTold("counts are as of then")
	}
	ann.presses("enter").sees("Café Noir", "299 of 300", paused).presses("b", "right", "enter", "y")
	ann.sees("The cluster has no leader: sales are paused, nothing was charged", paused)
	require.NoError(t, members.Start(t.Context(), "m3"))
	ann.seesNo(paused).sees("live").presses("enter", "y").sees("Bought 1 red ticket: order")
	eve.seesNo(paused).sees("live")
	shop.audit()
}

// pointsAt moves an admin's cursor from the first member to another, by its name.
func (p *person) pointsAt(member string) *person {
	p.t.Helper()
	p.presses("home")
	for range strings.TrimPrefix(member, "m")[0] - '1' {
		p.presses("down")
	}
	return p.seesRow("›", member)
}

func TestAnAdminKillsMembersAndStartsThemFromTheScreen(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("3 members of 3 well: 1 more member may fail", "kill -9")
	seen, err := shop.store.Status(t.Context())
	require.NoError(t, err)
	first, other := seen.Leader, "m1"
	if first == other {
		other = "m2"
	}
	admin.pointsAt(first).presses("x").sees("Kill "+first+"?", "It leads, so orders wait", "no more members may fail", "Leave it")
	admin.presses("enter").seesNo("Kill "+first).presses("x", "y").sees("Member " + first + " was killed")
	admin.seesRow(first, "stopped", "nothing listens").sees("2 members of 3 well: no more members may fail").seesRow("leader")
	shop.buys("ann", jazzID, "red", 1)

	admin.pointsAt(other).presses("p").sees("Pause "+other+"?", "Sales stop then").presses("y").sees("Member " + other + " is paused")
	admin.sees("no leader: sales paused", "sales are paused until 1 more member returns").seesRow(other, "paused", "does not answer")
	_, err = shop.tries("ann", jazzID, "red", 1)
	require.ErrorContains(t, err, "nothing was charged")
	admin.pointsAt(first).presses("s").sees("Start "+first+"?", "sales go on").presses("y").sees("Member " + first + " has started")
	admin.sees("● live", "2 members of 3 well: no more members may fail")
	admin.pointsAt(other).presses("p").sees("Resume "+other+"?", "1 more member may fail").presses("y").sees("Member " + other + " goes on")
	admin.sees("3 members of 3 well").mayBeTold("The cluster has no leader: sales are paused").mayBeTold("counts are as of then")
	shop.buys("ann", jazzID, "red", 1)
	shop.audit()
}

func TestOnlyTheMachinesOwnerStopsMembers(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	elsewhere := shop.sits("boss")
	elsewhere.logsIn("boss", "boss-secret").presses("f4").sees("3 members of 3 well").seesNo("kill -9").presses("x", "s", "p").sees("d defragment")
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f4").seesRow("›", "m1").presses("s").sees("Stop m1?")
	require.NoError(t, shop.store.SetRole(t.Context(), "boss", model.RoleUser))
	admin.sees("You are no longer an admin").seesNo("Stop m1?")
	for _, m := range members.Members() {
		require.Equal(t, cluster.Running, m.State)
	}
}
