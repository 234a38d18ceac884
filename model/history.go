package model

import "time"

// History is how the count of an event moved, from the store's own revisions.
type History struct {
	Moments []Moment // oldest first
	Since   int64    // the first revision that the store still remembers; 0 if it remembers the event's beginning
}

// Moment is the count of an event from one revision on.
type Moment struct {
	Revision int64
	Left     int
	At       Date // when it was written; empty for counts that the prototype or somebody by hand wrote
}

// MaxMoments is how many moments a history keeps: more than any chart has columns.
const MaxMoments = 1000

// Add takes in the count of an event as it was seen at a revision, if that is news.
func (h *History) Add(e *Event, revision int64) {
	if n := len(h.Moments); n > 0 && (h.Moments[n-1].Left == e.Left || h.Moments[n-1].Revision >= revision) {
		return
	}
	kept := h.Moments[max(0, len(h.Moments)+1-MaxMoments):]
	h.Moments = append(kept, Moment{Revision: revision, Left: e.Left, At: e.Changed})
}

// Lefts returns the counts alone, oldest first.
func (h History) Lefts() []int {
	lefts := make([]int, len(h.Moments))
	for i, m := range h.Moments {
		lefts[i] = m.Left
	}
	return lefts
}

// Sold returns how many tickets were sold within a span before now (a wall-clock time). Tickets that came back are not
// taken off: it says how fast an event sells. Moments without a time are not counted.
func (h History) Sold(now time.Time, span time.Duration) int {
	sold := 0
	for i := 1; i < len(h.Moments); i++ {
		at, ok := h.Moments[i].At.Time()
		if fell := h.Moments[i-1].Left - h.Moments[i].Left; ok && fell > 0 && now.Sub(at) < span {
			sold += fell
		}
	}
	return sold
}
