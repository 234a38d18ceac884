package cli_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type repairs struct {
	Plan []struct {
		Kind, Key, Does string
	}
	Mended int
	Before report
	After  *report
}

func TestAnAuditSaysHowToMendAndMendsWhenAsked(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	damaged := strings.Replace(rush(), `"search:text:york":["`+rushID+`"]`, `"search:text:york":["gone"]`, 1)
	damaged = strings.Replace(damaged, `"current_quantity":20`, `"current_quantity":19`, 1)
	damaged = strings.TrimSuffix(damaged, "}") + `,"purchase:u01:gone":[{"id":"x1","tickets":[]}]}`
	p.must("load", p.file("damaged.json", damaged))
	before := p.must("dump").out

	r := p.run("audit")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.out, "the list has 1 event id that does not exist")
	require.Contains(t, r.out, "(ticketcd audit --repair mends it")
	require.Contains(t, r.err, "the audit found 4 violations")

	r = p.run("audit", "--repair")
	require.Equal(t, 2, r.code, "nobody is there to be asked")
	require.Contains(t, r.out, "search:text:york: add 1 event, take off 1 id of no event, or of another type or place")
	require.Contains(t, r.err, "nothing was changed: give --yes")
	require.Equal(t, 2, p.run("audit", "--yes").code)
	shown := p.run("audit", "--repair", "-w", "json")
	require.Equal(t, 2, shown.code)
	require.Nil(t, decode[repairs](t, shown).After)
	require.Equal(t, before, p.must("dump").out)

	r = p.run("audit", "--repair", "--yes", "-w", "json")
	require.Equal(t, 1, r.code, "the order for an event that is gone stays: %s", r.err)
	did := decode[repairs](t, r)
	require.Len(t, did.Before.Violations, 4)
	require.Equal(t, len(did.Plan), did.Mended)
	require.Len(t, did.After.Violations, 1)
	require.Contains(t, p.must("dump").out, `"purchase:u01:gone": [{"id":"x1","tickets":[]}]`)
	require.Equal(t, rushID, decode[[]event](t, p.must("search", "york", "-w", "json"))[0].ID)
	r = p.run("audit", "--repair", "--yes")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.err, "There is nothing that can be mended automatically.")
}
