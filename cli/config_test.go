package cli_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type shownConfig struct {
	File     string
	Settings []struct {
		Name  string
		Value any
		From  string
	}
}

// value returns a setting and where it comes from.
func (c shownConfig) value(t *testing.T, name string) (any, string) {
	t.Helper()
	for _, s := range c.Settings {
		if s.Name == name {
			return s.Value, s.From
		}
	}
	require.Failf(t, "no such setting", "%s", name)
	return nil, ""
}

func TestSettingsSayWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	file := newPlace(t).file("config.toml", "theme = 'light'\nmouse = false\nendpoints = ['a:1', 'b:2']\ncacert = 'ca.pem'\n"+
		"user = 'me:secret'\n\n[keys]\nbuy-tickets = 'o'\n")
	shown := away(t, "config", "--config-file", file, "--theme", "dark", "-w", "json")
	require.Zero(t, shown.code, shown.err)
	require.NotContains(t, shown.out, "secret")
	cfg := decode[shownConfig](t, shown)
	require.Equal(t, file, cfg.File)
	for name, want := range map[string][2]any{
		"theme":            {"dark", "--theme"},
		"mouse":            {false, file + ":2"},
		"endpoints":        {[]any{"a:1", "b:2"}, file + ":3"},
		"cacert":           {filepath.Join(filepath.Dir(file), "ca.pem"), file + ":4"},
		"user":             {"me:(hidden)", file + ":5"},
		"quiet":            {false, "default"},
		"keys.buy-tickets": {[]any{"o"}, file + ":8"},
		"keys.help":        {[]any{"?", "f1"}, "default"},
	} {
		value, from := cfg.value(t, name)
		require.Equal(t, want, [2]any{value, from}, name)
	}
	table := away(t, "config", "--config-file", file)
	require.Contains(t, table.out, "keys.buy-tickets")
	require.NotContains(t, table.out, "keys.help", "what is as usual does not bury what is not")
	local := away(t, "config", "--config-file", file, "--data-dir", "here", "--no-mouse", "-w", "json")
	require.Zero(t, local.code, local.err)
	cfg = decode[shownConfig](t, local)
	value, from := cfg.value(t, "endpoints")
	require.Equal(t, []any{[]any{}, "default"}, []any{value, from}, "the flag for a local store is stronger than the file's cluster")
	_, from = cfg.value(t, "mouse")
	require.Equal(t, "--mouse", from)
}

func TestTheFlagForTheMouseIsStrongerThanTheVariableThatTakesItBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env, flag string
		mouse     bool
		from      string
	}{
		{"TICKETCD_NO_MOUSE=true", "--mouse", true, "--mouse"},
		{"TICKETCD_NO_MOUSE=true", "--quiet", false, "TICKETCD_NO_MOUSE"},
		{"TICKETCD_NO_MOUSE=false", "--no-mouse", false, "--mouse"},
		{"TICKETCD_MOUSE=true", "--no-mouse", false, "--mouse"},
	} {
		shown := awayWith(t, []string{c.env}, "config", c.flag, "-w", "json")
		value, from := decode[shownConfig](t, shown).value(t, "mouse")
		require.Equal(t, [2]any{c.mouse, c.from}, [2]any{value, from}, "%s %s", c.env, c.flag)
	}
}

func TestAUserWithAPasswordIsStrongerThanThePasswordOfAWeakerPlace(t *testing.T) {
	t.Parallel()
	file := newPlace(t).file("config.toml", "password = 'of-yesterday'\n")
	for _, c := range []struct {
		env      []string
		args     string
		password [2]any
	}{
		{[]string{"TICKETCD_PASSWORD=other"}, "--user me:secret", [2]any{"", "default"}},
		{[]string{"TICKETCD_USER=me:secret"}, "--config-file " + file, [2]any{"", "default"}},
		{[]string{"TICKETCD_PASSWORD=other"}, "--user me", [2]any{"(hidden)", "TICKETCD_PASSWORD"}},
		{[]string{"TICKETCD_USER=me:secret"}, "--password newer", [2]any{"(hidden)", "--password"}},
	} {
		shown := awayWith(t, c.env, append(strings.Fields("config -w json --endpoints 127.0.0.1:1"), strings.Fields(c.args)...)...)
		require.Zero(t, shown.code, shown.err)
		value, from := decode[shownConfig](t, shown).value(t, "password")
		require.Equal(t, c.password, [2]any{value, from}, c.args)
	}
}

func TestAPasswordOfNobodyIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  []string
		args string
		says string
	}{
		{nil, "--endpoints 127.0.0.1:1 --password secret", "ticketcd: --password is an etcd user's: name the user with --user\n"},
		{[]string{"TICKETCD_PASSWORD=secret"}, "--endpoints 127.0.0.1:1", "ticketcd: TICKETCD_PASSWORD is an etcd user's: name the user with --user\n"},
		{nil, "--password secret", "ticketcd: --cacert, --cert, --key, --user and --password are for a cluster: give --endpoints too\n"},
	} {
		shown := awayWith(t, c.env, append([]string{"config"}, strings.Fields(c.args)...)...)
		require.Equal(t, c.says, shown.err, c.args)
		require.Equal(t, 2, shown.code, c.args)
	}
}

func TestEndpointsMayHaveSpacesBehindTheirCommas(t *testing.T) {
	t.Parallel()
	shown := awayWith(t, []string{"TICKETCD_ENDPOINTS=http://a:1, http://b:2 "}, "config", "-w", "json")
	require.Zero(t, shown.code, shown.err)
	value, _ := decode[shownConfig](t, shown).value(t, "endpoints")
	require.Equal(t, []any{"http://a:1", "http://b:2"}, value)
}

func TestFlagsOfAServerThatStandInTheEnvironmentAreShown(t *testing.T) {
	t.Parallel()
	shown := awayWith(t, []string{"TICKETCD_MAX_SESSIONS=200", "TICKETCD_SEED_DEMO=true"}, "config", "-w", "json")
	require.Zero(t, shown.code, shown.err)
	for name, want := range map[string][2]any{
		"max-sessions": {"200", "TICKETCD_MAX_SESSIONS"}, "seed-demo": {true, "TICKETCD_SEED_DEMO"},
	} {
		value, from := decode[shownConfig](t, shown).value(t, name)
		require.Equal(t, want, [2]any{value, from}, name)
	}
	require.NotContains(t, away(t, "config").out, "max-sessions", "what a server does by default is its own affair")
}

func TestAConfigurationThatIsWrongIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ content, says string }{
		{"quiet = true\ntheem = 'dark'", ":2: there is no setting theem; did you mean theme?"},
		{"no-mouse = 'true'", ":1: there is no setting no-mouse; did you mean mouse?"},
		{"quiet = true\nconfig-file = 'other.toml'", ":2: there is no setting config-file"},
		{"theme = 'blue'", ":1: theme cannot be blue: choose auto, dark or light"},
		{"mouse = 'no'", ":1: mouse takes true or false"},
		{"theme = true", ":1: theme takes a text in quotes"},
		{"theme = ''", ":1: theme is empty: leave the line out instead"},
		{"endpoints = [1]", ":1: endpoints is a list of texts, each in quotes"},
		{"theme = ", ":1: theme has no value: give it one, or leave the line out"},
		{"quiet = true\ntheme = # dark\n", ":2: theme has no value"},
		{"quiet = true\nmouse =\nstill = true", ":2: mouse has no value"},
		{"theme 'dark'", ":1: "},
		{"\ntheme = 'dark'\ntheme = 'light'", ":3: key theme is already defined"},
		{"endpoints = 'a\"b'", ":1: endpoints cannot be read: put commas between the parts, and no quotes"},
		{"[key]\nx = 'y'", ":1: there is no part [key]; did you mean keys?"},
		{"[keys]\n\nbuy-ticket = 'x'", ":3: there is no action buy-ticket; did you mean buy-tickets?"},
		{"keys.sort = 't'", ":1: t already stands for choose-type on the screen Events"},
		{"[keys]\nsort = 3", ":2: sort takes a key in quotes, or a list of them"},
		{"endpoints = 'a:1'\ndata-dir = 'x'", ":2: choose one of endpoints and data-dir"},
	} {
		file := newPlace(t).file("config.toml", c.content)
		refused := away(t, "search", "--config-file", file)
		require.Equal(t, 2, refused.code, c.content)
		require.Contains(t, refused.err, "ticketcd: "+file+c.says)
		require.Zero(t, away(t, "completion", "bash", "--config-file", file).code)
		require.Zero(t, away(t, "config", "--example", "--config-file", file).code)
	}
	require.Equal(t, 2, away(t, "search", "--config-file", "nowhere.toml").code)
}

func TestTheExampleOfAConfigurationChangesNothing(t *testing.T) {
	t.Parallel()
	example := away(t, "config", "--example")
	require.Zero(t, example.code)
	plain := away(t, "config").out
	require.Equal(t, plain, away(t, "config", "--config-file", newPlace(t).file("config.toml", example.out)).out)
	keys := regexp.MustCompile(`(?m)^#([a-z-]+ = \[|\[keys\])`).ReplaceAllString(example.out[strings.Index(example.out, "#[keys]"):], "$1")
	taken := away(t, "config", "--config-file", newPlace(t).file("config.toml", keys))
	require.Zero(t, taken.code, taken.err)
}
