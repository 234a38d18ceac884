package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheShopSpeaksLineByLineOverAPipe(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	said := p.runWith("register\nann\nlong enough\nlong enough\nAnn Lee\nann@example.com\n"+
		"search flash\n1\nbuy 2 red\nyes\nlogout\nlogin ann\nlong enough\norders\ncancel 1\nyes\norders\nquit\n", "--plain")
	require.Zero(t, said.code, said.err)
	require.Empty(t, said.err)
	require.NotContains(t, said.out, "long enough")
	require.NotContains(t, said.out, "\x1b")
	require.Regexp(t, `(?s)Welcome, Ann Lee\.\n1 of 1 event\..*red: £10\.50, 20 of 20 left\.\nBuy 2 red tickets for Flash\?\nYou pay £21\.00\.\n`+
		`Buying 2 red tickets \.\.\.\nBought 2 red tickets: order \w+\.\nYou are logged out\.\n.*You have 1 order, .*`+
		`Cancelled order \w+: 2 red tickets given back, you get £[\d.]+ back\.\nYou have no orders\.\n$`, said.out)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
	require.Contains(t, p.run().err, "--plain speaks with you line by line")
}
