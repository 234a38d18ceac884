package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

type event struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Date    string `json:"date"`
	Left    int    `json:"current_quantity"`
	Tickets []struct {
		Type  string  `json:"type"`
		Price float64 `json:"price"`
		Left  int     `json:"current_quantity"`
		Total int     `json:"total_quantity"`
	} `json:"tickets"`
}

type order struct {
	ID       string `json:"order_id"`
	Username string `json:"username"`
	EventID  string `json:"event_id"`
	Date     string `json:"date"`
	Tickets  []struct {
		Type     string  `json:"type"`
		Quantity int     `json:"quantity"`
		Price    float64 `json:"price"`
	} `json:"tickets"`
	Total float64 `json:"total"`
}

type report struct {
	Revision   int64          `json:"revision"`
	Checked    map[string]int `json:"checked"`
	Violations []struct {
		Rule, Key, Message string
	} `json:"violations"`
}

// rushID is the event of rush: 20 tickets, for which many come at once.
const rushID = "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0c010"

// rush is a data set with one event of 20 tickets and 50 users.
func rush() string {
	var out strings.Builder
	fmt.Fprintf(&out, `{"event:%s":{"name":"Flash","description":"","location":"York","type":"concert",`, rushID)
	fmt.Fprintf(&out, `"date":"2099-01-01 20:00","current_quantity":20},`)
	fmt.Fprintf(&out, `"ticket:%s:red":{"total_quantity":"20","current_quantity":"20","price":"10.5"},`, rushID)
	fmt.Fprintf(&out, `"search:text:flash":["%s"],"search:text:york":["%s"],`, rushID, rushID)
	fmt.Fprintf(&out, `"search:type:concert":["%s"],"search:location:York":["%s"]`, rushID, rushID)
	for i := range 50 {
		fmt.Fprintf(&out, `,"user:u%02d":{"name":"U","email":"u@example.com","password":"$argon2id$v=19$m=19456,t=2,p=1$`+
			`AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","role":"user"}`, i)
	}
	return out.String() + "}"
}

func TestFiftyProcessesRaceForTwentyTickets(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	results := make([]result, 50)
	var racing sync.WaitGroup
	for i := range results {
		racing.Go(func() { results[i] = p.insists("buy", rushID, "red=1", "--as", fmt.Sprintf("u%02d", i), "-w", "json") })
	}
	racing.Wait()
	ids := map[string]bool{}
	for i, r := range results {
		switch r.code {
		case 0:
			ids[decode[order](t, r).ID] = true
		case 3:
			require.Contains(t, r.err, "sold out")
		default:
			require.Failf(t, "a process failed", "buyer %d ended with %d: %s", i, r.code, r.err)
		}
	}
	require.Len(t, ids, 20)
	dump := p.must("dump").out
	for id := range ids {
		require.Equal(t, 1, strings.Count(dump, id))
	}
	audit := decode[report](t, p.must("audit", "-w", "json"))
	require.Empty(t, audit.Violations)
	require.Equal(t, 20, audit.Checked["orders"])
}

// insists runs a command again as long as it says that the store cannot be reached, and so that nothing was done: fifty
// processes that start at once can keep a small machine busy for longer than the five seconds that each of them waits.
func (p place) insists(args ...string) result {
	for tries := 1; ; tries++ {
		r := p.run(args...)
		if r.code != 5 || tries == 5 {
			return r
		}
	}
}

func TestTheCommandsSpeakJSON(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	found := decode[[]event](t, p.must("search", "fla", "yo", "--location", "york", "--type", "Concert", "-w", "json"))
	require.Len(t, found, 1)
	require.Equal(t, rushID, found[0].ID)
	bought := decode[order](t, p.must("buy", rushID, "red=2", "--as", "u07", "-w", "json"))
	require.Equal(t, "u07", bought.Username)
	require.Equal(t, rushID, bought.EventID)
	require.InDelta(t, 21, bought.Total, 0.001)
	require.InDelta(t, 10.5, bought.Tickets[0].Price, 0.001)
	shown := decode[event](t, p.must("event", rushID, "-w", "json"))
	require.Equal(t, 18, shown.Left)
	require.Equal(t, 18, shown.Tickets[0].Left)
	require.Equal(t, 20, shown.Tickets[0].Total)
	require.Equal(t, "[]\n", p.must("search", "nothing-like-it", "-w", "json").out)
}

