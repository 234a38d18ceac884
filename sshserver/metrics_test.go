package sshserver_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// scrape reads the metrics as Prometheus would.
func (h *house) scrape() string {
	h.t.Helper()
	answer := httptest.NewRecorder()
	h.metrics.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(h.t.Context(), "GET", "/metrics", nil))
	require.Equal(h.t, 200, answer.Code)
	return answer.Body.String()
}

func TestMetricsTellWhatGoesOn(t *testing.T) {
	t.Parallel()
	h := opens(t)
	ann := h.visits("ann").logsIn("ann-secret")
	require.Contains(t, h.scrape(), "ticketcd_ssh_sessions 1\n")
	ann.presses("enter").sees("Smoke and brass").presses("b").sees("You pay").presses("right", "enter").sees("Confirm the order").presses("y")
	ann.sees("Bought 1 red ticket").leaves()
	h.log.line(t, "msg=session", "end=left")
	told := h.scrape()
	for _, line := range []string{
		"ticketcd_ssh_sessions 0\n", `ticketcd_ssh_sessions_total{end="left"} 1`, `ticketcd_orders_total{outcome="bought"} 1`,
		"ticketcd_staleness_seconds 0\n", "ticketcd_watch_lag_seconds ", "ticketcd_catalogue_revision ",
	} {
		require.Contains(t, told, line)
	}
}
