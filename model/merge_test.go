package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatTwoAdminsChangeComesTogether(t *testing.T) {
	t.Parallel()
	type drafts func(*EventDraft)
	adds := func(kind string, total int, price Cents) drafts {
		return func(d *EventDraft) {
			d.Tickets = append(d.Tickets, TicketDraft{Type: kind, Total: total, Price: price})
		}
	}
	removes := func(at int) drafts {
		return func(d *EventDraft) { d.Tickets = append(d.Tickets[:at:at], d.Tickets[at+1:]...) }
	}
	const pink, red = 0, 1
	for name, c := range map[string]struct {
		theirs, mine drafts
		both         []string // that both have changed
		merged       []string // what my saving changes of the event as they left it
		theirsStay   []string // the same, if theirs stay where both have changed something
	}{
		"nothing of mine": {
			theirs: func(d *EventDraft) { d.Description, d.Tickets[red].Price = "In Egypt!", 100 }, mine: func(*EventDraft) {},
		},
		"different fields": {
			theirs: func(d *EventDraft) { d.Description = "B says hello" }, mine: func(d *EventDraft) { d.Tickets[red].Total = 500 },
			merged: []string{"the number of red tickets from 50 to 500"},
		},
		"the number and the price of the same tickets": {
			theirs: func(d *EventDraft) { d.Tickets[red].Price = 100 }, mine: func(d *EventDraft) { d.Tickets[red].Total = 500 },
			merged: []string{"the number of red tickets from 50 to 500"},
		},
		"the same field": {
			theirs: func(d *EventDraft) { d.Name, d.Location = "Aida!", "New Hall" },
			mine:   func(d *EventDraft) { d.Name, d.Type = "Aida?", "play" },
			both:   []string{"the name"},
			merged: []string{"the name from “Aida!” to “Aida?”", "the type from “opera” to “play”"}, theirsStay: []string{"the type from “opera” to “play”"},
		},
		"the same field to the same": {
			theirs: func(d *EventDraft) { d.Name, d.Tickets[red].Total = "Aida!", 60 },
			mine:   func(d *EventDraft) { d.Name, d.Tickets[red].Total = " Aida! ", 60 },
		},
		"a date in another form": {
			theirs: func(d *EventDraft) { d.Date = "2027-06-02 20:00" }, mine: func(d *EventDraft) { d.Date = "01-06-2027 20:00" },
		},
		"two dates": {
			theirs: func(d *EventDraft) { d.Date = "2027-06-02 20:00" }, mine: func(d *EventDraft) { d.Date = "2027-06-03 20:00" },
			both: []string{"the date"}, merged: []string{"the date from Wed 2 Jun 2027, 20:00 to Thu 3 Jun 2027, 20:00"},
		},
		"new tickets of both": {
			theirs: adds("blue", 3, 100), mine: adds("green", 5, 200), merged: []string{"new: 5 green tickets at £2.00"},
		},
		"the same new tickets": {
			theirs: adds("blue", 3, 100), mine: adds("blue", 3, 0), both: []string{"the price of blue tickets"},
			merged: []string{"the price of blue tickets from £1.00 to £0.00"},
		},
		"new tickets of theirs that I do not know of": {
			theirs: adds("blue", 3, 100), mine: func(d *EventDraft) { d.Name = "Aida!" }, merged: []string{"the name from “Aida” to “Aida!”"},
		},
		"tickets that they removed": {theirs: removes(pink), mine: func(*EventDraft) {}},
		"tickets that I removed":    {theirs: func(d *EventDraft) { d.Name = "A" }, mine: removes(pink), merged: []string{"no pink tickets any more"}},
		"tickets that both removed": {theirs: removes(pink), mine: removes(pink)},
		"tickets that they removed and I changed": {
			theirs: removes(pink), mine: func(d *EventDraft) { d.Tickets[pink].Total = 12 }, both: []string{"the pink tickets"},
			merged: []string{"new: 12 pink tickets at £0.00"},
		},
		"tickets that I removed and they changed": {
			theirs: func(d *EventDraft) { d.Tickets[pink].Total = 12 }, mine: removes(pink), both: []string{"the pink tickets"},
			merged: []string{"no pink tickets any more"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen, err := aida().Event("a")
			require.NoError(t, err)
			edited := func(e Event, d EventDraft) Event {
				after, wrong := e.Edit(d)
				require.NoError(t, wrong)
				return after
			}
			theirs, mine := seen.Draft(), seen.Draft()
			c.theirs(&theirs)
			c.mine(&mine)
			now := edited(seen, theirs)
			merge := mine.Merge(seen, now)
			require.Equal(t, c.both, merge.Both)
			require.Equal(t, c.merged, Differences(now, edited(now, merge.Mine)))
			if len(c.both) == 0 {
				require.Equal(t, merge.Mine, merge.Theirs)
			} else {
				require.Equal(t, c.theirsStay, Differences(now, edited(now, merge.Theirs)))
			}
		})
	}
}

func TestTicketsWhoseRecordIsDamagedAreNeitherRemovedNorMadeByAMerge(t *testing.T) {
	t.Parallel()
	whole, err := aida().Event("a")
	require.NoError(t, err)
	damaged := whole
	damaged.Tickets = whole.Tickets[1:]
	damaged.Damaged = map[string]error{"pink": Errorf(CodeFailed, "damaged")}

	mine := whole.Draft()
	mine.Name = "Aida!"
	merge := mine.Merge(whole, damaged)
	require.Empty(t, merge.Both)
	require.Equal(t, damaged.Draft().Tickets, merge.Mine.Tickets, "they were readable when the form was filled")

	mine = damaged.Draft()
	mine.Name = "Aida!"
	merge = mine.Merge(damaged, whole)
	require.Empty(t, merge.Both)
	require.Equal(t, whole.Draft().Tickets, merge.Mine.Tickets, "they have been repaired since")
}

func TestAMergeNeverMakesFewerTicketsThanAreSold(t *testing.T) {
	t.Parallel()
	seen, err := aida().Event("a")
	require.NoError(t, err)
	now := seen
	now.Tickets = append([]Ticket{}, seen.Tickets...)
	now.Tickets[1].Total, now.Tickets[1].Left = 60, 2
	mine := seen.Draft()
	mine.Name = "Aida!"
	after, err := now.Edit(mine.Merge(seen, now).Mine)
	require.NoError(t, err)
	require.Equal(t, 60, after.Tickets[1].Total)
	require.Equal(t, 2, after.Tickets[1].Left)
	mine.Tickets[1].Total = 57
	_, err = now.Edit(mine.Merge(seen, now).Mine)
	require.Equal(t, "58 red tickets are sold: there cannot be fewer", Sentence(err))
}
