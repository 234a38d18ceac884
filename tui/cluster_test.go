//go:build unix

package tui_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

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
	const paused = "sales paused, counts 0 s old"
	shop, members := openFleet(t, programme()...)
	ann, eve := shop.sits("ann"), shop.sitsAt("eve", 60, 20)
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Bought 1 red ticket: order")
	ann.presses("enter").sees("299 of 300") // or it would not be known when the cluster falls silent
	eve.sees("Log in")
	require.NoError(t, members.Kill("m2"))
	require.NoError(t, members.Kill("m3"))
	ann.sees(paused)
	eve.sees(paused)
	for _, p := range []*person{ann, eve} {
		p.mayBeTold("The store's members cannot agree: sales are paused").mayBeTold("counts are as of then")
	}
	ann.sees("Café Noir", "299 of 300", paused).presses("b", "right", "enter", "y")
	ann.sees("The store's members cannot agree: sales are paused, nothing was charged", paused)
	require.NoError(t, members.Start(t.Context(), "m3"))
	ann.seesNo(paused).sees("live").presses("enter", "y").sees("Bought 1 red ticket: order")
	eve.seesNo(paused).sees("live")
	shop.audit()
}

// fleetSeen is a cluster of five members as it is seen at the opening: one is down, one is paused, and much has happened.
func fleetSeen() (model.Cluster, []model.Process) {
	c := model.Cluster{Quorum: true, Healthy: 3, Leader: "m4", Taken: opening}
	var processes []model.Process
	for i := range 5 {
		id := strconv.Itoa(i + 1)
		m := model.Member{
			Name: "m" + id, ID: strings.Repeat(id, 16), Endpoint: "https://127.0.0.1:2714" + id, Version: "3.7.3", Leader: i == 3,
			RaftTerm: 5, RaftIndex: 104_230, RaftApplied: 104_230 - uint64(i%2), DBSize: 21 << 20, DBInUse: 19 << 20, Quota: 2 << 30,
			Latency: time.Duration(800+i*300) * time.Microsecond, Uptime: 3 * time.Minute, Measured: true,
			Peers: map[string]time.Duration{strings.Repeat("3", 16): 1200 * time.Microsecond, strings.Repeat("5", 16): 2 * time.Millisecond},
		}
		for second := range model.MaxSamples {
			sold := 40 + 35*math.Sin(float64(second)/20+float64(i))
			m.Activity = model.Activity{
				Requests: model.Requests{Txn: sold, Range: 3}, Committed: 2 * sold, LeaderChanges: 3, Watchers: 1, Pending: second % 3,
				BytesIn: sold * 2000, BytesOut: sold * 3000, FsyncP99: time.Duration(2+second%7) * time.Millisecond, CommitP99: 9 * time.Millisecond,
			}
			m.History = append(m.History, model.Sample{
				Taken: opening.Add(time.Duration(second-model.MaxSamples) * time.Second), Healthy: true, Latency: m.Latency, Activity: m.Activity,
			})
		}
		state, fault := model.ProcessRunning, ""
		if i < 2 {
			m = model.Member{Name: m.Name, ID: m.ID, Endpoint: m.Endpoint, Err: "it does not answer", Since: opening.Add(-38 * time.Second)}
			state, fault = []model.ProcessState{model.ProcessStopped, model.ProcessPaused}[i], []string{"member m1 was killed", ""}[i]
		}
		c.Members = append(c.Members, m)
		processes = append(processes, model.Process{Name: m.Name, State: state, Fault: fault})
	}
	for i, words := range []string{
		"5 of 5 members healthy, m1 leads", "m1 does not answer", "m3 became leader", "m2 does not answer", "m3 does not answer",
		"quorum lost: sales are paused", "m3 is back after 21 s", "m4 became leader", "sales resumed after about 21 s",
	} {
		c.Story = append(c.Story, model.Happening{
			At: opening.Add(time.Duration(5*i-100) * time.Second), Words: words, Bad: strings.Contains(words, "lost") || strings.Contains(words, "not"),
		})
	}
	return c, processes
}

func TestTheClusterLooksAsItShould(t *testing.T) {
	t.Parallel()
	c, processes := fleetSeen()
	isPictured(t, "cluster", tui.MembersFrame(c, processes, "m4", opening, 120, 32), 120, 32)
	for _, size := range looked {
		for _, member := range []string{"m1", "m2", "m4"} {
			looksLike(t, fmt.Sprintf("cluster-%s-%dx%d", member, size.width, size.height),
				tui.MembersFrame(c, processes, member, opening, size.width, size.height))
		}
	}
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

func TestAnAdminComesBackToTheMemberThatTheyLeft(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	boss := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 80, 24).logsIn("boss", "boss-secret")
	boss.presses("f4").seesRow("›", "m1").pointsAt("m3").presses("f5").sees("Revenue").presses("f4").seesRow("›", "m3")
	boss.presses("s").sees("Stop m3?").presses("esc")
	boss.presses("f3", "ctrl+o").sees("You are logged out").logsIn("boss", "boss-secret").presses("f4").seesRow("›", "m1")
}

