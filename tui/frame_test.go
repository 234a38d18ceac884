package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
	"github.com/ticketcd/ticketcd/tui"
)

// BenchmarkFrame draws the home screen again after an order of somebody else, as every session does all the time while
// tickets sell.
func BenchmarkFrame(b *testing.B) {
	cfg, err := seed.Default()
	require.NoError(b, err)
	cfg.Events = 1000
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	records, err := seed.Generate(b.Context(), cfg, 1, now)
	require.NoError(b, err)
	changes := make([]model.Change, 0, len(records))
	for _, r := range records {
		changes = append(changes, model.Change{Key: r.Key, Value: r.Value, Revision: 1})
	}
	catalogue, problems := model.NewCatalogue().With(1, changes)
	require.Empty(b, problems)
	for name, size := range map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			session := tui.Home(catalogue, now, size[0], size[1])
			event := catalogue.Search(model.Query{Now: now}).At(3)
			for revision := int64(2); b.Loop(); revision++ {
				b.StopTimer()
				after := *event
				after.Left -= int(revision % 50)
				next, _ := catalogue.With(revision, []model.Change{{Key: model.EventKey(event.ID), Value: after.Encode(), Revision: revision}})
				b.StartTimer()
				session.Shows(next)
			}
		})
	}
}
