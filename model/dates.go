package model

import (
	"math"
	"slices"
	"time"
)

// Days is a span of days, by the clock on the wall: from the midnight with which its first day begins until the one with which
// its last ends. A zero time leaves it open. An event with a date that cannot be read is on none of the days of any span.
type Days struct{ From, Until time.Time }

// daysFrom returns so many days, of which the first is that of a moment.
func daysFrom(at time.Time, days int) Days {
	first := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	return Days{first, first.AddDate(0, 0, days)}
}

// Dates is a choice of days, in the words in which people make it: one of those below, or a month, such as "December 2026". It
// stays what it is when the day moves on, and then means other days. The empty one is any date.
type Dates string

// The choices that there always are.
const (
	Today       Dates = "today"
	Tomorrow    Dates = "tomorrow"
	ThisWeekend Dates = "this weekend" // on a Sunday, that Sunday: weeks begin on Mondays
	Next7Days   Dates = "next 7 days"  // today is the first
	Next30Days  Dates = "next 30 days"
)

// monthLayout is how a month is written as a choice.
const monthLayout = "January 2006"

// Days returns the days that are meant at now, a wall-clock time.
func (d Dates) Days(now time.Time) Days {
	switch d {
	case Today:
		return daysFrom(now, 1)
	case Tomorrow:
		return daysFrom(now.AddDate(0, 0, 1), 1)
	case ThisWeekend:
		if now.Weekday() == time.Sunday {
			return daysFrom(now, 1)
		}
		return daysFrom(now.AddDate(0, 0, int(time.Saturday-now.Weekday())), 2)
	case Next7Days:
		return daysFrom(now, 7)
	case Next30Days:
		return daysFrom(now, 30)
	}
	month, err := time.Parse(monthLayout, string(d))
	if err != nil {
		return Days{}
	}
	return Days{month, month.AddDate(0, 1, 0)}
}

// Phrase says when, as a sentence goes on: "this weekend", "in the next 7 days", "in December 2026".
func (d Dates) Phrase() string {
	switch d {
	case "", Today, Tomorrow, ThisWeekend:
		return string(d)
	case Next7Days, Next30Days:
		return "in the " + string(d)
	}
	return "in " + string(d)
}

// Dates returns the choices of [Dates] at now: those that there always are, and each month that has events: this month and
// those to come first, then those that are over, the latest first.
func (c *Catalogue) Dates(now time.Time) []string {
	var to, over []string
	this := daysFrom(now.AddDate(0, 0, 1-now.Day()), 1).From
	for _, month := range c.index.months() {
		if month.Before(this) {
			over = append(over, month.Format(monthLayout))
		} else {
			to = append(to, month.Format(monthLayout))
		}
	}
	slices.Reverse(over)
	always := []string{string(Today), string(Tomorrow), string(ThisWeekend), string(Next7Days), string(Next30Days)}
	return append(append(always, to...), over...)
}

// months returns the first days of the months that have events, ascending.
func (i index) months() []time.Time {
	var months []time.Time
	for n, readable := 0, i.before(math.MaxInt64); n < readable; {
		at := time.Unix(i.texts.at(i.byDate[n]).date*60, 0).UTC()
		month := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
		months = append(months, month)
		n = i.before(minuteOf(month.AddDate(0, 1, 0)))
	}
	return months
}

// on returns the slots of the events on some days, earliest first.
func (i index) on(days Days) []int {
	from, until := 0, i.before(math.MaxInt64)
	if !days.From.IsZero() {
		from = i.before(minuteOf(days.From))
	}
	if !days.Until.IsZero() {
		until = i.before(minuteOf(days.Until))
	}
	return i.byDate[min(from, until):until]
}

// minuteOf is a moment as the index sorts dates.
func minuteOf(at time.Time) int64 { return at.Truncate(time.Minute).Unix() / 60 }
