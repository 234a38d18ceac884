package model

import (
	"fmt"
	"slices"
	"time"
)

// Span writes a length of time for people, to the nearest second: "8 s", "3 min", "2 h".
func Span(d time.Duration) string {
	switch d = max(d, 0).Round(time.Second); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d h", d/time.Hour)
}

// Percentiles returns what half of some durations, and 99 of 100 of them, do not exceed; 0 for none. It sorts them.
func Percentiles(took []time.Duration) (p50, p99 time.Duration) {
	slices.Sort(took)
	if n := len(took); n > 0 {
		p50, p99 = took[n/2], took[n*99/100]
	}
	return p50, p99
}
