package cli_test

import (
	"bufio"
	"io"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatAScriptSoldWhileNoShopWasOpenIsToldByTheNextThatOpens(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	asked := p.runWith("register\nann\nlong enough\nlong enough\nAnn Lee\nann@example.com\nsearch flash\n1\ntell 18\nquit\n", "--plain")
	require.Contains(t, asked.out, "You will be told when Flash has fewer than 18 tickets left.")
	bought := decode[order](t, p.must("buy", rushID, "red=3", "--as", "u01", "-w", "json"))
	p.must("cancel", bought.ID, "--as", "u01")
	require.Contains(t, p.must("query", "get", "notification:ann:"+rushID).out, `{"limit":18,"active":false}`, "nobody was there to see it")

	shop := p.command(t.Context(), "--plain")
	in, err := shop.StdinPipe()
	require.NoError(t, err)
	out, err := shop.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, shop.Start())
	_, err = io.WriteString(in, "login ann\nlong enough\n")
	require.NoError(t, err)
	told := regexp.MustCompile(`^Flash ran low: fewer than 18 tickets left|^You have 1 notification to read`) // as soon as she is in, or before
	lines, heard := bufio.NewScanner(out), ""
	for !told.MatchString(heard) && lines.Scan() {
		heard = lines.Text()
	}
	require.Regexp(t, told, heard)
	require.Contains(t, p.must("query", "get", "notification:ann:"+rushID).out, `{"limit":18,"active":true`)
	_, err = io.WriteString(in, "quit\n")
	require.NoError(t, err)
	require.NoError(t, shop.Wait())
}
