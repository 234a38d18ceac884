package model

import (
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func wall(year int, month time.Month, day, hour, minute, second int) time.Time {
	return time.Date(year, month, day, hour, minute, second, 0, time.UTC)
}

func TestEveryFormOfADateIsRead(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]time.Time{
		"2024-03-13":                       wall(2024, 3, 13, 0, 0, 0),
		"2024-03-13 14:05":                 wall(2024, 3, 13, 14, 5, 0),
		"2024-03-13T14:05":                 wall(2024, 3, 13, 14, 5, 0),
		"04-06-2024 12:10":                 wall(2024, 6, 4, 12, 10, 0),
		"31-12-2024 23:59":                 wall(2024, 12, 31, 23, 59, 0),
		"2024-03-14 13:45:00":              wall(2024, 3, 14, 13, 45, 0),
		"26-05-2024, 23:46:15":             wall(2024, 5, 26, 23, 46, 15),
		"3/14/2024, 1:45:00 PM":            wall(2024, 3, 14, 13, 45, 0),
		"3/4/2024, 1:45:00 AM":             wall(2024, 3, 4, 1, 45, 0),
		"12/31/2024, 12:00:00 AM":          wall(2024, 12, 31, 0, 0, 0),
		"3/14/2024, 1:45:00\u202fPM":       wall(2024, 3, 14, 13, 45, 0), // the narrow space of newer browsers
		"3/14/2024,\u00a01:45 pm":          wall(2024, 3, 14, 13, 45, 0),
		"13/3/2024 14:05":                  wall(2024, 3, 13, 14, 5, 0),
		"  2024-03-13   14:05\n":           wall(2024, 3, 13, 14, 5, 0),
		"2024-03-13T14:05:06":              wall(2024, 3, 13, 14, 5, 6),
		"2024-03-13T14:05:06Z":             wall(2024, 3, 13, 14, 5, 6),
		"2024-03-13T14:05:06+02:00":        wall(2024, 3, 13, 14, 5, 6),
		"2024-03-13t14:05":                 wall(2024, 3, 13, 14, 5, 0),
		"2024-02-29":                       wall(2024, 2, 29, 0, 0, 0),
		"04-06-2024":                       wall(2024, 6, 4, 0, 0, 0),
		"2024-03-13T14:05:06.789Z":         wall(2024, 3, 13, 14, 5, 6).Add(789 * time.Millisecond),
		"2024-03-13 14:05:06.789123456789": wall(2024, 3, 13, 14, 5, 6).Add(789123456),
	} {
		date := ParseDate(s)
		at, ok := date.Time()
		require.True(t, ok, s)
		require.Equal(t, want, at, s)
		require.Equal(t, s, date.Raw(), "what is stored is kept")
	}
}

func TestAnUnreadableDateIsShownAsItStands(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", " ", ",", "soon", "13.06.2024", "2024", "2024-13-01", "2024-02-30", "30-02-2024 10:00", "2024-03-13 25:00", "2024-03-13 14:61", "3/14/2024 13:45",
		"Invalid Date", "null", "1710338700", "-2024-03-13", "20240313", "2024-03-13 14:05 Uhr", "0001-01-01 00:00",
	} {
		date := ParseDate(s)
		_, ok := date.Time()
		require.False(t, ok, s)
		require.Equal(t, s, date.String())
		require.False(t, date.IsPast(wall(9000, 1, 1, 0, 0, 0)), "its tickets can still be sold")
		require.Equal(t, date, date.addDays(5))
	}
	require.Equal(t, "when \uFFFD[31mit suits", ParseDate("when \x1b[31mit suits").String())
	require.Empty(t, Date{}.String())
}

func TestADateIsWrittenForPeople(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Fri 26 Nov 2027, 20:30", ParseDate("2027-11-26 20:30").String())
	require.Equal(t, "Fri 26 Nov 2027", ParseDate("26-11-2027").String())
}

func TestAnEventIsPastFromTheMinuteItBegins(t *testing.T) {
	t.Parallel()
	begins := wall(2027, 11, 26, 20, 30, 0)
	date := EventDate(begins)
	require.False(t, date.IsPast(begins.Add(-time.Second)))
	require.True(t, date.IsPast(begins))
	day := ParseDate("2027-11-26")
	require.False(t, day.IsPast(wall(2027, 11, 26, 23, 59, 59)), "without a time of day it lasts all day")
	require.True(t, day.IsPast(wall(2027, 11, 27, 0, 0, 0)))
}

func TestDatesAreWrittenInOurForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "at"), 0).UTC()
		require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d$`, EventDate(at).Raw())
		require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, OrderDate(at).Raw())
		event, ok := EventDate(at).Time()
		require.True(t, ok)
		require.Equal(t, at.Truncate(time.Minute), event)
		order, ok := OrderDate(at).Time()
		require.True(t, ok)
		require.Equal(t, at, order)
		days := rapid.IntRange(-1000, 1000).Draw(t, "days")
		require.Equal(t, EventDate(at), EventDate(at).addDays(days).addDays(-days))
	})
}

func TestAClockOnTheWallHasNoZone(t *testing.T) {
	t.Parallel()
	summer := time.Date(2027, 6, 1, 20, 30, 0, 0, time.FixedZone("BST", 3600))
	require.Equal(t, wall(2027, 6, 1, 20, 30, 0), WallClock(summer))
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2024-03-13 14:05", "26-05-2024, 23:46:15", "3/14/2024, 1:45:00\u202fPM", "\x1b]52;c;\x07", "９-９-2024"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		date := ParseDate(s)
		require.Equal(t, Clean(date.String()), date.String())
		require.Equal(t, s, date.Raw())
		if !utf8.ValidString(s) {
			return // JSON cannot hold it
		}
		raw, err := json.Marshal(date)
		require.NoError(t, err)
		var again Date
		require.NoError(t, json.Unmarshal(raw, &again))
		require.Equal(t, date.String(), again.String())
	})
}
