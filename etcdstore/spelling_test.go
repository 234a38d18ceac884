package etcdstore

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// playsAt puts the opera on sale at a place that is spelled as we would not spell it, with an index that stands as spelled.
func (s *shop) playsAt(t *testing.T, place string) {
	t.Helper()
	spelled, err := json.Marshal(place)
	require.NoError(t, err)
	listed := `["` + opera + `"]`
	s.put(t, "event:"+opera, fmt.Sprintf(
		`{"name":"Opera","description":"","location":%s,"type":"music","date":"2027-06-01 20:00","current_quantity":3}`, spelled))
	s.put(t, "ticket:"+opera+":red", `{"total_quantity":3,"current_quantity":3,"price":1}`)
	for _, key := range append([]string{"search:text:opera", "search:type:music", "search:location:" + place}, placeWords(place)...) {
		s.put(t, key, listed)
	}
	s.put(t, "event:types", `["music"]`)
	s.put(t, "event:locations", fmt.Sprintf("[%s]", spelled))
	s.put(t, "ticket:types", `["red"]`)
}

func placeWords(place string) []string {
	var keys []string
	for _, word := range model.Words(place) {
		keys = append(keys, "search:text:"+word)
	}
	return keys
}

var oddPlaces = map[string]string{
	"a no-break space":     "New\u00a0York",
	"accents of their own": "Cafe\u0301 Central",
	"a tab":                "Big\tHall",
	"a zero-width space":   "Big\u200bHall",
}

func TestAPlaceThatIsSpelledOddlyIsListedAsItIsSpelled(t *testing.T) {
	t.Parallel()
	for name, place := range oddPlaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.employs(t)
			shop.playsAt(t, place)
			report := shop.requireSound(t)
			require.Empty(t, report.Notes)

			event, err := shop.Event(t.Context(), opera)
			require.NoError(t, err)
			require.Equal(t, model.Clean(place), event.Location, "it is shown without what a terminal might obey")
			draft := event.Draft()
			draft.Name = "Operetta"
			event, err = shop.EditEvent(t.Context(), "eve", event, draft)
			require.NoError(t, err)
			require.Contains(t, shop.listing(t, opera), "search:location:"+place, "that did not change")
			require.Empty(t, shop.requireSound(t).Notes)

			draft.Location = "Leeds"
			_, err = shop.EditEvent(t.Context(), "eve", event, draft)
			require.NoError(t, err)
			require.NotContains(t, shop.listing(t, opera), "search:location:"+place)
			require.Contains(t, shop.listing(t, opera), "search:location:Leeds")
			shop.requireSound(t)
		})
	}
}

func TestAnEventAtAPlaceThatIsSpelledOddlyLeavesNoTrace(t *testing.T) {
	t.Parallel()
	for name, place := range oddPlaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.employs(t)
			shop.playsAt(t, place)
			_, err := shop.RemoveEvent(t.Context(), "eve", opera, false)
			require.NoError(t, err)
			require.Empty(t, shop.listing(t, opera))
			shop.requireSound(t)
		})
	}
}

func TestARepairListsAnEventAsItsPlaceIsSpelled(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.playsAt(t, "New\u00a0York")
	shop.loses(t, "search:location:New\u00a0York")
	shop.loses(t, "event:locations")
	found, err := shop.Audit(t.Context())
	require.NoError(t, err)
	_, err = shop.Repair(t.Context(), found.Repairs, nil)
	require.NoError(t, err)
	require.Contains(t, shop.listing(t, opera), "search:location:New\u00a0York")
	require.JSONEq(t, `["New\u00a0York"]`, shop.value(t, "event:locations"))
	require.Empty(t, shop.requireSound(t).Notes)
}

func TestANewPlaceIsStoredAsItIsShown(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.employs(t)
	draft := tosca()
	draft.Location = " New\u00a0York\t"
	event := shop.creates(t, draft)
	require.Equal(t, "New York", event.Location)
	require.Contains(t, shop.listing(t, event.ID), "search:location:New York")
	require.Equal(t, `["New York"]`, shop.value(t, "event:locations"))
	shop.requireSound(t)
}
