package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// askMove saves an event. Where people hold tickets for it and it is to be at another time or place, it asks first: they
// planned for the old ones, and nobody can cancel what is over.
func (e *editor) askMove(s *Session, seen model.Event, draft model.EventDraft) tea.Cmd {
	sold := max(seen.Sold(), s.soldOf(&seen))
	after, err := seen.Edit(draft)
	if err != nil || sold == 0 || whereNow(seen, after) == "" {
		return e.save(s, seen, draft)
	}
	costs := areSold(sold) + " for this event. This changes " + strings.Join(moves(seen, after), ", and ") + "."
	if seen.Date.String() != after.Date.String() && after.IsPast(s.now()) {
		costs += " The new date is past: nobody could buy tickets any more, or cancel them and get the money back."
	}
	return s.open(&confirm{
		step:     "Move an event",
		question: "Move " + seen.Title() + "?\n\n" + costs + "\n\nOnly buyers who are in the shop at this moment are told.",
		yes:      "save it", no: "not yet",
		deed: func() tea.Cmd { return e.save(s, seen, draft) },
	})
}

func areSold(tickets int) string {
	return model.Plural(tickets, "ticket") + model.OneOrMany(tickets, " is sold", " are sold")
}

// moves says how the date and the place of an event change.
func moves(before, after model.Event) []string {
	moved := before
	moved.Date, moved.Location = after.Date, after.Location
	return model.Differences(before, moved)
}

// whereNow says on which date an event is now and in which place, as far as it was another before; empty if it was not.
func whereNow(before, after model.Event) string {
	var words []string
	if before.Date.String() != after.Date.String() {
		words = append(words, "on "+after.Date.String())
	}
	if before.Location != after.Location {
		words = append(words, "in "+model.Clean(after.Location))
	}
	return strings.Join(words, ", ")
}

// tellMoves tells the person which events they hold tickets for that the newest catalogue has at another time or place.
func (s *Session) tellMoves(before *model.Catalogue) tea.Cmd {
	if before == nil || before == s.shop.Catalogue {
		return nil
	}
	words, more := "", 0
	for id := range s.person.Bought() {
		was, known := before.Event(id)
		now, still := s.shop.Catalogue.Event(id)
		if !known || !still || was == now {
			continue
		}
		switch where := whereNow(*was, *now); {
		case where == "":
		case words != "":
			more++
		default:
			words = fmt.Sprintf("%s, for which you have tickets, is now %s", now.Title(), where)
		}
	}
	if more > 0 {
		words += ". And " + model.Plural(more, "other") + " moved: " + s.keyOf("profile-and-orders", "f3") + " shows your orders"
	}
	if words == "" {
		return nil
	}
	return s.alert(words)
}
