package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// storyOf is what a story tells, without when.
func storyOf(c Cluster) []string {
	var words []string
	for _, h := range c.Story {
		words = append(words, h.Words)
	}
	return words
}

// look is a look at three members, of which some are down, some seconds after the first.
func look(second int, leader string, down ...string) Cluster {
	c := Cluster{Taken: time.Unix(int64(1000+second), 0), Leader: leader, Quorum: leader != "", Healthy: 3 - len(down)}
	for _, name := range []string{"m1", "m2", "m3"} {
		m := Member{ID: name, Name: name, Version: "3.7.3", Uptime: time.Hour}
		for _, gone := range down {
			if gone == name {
				m = Member{ID: name, Name: name, Err: "it does not answer", Since: c.Taken}
			}
		}
		c.Members = append(c.Members, m)
	}
	return c
}

func TestTheStorySaysWhatHappenedFromOneLookToTheNext(t *testing.T) {
	t.Parallel()
	c := look(0, "m1").Continue(Cluster{})
	c = look(1, "m1").Continue(c)
	require.Equal(t, []string{"3 of 3 members healthy, m1 leads"}, storyOf(c))
	c = look(2, "m2", "m1").Continue(c)
	require.Equal(t, []string{"m1 does not answer", "m2 became leader"}, storyOf(c)[1:])
	require.True(t, c.Story[1].Bad)
	require.Equal(t, time.Unix(1002, 0), c.Story[1].At)

	lost := look(5, "", "m1", "m2").Continue(c)
	require.Equal(t, []string{"m2 does not answer", "quorum lost: sales are paused"}, storyOf(lost)[3:])
	lost = look(7, "", "m1", "m2").Continue(lost)
	require.Equal(t, time.Unix(1005, 0), lost.Paused)
	back := look(9, "m3", "m2").Continue(lost)
	require.Equal(t, []string{"m1 is back after 2 s", "m3 became leader", "sales resumed after about 4 s"}, storyOf(back)[5:])
	require.True(t, back.Paused.IsZero())
	require.Len(t, lost.Story, 5, "an older story is not changed")
}

func TestTheStoryKnowsNoTimesWhereNobodyLooked(t *testing.T) {
	t.Parallel()
	c := look(1, "m1", "m2").Continue(look(0, "m1").Continue(Cluster{}))
	later := look(301, "m3").Continue(c)
	require.Equal(t, []string{"m2 is back while nobody looked", "m3 became leader while nobody looked"}, storyOf(later)[2:])
	lost := look(302, "", "m1", "m2").Continue(later)
	require.Equal(t, "sales resumed while nobody looked", storyOf(look(600, "m3").Continue(lost))[10])

	lost = look(600, "", "m1", "m2").Continue(later)
	require.Equal(t, "quorum lost: sales are paused", storyOf(lost)[6], "it is so now, whenever it began")
	require.True(t, lost.Paused.IsZero())
	lost = look(601, "", "m1", "m2").Continue(lost)
	require.True(t, lost.Paused.IsZero())
	require.Equal(t, "sales resumed", storyOf(look(602, "m3").Continue(lost))[10])
}

func TestTheStoryTellsALeaderThatIsMissingFromAQuorumThatIsLost(t *testing.T) {
	t.Parallel()
	c := look(0, "m1").Continue(Cluster{})
	between := look(1, "", "m1").Continue(c)
	require.Equal(t, []string{"m1 does not answer", "no leader: sales are paused"}, storyOf(between)[1:])
	require.Equal(t, []string{"m2 became leader", "sales resumed after about 1 s"}, storyOf(look(2, "m2", "m1").Continue(between))[3:])
	lost := look(2, "", "m1", "m2").Continue(between)
	require.Equal(t, []string{"m2 does not answer", "quorum lost: sales are paused"}, storyOf(lost)[3:])
	require.Len(t, look(3, "", "m1", "m2").Continue(lost).Story, 5)
	require.Len(t, look(3, "", "m1").Continue(lost).Story, 6, "enough are back, and do not agree yet")
}

func TestTheStoryTellsOfAlarmsAndRestarts(t *testing.T) {
	t.Parallel()
	c := look(0, "m1").Continue(Cluster{})
	full := look(1, "m1")
	full.Members[1].Alarms = []string{"NOSPACE"}
	full.Members[2].Uptime = time.Second
	full = full.Continue(c)
	require.Equal(t, []string{"m2 raised the alarm NOSPACE", "m3 was restarted"}, storyOf(full)[1:])
	require.Equal(t, "the alarm NOSPACE of m2 was cleared", storyOf(look(2, "m1").Continue(full))[3])
	cut := look(3, "m1")
	cut.Members[2].Err = "it is cut off from the other members"
	require.Equal(t, "m3 is cut off from the others", storyOf(cut.Continue(c))[1])
}

func TestTheStoryOfALongDayIsCutAtItsBeginning(t *testing.T) {
	t.Parallel()
	c := look(0, "m1").Continue(Cluster{})
	for i := range MaxStory {
		c = look(i+1, "m1", []string{"m2", "m3"}[i%2]).Continue(c)
	}
	require.Len(t, c.Story, MaxStory)
	require.Equal(t, "m3 does not answer", c.Story[MaxStory-1].Words)
}
