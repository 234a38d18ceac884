package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// describe draws what is known of an event beside a list of which enter opens it.
func describe(s *Session, e *model.Event, width, height int) string {
	return describeUnder(s, e, s.keyOf("open", "enter"), width, height)
}

// describeUnder draws what is known of an event that a key opens. Where there is no room for all of it, the last line says so.
func describeUnder(s *Session, e *model.Event, key string, width, height int) string {
	text, all := describeFrom(s, e, &scroll{}, width, height)
	if !all {
		text, _ = describeFrom(s, e, &scroll{}, width, height-2)
		text = readOn(s.theme, text, key, width, height)
	}
	return text
}

// readOn cuts a text beside a list to the room that there is, and says with which key one reads on, if there is one now.
func readOn(t theme, text, key string, width, height int) string {
	words := t.faint.Render("There is more.")
	if key != "" {
		words = t.faint.Render("There is more: ") + t.keys.Render(key) + t.faint.Render(" opens it.")
	}
	return block(text, width, height-2) + "\n\n" + words
}

// describeFrom draws all that is known of an event into a column where one can scroll, through a description that is too long
// and then to the other tickets; and says whether all of it has room. How many are left in all is always shown.
func describeFrom(s *Session, e *model.Event, at *scroll, width, height int) (text string, all bool) {
	t := s.theme
	now := s.now()
	kind := slices.DeleteFunc([]string{e.Type, e.Location}, isEmpty)
	when := e.Date.String()
	if relative := relativeDay(e.Date, now); relative != "" {
		when += t.faint.Render(" · " + relative)
	}
	lines := strings.Split(t.strong.Render(wrap(star(s, e)+e.Title(), width, 2)), "\n")
	lines = append(lines, t.accent.Render(fit(strings.Join(kind, " · "), width)), fit(when, width), "")
	var notes []string
	if why := notForSale(s, e, true); why != "" {
		notes = append(notes, t.warning.Render(why), "")
	}
	if n, ok := s.person.Notification(e.ID); ok {
		notes = append(append(notes, strings.Split(notificationLine(t, n, width), "\n")...), "")
	}
	table := s.ticketTable(e, width)
	room := height - len(lines) - len(notes) - len(table.with(nil))
	spare := room - len(table.rows)
	if spare < 1 {
		spare = min(3, room-fewTickets)
	}
	about, above, more := aboutLines(e, min(width, 76), spare, at.first)
	tickets := scroll{first: at.first - above}
	rows := tickets.view(t, table.rows, max(room-len(about), 1))
	at.first, at.page = above+tickets.first, tickets.page
	if more {
		at.page = len(about) // so that a page down passes over no line of the description
	}
	all = !more && (len(about) > 0 || e.Description == "") && len(rows) == len(table.rows)
	return strings.Join(slices.Concat(lines, about, notes, table.with(rows)), "\n"), all
}

// fewTickets is how many types of tickets are shown before a description takes lines from them.
const fewTickets = 5

// aboutLines are as much of the description as there is room for, from a line on, with a line below it where there is one to
// spare. It says how many lines are above, never so many that there would be room for one of them, and whether there are more.
func aboutLines(e *model.Event, width, room, from int) (lines []string, above int, more bool) {
	if e.Description == "" || room < 1 {
		return nil, 0, false
	}
	rows := max(room-1, 1)
	whole := strings.Split(wrap(e.Description, width, from+rows+1), "\n") // no more of it, however long it is
	above = min(from, max(len(whole)-rows, 0))
	more = len(whole)-above > rows
	lines = strings.Split(wrap(strings.Join(whole[above:], " "), width, rows), "\n")
	if room > 1 {
		lines = append(lines, "")
	}
	return lines, above, more
}

// placeAndDate says where and when an event is: on two lines where one is too short, so that a long place never hides the
// date.
func placeAndDate(e *model.Event, width int) []string {
	parts := slices.DeleteFunc([]string{e.Location, e.Date.String()}, isEmpty)
	if line := strings.Join(parts, " · "); cells(within(line, width)) <= width {
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

// ticketTable is the tickets of an event with what is left of each; without lines where there are none.
type ticketTable struct {
	heading, all string
	rows         []string
}

// with is the table with some of its rows.
func (tt ticketTable) with(rows []string) []string {
	if len(tt.rows) == 0 {
		return nil
	}
	return slices.Concat([]string{tt.heading}, rows, []string{tt.all})
}

// ticketTable draws the tickets of an event.
func (s *Session) ticketTable(e *model.Event, width int) ticketTable {
	if len(e.Tickets) == 0 {
		return ticketTable{}
	}
	t := s.theme
	names, price, totals := len("Ticket"), 10, len(model.Thousands(e.Total()))
	for _, ticket := range e.Tickets {
		names = max(names, min(cells(within(ticket.Name(), 16)), 16))
		price = roomFor(price, ticket.Price.String())
	}
	if s.cfg.ASCII {
		price += len("GBP ") - 1
	}
	counts := max(2*totals+len(" of "), len("sold out")) + 3
	names = max(min(names+badgeCells, width-price-counts), badgeCells)
	room := min(width-names-price-counts-4, 40)
	table := ticketTable{heading: t.faint.Render(fit("Ticket", names) + fitRight("Price", price) + fitRight("Left", counts))}
	for _, ticket := range e.ByPrice() {
		left := fmt.Sprintf("%s of %*s", model.Thousands(ticket.Left), totals, model.Thousands(ticket.Total))
		style := t.text
		if ticket.Left == 0 {
			left, style = "sold out", t.bad
		}
		line := t.badge(ticket.Type, ticket.Name()) + t.ticket(ticket.Type).Render(fit(ticket.Name(), names-badgeCells)) +
			number(ticket.Price.String(), price) + t.count(left, counts, style, s.ticketFell(e.ID, ticket))
		if room >= 6 {
			line += "  " + bar(ticket.Left, ticket.Total, room, t.ticket(ticket.Type), t.border)
		}
		table.rows = append(table.rows, line)
	}
	all := fmt.Sprintf("%s of %s", model.Thousands(e.OnSale()), model.Thousands(e.Total()))
	table.all = t.strong.Render(fit("In all", names+price) + fitRight(all, counts))
	return table
}

// relativeDay says how far a day is from now: "tomorrow", "in 3 days", "2 years ago"; empty for an unreadable date.
func relativeDay(d model.Date, now time.Time) string {
	at, ok := d.Time()
	if !ok {
		return ""
	}
	day := func(t time.Time) int64 { return t.Truncate(24*time.Hour).Unix() / (24 * 60 * 60) } // a Duration ends after 292 years
	days := int(day(at) - day(now))
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
