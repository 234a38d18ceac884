package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

func TestAMemberIsStartingUntilALookFindsItOrItHasHadItsTime(t *testing.T) {
	t.Parallel()
	looks := tui.MemberLooks()
	out := func(second int, state model.ProcessState, words string) {
		t.Helper()
		at := opening.Add(time.Duration(second) * time.Second)
		m := model.Member{Name: "m1", ID: "1", Err: "it does not answer", Since: opening}
		if words == "leader" {
			m = model.Member{Name: "m1", ID: "1", Leader: true}
		}
		c := model.Cluster{Taken: at, Quorum: true, Leader: "m1", Members: []model.Member{m}}
		frame := looks.Sees(c, []model.Process{{Name: "m1", State: state}}, at)
		require.Contains(t, frame, words, "after %d s", second)
	}
	out(1, model.ProcessRunning, "out for 1 s: it does not answer")
	out(5, model.ProcessStopped, "stopped for 5 s")
	out(6, model.ProcessStarting, "starting for 0 s")
	out(8, model.ProcessStarting, "starting for 2 s")
	out(9, model.ProcessRunning, "starting for 3 s")
	out(10, model.ProcessRunning, "leader")
	out(11, model.ProcessRunning, "out for 11 s: it does not answer")
	out(20, model.ProcessStopped, "stopped for 20 s")
	out(21, model.ProcessRunning, "starting for 0 s")
	out(22, model.ProcessPaused, "paused for 22 s")
	out(30, model.ProcessStopped, "stopped for 30 s")
	out(31, model.ProcessRunning, "starting for 0 s")
	out(41, model.ProcessRunning, "starting for 10 s")
	out(42, model.ProcessRunning, "out for 42 s: it does not answer")
}
