package cli_test

import (
	"bufio"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// simulated is what a simulation says for scripts.
type simulated struct {
	Seconds   float64 `json:"seconds"`
	Orders    int     `json:"orders"`
	Tickets   int     `json:"tickets"`
	Cancelled int     `json:"cancelled"`
	Refused   int     `json:"refused"`
	Errors    int     `json:"errors"`
	Unknown   int     `json:"unknown"`
	PerSecond float64 `json:"orders_per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
}

func TestACrowdBuysWhatThereIsAndNotMore(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	left := decode[event](t, p.must("event", rushID, "-w", "json")).Left
	sum := decode[simulated](t, p.must("simulate", "--event", rushID, "--buyers", "5", "--rate", "0", "--duration", "2s",
		"--cancel-ratio", "0.3", "--mix", "Réd=1", "-w", "json"))
	require.Positive(t, sum.Orders)
	require.Positive(t, sum.Refused, "a crowd of that size wants more than there is")
	require.Zero(t, sum.Errors+sum.Unknown)
	require.GreaterOrEqual(t, sum.P99, sum.P50)
	require.GreaterOrEqual(t, decode[event](t, p.must("event", rushID, "-w", "json")).Left, 0)
	require.GreaterOrEqual(t, sum.Tickets, left-decode[event](t, p.must("event", rushID, "-w", "json")).Left)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
	require.Contains(t, p.must("user", "list").out, "Simulated shopper 5")
	require.Contains(t, p.must("dump").out, `"email":"sim0001@example.com","password":"","role":"user"`, "nobody can log in to them")
}

func TestWhatMakesNoSenseForACrowdIsASentence(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	const pastID = "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0c011"
	p.must("load", p.file("past.json", `{"event:`+pastID+`":{"name":"Over","description":"","location":"York","type":"concert",`+
		`"date":"2020-01-01 20:00","current_quantity":5},"ticket:`+pastID+`:golden":{"total_quantity":5,"current_quantity":5,"price":1}}`))
	r := p.run("simulate")
	require.Equal(t, 3, r.code, r.err)
	require.Contains(t, r.err, "nothing is on sale any more")
	p.must("load", p.file("rush.json", rush()))
	for _, c := range []struct {
		code int
		says string
		args string
	}{
		{2, "--buyers takes 1 to 9999", "--buyers 0"},
		{2, "--cancel-ratio takes 0 to 1", "--cancel-ratio 2"},
		{2, "--rate takes", "--rate NaN"},
		{2, "write TYPE=N", "--mix red"},
		{2, "--mix asks for nothing", "--mix red=0"},
		{2, "--mix names the red tickets twice", "--mix red=1,red=0"},
		{2, "--mix names the red tickets twice", "--mix red=1,RED=2"},
		{3, "nothing is on sale any more", "--event " + pastID},
		{4, "there are no \"golden\" tickets: choose from red", "--mix golden=1"},
		{4, "there is no event nowhere", "--event nowhere"},
		{4, "there are no \"purple\" tickets: choose from red", "--mix red=1,purple=2"},
		{4, "there are no \"purple\" tickets: choose from red", "--mix purple=2 --event " + rushID},
	} {
		r := p.run(append([]string{"simulate"}, strings.Fields(c.args)...)...)
		require.Equal(t, c.code, r.code, r.err)
		require.Contains(t, r.err, c.says)
		require.Empty(t, r.out)
	}
}

func TestACrowdThatIsInterruptedSaysWhatItDid(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	cmd := p.command(t.Context(), "simulate", "--event", rushID, "--buyers", "3", "--duration", "0", "--cancel-ratio", "0.5", "-w", "json")
	var out bytes.Buffer
	cmd.Stdout = &out
	errs, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	for lines := bufio.NewScanner(errs); lines.Scan() && !strings.Contains(lines.Text(), " cancelled, "); {
		require.NotContains(t, lines.Text(), "ticketcd:")
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait(), "to be interrupted is one of its two good ends")
	require.Positive(t, decode[simulated](t, result{out: out.String()}).Orders)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}
