package model

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"
)

// The forms in which dates are written.
const (
	eventDateLayout = "2006-01-02 15:04"
	orderDateLayout = "2006-01-02 15:04:05"
)

// dateLayouts are the forms in which dates are read. Dashes with the year last and slashes put the day first, except
// that a date with AM or PM is American and puts the month first.
var dateLayouts = []string{
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02T15:04:05.999Z07:00",
	"2-1-2006 15:04", "2-1-2006 15:04:05", "2-1-2006",
	"2/1/2006 15:04", "2/1/2006 15:04:05", "2/1/2006",
	"1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM",
}

// Date is a date as the layout stores it: a wall-clock time without a zone. What cannot be read is kept and shown as it
// stands. The zero Date is unreadable and empty.
type Date struct {
	raw     string
	at      time.Time // wall clock, in UTC; zero if unreadable
	dayOnly bool
}

// WallClock turns an instant into the zone-less time that a clock on the wall shows, which is what dates are compared
// with.
func WallClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// EventDate makes the date of an event, to the minute.
func EventDate(wall time.Time) Date { return ParseDate(wall.Format(eventDateLayout)) }

// OrderDate makes the date of an order, to the second.
func OrderDate(wall time.Time) Date {
	return Date{raw: wall.Format(orderDateLayout), at: wall.Truncate(time.Second)}
}

// ParseDate reads a date in any of the forms that real data has. It never fails: a date that it cannot read is
// remembered as text.
func ParseDate(s string) Date {
	if at, ok := parseOwnDate(s); ok {
		return Date{raw: s, at: at}
	}
	text := plainDate(s)
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return Date{raw: s, at: WallClock(at), dayOnly: !strings.Contains(layout, ":")}
		}
	}
	return Date{raw: s}
}

// isNoDay says whether a text is written as a date, but of a day that is in no calendar, such as 30 February.
func isNoDay(s string) bool {
	for _, layout := range dateLayouts {
		_, err := time.Parse(layout, plainDate(s))
		if wrong, ok := errors.AsType[*time.ParseError](err); ok && wrong.Message == ": day out of range" {
			return true
		}
	}
	return false
}

// plainDate is a date as the forms have it: in capitals, with single spaces and without commas.
func plainDate(s string) string {
	return strings.ToUpper(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }), " "))
}

// parseOwnDate reads the two forms that we write, without trying the others first.
func parseOwnDate(s string) (time.Time, bool) {
	for _, layout := range []string{eventDateLayout, orderDateLayout} {
		if len(s) == len(layout) {
			at, err := time.Parse(layout, s)
			return at, err == nil
		}
	}
	return time.Time{}, false
}

// Time returns the wall-clock time, and whether the date could be read. A date without a time of day is its midnight.
func (d Date) Time() (time.Time, bool) { return d.at, !d.at.IsZero() }

// Raw returns the date as it is stored.
func (d Date) Raw() string { return d.raw }

// IsPast says whether the date lies before now (a wall-clock time). A date without a time of day is past when its day is
// over; an unreadable one is never past.
func (d Date) IsPast(now time.Time) bool {
	if d.at.IsZero() {
		return false
	}
	if d.dayOnly {
		return !now.Before(d.at.AddDate(0, 0, 1))
	}
	return !now.Before(d.at)
}

// DayOnly says whether the date has no time of day.
func (d Date) DayOnly() bool { return d.dayOnly }

// addDays moves the date and keeps its form of writing where that is ours; other forms become ours. An unreadable date
// stays as it is.
func (d Date) addDays(days int) Date {
	if d.at.IsZero() {
		return d
	}
	at := d.at.AddDate(0, 0, days)
	if d.dayOnly {
		return ParseDate(at.Format(time.DateOnly))
	}
	return EventDate(at)
}

// String writes the date for people: "Fri 26 Nov 2027, 20:30", or the stored text, cleaned, if it is unreadable.
func (d Date) String() string {
	switch {
	case d.at.IsZero():
		return Clean(d.raw)
	case d.dayOnly:
		return d.at.Format("Mon 2 Jan 2006")
	}
	return d.at.Format("Mon 2 Jan 2006, 15:04")
}

// MarshalJSON writes the stored text.
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.raw) }

// UnmarshalJSON reads a JSON string in any form that [ParseDate] knows. Anything else is a date that it cannot read, which
// must not make the record unreadable that it is part of.
func (d *Date) UnmarshalJSON(raw []byte) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		s = string(raw)
	}
	*d = ParseDate(s)
	return nil
}
