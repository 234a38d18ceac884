package etcdstore

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"math"
	"net"
	"net/http"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	prometheus "github.com/prometheus/common/model"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// longestMetrics is how much of a page of metrics is read. Etcd's has less than 300 kB.
	longestMetrics = 8 << 20
	// idlePage is how long a connection for pages is kept; one is fetched each second while somebody looks.
	idlePage = 10 * time.Second
)

// meters are what a member counts, as its page of metrics tells. Except for what goes up and down, counts are those since
// the member was started.
type meters struct {
	read    time.Time // by our clock
	started float64   // in seconds, by the member's clock
	uptime  time.Duration

	requests                             model.Requests
	bytesIn, bytesOut, committed, failed float64
	pending, leaderChanges, watchers     float64
	fsync, commit                        histogram
	peers                                map[string]histogram // by the id of the other member
}

// histogram counts durations: how many took so many seconds or less.
type histogram struct {
	count, seconds float64
	bounds         []float64 // in seconds, ascending
	within         []float64 // how many were within the bound
}

// web is a client for pages of metrics. Only places that were dialled as endpoints are asked, and no other to which they
// may refer.
func (l *link) web() *http.Client {
	trust := l.tls.Clone()
	if trust == nil {
		trust = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:        new(net.Dialer).DialContext,
			TLSClientConfig:    trust,
			DisableCompression: true, // the members have better things to do
			IdleConnTimeout:    idlePage,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// readMeters fetches a member's page of metrics, and returns nil where there is none. The local store, behind its socket,
// has none.
func (s *survey) readMeters(ctx context.Context, e endpoint) *meters {
	if e.network != "tcp" {
		return nil
	}
	scheme := "http"
	if e.secure || !e.plain && s.link.tls != nil {
		scheme = "https"
	}
	m, err := fetchMeters(ctx, s.web, scheme+"://"+e.address+"/metrics")
	if err != nil {
		s.link.Log.Debug("the metrics of a member cannot be read", "endpoint", e.text, "error", err)
		return nil
	}
	return m
}

func fetchMeters(ctx context.Context, web *http.Client, url string) (*meters, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := web.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, model.Errorf(model.CodeFailed, "the page of metrics is answered with %s", model.Clean(response.Status))
	}
	m, err := parseMeters(io.LimitReader(response.Body, longestMetrics))
	if err != nil {
		return nil, err
	}
	m.read = time.Now()
	// Only the member's own clock tells how long it has been running.
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil && m.started > 0 {
		m.uptime = max(0, date.Sub(time.Unix(int64(m.started), 0)))
	}
	return m, nil
}

func parseMeters(page io.Reader) (*meters, error) {
	wanted, err := wantedLines(page)
	if err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "the page of metrics cannot be read")
	}
	parser := expfmt.NewTextParser(prometheus.UTF8Validation)
	families, err := parser.TextToMetricFamilies(wanted)
	if err != nil {
		return nil, model.Wrap(model.CodeFailed, err, "the page of metrics cannot be understood")
	}
	number := func(name string) float64 {
		for _, metric := range families[name].GetMetric() {
			return metricValue(metric)
		}
		return 0
	}
	durations := func(name string) histogram {
		for _, metric := range families[name].GetMetric() {
			return histogramOf(metric)
		}
		return histogram{}
	}
	m := &meters{
		started:       number("process_start_time_seconds"),
		bytesIn:       number("etcd_network_client_grpc_received_bytes_total"),
		bytesOut:      number("etcd_network_client_grpc_sent_bytes_total"),
		committed:     number("etcd_server_proposals_committed_total"),
		failed:        number("etcd_server_proposals_failed_total"),
		pending:       number("etcd_server_proposals_pending"),
		leaderChanges: number("etcd_server_leader_changes_seen_total"),
		watchers:      number("etcd_debugging_mvcc_watcher_total"),
		fsync:         durations("etcd_disk_wal_fsync_duration_seconds"),
		commit:        durations("etcd_disk_backend_commit_duration_seconds"),
		peers:         map[string]histogram{},
	}
	for _, metric := range families["grpc_server_started_total"].GetMetric() {
		m.countRequests(labelOf(metric, "grpc_service"), labelOf(metric, "grpc_method"), metricValue(metric))
	}
	for _, metric := range families["grpc_server_msg_sent_total"].GetMetric() {
		if labelOf(metric, "grpc_service") == "etcdserverpb.Watch" {
			m.requests.Watch += metricValue(metric)
		}
	}
	for _, metric := range families["etcd_network_peer_round_trip_time_seconds"].GetMetric() {
		m.peers[model.Clean(labelOf(metric, "To"))] = histogramOf(metric)
	}
	return m, nil
}

