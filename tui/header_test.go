package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/tui"
)

func TestTheHeaderSaysWhereOneIsHoweverMuchElseItHasToSay(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		width        int
		paused       bool
		screen, says string
	}{
		{60, false, "event", " TickETCD  Events › Event     ! 1 notification  ann  ● live"},
		{60, true, "event", " TickETCD  Event        ! 1  ○ sales paused, counts 3 s old"},
		{60, true, "purchase", " TickETCD  Buy tickets  ! 1  ○ sales paused, counts 3 s old"},
		{80, true, "cluster", " TickETCD  Cluster        ! 1 notification  ann  ○ sales paused, counts 3 s old"},
		{60, true, "cluster", " TickETCD  Cluster"},
	} {
		require.Contains(t, tui.Header(at.screen, at.width, at.paused), at.says)
	}
}
