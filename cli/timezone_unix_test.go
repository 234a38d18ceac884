//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATimeZoneThatDoesNotExistIsSaid(t *testing.T) {
	t.Parallel()
	const says = "TZ is Europe/Lodnon, which names no time zone: all times are in UTC\n"
	for _, command := range []string{"config", "search"} {
		misspelt := awayWith(t, []string{"TZ=Europe/Lodnon", "XDG_DATA_HOME=" + t.TempDir()}, command, "-w", "json")
		require.Zero(t, misspelt.code, misspelt.err)
		require.Equal(t, says, misspelt.err)
		decode[any](t, misspelt)
	}
	require.Contains(t, awayWith(t, []string{"TZ=CET-1CEST"}, "config").err, "TZ is CET-1CEST, ")
	for _, zone := range []string{"", ":", "UTC", "UTC0", "Etc/UTC", "Europe/London", ":Europe/London", "EST5EDT"} {
		require.NotContains(t, awayWith(t, []string{"TZ=" + zone}, "config").err, "TZ", zone)
	}
	require.Empty(t, awayWith(t, []string{"TZ=Europe/Lodnon"}, "--help").err)
}

func TestTheLogOfAServerSaysThatItsTimeZoneDoesNotExist(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	for zone, says := range map[string]string{"Europe/Lodnon": `level=WARN msg="TZ names no time zone: all times are in UTC" TZ=Europe/Lodnon`, "Europe/London": ""} {
		cmd := newPlace(t).command(t.Context(), "serve", "--listen", "127.0.0.1:0", "-w", "json", "--log", log)
		cmd.Env = append(cmd.Env, "TZ="+zone)
		require.NotContains(t, serving(t, cmd).ends(t), "TZ")
		text, err := os.ReadFile(log)
		require.NoError(t, err)
		if says == "" {
			require.NotContains(t, string(text), "TZ")
		}
		require.Contains(t, string(text), says)
		require.NoError(t, os.Remove(log))
	}
}
