package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnEventIsSoldOutWhenItsTicketsAre(t *testing.T) {
	t.Parallel()
	some, none := []Ticket{{Type: "pink"}, {Type: "red", Left: 200}}, []Ticket{{Type: "pink"}, {Type: "red"}}
	for _, c := range []struct {
		of      string
		event   Event
		onSale  int
		soldOut bool
	}{
		{"tickets that are left", Event{Left: 200, Tickets: some}, 200, false},
		{"tickets that are left, though its count says that none are", Event{Left: 0, Tickets: some}, 200, false},
		{"tickets that are sold", Event{Left: 0, Tickets: none}, 0, true},
		{"tickets that are sold, though its count says that some are left", Event{Left: 3, Tickets: none}, 0, true},
		{"tickets that nobody has read", Event{Left: 3}, 3, false},
		{"no tickets", Event{}, 0, true},
	} {
		require.Equal(t, c.onSale, c.event.OnSale(), c.of)
		require.Equal(t, c.soldOut, c.event.IsSoldOut(), c.of)
	}
}

func TestATicketOfWhichMoreAreLeftThanThereWereSaysSo(t *testing.T) {
	t.Parallel()
	_, err := DecodeTicket("red", []byte(`{"total_quantity":0,"current_quantity":1,"price":1}`))
	require.Equal(t, "1 ticket is left of only 0", Sentence(err))
	_, err = DecodeTicket("red", []byte(`{"total_quantity":5000,"current_quantity":12000,"price":1}`))
	require.Equal(t, "12,000 tickets are left of only 5,000", Sentence(err))
}