func TestWhatIsNamedByTheWordsIsListedBeforeWhatIsInAPlaceCalledSo(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	mysteriesID := "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0c011"
	later := `{"event:` + mysteriesID + `":{"name":"York Mysteries","location":"Leeds","type":"play","date":"2099-02-01 20:00","current_quantity":0},`
	p.must("load", p.file("york.json", strings.Replace(rush(), "{", later, 1)))
	for words, want := range map[string][]string{"york": {mysteriesID, rushID}, "": {rushID, mysteriesID}} {
		found := decode[[]event](t, p.must("search", words, "-w", "json"))
		require.Len(t, found, 2)
		require.Equal(t, want, []string{found[0].ID, found[1].ID}, "%q", words)
	}
}

func TestEventsAreListedFromADayUntilADay(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	data := filepath.Join(t.TempDir(), "data")
	wrong := awayWith(t, []string{"XDG_DATA_HOME=" + data}, "search", "--from", "2099-02-02", "--until", "2099-02-01")
	require.Equal(t, 2, wrong.code)
	require.Equal(t, "ticketcd: --from 2099-02-02 is after --until 2099-02-01: no day is in between\n", wrong.err)
	require.NoDirExists(t, data, "no store was made")
	mysteriesID := "0b9c2c5e-93a5-4f0e-8f43-6b6a55d0c011"
	later := `{"event:` + mysteriesID + `":{"name":"York Mysteries","location":"Leeds","type":"play","date":"2099-02-01","current_quantity":0},`
	p.must("load", p.file("york.json", strings.Replace(rush(), "{", later, 1)))
	for line, want := range map[string][]string{ // the other is on 2099-01-01 at 20:00
		"--from 2099-01-01":                                {rushID, mysteriesID},
		"--from 2099-01-02":                                {mysteriesID},
		"--from 2099-02-02":                                {},
		"--until 2099-01-01":                               {rushID},
		"--until 2098-12-31":                               {},
		"--from 2099-02-01 --until 2099-02-01":             {mysteriesID},
		"--from 2099-01-01 --until 2099-02-01 york":        {mysteriesID, rushID},
		"--from 2099-01-01 --until 9999-12-31 --type play": {mysteriesID},
	} {
		found := []string{}
		for _, e := range decode[[]event](t, p.must(append([]string{"search", "-w", "json"}, strings.Fields(line)...)...)) {
			found = append(found, e.ID)
		}
		require.Equal(t, want, found, line)
	}
}

func TestWhatIsLeftIsWhatCanBeBought(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", strings.Replace(rush(), `"current_quantity":20`, `"current_quantity":0`, 1)))
	require.NotContains(t, p.must("search", "flash").out, "sold out", "only the event's own count is wrong")
	p.must("buy", rushID, "red=3", "--as", "u07")
	p.must("query", `put event:`+rushID+` '{"name":"Flash","location":"York","type":"concert","date":"2099-01-01 20:00","current_quantity":99}'`)
	require.Contains(t, p.must("search", "flash").out, "  17\n")
}

func TestAPlaceIsFoundAsItIsSpelledOrShown(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("hall.json", strings.ReplaceAll(strings.ReplaceAll(rush(), `"York"`, `"Big\tHall"`), ":York", `:Big\tHall`)))
	for _, typed := range []string{"Big\tHall", "Big Hall", "big hall"} {
		require.Len(t, decode[[]event](t, p.must("search", "--location", typed, "-w", "json")), 1, "%q", typed)
		require.Contains(t, p.must("stats", "--location", typed).out, "the tickets of 1 event", "%q", typed)
	}
}

func TestATypeOrPlaceThatTheShopDoesNotKnowIsRefusedWithThoseItKnows(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	require.NoError(t, os.Mkdir(p.dir, 0o700))
	require.Equal(t, "[]\n", p.must("search", "--type", "nosuch", "-w", "json").out, "an empty shop has none to choose from")
	p.must("load", p.file("rush.json", strings.Replace(rush(), "{", `{"event:types":["magic","concert"],`, 1)))
	require.Equal(t, "[]\n", p.must("search", "--type", "Magic", "-w", "json").out, "it is known, and may have events tomorrow")
	for _, command := range []string{"search", "stats"} {
		for flag, says := range map[string]string{
			"--type":     "there is no type nosuch: choose from concert, magic",
			"--location": "there is no location nosuch: choose from York",
		} {
			r := p.run(command, "flash", flag, "nosuch")
			require.Equal(t, 2, r.code)
			require.Equal(t, "ticketcd: "+says+"\n", r.err)
			require.Empty(t, r.out)
		}
	}
}

