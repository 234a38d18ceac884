package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/tui"
)

func TestTheHeaderSaysWhereOneIsHoweverMuchElseItHasToSay(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		tui.Headed
		says string
	}{
		{tui.Headed{On: "event", Width: 60, Told: true}, " TickETCD  / Events › Event  f2  f3        ! 1  ann  ● live "},
		{tui.Headed{On: "event", Width: 60, Told: true, Paused: true}, " TickETCD  Event  …     ! 1  ○ sales paused, counts 3 s old "},
		{tui.Headed{On: "purchase", Width: 60, Told: true, Paused: true}, " TickETCD  Buy tickets  ! 1  ○ sales paused, counts 3 s old "},
		{tui.Headed{On: "editor", Width: 60, Told: true, Admin: true}, " TickETCD  f2  f3  f4  f5  Edit event  f7  …    ! 1  ● live "},
		{tui.Headed{On: "cluster", Width: 60, Told: true, Paused: true, Admin: true}, " TickETCD  Cluster  …   ! 1  ○ sales paused, counts 3 s old "},
	} {
		require.Equal(t, at.says, at.Header())
	}
}

func TestTheHeaderLosesNoPartOfTheShopWithoutAMark(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		tui.Headed
		says string
	}{
		{tui.Headed{On: "event", Width: 80}, " TickETCD  / Events › Event  f2 Notifications  f3 Profile           ann  ● live "},
		{tui.Headed{On: "event", Width: 80, Told: true}, " TickETCD  / Events › Event  f2 Notifications  f3 Profile      ! 1  ann  ● live "},
		{tui.Headed{On: "event", Width: 80, Told: true, Paused: true}, " TickETCD  / Events › Event  f2  f3    ! 1  ann  ○ sales paused, counts 3 s old "},
		{tui.Headed{On: "event", Width: 100, Told: true}, " TickETCD  / Events › Event  f2 Notifications  f3 Profile             ! 1 notification  ann  ● live "},
		{tui.Headed{On: "events", Width: 80, Admin: true}, " TickETCD  / Events  f2 Notifications  f3 Profile  f4  f5  f6  f7   ann  ● live "},
		{tui.Headed{On: "sales", Width: 80, Admin: true, Told: true, Paused: true}, " TickETCD  f2  f3  f4  Sales  f6  f7  …     ! 1  ○ sales paused, counts 3 s old "},
		{tui.Headed{On: "editor", Width: 80, Admin: true, Told: true}, " TickETCD  Events  f2  f3  f4  f5  f6 Manage › Edit event  f7  ! 1  ann  ● live "},
		{tui.Headed{On: "purchase", Width: 80, Admin: true, Told: true, Paused: true}, " TickETCD  Buy tickets  f2  f3  f4  f5  …   ! 1  ○ sales paused, counts 3 s old "},
		{tui.Headed{On: "events", Width: 100, Admin: true, Told: true}, " TickETCD  / Events  f2 Notifications  f3 Profile  f4 Cluster  f5 Sales  f6  f7    ! 1  ann  ● live "},
		{tui.Headed{On: "sales", Width: 120, Admin: true, Told: true}, " TickETCD    Events  f2 Notifications  f3 Profile  f4 Cluster  f5 Sales  f6 Manage events  f7 Console  ! 1  ann  ● live "},
		{tui.Headed{On: "manage", Width: 120, Admin: true, Told: true}, " TickETCD    Events  f2 Notifications  f3 Profile  f4 Cluster  f5 Sales  f6 Manage events  f7 Console  ! 1  ann  ● live "},
		{tui.Headed{On: "manage", Width: 118, Admin: true, Told: true}, " TickETCD    Events  f2 Notifications  f3 Profile  f4 Cluster  f5 Sales  f6 Manage  f7 Console       ! 1  ann  ● live "},
		{tui.Headed{On: "event", Width: 120, Admin: true, Told: true}, " TickETCD  / Events › Event  f2 Notifications  f3 Profile  f4 Cluster  f5 Sales  f6 Manage  f7         ! 1  ann  ● live "},
	} {
		require.Equal(t, at.says, at.Header())
	}
}

func TestTheHeaderShowsNoKeyThatGoesElsewhere(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	boss := shop.sitsAt("boss", 120, 40).logsIn("boss", "boss-secret").presses("f4").sees("/ Events  f2 Notifications")
	for _, key := range []string{"f5", "f6"} {
		boss.presses(key).sees("    Events  f2 Notifications", "press / and type").presses("?").seesRow("│ /", "search").seesNo("search all events").presses("esc").seesNo("│ /")
		boss.presses(":").types("sea").seesRow("› Search", "/  │").seesNo("/ Events").seesRow("  Search all events   ").presses("down", "enter").sees("a name, a place")
	}
}

func TestTheTitlesOfTheHeaderStayWhereTheyAreWhenABoxOpens(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 100, 120} {
		sales := tui.Headed{On: "sales", Width: width, Admin: true, Told: true}
		asked := sales
		asked.On = "question"
		require.Equal(t, sales.Header(), asked.Header())
	}
}
