package tui_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"
)

// standsAt is the row and the column of a frame in which a text begins.
func (p *person) standsAt(text string) (row, column int) {
	p.t.Helper()
	for y, line := range strings.Split(ansi.Strip(p.sees(text).frame()), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			return y, ansi.StringWidth(before)
		}
	}
	require.Fail(p.t, "it is not there", text)
	return 0, 0
}

func TestTheOrderFormStandsInTheMiddleOfALargeWindowWithItsQuestionOverIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t, programme()...)
	const form, question = "Café Noir Jazz Night  ", "Buy 2 red tickets"
	ann := shop.sitsAt("ann", 200, 50).logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b", "2").sees("buys 2 red tickets")
	row, column := ann.standsAt(form)
	require.Equal(t, (200-76)/2, column)
	require.InDelta(t, 16, row, 3)
	asked, from := ann.presses("enter").standsAt(question)
	require.InDelta(t, row, asked, 10, "the question stands by the numbers")
	require.InDelta(t, column, from, 10)

	bob := shop.sits("bob").logsIn("bob", "bob-secret").opens("jazz", "Café Noir").presses("b", "2").sees("buys 2 red tickets")
	row, column = bob.standsAt(form)
	require.Equal(t, []int{3, 2}, []int{row, column}, "where there is no room to spare it stands at the top")
}
