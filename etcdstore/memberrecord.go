package etcdstore

import (
	"maps"
	"slices"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// p99Readings is how many readings of the metrics the slowest of a hundred is taken from: they span ten seconds.
	p99Readings = 11
	// longestHistory is how far back a member's history goes.
	longestHistory = model.MaxSamples * lookEvery
)

// memberRecord is what is remembered of a member from one look to the next.
type memberRecord struct {
	since         time.Time // when it was first found to take no part; zero while it does, and where nobody saw it fail
	readings      []*meters // the newest last, all since the same start of the member
	fsync, commit time.Duration
	peers         map[string]time.Duration
	history       []model.Sample
}

// add notes how a member was found, and completes it with what was found before. There is no reading where its metrics
// could not be read.
func (r *memberRecord) add(m *model.Member, now time.Time, reading *meters) {
	var last model.Sample
	if n := len(r.history); n > 0 {
		last = r.history[n-1]
	}
	switch {
	case m.Healthy(), now.Sub(last.Taken) > model.MaxGap:
		r.since = time.Time{}
	case last.Healthy:
		r.since = now
	}
	m.Since = r.since
	if reading != nil {
		r.read(reading)
		m.Peers = r.peers
		m.Activity, m.Measured = r.activity()
	}
	r.remember(model.Sample{
		Taken: now, Healthy: m.Healthy(), Latency: m.Latency, Activity: m.Activity,
	})
	m.History = slices.Clip(r.history)
}

// remember adds a sample, and forgets the oldest. Who still draws the history as it was is not disturbed: what they see
// is never written again.
func (r *memberRecord) remember(sample model.Sample) {
	r.history = append(r.history, sample)
	first := max(0, len(r.history)-model.MaxSamples)
	for first < len(r.history)-1 && sample.Taken.Sub(r.history[first].Taken) > longestHistory {
		first++
	}
	r.history = r.history[first:]
}

// read adds a reading. Durations are those of the last ten seconds; as long as there are none, those from before stand.
func (r *memberRecord) read(reading *meters) {
	if len(r.readings) > 0 && reading.restarted(r.readings[len(r.readings)-1]) {
		r.readings = nil
	}
	var oldest, last meters
	if len(r.readings) > 0 {
		oldest, last = *r.readings[0], *r.readings[len(r.readings)-1]
	}
	if recent := reading.fsync.since(oldest.fsync); recent.count > 0 {
		r.fsync = recent.p99()
	}
	if recent := reading.commit.since(oldest.commit); recent.count > 0 {
		r.commit = recent.p99()
	}
	peers := maps.Clone(r.peers)
	if peers == nil {
		peers = map[string]time.Duration{}
	}
	for id, trips := range reading.peers {
		if recent := trips.since(last.peers[id]); recent.count > 0 {
			peers[id] = recent.mean()
		}
	}
	r.peers = peers
	r.readings = append(r.readings, reading)
	r.readings = r.readings[max(0, len(r.readings)-p99Readings):]
}

// restarted says whether the member began to count anew after an earlier reading.
func (m *meters) restarted(before *meters) bool {
	return m.started != before.started || m.bytesIn < before.bytesIn || m.requests.Total() < before.requests.Total()
}

// activity compares the newest reading with the one before. There is none before the second reading.
func (r *memberRecord) activity() (model.Activity, bool) {
	if len(r.readings) < 2 {
		return model.Activity{}, false
	}
	before, now := r.readings[len(r.readings)-2], r.readings[len(r.readings)-1]
	seconds := now.read.Sub(before.read).Seconds()
	if seconds <= 0 {
		return model.Activity{}, false
	}
	perSecond := func(before, now float64) float64 { return max(0, now-before) / seconds }
	return model.Activity{
		Requests: model.Requests{
			Range:  perSecond(before.requests.Range, now.requests.Range),
			Put:    perSecond(before.requests.Put, now.requests.Put),
			Delete: perSecond(before.requests.Delete, now.requests.Delete),
			Txn:    perSecond(before.requests.Txn, now.requests.Txn),
			Watch:  perSecond(before.requests.Watch, now.requests.Watch),
			Other:  perSecond(before.requests.Other, now.requests.Other),
		},
		BytesIn:       perSecond(before.bytesIn, now.bytesIn),
		BytesOut:      perSecond(before.bytesOut, now.bytesOut),
		Committed:     perSecond(before.committed, now.committed),
		Failed:        perSecond(before.failed, now.failed),
		Pending:       int(now.pending),
		LeaderChanges: int(now.leaderChanges),
		Watchers:      int(now.watchers),
		FsyncP99:      r.fsync,
		CommitP99:     r.commit,
	}, true
}
