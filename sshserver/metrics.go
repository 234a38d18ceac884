package sshserver

import (
	"context"
	"net/http"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ticketcd/ticketcd/model"
)

// Metrics are what the server counts, in a registry of its own. A nil Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	sessions *prometheus.CounterVec // by how they ended
	open     prometheus.Gauge
	refusals *prometheus.CounterVec
	orders   *prometheus.CounterVec
	errors   *prometheus.CounterVec // that people were told of, by code
}

// Why something was refused, for the metrics.
const (
	whyConnections    = "connections"
	whyConnectionRate = "connection rate"
	whySessions       = "sessions"
	whyPassword       = "password"
	whyNoTerminal     = "no terminal"
)

// bought is the outcome of an order that went through; those of others are the codes of their errors.
const bought = "bought"

// liveHeap is what the last collection of garbage has found in use: unlike all other figures of memory it does not depend on
// when it is looked at.
const liveHeap = "^/gc/heap/live:bytes$"

// NewMetrics returns metrics that also tell how fresh the shop is, measured by the revision of the store's newest change.
func NewMetrics(live *model.Live, revision func(context.Context) (int64, error), now func() time.Time) *Metrics {
	counter := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "ticketcd", Name: name, Help: help}, []string{label})
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		sessions: counter("ssh_sessions_total", "Sessions that have ended, by how.", "end"),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "ticketcd", Name: "ssh_sessions", Help: "Sessions that are open.",
		}),
		refusals: counter("ssh_refusals_total", "What was refused, by why.", "why"),
		orders:   counter("orders_total", "Orders that were placed here, by outcome.", "outcome"),
		errors:   counter("errors_total", "What the store could not do, or would not, and somebody was told so, by the error's code.", "code"),
	}
	m.beginAtZero()
	staleness := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "ticketcd", Name: "staleness_seconds", Help: "How old the counts are that sessions see; 0 while they are live.",
	}, func() float64 {
		shop, _ := live.Shop()
		if !shop.Stale {
			return 0
		}
		return max(now().Sub(shop.Since).Seconds(), 0)
	})
	shown := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "ticketcd", Name: "catalogue_revision", Help: "The store's revision that sessions see.",
	}, func() float64 {
		shop, _ := live.Shop()
		return float64(shop.Catalogue.Revision())
	})
	m.registry.MustRegister(
		m.sessions, m.open, m.refusals, m.orders, m.errors, staleness, shown, newLag(live, revision),
		collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(
			collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(liveHeap)})),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// beginAtZero makes everything that can be counted be there from the start: a rate needs the zero before the first, and who
// alerts on something wants to see that it has not happened.
func (m *Metrics) beginAtZero() {
	for _, end := range []string{endLeft, endIdle, endLongest, endShutdown, endBroke, endGone} {
		m.sessions.WithLabelValues(end)
	}
	for _, why := range []string{whyConnections, whyConnectionRate, whySessions, whyPassword, whyNoTerminal} {
		m.refusals.WithLabelValues(why)
	}
	m.orders.WithLabelValues(bought)
	for _, code := range []model.Code{
		model.CodeFailed, model.CodeUsage, model.CodeRefused, model.CodeConflict, model.CodeNotFound, model.CodeUnavailable,
		model.CodeDenied, model.CodeUnknown,
	} {
		m.orders.WithLabelValues(string(code))
		m.errors.WithLabelValues(string(code))
	}
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *Metrics) order(err error) {
	if m == nil {
		return
	}
	outcome := bought
	if err != nil {
		outcome = string(model.CodeOf(err))
	}
	m.orders.WithLabelValues(outcome).Inc()
}

// failed counts what somebody was told of.
func (m *Metrics) failed(err error) {
	if m != nil {
		m.errors.WithLabelValues(string(model.CodeOf(err))).Inc()
	}
}

func (m *Metrics) refused(why string) {
	if m != nil {
		m.refusals.WithLabelValues(why).Inc()
	}
}

func (m *Metrics) began() {
	if m != nil {
		m.open.Inc()
	}
}

func (m *Metrics) ended(how string) {
	if m != nil {
		m.open.Dec()
		m.sessions.WithLabelValues(how).Inc()
	}
}
