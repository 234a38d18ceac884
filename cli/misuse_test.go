package cli_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFlagThatIsWrongIsSaidWithWhatToWriteInstead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, says string }{
		{"seed --events x", "--events cannot be x: write a whole number"},
		{"seed --seed -1", "--seed cannot be -1: write a whole number, 0 or more"},
		{"seed --events 99999999999999999999", "--events cannot be 99999999999999999999: the number is too large"},
		{"seed --events=", "--events is empty: write a whole number"},
		{"simulate --duration 5", "--duration cannot be 5: write 5s or 5m"},
		{"simulate --rate much", "--rate cannot be much: write a number, such as 0.5"},
		{"serve --idle-timeout 5", "--idle-timeout cannot be 5: write 5s or 5m"},
		{"serve --listen nowhere", "--listen cannot be nowhere: write where to listen, for example :2222"},
		{"serve --listen :99999", "--listen cannot be :99999: write where to listen, for example :2222"},
		{"serve --listen=", "--listen is empty: write where to listen, for example :2222"},
		{"serve --metrics 9222", "--metrics cannot be 9222: write where to listen, for example 127.0.0.1:9222"},
		{"config --no-mouse=maybe", "--no-mouse cannot be maybe: write true or false"},
		{"config --theme blue", "--theme cannot be blue: choose auto, dark or light"},
		{"search --from tomorrow", "--from cannot be tomorrow: write a day as YYYY-MM-DD, such as 2026-12-24"},
		{"search --from 2027-02-29", "--from cannot be 2027-02-29: write a day as YYYY-MM-DD, such as 2026-12-24"},
		{"search --until 24/12/2026", "--until cannot be 24/12/2026: write a day as YYYY-MM-DD, such as 2026-12-24"},
		{"search --until=", "--until is empty: write a day as YYYY-MM-DD, such as 2026-12-24"},
		{"query get x -w xml", "--write-out cannot be xml: choose table or json"},
		{`search --endpoints http://me:secret@a"b`, "--endpoints cannot be read: put commas between the parts, and no quotes"},
	} {
		words := strings.Fields(c.line)
		r := away(t, words...)
		require.Equal(t, 2, r.code, c.line)
		require.Equal(t, "ticketcd: "+c.says+"; see ticketcd "+words[0]+" --help\n", r.err)
	}
	for variable, says := range map[string]string{
		"TICKETCD_LISTEN=nowhere":   "TICKETCD_LISTEN cannot be nowhere: write where to listen, for example :2222",
		"TICKETCD_IDLE_TIMEOUT=5":   "TICKETCD_IDLE_TIMEOUT cannot be 5: write 5s or 5m",
		"TICKETCD_WRITE_OUT=plain":  "TICKETCD_WRITE_OUT cannot be plain: choose table or json",
		"TICKETCD_MAX_SESSIONS=all": "TICKETCD_MAX_SESSIONS cannot be all: write a whole number",
	} {
		r := awayWith(t, []string{variable}, "serve")
		require.Equal(t, 2, r.code, variable)
		require.Equal(t, "ticketcd: "+says+"\n", r.err)
	}
}

func TestTheEnvironmentIsRefusedAsTheFileIsWhateverTheCommand(t *testing.T) {
	t.Parallel()
	for variable, says := range map[string]string{
		"TICKETCD_THEME=purple": "TICKETCD_THEME cannot be purple: choose auto, dark or light",
		"TICKETCD_TEHME=dark":   "there is no setting TICKETCD_TEHME; did you mean TICKETCD_THEME?",
		"TICKETCD_SHADES=dark":  "there is no setting TICKETCD_SHADES",
		"TICKETCD_LISTEN=there": "TICKETCD_LISTEN cannot be there: write where to listen, for example :2222",
	} {
		for _, line := range []string{"search neon", "config", "config --theme dark", "query get x", "serve", "event create"} {
			r := awayWith(t, []string{variable}, strings.Fields(line)...)
			require.Equal(t, 2, r.code, "%s %s", variable, line)
			require.Equal(t, "ticketcd: "+says+"\n", r.err)
		}
		require.Zero(t, awayWith(t, []string{variable}, "search", "--help").code)
	}
	for _, variable := range []string{
		"TICKETCD_TEHME=", "TICKETCD_LISTEN=:1", "TICKETCD_THEME=dark", "TICKETCD_PORT_2222_TCP=tcp://10.0.0.1:2222", "TICKETCD_SERVICE_HOST=10.0.0.1",
	} {
		require.Zero(t, awayWith(t, []string{variable}, "config").code, variable)
	}
}

func TestOfSeveralLimitsThatAreWrongTheFirstIsSaid(t *testing.T) {
	t.Parallel()
	for range 5 {
		for line, says := range map[string]string{
			"serve --input-rate 0 --login-rate 0 --connect-rate 0 --max-sessions 0 --grace 0s": "--max-sessions has to be at least 1",
			"serve --grace 0s --max-time 0s --handshake-timeout 0s":                            "--max-time has to be at least 1s",
		} {
			r := away(t, strings.Fields(line)...)
			require.Equal(t, 2, r.code)
			require.Equal(t, "ticketcd: "+says+"\n", r.err)
		}
	}
}

// Somebody forgets a variable, and the next command overwrites the shop, or buys in another's name.
func TestWhatOneCommandIsToDoIsNotTakenFromTheEnvironment(t *testing.T) {
	t.Parallel()
	for variable, flag := range map[string]string{
		"TICKETCD_REPLACE=true": "replace", "TICKETCD_AS=admin": "as", "TICKETCD_REFUND=true": "refund", "TICKETCD_YES=true": "yes",
		"TICKETCD_REPAIR=true": "repair", "TICKETCD_SHIFT_DATES=true": "shift-dates", "TICKETCD_ROLE=admin": "role",
	} {
		for _, line := range []string{"load data.json", "buy e red=1", "audit", "config"} {
			r := awayWith(t, []string{variable}, strings.Fields(line)...)
			require.Equal(t, 2, r.code, "%s %s", variable, line)
			name, _, _ := strings.Cut(variable, "=")
			require.Equal(t, "ticketcd: there is no setting "+name+": --"+flag+" is given to a command, and cannot stand in the environment\n", r.err)
		}
	}
}

func TestAScriptThatIsWrongIsSaidInPlainWords(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for content, says := range map[string]string{
		"{}":           "it has to be a list",
		`["get x"]`:    "each part of it has to be an object",
		`[{"code":1}]`: "code has to be a text",
		"[":            "it ends in the middle",
	} {
		r := p.run("query", "--file", p.file("queries.json", content))
		require.Equal(t, 2, r.code, content)
		require.Contains(t, r.err, `is no JSON list of {"description", "code", "output"}: `+says)
	}
}