func TestAnAdminKillsMembersAndStartsThemFromTheScreen(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 80, 40)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("3 of 3 members healthy: 1 more member may fail", "kill -9")
	seen, err := shop.store.Status(t.Context())
	require.NoError(t, err)
	first, other := seen.Leader, "m1"
	if first == other {
		other = "m2"
	}
	admin.pointsAt(first).presses("x").sees("Kill "+first+"?", "It leads, so orders wait", "no more members may fail", "Leave it")
	admin.presses("enter").seesNo("Kill "+first).presses("x", "y").sees("Member "+first+" was killed").seesRow(":", "  "+first+" was killed")
	admin.seesRow(first, "stopped for").sees("2 of 3 members healthy: no more members may fail").seesRow(first + " does not answer").seesRow("became leader")
	shop.buys("ann", jazzID, "red", 1)

	admin.pointsAt(other).presses("p").sees("Pause "+other+"?", "Sales stop then", "when it is resumed.").presses("y").sees("Member " + other + " is paused")
	admin.sees("○ sales paused", "sales are paused until 1 more member returns").seesRow(other, "paused for").sees("p resumes it", "quorum lost: sales are paused")
	_, err = shop.tries("ann", jazzID, "red", 1)
	require.ErrorContains(t, err, "nothing was charged")
	admin.pointsAt(first).presses("s").sees("Member "+first+" has started").seesRow(":", "  "+first+" has started")
	admin.sees("● live", "2 of 3 members healthy: no more members may fail", "sales resumed after about")
	admin.pointsAt(other).presses("p").sees("Member " + other + " is resumed")
	admin.sees("3 of 3 members healthy").mayBeTold("The store's members cannot agree: sales are paused").mayBeTold("counts are as of then")
	shop.buys("ann", jazzID, "red", 1)
	shop.audit()
}

// outrun is a machine on which somebody else is always a moment faster.
type outrun struct{ tui.Machine }

func (o outrun) Do(ctx context.Context, act model.MemberAct, member string) error {
	if err := o.Machine.Do(ctx, act, member); err != nil {
		return err
	}
	return o.Machine.Do(ctx, act, member)
}

func TestWhatWasNotDoneToAMemberIsNotInItsStory(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	require.NoError(t, members.Kill("m3"))
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: outrun{members.Connection()}}, 80, 40)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("2 of 3 members healthy").pointsAt("m3").sees("s start").presses("s")
	admin.sees("✗ Member m3 is ", " already").sees("s stop", "3 of 3 members healthy").seesNo("m3 has started")
}

// raisesAlarm has the first member raise an alarm, which binds all.
func (s *shop) raisesAlarm(alarm pb.AlarmType) {
	s.t.Helper()
	client, err := clientv3.New(clientv3.Config{Endpoints: s.endpoints[:1]})
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, client.Close()) }()
	member, err := client.Status(s.t.Context(), s.endpoints[0])
	require.NoError(s.t, err)
	_, err = pb.NewMaintenanceClient(client.ActiveConnection()).Alarm(s.t.Context(), &pb.AlarmRequest{
		Action: pb.AlarmRequest_ACTIVATE, MemberID: member.Header.MemberId, Alarm: alarm,
	})
	require.NoError(s.t, err)
}

func TestAnAdminSeesThatTheDatabaseIsFullAndWhatToDo(t *testing.T) {
	t.Parallel()
	shop, _ := openFleet(t, employs(programme())...)
	admin, small := shop.sits("boss"), shop.sitsAt("boss", 60, 20)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("3 of 3 members healthy: 1 more member may fail")
	small.logsIn("boss", "boss-secret").presses("f4").sees("3 of 3 members healthy")
	shop.raisesAlarm(pb.AlarmType_NOSPACE)
	admin.sees("2 of 3 members healthy: sales are refused, as the database is full", "! NOSPACE", "a clear alarms").seesRow("m1 !")
	admin.sees("Compact the history in the console, defragment every member", "alarms.")
	small.sees("2 of 3 members healthy", "Sales are refused, as the database is full", "then clear the alarms.").seesRow("m1 !")
	_, err := shop.tries("ann", jazzID, "red", 1)
	require.ErrorContains(t, err, "the database is full: nothing was charged")
	admin.presses("a", "y").sees("The alarms are cleared").sees("3 of 3 members healthy: 1 more member may fail").seesNo("m1 !")
	shop.buys("ann", jazzID, "red", 1)
}