func TestWhatIsOnlySimilarIsFoundAndCalledThat(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", strings.Replace(rush(), "{", `{"event:other":{"name":"Flask","current_quantity":0},`, 1)))
	for _, c := range []struct {
		words, says string
		similar     []bool
	}{
		{"flash", "1 event found, and then 1 similar one\n", []bool{false, true}},
		{"flahs", "2 similar events found\n", []bool{true, true}},
		{"fl", "2 events found\n", []bool{false, false}},
		{"zzz", "0 events found\n", nil},
	} {
		require.Equal(t, c.says, p.must("search", c.words).err)
		var similar []bool
		for _, found := range decode[[]map[string]any](t, p.must("search", c.words, "-w", "json")) {
			similar = append(similar, found["similar"] == true)
		}
		require.Equal(t, c.similar, similar, c.words)
	}
}

func TestAStoreThatIsOnlyReadIsNotMadeWhereItWasMistyped(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for _, line := range []string{"search a", "event x", "orders --as u01", "stats", "status", "dump", "audit", "user list", "snapshot save x"} {
		r := p.run(strings.Fields(line)...)
		require.Equal(t, 4, r.code, line)
		require.Equal(t, "ticketcd: there is no store in "+p.dir+"\n", r.err)
		require.Empty(t, r.out)
		require.NoDirExists(t, p.dir)
	}
	usual := awayWith(t, []string{"XDG_DATA_HOME=" + t.TempDir()}, "search")
	require.Zero(t, usual.code, "the usual store is made when it is first needed")
	require.Equal(t, "0 events found\n", usual.err)
	p.must("query", "put event:locations []")
	require.Equal(t, "0 events found\n", p.must("search").err)
}

func TestRefusalsHaveTheirCodeAndChangeNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	before := p.must("dump").out
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"buy", rushID, "red=21", "--as", "u01"}, 3, "only 20 red tickets are left"},
		{[]string{"buy", rushID, "red=0", "--as", "u01"}, 3, "at least 1 ticket"},
		{[]string{"buy", rushID, "red=-1", "--as", "u01"}, 2, `"-1" is not a number of tickets: write TYPE=N, such as red=2`},
		{[]string{"buy", rushID, "red=99999999999999999999", "--as", "u01"}, 3, "only 20 red tickets are left"},
		{[]string{"buy", rushID, "red=two", "--as", "u01"}, 2, "not a number"},
		{[]string{"search", "--endpoints", ""}, 2, "--endpoints is empty"},
		{[]string{"load", "--replace", "--resume", "x.json"}, 2, "choose one"},
		{[]string{"buy", rushID, "blue=1", "--as", "u01"}, 4, "choose from red"},
		{[]string{"buy", rushID, "red=1", "--as", "nobody"}, 4, "nobody"},
		{[]string{"buy", "0b9c2c5e-93a5-4f0e-8f43-000000000000", "red=1", "--as", "u01"}, 4, "no event"},
		{[]string{"buy", rushID, "red=1"}, 2, "--as"},
		{[]string{"buy", rushID}, 2, "usage"},
		{[]string{"event", "locations"}, 4, "no event"},
		{[]string{"event", ""}, 2, "an argument is empty; usage: ticketcd event ID"},
		{[]string{"event", "rm", " ", "--as", "u01"}, 2, "an argument is empty"},
		{[]string{"event", "edit", rushID, "--seen", "", "--as", "u01"}, 2, "--seen is empty"},
		{[]string{"buy", "", "red=1", "--as", "u01"}, 2, "an argument is empty; usage: ticketcd buy EVENTID TYPE=N..."},
		{[]string{"buy", rushID, "red=1", "--as", ""}, 2, "say who buys: --as USER"},
		{[]string{"cancel", "", "--as", "u01"}, 2, "an argument is empty"},
		{[]string{"orders", "--as", ""}, 2, "say whose orders with --as USER, or which one with --id ORDERID"},
		{[]string{"orders", "--as", "u01", "--id", "X"}, 2, "say whose orders with --as USER, or which one with --id ORDERID"},
		{[]string{"orders", "--id", "nosuch"}, 4, "there is no order nosuch: it may have been cancelled"},
		{[]string{"user", "add", ""}, 2, "an argument is empty"},
		{[]string{"user", "passwd", ""}, 2, "an argument is empty"},
		{[]string{"user", "role", "u01", ""}, 2, "an argument is empty"},
		{[]string{"load", ""}, 2, "an argument is empty"},
		{[]string{"dump", ""}, 2, "an argument is empty"},
		{[]string{"simulate", "--event", ""}, 2, "--event is empty"},
		{[]string{"simulate", "--event", rushID + ","}, 2, "--event names an event without an id"},
		{[]string{"seed", "--out", ""}, 2, "--out is empty"},
		{[]string{"seed", "--out", "x.json", "--resume"}, 2, "choose one of --out and --resume"},
		{[]string{"seed", "--out", "-", "--from", "0000-05-04"}, 2, "--from takes the years 1 to 9997"},
		{[]string{"seed", "--out", "-", "--from", "9998-05-04"}, 2, "--from takes the years 1 to 9997"},
		{[]string{"nonsense"}, 2, "unknown command"},
		{[]string{"search", "--nonsense"}, 2, "unknown flag"},
		{[]string{"search", "-w", "xml"}, 2, "table or json"},
		{[]string{}, 2, "terminal"},
		{[]string{"load", "does-not-exist.json"}, 1, "cannot be opened"},
		{[]string{"load", p.file("broken.json", `{"event:x":`)}, 1, "line 1"},
		{[]string{"load", p.file("configuration.json", `{"NUM_USERS":10}`)}, 1, "holds nothing of a shop: its first key is NUM_USERS"},
		{[]string{"load", p.file("again.json", rush())}, 3, "--replace"},
		{[]string{"seed", "--config", p.file("c.json", `{"NUM_EVENT": 3}`)}, 2, "NUM_EVENTS"},
	} {
		r := p.run(c.args...)
		require.Equal(t, c.code, r.code, "%v said: %s", c.args, r.err)
		require.Contains(t, r.err, c.says, "%v", c.args)
		require.Empty(t, r.out)
		require.Equal(t, 1, strings.Count(r.err, "\n"), "one sentence, not: %s", r.err)
	}
	require.Equal(t, before, p.must("dump").out)
}

