package etcdstore

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// page is a page of metrics as a member served it, with some numbers replaced.
func page(t *testing.T, replace ...string) *meters {
	t.Helper()
	text, err := os.ReadFile("testdata/metrics.txt")
	require.NoError(t, err)
	m, err := parseMeters(strings.NewReader(strings.NewReplacer(replace...).Replace(string(text))))
	require.NoError(t, err)
	m.read = time.Unix(1000, 0)
	return m
}

func TestAPageOfMetricsIsRead(t *testing.T) {
	t.Parallel()
	m := page(t)
	require.Equal(t, model.Requests{Put: 45, Txn: 12, Watch: 1}, m.requests, "what asks after the cluster does not count")
	require.EqualValues(t, 8068, m.bytesIn)
	require.EqualValues(t, 5629, m.bytesOut)
	require.EqualValues(t, 59, m.committed)
	require.EqualValues(t, 3, m.leaderChanges)
	require.EqualValues(t, 1, m.watchers)
	require.EqualValues(t, 1795420988, int(m.started))
	require.InDelta(t, 15.52, m.fsync.p99().Seconds()*1000, 0.001, "in milliseconds")
	require.InDelta(t, 0.99, m.commit.p99().Seconds()*1000, 0.001)
	require.InDelta(t, 0.616, m.peers["1c077d5b30c5e64b"].mean().Seconds()*1000, 0.001)
	require.Len(t, m.peers, 2)
}

func TestWhatIsNoPageOfMetricsIsNotRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"etcd_server_proposals_pending many\n", "grpc_server_started_total{grpc_", strings.Repeat("x", 1<<20)} {
		_, err := parseMeters(strings.NewReader(text))
		require.Error(t, err)
	}
	m, err := parseMeters(strings.NewReader("<html><body>Hello</body></html>\nsome_other_program_total 5\n"))
	require.NoError(t, err)
	require.Zero(t, m.requests)
	require.Zero(t, m.fsync.p99())
}

func TestADurationIsJudgedByTheBoundsItLiesBetween(t *testing.T) {
	t.Parallel()
	bounds := []float64{1, 2, 4}
	for _, test := range []struct {
		within []float64
		count  float64
		p99    time.Duration
	}{
		{[]float64{0, 0, 0}, 0, 0},
		{[]float64{100, 100, 100}, 100, 990 * time.Millisecond},
		{[]float64{0, 100, 100}, 100, 1990 * time.Millisecond},
		{[]float64{0, 0, 100}, 100, 3980 * time.Millisecond},
		{[]float64{98, 98, 100}, 100, 3 * time.Second},
		{[]float64{0, 0, 0}, 100, 4 * time.Second}, // slower than the last bound: who knows how much
	} {
		h := histogram{count: test.count, bounds: bounds, within: test.within}
		require.InDelta(t, test.p99.Seconds(), h.p99().Seconds(), 1e-6)
	}
	require.Zero(t, histogram{count: 5}.p99())
}

func TestRatesAreBetweenOneReadingAndTheNext(t *testing.T) {
	t.Parallel()
	first := page(t)
	second := page(t,
		`started_total{grpc_method="Put",grpc_service="etcdserverpb.KV",grpc_type="unary"} 45`,
		`started_total{grpc_method="Put",grpc_service="etcdserverpb.KV",grpc_type="unary"} 65`,
		`sent_total{grpc_method="Watch",grpc_service="etcdserverpb.Watch",grpc_type="bidi_stream"} 1`,
		`sent_total{grpc_method="Watch",grpc_service="etcdserverpb.Watch",grpc_type="bidi_stream"} 7`,
		"proposals_committed_total 59", "proposals_committed_total 89", "proposals_pending 0", "proposals_pending 4",
		"received_bytes_total 8068", "received_bytes_total 9068")
	second.read = first.read.Add(2 * time.Second)

	known := &memberRecord{}
	m := model.Member{ID: "1"}
	known.add(&m, second.read, first)
	require.False(t, m.Measured, "one reading is no rate")
	known.add(&m, second.read, second)
	require.True(t, m.Measured)
	require.Equal(t, model.Requests{Put: 10, Watch: 3}, m.Activity.Requests)
	require.EqualValues(t, 15, m.Activity.Committed)
	require.EqualValues(t, 500, m.Activity.BytesIn)
	require.Equal(t, 4, m.Activity.Pending)
	require.InDelta(t, 15.52, m.Activity.FsyncP99.Seconds()*1000, 0.001, "nothing new was written: the last known stands")
	require.InDelta(t, 0.616, m.Peers["1c077d5b30c5e64b"].Seconds()*1000, 0.001)
	require.Len(t, m.History, 2)
	require.Equal(t, m.Activity, m.History[1].Activity)
}

