package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// eventScreen shows one event with its tickets, and how its count moved.
type eventScreen struct {
	id         string
	history    model.History // as it was when the screen was opened, and what was seen since
	historyErr error
	asked      bool // the history has been read, or cannot be
}

// historyMsg brings the history of an event to the screen that asked for it.
type historyMsg struct {
	screen  *eventScreen
	history model.History
	err     error
}

func (msg historyMsg) take(s *Session) {
	msg.screen.history, msg.screen.historyErr, msg.screen.asked = msg.history, msg.err, true
	if msg.err != nil {
		s.failed(msg.err)
	}
	msg.screen.renewed(s)
}

func (es *eventScreen) opened(s *Session) tea.Cmd {
	store, parent, id := s.cfg.Store, s.ctx, es.id
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		history, err := store.History(ctx, id)
		return historyMsg{es, history, err}
	}
}

// renewed takes what has happened to the event into its history.
func (es *eventScreen) renewed(s *Session) {
	if e, ok := s.shop.Catalogue.Event(es.id); ok && len(es.history.Moments) > 0 {
		es.history = es.history.With(e, s.shop.Catalogue.Revision())
	}
}

func (es *eventScreen) title(*Session) string { return "Event" }

func (es *eventScreen) actions(s *Session) []action {
	event, ok := s.shop.Catalogue.Event(es.id)
	gone := ""
	if !ok {
		gone = notForSale(s, event, ok)
	}
	actions := []action{
		bind([]string{"enter", "b"}, "buy tickets", func() tea.Cmd {
			return s.open(newPurchase(event))
		}).unless(notForSale(s, event, ok)),
		s.favouriteAction(es.id, ok),
		s.tellMeAction(es.id, ok).unless(gone),
	}
	if _, set := s.person.Notification(es.id); set {
		actions = append(actions, s.removeNotificationAction(es.id))
	}
	return actions
}

// notForSale is the reason why no ticket of an event can be bought now; empty if one can.
func notForSale(s *Session, e *model.Event, ok bool) string {
	switch {
	case !ok:
		return "This event is no longer in the shop"
	case e.IsPast(s.now()):
		return "This event is over: its tickets are no longer sold"
	case len(e.Tickets) == 0:
		return "No tickets are on sale for this event"
	case e.Left == 0:
		return "This event is sold out"
	}
	return ""
}

func (es *eventScreen) view(s *Session, width, height int) string {
	event, ok := s.shop.Catalogue.Event(es.id)
	if !ok {
		return vacant(s.theme, "This event is no longer in the shop.", "Press "+s.keyOf("back", "esc")+" to go back.", width, height)
	}
	column := min(width-4, 96)
	rows := 1
	if height >= roomyEvent {
		rows = tallChart
	}
	chart := es.chart(s, event, column, rows)
	about := describe(s, event, column, height-2-len(chart))
	return "\n" + indent(about+"\n\n"+strings.Join(chart, "\n"), 2)
}

// chart draws how the count moved, and says how fast the event sells now.
func (es *eventScreen) chart(s *Session, e *model.Event, width, rows int) []string {
	t := s.theme
	lefts := es.history.Lefts()
	switch {
	case !es.asked:
		return []string{t.faint.Render("Reading how it sold …")}
	case es.historyErr != nil:
		return []string{t.faint.Render(fit("How this event sold cannot be read:  "+model.Sentence(es.historyErr), width))}
	case len(lefts) < 2 && es.history.Since == 0 && e.Sold() == 0:
		return []string{t.faint.Render("No tickets sold or returned yet.")}
	case len(lefts) < 2:
		return []string{t.faint.Render("No tickets sold or returned " + cmp.Or(es.since(s), "lately") + ".")}
	}
	hour, minute := es.history.Sold(s.now(), time.Hour), es.history.Sold(s.now(), time.Minute)
	pace := "none sold in the last hour"
	if hour > 0 {
		pace = fmt.Sprintf("%s sold in the last hour, %s in the last minute", model.Thousands(hour), model.Thousands(minute))
	}
	lines := moved(t, lefts, min(width-36, 60), rows)
	left := strings.TrimSuffix(" left, "+es.since(s), ", ")
	lines[len(lines)-1] += " " + model.Thousands(e.Left) + t.faint.Render(left)
	return append(lines, t.faint.Render(fit(capital(pace), width)))
}

// since says from when on it is known how the count moved: before that, tickets may have been sold as well. It is empty
// where the first count that is known has no date.
func (es *eventScreen) since(s *Session) string {
	if len(es.history.Moments) == 0 || es.history.Moments[0].At.Raw() == "" {
		return ""
	}
	return "since " + strings.Join(strings.Fields(listDate(es.history.Moments[0].At, s.now())), " ")
}

const (
	// fewMoves are too few for a chart to be one.
	fewMoves = 6
	// roomyEvent is from what height on there is room for a chart of tallChart lines.
	roomyEvent = 30
	tallChart  = 6
)

// moved draws how a count moved, in so many lines.
func moved(t theme, counts []int, width, rows int) []string {
	if len(counts) < fewMoves {
		return []string{t.faint.Render(model.Thousands(counts[0]) + " →")}
	}
	lines := area(counts, width, rows)
	for i := range lines {
		lines[i] = t.accent.Render(lines[i])
	}
	return lines
}

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
