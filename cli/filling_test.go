package cli_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fillingDay is the day on which the filling of these shops was interrupted.
const fillingDay = "2090-05-04"

// interrupted has a place's store be as a filling with demo data leaves it that was interrupted: every other record is
// there. It returns how many keys the whole demo shop has.
func (p place) interrupted() int {
	p.t.Helper()
	whole := map[string]json.RawMessage{}
	require.NoError(p.t, json.Unmarshal([]byte(p.must("seed", "--out", "-", "--from", fillingDay).out), &whole))
	half := map[string]json.RawMessage{}
	for i, key := range slices.Sorted(maps.Keys(whole)) {
		if i%2 == 0 {
			half[key] = whole[key]
		}
	}
	data, err := json.Marshal(half)
	require.NoError(p.t, err)
	p.must("load", p.file("half.json", string(data)))
	p.must("query", "put ticketcd:filling "+fillingDay)
	return len(whole)
}

// opens opens the shop and leaves it at once.
func (p place) opens() result {
	p.t.Helper()
	said := p.runWith("quit\n", "--plain")
	require.Zero(p.t, said.code, said.err)
	return said
}

func TestAFillingThatWasInterruptedIsFinishedOnAnotherDay(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	whole := p.interrupted()
	const first = "This shop is being filled with demo data, or that was interrupted: what began it"
	for _, command := range []string{"audit", "audit --repair"} {
		audited := p.run(strings.Fields(command)...)
		require.NotZero(t, audited.code)
		require.True(t, strings.HasPrefix(audited.err, first), audited.err)
	}
	require.Contains(t, p.opens().out, "It now has demo data")
	all := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(p.must("dump").out), &all))
	require.Len(t, all, whole, "it is the shop of the day on which it was begun")
	audited := p.must("audit", "-w", "json")
	require.Empty(t, decode[report](t, audited).Violations)
	require.NotContains(t, audited.err, "demo data")
	require.NotContains(t, p.opens().out, "demo data", "it has come to its end")
}

func TestTheDemoAccountsNeverComeToSomebodysOwnData(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("query", "put ticketcd:filling "+fillingDay) // it was interrupted, and what was there removed
	p.must("load", p.file("rush.json", rush()))
	before := p.must("dump").out
	said := p.opens()
	require.Contains(t, said.out, "it holds other data now: it stays as it is")
	require.NotContains(t, said.err, "filling it with demo data")
	require.Equal(t, before, p.must("dump").out)
	require.Equal(t, "", p.must("query", "get ticketcd:filling").out)
	require.NotContains(t, p.opens().out, "demo data", "it is said once")

	p = newPlace(t)
	p.interrupted()
	said = p.runWith("own word of mine\n", "user", "add", "owner", "--role", "admin")
	require.Zero(t, said.code, said.err)
	before = p.must("dump").out
	p.opens()
	require.Equal(t, before, p.must("dump").out, "one account of one's own is enough")
}

func TestAnEmptyShopNamesTheCommandThatFillsThisOneAndNotAnother(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	said := p.runWith("register\nann\nlong enough\nlong enough\nAnn Lee\nann@example.com\nsearch\nquit\n", "--plain", "--no-demo")
	require.Contains(t, said.out, "There are no events yet.\nTo have a look around, leave the shop and run: ticketcd seed --data-dir "+p.dir+"\n")
}

func TestAServerThatFillsTheShopSaysWhenThatIsDone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	require.Regexp(t, `The shop is empty: filling it with demo data \.\.\.\n(Loading.*\n)*The shop was empty\. It now has demo data: [\d,]+ events, [\d,]+ users\.\n`,
		p.server("--seed-demo").ends(t))
	require.NotContains(t, p.server("--seed-demo").ends(t), "demo data", "it is said once")
}

func TestAServerWarnsOfDemoAccountsUntilTheirPasswordsAreChanged(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("seed", "--events", "2", "--users", "0")
	warning := func(accounts string) string {
		return "The demo accounts are open to all" + accounts + ". Change their passwords with ticketcd user passwd USERNAME --data-dir " + p.dir
	}
	changes := func(account string) {
		t.Helper()
		changed := p.runWith("long enough\n", "user", "passwd", account)
		require.Zero(t, changed.code, changed.err)
	}
	require.Equal(t, 1, strings.Count(p.server().ends(t), warning(", an admin's among them: user, admin")), "the log is on standard error")
	changes("admin")
	log := filepath.Join(t.TempDir(), "log")
	require.Equal(t, 1, strings.Count(p.server("--log", log).ends(t), warning(": user")+"\n"))
	logged, err := os.ReadFile(log)
	require.NoError(t, err)
	require.Regexp(t, `(?m)^time=\S+ level=WARN msg="`+warning(": user")+`"$`, string(logged))
	changes("user")
	require.NotContains(t, p.server().ends(t), "demo account")
}

func TestWhoInterruptsALoadIsToldWhatLoadsTheRest(t *testing.T) {
	t.Parallel()
	for command, rest := range map[string]string{
		"--plain":                                "the same command, given again, loads the rest",
		"serve --listen 127.0.0.1:0 --seed-demo": "the same command, given again, loads the rest",
		"seed":                                   "--resume loads the rest",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			host := p.server()
			watching := p.command(t.Context(), "query", "watch", "user:", "--prefix", "--rev", "1")
			seen, err := watching.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, watching.Start())
			loading := p.command(t.Context(), strings.Fields(command)...)
			var errs bytes.Buffer
			loading.Stderr = &errs
			require.NoError(t, loading.Start())
			_, err = seen.Read(make([]byte, 1)) // the first accounts are there; a second's work of hashing is left
			require.NoError(t, err)
			require.NoError(t, loading.Process.Signal(os.Interrupt))
			require.Error(t, loading.Wait(), &errs)
			require.Equal(t, 130, loading.ProcessState.ExitCode())
			require.Regexp(t, `ticketcd: the load was interrupted: [\d,]+ of [\d,]+ keys are loaded; `+rest+`\n$`, errs.String())
			require.NoError(t, watching.Process.Signal(os.Interrupt))
			require.NoError(t, watching.Wait())
			host.ends(t)
		})
	}
}
