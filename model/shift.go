package model

import (
	"bytes"
	"slices"
	"time"
)

// ShiftDates moves the dates of all events by the same whole number of days, so that the earliest is tomorrow, and
// returns the new records with that number. Today is a wall-clock time. Only the dates of event records change, and of
// those only the readable ones; the records passed in stay as they are. Dates so far apart that the last would leave
// the calendar are refused.
func ShiftDates(records []Record, today time.Time) ([]Record, int, error) {
	earliest, found := earliestDay(records)
	if !found {
		return records, 0, nil
	}
	days := daysBetween(earliest, midnight(today)) + 1
	shifted := slices.Clone(records)
	for i, r := range shifted {
		fields, date, ok := eventDate(r)
		if !ok {
			continue
		}
		moved := date.addDays(days)
		if _, readable := moved.Time(); !readable {
			return nil, 0, Errorf(CodeRefused, "the dates cannot be moved by %s: the date of %s, %s, would leave the calendar",
				Plural(days, "day"), Clean(r.Key), date)
		}
		fields.set("date", moved)
		shifted[i].Value = fields.encode("name", "description", "location", "type", "date", "current_quantity")
	}
	return shifted, days, nil
}

// earliestDay returns the midnight before the earliest event.
func earliestDay(records []Record) (time.Time, bool) {
	var earliest time.Time
	found := false
	for _, r := range records {
		if _, date, ok := eventDate(r); ok {
			if at, _ := date.Time(); !found || at.Before(earliest) {
				earliest, found = at, true
			}
		}
	}
	return midnight(earliest), found
}

// eventDate returns the readable date of an event's record, with all the record's fields. The rest of the record may
// be unreadable: it moves all the same.
func eventDate(r Record) (record, Date, bool) {
	if ParseKey(r.Key).Family != FamilyEvent {
		return nil, Date{}, false
	}
	fields, err := decodeRecord(r.Value)
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(fields["date"]), []byte(`"`)) {
		return nil, Date{}, false
	}
	date := ParseDate(unquote(fields["date"]))
	_, ok := date.Time()
	return fields, date, ok
}

// daysBetween counts in seconds, because a Duration holds only 292 years.
func daysBetween(from, to time.Time) int {
	const day = 24 * 60 * 60
	return int((to.Unix() - from.Unix()) / day)
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
