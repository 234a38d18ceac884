package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnATerminalWhatCannotBeUndoneAsksFirst(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	p.must("user", "role", "u00", "admin")
	p.must("buy", rushID, "red=2", "--as", "u01")
	remove := []string{"event", "rm", rushID, "--as", "u00", "--refund"}
	x := p.inTerminal(remove...)
	x.seen.shows(t, "Remove Flash and refund 1 order, £")
	x.types("\r")
	x.seen.shows(t, "Nothing was changed.")
	require.NoError(t, x.program.Wait())
	p.must("event", rushID)

	x = p.inTerminal("query", "del", "--prefix", "search:")
	x.seen.shows(t, "Do this, past the shop's rules? [y/N]")
	x.types("n\r")
	x.seen.shows(t, "Nothing was changed.")
	require.NoError(t, x.program.Wait())
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)

	x = p.inTerminal(remove...)
	x.seen.shows(t, "[y/N]")
	x.types("y\r")
	x.seen.shows(t, "Removed Flash: 1 order refunded")
	require.NoError(t, x.program.Wait())
	x = p.inTerminal("query", "del", "--yes", "user:u02")
	x.seen.shows(t, "1")
	require.NoError(t, x.program.Wait())
	require.Equal(t, 4, p.run("orders", "--as", "u02").code)
}