func TestShoppersSeeThatSalesArePausedWhileTheDatabaseIsFull(t *testing.T) {
	t.Parallel()
	const why = "The database is full: sales are paused until an admin makes room"
	shop, _ := openFleet(t, employs(programme())...)
	ann, eve := shop.sits("ann"), shop.sitsAt("eve", 70, 20)
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b").seesRow("›", "red").mayBeTold(why)
	eve.sees("Log in", "● live")
	bob := shop.calls().logsIn("bob")
	shop.raisesAlarm(pb.AlarmType_NOSPACE)
	ann.sees("○ sales paused").presses("right", "enter", "y").sees("The database is full: nothing was charged", "○ sales paused")
	eve.sees("○ sales paused", why)
	bob.hears(why + ".\n")
	require.NoError(t, shop.store.DisarmAlarms(t.Context(), "boss"))
	eve.sees("● live").seesNo("full")
	bob.hears("There is room in the database again: tickets are sold.\n").says("quit").all()
	ann.sees("● live").presses("enter", "y").sees("Bought 1 red ticket: order").seesNo("paused")
	shop.audit()
}

func TestWithOneMemberARefusedOrderTellsAllThatSalesArePaused(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann, bob := shop.sits("ann"), shop.sits("bob").mayBeTold("The database is full: sales are paused until an admin makes room")
	ann.logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b").seesRow("›", "red")
	bob.logsIn("bob", "bob-secret").presses("f2").sees("No notifications yet", "● live")
	shop.raisesAlarm(pb.AlarmType_NOSPACE)
	ann.presses("right", "enter", "y").sees("The database is full: nothing was charged", "○ sales paused")
	bob.sees("○ sales paused").presses("/").sees("3 events")
	require.NoError(t, shop.store.DisarmAlarms(t.Context(), "boss"))
	bob.sees("● live")
	ann.sees("● live").presses("enter", "y").sees("Bought 1 red ticket: order")
}

func TestOnlyTheMachinesOwnerStopsMembers(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	elsewhere := shop.sits("boss")
	elsewhere.logsIn("boss", "boss-secret").presses("f4").sees("3 of 3 members healthy").seesNo("kill -9").presses("x", "s", "p", "w").sees("Only on the machine of m1, and not over SSH", "d defragment").seesNo("Save a snapshot")
	elsewhere.mayBeTold("You are no longer an admin")
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f4").seesRow("›", "m1").presses("s").sees("Stop m1?")
	require.NoError(t, shop.store.SetRole(t.Context(), "boss", model.RoleUser))
	elsewhere.sees("You are no longer an admin")
	admin.sees("You are no longer an admin").seesNo("Stop m1?")
	for _, m := range members.Members() {
		require.Equal(t, model.ProcessRunning, m.State)
	}
}

func TestAnAdminSavesASnapshotAndSeesHowFarItIs(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	at := folder{shop.store, t.TempDir(), make(chan struct{})}
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Files: at}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("1 of 1 member healthy: sales stop if it fails")
	admin.presses("w").sees("Save a snapshot", "ticketcd-2027-03-01-093000.snapshot").presses("ctrl+u", "enter").sees("name a file")
	admin.types("shop.snapshot").presses("enter").sees("Saving a snapshot to shop.snapshot: 1 MB of about 1 MB")
	admin.presses("w").sees("Not yet: still saving a snapshot")
	close(at.done)
	admin.sees("Saved a snapshot of")
	saved, err := os.Stat(filepath.Join(at.path, "shop.snapshot"))
	require.NoError(t, err)
	require.Positive(t, saved.Size())
}

func TestASnapshotThatCannotBeSavedLeavesItsNameToBeMended(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	at := folder{shop.store, t.TempDir(), make(chan struct{})}
	close(at.done)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Files: at}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("1 of 1 member healthy").presses("w", "ctrl+u")
	admin.types("nowhere/x.snapshot").presses("enter").sees("Save a snapshot", "nowhere/x.snapshot", "↑ the snapshot cannot be written")
	require.NoError(t, os.Mkdir(filepath.Join(at.path, "nowhere"), 0o700))
	admin.presses("enter").sees("Saved a snapshot of").seesNo("↑ the snapshot")
}

func TestDefragmentingSaysWhatItCostsAndThatItWasDone(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 80, 40)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("3 of 3 members healthy")
	seen, err := shop.store.Status(t.Context())
	require.NoError(t, err)
	other := "m1"
	if seen.Leader == other {
		other = "m2"
	}
	admin.pointsAt(seen.Leader).presses("d").sees("Sales stop until it is done, as it leads").presses("n")
	admin.pointsAt(other).presses("d").sees("Sales go on meanwhile").presses("y").sees("Member " + other + " is defragmented")
	admin.seesRow(":", "  "+other+" is defragmented")
}

