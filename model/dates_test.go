package model

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// day is midnight.
func day(year int, month time.Month, day int) time.Time { return wall(year, month, day, 0, 0, 0) }

func TestAChoiceOfDatesMeansTheDaysThatPeopleMean(t *testing.T) {
	t.Parallel()
	monday, friday := wall(2026, 11, 30, 0, 0, 0), wall(2026, 12, 4, 23, 59, 59)
	saturday, sunday := wall(2026, 12, 5, 9, 30, 0), wall(2026, 12, 6, 23, 0, 0)
	for _, c := range []struct {
		choice      Dates
		now         time.Time
		from, until time.Time
		phrase      string
	}{
		{"", friday, time.Time{}, time.Time{}, ""},
		{Today, monday, day(2026, 11, 30), day(2026, 12, 1), "today"},
		{Today, friday, day(2026, 12, 4), day(2026, 12, 5), "today"},
		{Tomorrow, monday, day(2026, 12, 1), day(2026, 12, 2), "tomorrow"},
		{Tomorrow, wall(2026, 12, 31, 20, 0, 0), day(2027, 1, 1), day(2027, 1, 2), "tomorrow"},
		{ThisWeekend, monday, day(2026, 12, 5), day(2026, 12, 7), "this weekend"},
		{ThisWeekend, friday, day(2026, 12, 5), day(2026, 12, 7), "this weekend"},
		{ThisWeekend, saturday, day(2026, 12, 5), day(2026, 12, 7), "this weekend"},
		{ThisWeekend, sunday, day(2026, 12, 6), day(2026, 12, 7), "this weekend"},
		{Next7Days, friday, day(2026, 12, 4), day(2026, 12, 11), "in the next 7 days"},
		{Next30Days, friday, day(2026, 12, 4), day(2027, 1, 3), "in the next 30 days"},
		{"December 2026", monday, day(2026, 12, 1), day(2027, 1, 1), "in December 2026"},
		{"February 2028", monday, day(2028, 2, 1), day(2028, 3, 1), "in February 2028"},
		{"nonsense", monday, time.Time{}, time.Time{}, "in nonsense"},
	} {
		require.Equal(t, Days{c.from, c.until}, c.choice.Days(c.now), "%s on %s", c.choice, c.now)
		require.Equal(t, c.phrase, c.choice.Phrase())
	}
	require.NotEqual(t, Today.Days(friday), Today.Days(saturday), "today moves on when the day does")
	require.Equal(t, Query{Days: Today.Days(monday)}, Query{Days: Today.Days(monday.Add(time.Hour))}, "but not before")
}

func TestEventsAreFoundByTheirDay(t *testing.T) {
	t.Parallel()
	c := season()
	all := exact(c, Query{})
	for _, q := range []struct {
		want        string
		from, until time.Time
	}{
		{all, time.Time{}, time.Time{}},
		{"2", day(2027, 1, 5), day(2027, 1, 6)},
		{"5", day(2027, 1, 4), day(2027, 1, 5)}, // it has a day, and no time of day
		{"5 2", day(2027, 1, 4), day(2027, 1, 6)},
		{"3 1", day(2027, 1, 6), time.Time{}},
		{"5 4", time.Time{}, day(2027, 1, 5)}, // what is over comes last, as ever
		{"", day(2027, 1, 6), day(2027, 1, 6)},
		{"", day(2027, 2, 1), day(2027, 1, 1)},
		{"", day(2030, 1, 1), time.Time{}}, // also not a date that cannot be read
	} {
		require.Equal(t, q.want, exact(c, Query{Days: Days{q.from, q.until}}), "%s to %s", q.from, q.until)
	}
	require.Equal(t, "5", exact(c, Query{Days: Days{day(2027, 1, 1), day(2027, 2, 1)}, Location: "York"}))
	require.Equal(t, "1", exact(c, Query{Days: Days{From: day(2027, 3, 1)}, Location: "York", Type: "concert"}))
	require.Equal(t, "2", exact(c, Query{Days: Days{From: day(2027, 1, 5), Until: day(2027, 3, 1)}, Text: "midn"}))
	require.Empty(t, ids(c.Search(Query{Days: Days{From: day(2027, 1, 5)}, Text: "feats", Now: autumn}).Events()), "nor what is only similar")
	require.Empty(t, exact(NewCatalogue(), Query{Days: Today.Days(autumn)}))
}

func TestTheMonthsThatHaveEventsCanBeChosen(t *testing.T) {
	t.Parallel()
	always := "today, tomorrow, this weekend, next 7 days, next 30 days"
	require.Equal(t, always, strings.Join(NewCatalogue().Dates(autumn), ", "))
	require.Equal(t, always+", January 2027, February 2027, March 2027, October 2026", strings.Join(season().Dates(autumn), ", "))
	require.Equal(t, always+", February 2027, March 2027, January 2027, October 2026",
		strings.Join(season().Dates(wall(2027, 2, 28, 23, 59, 59)), ", "), "this month comes first, and those that are over last")
	for _, choice := range season().Dates(autumn) {
		require.NotEqual(t, Days{}, Dates(choice).Days(autumn), choice)
	}
}
