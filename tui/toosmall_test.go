package tui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/tui"
)

// resizes the window.
func (p *person) resizes(width, height int) *person {
	p.program.Send(tea.WindowSizeMsg{Width: width, Height: height})
	return p
}

func TestASmallWindowIsToldWhatIsNeeded(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := shop.sits("ann")
	ann.sees("Log in").resizes(50, 12).sees("Please make this window larger,", "or press ctrl+c to leave.", "60 × 20", "50 × 12")
	ann.resizes(60, 20).sees("User name").resizes(12, 3).sees("Please make").resizes(80, 24).sees("User name")
}

func TestNothingIsDoneInAWindowTooSmallToShowIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	order := shop.buys("ann", jazzID, "red", 1)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Mouse: true}, 80, 24)
	ann.logsIn("ann", "ann-secret").presses("f3").sees("1 order", "Order "+order.ID).resizes(59, 24).sees("or press q to leave")
	ann.presses("c", "y", "f2", "esc", "/").types("zzz").program.Send(tea.PasteMsg{Content: "zzz"})
	ann.program.Send(tea.MouseClickMsg{X: 2, Y: 23, Button: tea.MouseLeft})
	ann.resizes(80, 24).sees("1 order", "Order "+order.ID).seesNo("Cancel an order")
	ann.presses("c").sees("Cancel an order").resizes(80, 19).sees("press ctrl+c to leave").presses("y", "q")
	ann.resizes(80, 24).sees("Cancel an order").presses("n").opens("jazz", "Café Noir").presses("b", "right").sees("buys 1 red")
	ann.resizes(20, 10).sees("larger").presses("enter", "y").resizes(80, 24).sees("buys 1 red").seesNo("Confirm the order")
	shop.audit()
	ann.presses("esc", "esc", "tab").sees("choose type").resizes(20, 10).sees("press q").presses("q").hasLeft()
}

func TestAWindowTooSmallNamesThePersonsOwnKeyToLeave(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	ann := sit(t, "ann", tui.Config{Store: shop.store, Live: shop.live, Keys: tui.Keymap{"quit": {"Q"}}}, 80, 24)
	ann.logsIn("ann", "ann-secret").presses("f2").sees("No notifications yet").resizes(30, 10).sees("press Q to leave").presses("q", "Q").hasLeft()
}

func TestWhoLeavesInAWindowTooSmallIsToldWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	release := make(chan struct{})
	ann := sit(t, "ann", tui.Config{Store: broken{shop.store, release}, Live: shop.live}, 80, 24)
	bob := sit(t, "bob", tui.Config{Store: broken{shop.store, release}, Live: shop.live}, 80, 24)
	for _, p := range []*person{ann, bob} {
		p.logsIn(p.name, p.name+"-secret").opens("jazz", "Café Noir").presses("b", "right", "enter", "y").sees("Checking whether your order")
		p.resizes(59, 24).sees("press q to leave").presses("q").sees("Still busy: Buying 1 red ticket.", "you will not see how it ends", "press ctrl+c to leave")
	}
	ann.presses("ctrl+c").hasLeft()
	bob.presses("y", "enter", "n").resizes(80, 24).sees("Leave the shop").presses("n")
	close(release)
	bob.sees("Bought 1 red ticket: order")
	shop.audit()
}
