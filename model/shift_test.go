package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDatesMoveTogetherSoThatTheFirstIsTomorrow(t *testing.T) {
	t.Parallel()
	records := []Record{
		{"event:a", []byte(`{"name":"A","date":"2024-03-15 20:30","current_quantity":"7","extra":[1]}`)},
		{"event:b", []byte(`{"date":"13-03-2024 23:59"}`)},
		{"event:c", []byte(`{"date":"2024-03-14"}`)},
		{"event:d", []byte(`{"date":"soon","current_quantity":1}`)},
		{"event:e", []byte(`{"date":20240101}`)},
		{"event:f", []byte(`broken`)},
		{"event:types", []byte(`["concert"]`)},
		{"purchase:ann:a", []byte(`[{"date":"2024-01-01","tickets":[]}]`)},
	}
	before := dump(t, records)
	shifted, days, err := ShiftDates(records, time.Date(2026, 2, 27, 23, 59, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, 717, days)
	require.Equal(t, before, dump(t, records), "what was passed in stays")
	require.Equal(t, []Record{
		{"event:a", []byte(`{"name":"A","date":"2026-03-02 20:30","current_quantity":"7","extra":[1]}`)},
		{"event:b", []byte(`{"date":"2026-02-28 23:59"}`)},
		{"event:c", []byte(`{"date":"2026-03-01"}`)},
	}, shifted[:3])
	require.Equal(t, records[3:], shifted[3:])
}

func TestFutureDatesMoveBackToTomorrow(t *testing.T) {
	t.Parallel()
	shifted, days, err := ShiftDates([]Record{{"event:a", []byte(`{"date":"2030-01-01 00:00"}`)}}, time.Date(2029, 12, 1, 8, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, -30, days)
	require.JSONEq(t, `{"date":"2029-12-02 00:00"}`, string(shifted[0].Value))
}

func TestNothingMovesWithoutAReadableDate(t *testing.T) {
	t.Parallel()
	records := []Record{{"event:a", []byte(`{"date":"soon"}`)}}
	shifted, days, err := ShiftDates(records, time.Now())
	require.NoError(t, err)
	require.Zero(t, days)
	require.Equal(t, records, shifted)
}

func TestDatesThatWouldLeaveTheCalendarAreRefused(t *testing.T) {
	t.Parallel()
	_, _, err := ShiftDates([]Record{
		{"event:a", []byte(`{"date":"0002-01-01"}`)}, {"event:b", []byte(`{"date":"9999-01-01"}`)},
	}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	require.Equal(t, CodeRefused, CodeOf(err))
	require.Contains(t, Sentence(err), "event:b")
}