func TestSlowWritesShowAmongManyFastOnesOfThePast(t *testing.T) {
	t.Parallel()
	known := &memberRecord{}
	known.read(page(t))
	slower := page(t)
	slower.fsync.count += 10
	for i, bound := range slower.fsync.bounds {
		if bound >= 0.5 {
			slower.fsync.within[i] += 10
		}
	}
	known.read(slower)
	require.InDelta(t, 0.51, known.fsync.Seconds(), 0.01)
	for range p99Readings - 1 {
		known.read(slower)
	}
	require.InDelta(t, 0.51, known.fsync.Seconds(), 0.01, "there was nothing since")
}

func TestAMemberThatWasRestartedDoesNotCountBackwards(t *testing.T) {
	t.Parallel()
	known := &memberRecord{}
	known.read(page(t))
	again := page(t, "process_start_time_seconds 1.79542098877e+09", "process_start_time_seconds 1.79542100000e+09",
		"received_bytes_total 8068", "received_bytes_total 10")
	again.read = again.read.Add(time.Second)
	known.read(again)
	_, measured := known.activity()
	require.False(t, measured)
	more := *again
	more.read, more.bytesIn = again.read.Add(time.Second), 30
	known.read(&more)
	activity, measured := known.activity()
	require.True(t, measured)
	require.EqualValues(t, 20, activity.BytesIn)
}

func TestAHistoryHoldsThreeMinutesAndNeverChangesUnderWhoDrawsIt(t *testing.T) {
	t.Parallel()
	known, began := &memberRecord{}, time.Unix(1000, 0)
	var drawn [][]model.Sample
	for second := range 3 * model.MaxSamples {
		m := model.Member{ID: "1", Latency: time.Duration(second)}
		known.add(&m, began.Add(time.Duration(second)*time.Second), nil)
		drawn = append(drawn, m.History)
	}
	for second, history := range drawn {
		require.Len(t, history, min(second+1, model.MaxSamples))
		for i, sample := range history {
			require.EqualValues(t, second-len(history)+1+i, sample.Latency)
		}
	}
	m := model.Member{ID: "1"}
	known.add(&m, began.Add(time.Hour), nil)
	require.Len(t, m.History, 1, "nobody looked for an hour")
}

func TestAMemberIsOutSinceItWasFirstFoundSo(t *testing.T) {
	t.Parallel()
	known, noon := &memberRecord{}, time.Unix(1000, 0)
	since := func(err string, at time.Time) time.Time {
		m := model.Member{Err: err}
		known.add(&m, at, nil)
		return m.Since
	}
	require.Zero(t, since("", noon))
	require.Equal(t, noon.Add(1), since("it does not answer", noon.Add(1)))
	require.Equal(t, noon.Add(1), since("nothing listens", noon.Add(2)))
	require.Zero(t, since("", noon.Add(3)))
	require.Equal(t, noon.Add(4), since("it does not answer", noon.Add(4)))
	require.Zero(t, since("it does not answer", noon.Add(time.Hour)), "nobody looked for an hour")
	require.Zero(t, since("it does not answer", noon.Add(time.Hour+1)))
}
