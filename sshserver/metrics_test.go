package sshserver_test

import (
	"fmt"
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

// An alert on what never happened yet must see a zero, and not that there is nothing.
func TestEverythingIsCountedFromZero(t *testing.T) {
	t.Parallel()
	told := opens(t).scrape()
	for series, values := range map[string][]string{
		"ssh_sessions_total{end": {"left", "gone", "idle", "longest", "shutdown", "broke"},
		"ssh_refusals_total{why": {"connections", "connection rate", "sessions", "password", "no terminal"},
		"orders_total{outcome":   {"bought", "refused", "conflict", "not_found", "unavailable", "unknown", "failed", "denied", "usage"},
		"errors_total{code":      {"refused", "conflict", "not_found", "unavailable", "unknown", "failed", "denied", "usage"},
	} {
		for _, value := range values {
			require.Contains(t, told, fmt.Sprintf("ticketcd_%s=%q} 0\n", series, value))
		}
	}
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