func TestATypeOfTicketsMayBeWrittenInCapitals(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", strings.Replace(rush(), `{`, fmt.Sprintf(
		`{"ticket:%s:Côté":{"total_quantity":5,"current_quantity":5,"price":3},`+
			`"ticket:%s:vip":{"total_quantity":5,"current_quantity":5,"price":50},`+
			`"ticket:%s:VIP":{"total_quantity":5,"current_quantity":5,"price":90},`, rushID, rushID, rushID), 1)))
	p.must("audit", "--repair", "--yes")
	require.Regexp(t, `(?s)Côté.*red.*vip.*VIP`, p.must("event", rushID).out, "the cheapest first, as in the shop")
	bought := decode[order](t, p.must("buy", rushID, "RED=1", "red=2", "cote=1", "--as", "u01", "-w", "json"))
	require.Len(t, bought.Tickets, 2)
	require.Equal(t, "Côté", bought.Tickets[0].Type)
	require.Equal(t, "red", bought.Tickets[1].Type)
	require.Equal(t, 3, bought.Tickets[1].Quantity)
	require.InDelta(t, 90, decode[order](t, p.must("buy", rushID, "VIP=1", "--as", "u01", "-w", "json")).Total, 0.001)
	unclear := p.run("buy", rushID, "RED=1", "Vip=1", "--as", "u01")
	require.Equal(t, 4, unclear.code)
	require.Contains(t, unclear.err, `Flash has no "Vip" tickets: choose from Côté, VIP, red, vip`)
	require.Equal(t, 3, p.run("buy", rushID, "Red=99", "--as", "u01").code)
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}

func TestADumpLoadedElsewhereDumpsTheSameBytes(t *testing.T) {
	t.Parallel()
	first, second := newPlace(t), newPlace(t)
	first.must("seed", "--events", "20", "--users", "3", "--seed", "7")
	require.Empty(t, decode[report](t, first.must("audit", "-w", "json")).Violations)
	dump := first.must("dump").out
	require.Zero(t, second.runWith(dump, "load", "-").code)
	require.Equal(t, dump, second.must("dump").out)
}

