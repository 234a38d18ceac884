package model

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnEventIsListedUnderItsWordsTypeAndLocation(t *testing.T) {
	t.Parallel()
	records := IndexRecords([]Event{
		{ID: "2", Name: "Jazz, JAZZ!", Description: "Café at night", Location: "London", Type: "concert"},
		{ID: "1", Name: "Night", Location: "York", Type: "Concert"},
		{ID: "3", Name: "x", Location: "a:b"},
	})
	require.Equal(t, []Record{
		{"search:location:London", []byte(`["2"]`)},
		{"search:location:York", []byte(`["1"]`)},
		{"search:text:a", []byte(`["3"]`)},
		{"search:text:at", []byte(`["2"]`)},
		{"search:text:b", []byte(`["3"]`)},
		{"search:text:cafe", []byte(`["2"]`)},
		{"search:text:jazz", []byte(`["2"]`)},
		{"search:text:london", []byte(`["2"]`)},
		{"search:text:night", []byte(`["1","2"]`)},
		{"search:text:x", []byte(`["3"]`)},
		{"search:text:york", []byte(`["1"]`)},
		{"search:type:Concert", []byte(`["1"]`)},
		{"search:type:concert", []byte(`["2"]`)},
	}, records)
}

func TestALongListGoesOnInItsNextPart(t *testing.T) {
	t.Parallel()
	var events []Event
	for i := range 2*ListPart + 1 {
		events = append(events, Event{ID: fmt.Sprintf("%036d", i), Name: "jazz"})
	}
	slices.Reverse(events)
	records := IndexRecords(events)
	require.Len(t, records, 3)
	listed := 0
	for i, key := range []string{"search:text:jazz", "search:text:jazz:1", "search:text:jazz:2"} {
		require.Equal(t, key, records[i].Key)
		require.Equal(t, Key{Family: FamilySearchText, Term: "jazz", Part: i}, ParseKey(key))
		require.Less(t, len(records[i].Value), 40*ListPart)
		ids, err := DecodeList(records[i].Value)
		require.NoError(t, err)
		listed += len(ids)
	}
	require.Equal(t, len(events), listed)
}

func TestAnEventIsListedAsItsRecordSpellsItsTypeAndLocation(t *testing.T) {
	t.Parallel()
	event, err := DecodeEvent("1", []byte(`{"name":"x","location":"Big\tHall","type":"caf\u0065\u0301","current_quantity":0}`))
	require.NoError(t, err)
	require.Equal(t, "Big Hall", event.Location, "as it can be shown")
	require.Equal(t, []string{
		"search:text:big", "search:text:hall", "search:text:x", "search:type:cafe\u0301", "search:location:Big\tHall",
	}, event.Lists())
	require.False(t, event.Strays("search:location:Big\tHall"))
	require.False(t, event.Strays("search:location:big hall"))
	require.True(t, event.Strays("search:location:Small Hall"))
	event.Location = "Leeds"
	require.Contains(t, event.Lists(), "search:location:Leeds")

	nowhere, err := DecodeEvent("1", []byte(`{"name":"x","location":null,"type":7,"current_quantity":0}`))
	require.NoError(t, err)
	require.Equal(t, []string{"search:text:x", "search:type:7"}, nowhere.Lists())
}