func TestWhyAMemberIsOutIsToldInFullAndSlowDisksInSeconds(t *testing.T) {
	t.Parallel()
	c, processes := fleetSeen()
	processes[0].Fault = strings.Repeat("member m1 cannot be started again and again ", 10) + "with its last word"
	require.Contains(t, ansi.Strip(tui.MembersFrame(c, processes, "m1", opening, 120, 40)), "last word")
	c.Members[3].Activity.FsyncP99 = 8192 * time.Millisecond
	require.Contains(t, ansi.Strip(tui.MembersFrame(c, processes, "m4", opening, 120, 40)), "99 of 100 log writes in 8.2 s,")
}

// growing is a folder on a disk that takes no more until it is told to, and then some for half a second.
type growing struct {
	folder
	more, full chan struct{}
}

func (g growing) SaveSnapshot(_ context.Context, _ string, told func(int64)) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for more := false; !more; {
		told(1 << 20)
		select {
		case <-tick.C:
		case <-g.more:
			more = true
		}
	}
	for range 60 {
		<-tick.C
		told(2 << 20)
	}
	close(g.full)
	<-g.done
	return nil
}

func TestHowFarASnapshotIsHidesNothingThatIsSaidMeanwhile(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	at := growing{folder{shop.store, t.TempDir(), make(chan struct{})}, make(chan struct{}), make(chan struct{})}
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Files: at}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("1 of 1 member healthy").presses("w").sees("ticketcd-2027").presses("enter")
	admin.sees(".snapshot: 1 MB of about 1 MB").presses("w").sees("Not yet: still saving a snapshot")
	close(at.more)
	<-at.full
	frame, _ := admin.frames.get()
	require.Contains(t, frame, "Not yet: still saving a snapshot")
	close(at.done)
	admin.sees("Saved a snapshot of 2 MB")
}

func TestAQuestionAboutAMemberTellsWhatIsTrueNow(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("3 of 3 members healthy").pointsAt("m3")
	admin.presses("x").sees("Kill m3?", "no more members may fail")
	require.NoError(t, members.Kill("m1"))
	admin.sees("Kill m3?", "Sales stop then").seesNo("After that").presses("n").sees("2 of 3 members healthy")
	admin.mayBeTold("The store's members cannot agree: sales are paused").mayBeTold("counts are as of then")
}

func TestWhereTheProcessThatRanTheMembersHasGoneTheScreenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("3 of 3 members healthy", "s stop", "x kill -9", "p pause").pointsAt("m1")
	require.NoError(t, members.Close())
	admin.sees("holds a cluster of 3 members, which is not running").seesNo("s stop").seesNo("kill -9").seesNo("p pause")
	admin.mayBeTold("The store's members cannot agree: sales are paused").mayBeTold("counts are as of then").mayBeTold("No member")
	admin.presses("s").seesRow("! /")
}

func TestTheFooterOffersWhatCanBeDoneToAMember(t *testing.T) {
	t.Parallel()
	shop, members := openFleet(t, employs(programme())...)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, Machine: members.Connection()}, 120, 40)
	admin.logsIn("boss", "boss-secret").presses("f4").sees("3 of 3 members healthy", "s stop", "d defragment").seesNo("clear alarms").pointsAt("m1")
	require.NoError(t, members.Kill("m1"))
	admin.sees("2 of 3 members healthy", "s start").seesNo("make leader").seesNo("defragment").presses("m").sees("! Member m1 does not answer")
	admin.presses("a").sees("! There is no alarm").presses(":").types("defrag").seesRow("›", "Defragment")
	admin.presses("enter").sees("! Member m1 does not answer")
}

func TestTheDetailsOfAMemberAreToldInFullWhereThereIsRoomBelowTheList(t *testing.T) {
	t.Parallel()
	c, _ := fleetSeen()
	c.Members, c.Story = c.Members[2:], c.Story[:1]
	c.Members[0].Name, c.Members[2].Name = "londondock03", "londonriver05"
	frame := tui.MembersFrame(c, nil, "m4", opening, 80, 24)
	require.Contains(t, ansi.Strip(frame), "network   39 kB in, 58 kB out a second; londondock03 1.2 ms,")
	require.Contains(t, ansi.Strip(frame), "          londonriver05 2.0 ms")
	frame = tui.MembersFrame(c, nil, "m4", opening, 60, 20)
	require.Contains(t, ansi.Strip(frame), "requests  3 gets, 0 puts, 20 transactions,")
	require.Contains(t, ansi.Strip(frame), "           0 deletes a second; 1 watch")
}
