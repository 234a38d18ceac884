//go:build linux

package cli_test

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// scrape reads a page of metrics as Prometheus would.
func scrape(t *testing.T, web *http.Client, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	answer, err := web.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s", page)
	return string(page)
}

func TestWhatPeopleAreToldOfErrorsIsCountedForPrometheus(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	c := p.cluster("--nodes", "1")
	p.must("load", p.file("rush.json", rush()))
	address := freeAddress(t)
	server := p.server("--metrics", address)
	read := func() string { return scrape(t, http.DefaultClient, "http://"+address+"/metrics") }
	require.Contains(t, read(), `ticketcd_errors_total{code="unavailable"} 0`, "before there is any, so that the first is a rise")

	typing(t.Context(), t, server.address, "u01", "dumb", "login u01\rwrong\rlogin nobody\rwrong\rquit\r")
	require.Contains(t, read(), `ticketcd_errors_total{code="denied"} 2`)
	require.NoError(t, syscall.Kill(c.Members[0].PID, syscall.SIGKILL))
	shown := typing(t.Context(), t, server.address, "u01", "dumb", "login u01\rwrong\rquit\r")
	page := read()
	require.Contains(t, page, `ticketcd_errors_total{code="unavailable"} 1`, shown)
	require.Contains(t, page, `ticketcd_errors_total{code="denied"} 2`)

	documented, err := os.ReadFile("../docs/ssh.md")
	require.NoError(t, err)
	for _, name := range regexp.MustCompile(`(?m)^# TYPE (ticketcd_\S+)`).FindAllStringSubmatch(page, -1) {
		require.Contains(t, string(documented), name[1])
	}
	for _, name := range regexp.MustCompile("`((?:go|process)_[a-z_]*[a-z])`").FindAllStringSubmatch(string(documented), -1) {
		require.Regexp(t, `(?m)^`+name[1]+` \d`, page)
	}
	require.Greater(t, strings.Count(page, "\nprocess_"), 5)
	server.ends(t)
	c.end(t, os.Interrupt)
}
