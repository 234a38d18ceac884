package sshserver

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ticketcd/ticketcd/model"
)

// lagPatience is how long a scrape waits for the watch. A longer lag is told as this one.
const lagPatience = 2 * time.Second

// lag measures, at each scrape, how long it takes until sessions see what the store holds.
type lag struct {
	live     *model.Live
	revision func(context.Context) (int64, error)
	about    *prometheus.Desc
}

func newLag(live *model.Live, revision func(context.Context) (int64, error)) lag {
	return lag{live, revision, prometheus.NewDesc("ticketcd_watch_lag_seconds",
		"How long it takes until sessions see what the store holds at the scrape, at most 2; absent if the store does not answer.", nil, nil)}
}

// Describe tells what is measured.
func (l lag) Describe(out chan<- *prometheus.Desc) { out <- l.about }

// Collect measures it.
func (l lag) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), lagPatience)
	defer cancel()
	newest, err := l.revision(ctx)
	if err != nil {
		return
	}
	asked := time.Now()
	for {
		shop, changed := l.live.Shop()
		if shop.Loaded && shop.Catalogue.Revision() >= newest {
			break
		}
		select {
		case <-changed:
			continue
		case <-ctx.Done():
		}
		break
	}
	out <- prometheus.MustNewConstMetric(l.about, prometheus.GaugeValue, time.Since(asked).Seconds())
}
