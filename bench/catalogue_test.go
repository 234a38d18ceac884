package bench

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
)

// realisticRecords are those that a catalogue of 100,000 events is made from, with the bytes of their keys and values.
func realisticRecords(b *testing.B) (changes []model.Change, size int) {
	b.Helper()
	cfg, err := seed.Default()
	require.NoError(b, err)
	cfg.Events, cfg.Users = manyEvents, 0
	records, err := seed.Generate(b.Context(), cfg, 1, time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(b, err)
	for _, r := range records {
		if strings.HasPrefix(r.Key, model.PrefixEvent) || strings.HasPrefix(r.Key, model.PrefixTicket) {
			changes = append(changes, model.Change{Key: r.Key, Value: slices.Clone(r.Value)})
			size += len(r.Key) + len(r.Value)
		}
	}
	slices.SortFunc(changes, func(a, b model.Change) int { return strings.Compare(a.Key, b.Key) })
	return changes, size
}

// largeShop is a realistic catalogue of 100,000 events, with the bytes of the keys and values that it was made from.
func largeShop(b *testing.B) (catalogue *model.Catalogue, size int) {
	b.Helper()
	changes, size := realisticRecords(b)
	catalogue, problems := model.NewCatalogue().With(1, changes)
	require.Empty(b, problems)
	return catalogue, size
}

func BenchmarkMakingACatalogueOf100000RealisticEvents(b *testing.B) {
	changes, _ := realisticRecords(b)
	for b.Loop() {
		model.NewCatalogue().With(1, changes)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(changes)), "ns/key")
}

func BenchmarkSearchIn100000RealisticEvents(b *testing.B) {
	c, _ := largeShop(b)
	events := c.Search(model.Query{}).Events()
	queries := mix(c, time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC))
	var search, linear []time.Duration
	for b.Loop() {
		for _, q := range queries {
			began := time.Now()
			c.Search(q)
			search = append(search, time.Since(began))
		}
		began := time.Now()
		scan(events, queries[len(linear)%len(queries)])
		linear = append(linear, time.Since(began))
	}
	p50, p99 := model.Percentiles(search)
	scanned, _ := model.Percentiles(linear)
	b.ReportMetric(millis(p50), "ms-p50")
	b.ReportMetric(millis(p99), "ms-p99")
	b.ReportMetric(float64(scanned)/float64(p50), "x-linear-scan")
}

func BenchmarkMemoryOf100000RealisticEvents(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		c, size := largeShop(b)
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(size), "x-data")
		runtime.KeepAlive(c)
	}
}
