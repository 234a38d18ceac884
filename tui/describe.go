package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// describe draws all that is known of an event into a column.
func describe(s *Session, e *model.Event, width, height int) string {
	t := s.theme
	now := s.now()
	about := []string{e.Type, e.Location}
	when := e.Date.String()
	if relative := relativeDay(e.Date, now); relative != "" {
		when += t.faint.Render(" · " + relative)
	}
	lines := []string{
		t.strong.Render(wrap(star(s, e)+e.Name, width, 2)),
		t.accent.Render(fit(strings.Join(slices.DeleteFunc(about, isEmpty), " · "), width)),
		fit(when, width),
		"",
	}
	tickets := s.ticketTable(e, width)
	var notes []string
	if why := notForSale(s, e, true); why != "" {
		notes = append(notes, t.warning.Render(why), "")
	}
	if n, ok := s.person.Notification(e.ID); ok {
		notes = append(notes, watchLine(t, n, width), "")
	}
	if room := height - len(lines) - len(notes) - len(tickets) - 1; e.Description != "" && room > 0 {
		lines = append(lines, wrap(e.Description, min(width, 76), room), "")
	}
	return strings.Join(slices.Concat(lines, notes, tickets), "\n")
}

// placeAndDate says where and when an event is: on two lines where one is too short, so that a long place never hides the
// date.
func placeAndDate(e *model.Event, width int) []string {
	parts := slices.DeleteFunc([]string{e.Location, e.Date.String()}, isEmpty)
	if line := strings.Join(parts, " · "); cells(line) <= width {
		return []string{line}
	}
	for i := range parts {
		parts[i] = fit(parts[i], width)
	}
	return parts
}

// star marks a favourite.
func star(s *Session, e *model.Event) string {
	if s.person.IsFavourite(e.ID) {
		return "★ "
	}
	return ""
}

func isEmpty(text string) bool { return text == "" }

// ticketTable draws the tickets of an event with what is left of each.
func (s *Session) ticketTable(e *model.Event, width int) []string {
	if len(e.Tickets) == 0 {
		return nil
	}
	t := s.theme
	names, totals := len("Ticket"), len(model.Thousands(e.Total()))
	for _, ticket := range e.Tickets {
		names = max(names, min(cells(ticket.Name()), 16))
	}
	const price = 10
	counts := max(2*totals+len(" of "), len("sold out")) + 3
	names += badgeCells
	room := min(width-names-price-counts-4, 40)
	lines := []string{t.faint.Render(fit("Ticket", names) + fitRight("Price", price) + fitRight("Left", counts))}
	for _, ticket := range byPrice(e.Tickets) {
		left := fmt.Sprintf("%s of %*s", model.Thousands(ticket.Left), totals, model.Thousands(ticket.Total))
		style := t.text
		if ticket.Left == 0 {
			left, style = "sold out", t.bad
		}
		line := t.badge(ticket.Type, ticket.Name()) + t.ticket(ticket.Type).Render(fit(ticket.Name(), names-badgeCells)) +
			fitRight(ticket.Price.String(), price) + t.count(left, counts, style, s.ticketFell(e.ID, ticket))
		if room >= 6 {
			line += "  " + bar(ticket.Left, ticket.Total, room, t.ticket(ticket.Type), t.border)
		}
		lines = append(lines, line)
	}
	all := fmt.Sprintf("%s of %s", model.Thousands(e.Left), model.Thousands(e.Total()))
	return append(lines, t.strong.Render(fit("In all", names+price)+fitRight(all, counts)))
}

// byPrice orders tickets from the cheapest to the dearest.
func byPrice(tickets []model.Ticket) []model.Ticket {
	return slices.SortedStableFunc(slices.Values(tickets), func(a, b model.Ticket) int {
		return cmp.Compare(a.Price, b.Price)
	})
}

// relativeDay says how far a day is from now: "tomorrow", "in 3 days", "2 years ago"; empty for an unreadable date.
func relativeDay(d model.Date, now time.Time) string {
	at, ok := d.Time()
	if !ok {
		return ""
	}
	day := func(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }
	days := int(day(at).Sub(day(now)) / (24 * time.Hour))
	switch {
	case days == 0:
		return "today"
	case days == 1:
		return "tomorrow"
	case days == -1:
		return "yesterday"
	case days > 1:
		return "in " + span(days)
	}
	return span(-days) + " ago"
}

func span(days int) string {
	switch {
	case days < 60:
		return model.Plural(days, "day")
	case days < 730:
		return model.Plural(days/30, "month")
	}
	return model.Plural(days/365, "year")
}
