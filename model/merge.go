package model

import "slices"

// Merge is what becomes of an event that two admins have changed at the same time: all that either of them changed. They
// differ in what both have changed, each to something else.
type Merge struct {
	Mine, Theirs EventDraft // where both have changed the same, as one of them wants it
	Both         []string   // what that is, in words; none if nothing
}

// Merge puts what a draft changes of an event, as it was seen, on top of what others have made of the event since. What the
// draft leaves as it was seen becomes as the others have it: nobody undoes what they have not touched.
func (d EventDraft) Merge(seen, now Event) Merge {
	was, theirs := seen.Draft(), now.Draft()
	m := Merge{Mine: theirs, Theirs: theirs}
	for _, field := range []struct {
		what              string
		was, mine, theirs string
		into, other       *string
	}{
		{"the name", was.Name, d.Name, theirs.Name, &m.Mine.Name, &m.Theirs.Name},
		{"the description", was.Description, d.Description, theirs.Description, &m.Mine.Description, &m.Theirs.Description},
		{"the place", was.Location, d.Location, theirs.Location, &m.Mine.Location, &m.Theirs.Location},
		{"the type", was.Type, d.Type, theirs.Type, &m.Mine.Type, &m.Theirs.Type},
	} {
		mine := field.mine
		if mine != field.was {
			mine = tidy(mine)
		}
		*field.into, *field.other = merged(&m, field.what, field.was, mine, field.theirs, same)
	}
	m.Mine.Date, m.Theirs.Date = merged(&m, "the date", was.Date, d.Date, theirs.Date, sameDate)
	m.mergeTickets(was.Tickets, d.Tickets, theirs.Tickets)
	return m
}

// merged is one thing that two may have changed, as the one wants it and as the others do: the same, unless both have.
func merged[T any](m *Merge, what string, was, mine, theirs T, same func(a, b T) bool) (ours, others T) {
	switch {
	case same(mine, was), same(mine, theirs):
		return theirs, theirs
	case same(theirs, was):
		return mine, mine
	}
	m.Both = append(m.Both, what)
	return mine, theirs
}

func same[T comparable](a, b T) bool { return a == b }

// sameDate says whether two texts mean the same moment.
func sameDate(a, b string) bool { return ParseDate(a).String() == ParseDate(b).String() }

// mergeTickets merges the types of tickets, which either may have added or removed.
func (m *Merge) mergeTickets(was, mine, theirs []TicketDraft) {
	m.Mine.Tickets, m.Theirs.Tickets = nil, nil
	for _, t := range theirs {
		before, known := ticketDraft(was, t.Type)
		own, kept := ticketDraft(mine, t.Type)
		switch {
		case kept:
			if !known {
				before = TicketDraft{Total: -1, Price: -1} // both have added it
			}
			m.mergeTicket(before, own, t)
		case !known: // they have added it
			m.Mine.Tickets, m.Theirs.Tickets = append(m.Mine.Tickets, t), append(m.Theirs.Tickets, t)
		case t != before: // one has removed what the others have changed
			m.Theirs.Tickets = append(m.Theirs.Tickets, t)
			m.Both = append(m.Both, theTickets(t.Type))
		}
	}
	for _, own := range mine {
		if _, still := ticketDraft(theirs, own.Type); still {
			continue
		}
		before, known := ticketDraft(was, own.Type)
		switch {
		case !known: // one has added it
			m.Mine.Tickets, m.Theirs.Tickets = append(m.Mine.Tickets, own), append(m.Theirs.Tickets, own)
		case own != before: // one has changed what the others have removed
			m.Mine.Tickets = append(m.Mine.Tickets, own)
			m.Both = append(m.Both, theTickets(own.Type))
		}
	}
}

// mergeTicket merges a type of ticket that there is still.
func (m *Merge) mergeTicket(was, mine, theirs TicketDraft) {
	ours, others := theirs, theirs
	kind := Clean(theirs.Type)
	ours.Total, others.Total = merged(m, "the number of "+kind+" tickets", was.Total, mine.Total, theirs.Total, same)
	ours.Price, others.Price = merged(m, "the price of "+kind+" tickets", was.Price, mine.Price, theirs.Price, same)
	m.Mine.Tickets, m.Theirs.Tickets = append(m.Mine.Tickets, ours), append(m.Theirs.Tickets, others)
}

func theTickets(kind string) string { return "the " + Clean(kind) + " tickets" }

func ticketDraft(list []TicketDraft, kind string) (TicketDraft, bool) {
	if i := slices.IndexFunc(list, func(t TicketDraft) bool { return t.Type == kind }); i >= 0 {
		return list[i], true
	}
	return TicketDraft{}, false
}