// wantedLines leaves out what is not used, which is nearly all: reading it would take ten times as long.
func wantedLines(page io.Reader) (io.Reader, error) {
	var wanted bytes.Buffer
	lines := bufio.NewScanner(page)
	for lines.Scan() {
		if isWanted(bytes.TrimPrefix(lines.Bytes(), []byte("# TYPE "))) {
			wanted.Write(lines.Bytes())
			wanted.WriteByte('\n')
		}
	}
	return &wanted, lines.Err()
}

func isWanted(line []byte) bool {
	for _, name := range [...]string{
		"etcd_debugging_mvcc_watcher_total", "etcd_disk_backend_commit_duration_seconds", "etcd_disk_wal_fsync_duration_seconds",
		"etcd_network_client_grpc_", "etcd_network_peer_round_trip_time_seconds", "etcd_server_leader_changes_seen_total",
		"etcd_server_proposals_", "grpc_server_started_total", "grpc_server_msg_sent_total", "process_start_time_seconds",
	} {
		if bytes.HasPrefix(line, []byte(name)) {
			return true
		}
	}
	return false
}

func (m *meters) countRequests(service, method string, count float64) {
	switch {
	case service == "etcdserverpb.KV" && method == "Range", service == "etcdserverpb.KV" && method == "RangeStream":
		m.requests.Range += count
	case service == "etcdserverpb.KV" && method == "Put":
		m.requests.Put += count
	case service == "etcdserverpb.KV" && method == "DeleteRange":
		m.requests.Delete += count
	case service == "etcdserverpb.KV" && method == "Txn":
		m.requests.Txn += count
	case service == "etcdserverpb.KV", service == "etcdserverpb.Lease", service == "etcdserverpb.Auth":
		m.requests.Other += count
	}
}

// metricValue returns the value of a metric that is one number.
func metricValue(metric *dto.Metric) float64 {
	return metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + metric.GetUntyped().GetValue()
}

func labelOf(metric *dto.Metric, name string) string {
	for _, label := range metric.GetLabel() {
		if label.GetName() == name {
			return label.GetValue()
		}
	}
	return ""
}

func histogramOf(metric *dto.Metric) histogram {
	from := metric.GetHistogram()
	h := histogram{count: float64(from.GetSampleCount()), seconds: from.GetSampleSum()}
	for _, bucket := range from.GetBucket() {
		if !math.IsInf(bucket.GetUpperBound(), 1) {
			h.bounds = append(h.bounds, bucket.GetUpperBound())
			h.within = append(h.within, float64(bucket.GetCumulativeCount()))
		}
	}
	return h
}

// since returns what was counted after an earlier reading of the same histogram.
func (h histogram) since(before histogram) histogram {
	if len(before.bounds) != len(h.bounds) {
		return h
	}
	later := histogram{count: h.count - before.count, seconds: h.seconds - before.seconds, bounds: h.bounds}
	for i, n := range h.within {
		later.within = append(later.within, n-before.within[i])
	}
	return later
}

// mean returns the average, and 0 where nothing was counted.
func (h histogram) mean() time.Duration {
	if h.count <= 0 {
		return 0
	}
	return seconds(h.seconds / h.count)
}

// p99 returns what 99 of 100 did not exceed, as well as the bounds tell, and 0 where nothing was counted. Between two
// bounds it supposes an even spread; beyond the last it returns that.
func (h histogram) p99() time.Duration {
	if h.count <= 0 || len(h.bounds) == 0 {
		return 0
	}
	rank, lower, below := 0.99*h.count, 0.0, 0.0
	for i, upper := range h.bounds {
		if n := h.within[i]; n >= rank {
			return seconds(lower + (upper-lower)*(rank-below)/(n-below))
		}
		lower, below = upper, h.within[i]
	}
	return seconds(lower)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
