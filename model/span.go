package model

import (
	"fmt"
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