func TestADataSetInAFileIsToldWithWhatItHolds(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	file := filepath.Join(t.TempDir(), "shop.json")
	first := p.must("dump", file)
	require.Empty(t, first.out)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	size := model.Thousands(len(content))
	require.Equal(t, "Wrote 56 records ("+size+" bytes) to "+file+".\n", first.err)
	require.Equal(t, "Wrote 56 records ("+size+" bytes) to "+file+", in place of the file that was there.\n", p.must("dump", file).err)
	strange := p.must("load", p.file("strange.json", `{"other:1":{},"user:zoe":{"name":"Zoe","role":"user"}}`))
	require.Contains(t, strange.err, "1 of 2 are no records of the shop's, for example other:1: it will not look at them.\n")
	p.must("query", "del other:1")
	p.must("query", "del user:zoe")
	saved := p.must("dump", file, "-w", "json")
	require.JSONEq(t, fmt.Sprintf(`{"file":%q,"records":56,"bytes":%d,"replaced":true}`, file, len(content)), saved.out)
	require.Empty(t, saved.err)
	printed := p.must("dump")
	require.Equal(t, string(content), printed.out)
	require.Empty(t, printed.err)

	seeding := []string{"seed", "--events", "3", "--users", "2", "--out"}
	require.Regexp(t, `^Wrote \d+ records \([\d,]+ bytes\) to .*shop\.json, in place of the file that was there: 3 events, 4 users\.\n$`,
		p.must(append(seeding, file)...).err)
	require.Regexp(t, `^Wrote \d+ records: 3 events, 4 users\.\n$`, p.must(append(seeding, "-")...).err)
}

func TestALoadThatWasInterruptedIsResumed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	part := strings.Split(rush(), `,"user:u25"`)[0] + "}" // as far as it came
	p.must("load", p.file("part.json", part))
	p.must("buy", rushID, "red=2", "--as", "u01")
	require.Regexp(t, `^Loaded \d+ records; \d+ of \d+ were there already, and left as they are\. ticketcd audit .*\n$`,
		p.must("load", "--resume", p.file("rush.json", rush())).err)
	require.Regexp(t, `^Loaded 0 records; all \d+ were there already, and left as they are\. ticketcd audit .*\n$`,
		p.must("load", "--resume", p.file("rush.json", rush())).err)
	audit := decode[report](t, p.must("audit", "-w", "json"))
	require.Empty(t, audit.Violations, "what was sold meanwhile stays sold")
	require.Equal(t, 50, audit.Checked["users"])
	require.Equal(t, 18, decode[event](t, p.must("event", rushID, "-w", "json")).Left)
}

func TestTheSameNumberIsTheSameShop(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	one := p.must("seed", "--seed", "3", "--from", "2027-01-01", "--out", "-").out
	require.Equal(t, one, p.must("seed", "--seed", "3", "--from", "2027-01-01", "--out", "-").out)
	require.NotEqual(t, one, p.must("seed", "--seed", "4", "--from", "2027-01-01", "--out", "-").out)
	_, err := os.Stat(p.dir)
	require.ErrorIs(t, err, os.ErrNotExist, "writing a file needs no store")
}

func TestTheHostIsKilledAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("load", p.file("rush.json", rush()))
	host := p.command(t.Context(), "buy", rushID, "red=1", "--as", "u00")
	require.NoError(t, host.Start())
	results := make([]result, 6)
	var buying sync.WaitGroup
	for i := range results {
		buying.Go(func() { results[i] = p.run("buy", rushID, "red=1", "--as", fmt.Sprintf("u%02d", i+1)) })
	}
	require.NoError(t, host.Process.Kill())
	require.Error(t, host.Wait())
	buying.Wait()
	for _, r := range results {
		require.Zero(t, r.code, r.err)
	}
	require.Empty(t, decode[report](t, p.must("audit", "-w", "json")).Violations)
}

func TestVersionAndCompletionsNeedNoStore(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	require.True(t, strings.HasPrefix(p.must("--version").out, "ticketcd "))
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		require.Contains(t, p.must("completion", shell).out, "ticketcd")
	}
	_, err := os.Stat(p.dir)
	require.ErrorIs(t, err, os.ErrNotExist)
}
