package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// seen is a cluster of so many voters of which some are down.
func seen(voters, down int) Cluster {
	c := Cluster{Quorum: voters-down >= voters/2+1, Members: make([]Member, voters)}
	for i := range down {
		c.Members[i].Err = "it does not answer"
	}
	return c
}

func TestTheOutlookSaysWhatTheClusterCanStillLose(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		voters, down, canLose int
		says                  string
	}{
		{0, 0, 0, "nothing is known of the cluster yet"},
		{1, 0, 0, "sales stop if it fails"},
		{1, 1, 0, "sales are paused, as no member answers"},
		{2, 0, 0, "no more members may fail"},
		{3, 0, 1, "1 more member may fail"},
		{3, 1, 0, "no more members may fail"},
		{3, 2, 0, "sales are paused until 1 more member returns"},
		{4, 0, 1, "1 more member may fail"},
		{5, 0, 2, "2 more members may fail"},
		{5, 2, 0, "no more members may fail"},
		{5, 4, 0, "sales are paused until 2 more members return"},
		{7, 1, 2, "2 more members may fail"},
	} {
		c := seen(test.voters, test.down)
		require.Equal(t, test.canLose, c.CanLose(), "%d of %d", test.down, test.voters)
		require.Equal(t, test.says, c.Outlook(), "%d of %d", test.down, test.voters)
	}
}

func TestAClusterThatHasNoLeaderWaitsForOne(t *testing.T) {
	t.Parallel()
	c := seen(5, 0)
	c.Quorum = false
	require.Zero(t, c.CanLose())
	require.Equal(t, "sales are paused until the members have a leader", c.Outlook())
}

func TestAClusterWithAnAlarmRefusesSales(t *testing.T) {
	t.Parallel()
	c := seen(5, 1)
	c.Members[1].Alarms = []string{"NOSPACE"}
	require.False(t, c.Members[1].Sound())
	require.True(t, c.Members[1].Healthy(), "it can be defragmented")
	require.Equal(t, "sales are refused, as the database is full", c.Outlook())
	require.Equal(t, "compact the history in the console, defragment every member, then clear the alarms", c.Remedy())
	require.Equal(t, 2, c.After(2, false).Healthy)
	require.Equal(t, "sales are paused until 1 more member returns", c.After(2, false).After(3, false).Outlook(), "that comes first")
	c.Members[0].Alarms = []string{"CORRUPT"}
	require.Equal(t, "sales are refused, as the members' data differ", c.Outlook(), "also of a member that is down")
	require.Contains(t, c.Remedy(), "restore a snapshot")
	c.Members[0].Alarms, c.Members[1].Alarms = nil, []string{"A NEW ONE"}
	require.Equal(t, "1 more member may fail", c.Outlook(), "nobody knows what that means")
	require.Empty(t, c.Remedy())
}

func TestWhatIsLeftAfterAMemberHasFailedOrReturned(t *testing.T) {
	t.Parallel()
	c := seen(5, 1)
	once := c.After(1, false)
	require.Equal(t, "no more members may fail", once.Outlook())
	twice := once.After(4, false)
	require.False(t, twice.Quorum)
	require.Equal(t, 2, twice.Healthy)
	require.Equal(t, "sales are paused until 1 more member returns", twice.Outlook())
	require.Equal(t, "no more members may fail", twice.After(0, true).Outlook())
	require.Equal(t, "1 more member may fail", c.Outlook(), "it is not changed")
	require.Equal(t, "sales are paused, as no member answers", seen(1, 0).After(0, false).Outlook())
}

func TestALearnerIsNoHelpAndNoLoss(t *testing.T) {
	t.Parallel()
	c := seen(3, 0)
	c.Members = append(c.Members, Member{Learner: true})
	require.Equal(t, 1, c.CanLose())
	c.Members[3].Err = "it does not answer"
	require.Equal(t, 1, c.CanLose())
}

func TestAMemberLagsByWhatTheOthersKnow(t *testing.T) {
	t.Parallel()
	c := Cluster{Members: []Member{
		{ID: "a", RaftIndex: 120, RaftApplied: 119, Leader: true},
		{ID: "b", RaftIndex: 100, RaftApplied: 90},
		{ID: "c", Err: "it does not answer"},
	}}
	require.EqualValues(t, 1, c.Lag(c.Members[0]))
	require.EqualValues(t, 30, c.Lag(c.Members[1]))
	require.Zero(t, c.Lag(c.Members[2]))
	b, ok := c.Member("b")
	require.True(t, ok)
	require.EqualValues(t, 90, b.RaftApplied)
	_, ok = c.Member("")
	require.False(t, ok)
}

func TestAMemberIsCalledByWhatIsKnownOfIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "m1", Member{Name: "m1", Endpoint: "127.0.0.1:2379"}.Title())
	require.Equal(t, "127.0.0.1:2379", Member{Endpoint: "127.0.0.1:2379"}.Title())
	require.Equal(t, "leader", Member{Leader: true}.Role())
	require.Equal(t, "follower", Member{}.Role())
	require.Equal(t, "learner", Member{Learner: true}.Role())
	require.Empty(t, Member{Leader: true, Err: "it does not answer"}.Role())
	require.Equal(t, 15.0, Requests{Range: 1, Put: 2, Delete: 3, Txn: 4, Watch: 100, Other: 5}.Total())
}

func TestSizesAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	for size, text := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1 kB", 1536: "1.5 kB", 24576: "24 kB", 1<<20 - 1: "1 MB", 9_950_000: "9.5 MB",
		10 << 20: "10 MB", 2 << 30: "2 GB", 1 << 62: "4 EB",
	} {
		require.Equal(t, text, Bytes(size))
	}
}

func TestABoardShowsTheNewestAndWakesWhoWaits(t *testing.T) {
	t.Parallel()
	board := NewBoard(Cluster{})
	_, changed := board.Read()
	select {
	case <-changed:
		t.Fatal("nothing was posted yet")
	default:
	}
	for second := range 3 {
		board.Post(Cluster{Taken: time.Unix(int64(second), 0)})
	}
	<-changed
	c, _ := board.Read()
	require.Equal(t, time.Unix(2, 0), c.Taken)
}
