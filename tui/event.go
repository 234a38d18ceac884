package tui

import (
	"cmp"
	"context"
	"fmt"
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
	asking     bool // it is being read
	tickets    scroll
}

// historyMsg brings the history of an event to the screen that asked for it.
type historyMsg struct {
	screen  *eventScreen
	history model.History
	err     error
}

func (msg historyMsg) take(s *Session) {
	msg.screen.history, msg.screen.historyErr, msg.screen.asked = msg.history, msg.err, true
	msg.screen.asking = false
	if msg.err != nil {
		s.failed(msg.err)
	}
	msg.screen.renewed(s)
}

func (es *eventScreen) opened(s *Session) tea.Cmd {
	es.asking = true
	store, parent, id := s.cfg.Store, s.ctx, es.id
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		history, err := store.History(ctx, id)
		return historyMsg{es, history, err}
	}
}

// reread reads a history again that could not be read for lack of a store, once there is one.
func (es *eventScreen) reread(s *Session) tea.Cmd {
	if model.CodeOf(es.historyErr) == model.CodeUnavailable && !es.asking && s.shop.Why == "" {
		return es.opened(s)
	}
	return nil
}

// renewed takes what has happened to the event into its history.
func (es *eventScreen) renewed(s *Session) {
	if e, ok := s.shop.Catalogue.Event(es.id); ok && len(es.history.Moments) > 0 {
		es.history.Add(e, s.shop.Catalogue.Revision())
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
		}).barred(notForSale(s, event, ok)),
		s.favouriteAction(es.id, ok).barred(gone),
		s.tellMeAction(es.id, ok).barred(gone),
	}
	n, set := s.person.Notification(es.id)
	beingRemoved := n.Gone != "" // and has been paid back: its tickets will not come back
	if ok && event.IsSoldOut() && event.Left == 0 && !event.IsPast(s.now()) && !beingRemoved {
		// what is of use now comes first
		actions[0], actions[2] = actions[2].saying("tell me when tickets come back"), actions[0]
	}
	if set {
		actions = append(actions, s.removeNotificationAction(n))
	}
	return append(actions, es.tickets.actions()...)
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
	case e.IsSoldOut():
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
	if s.me.Role == model.RoleAdmin {
		chart = append(chart, s.theme.faint.Render(fit(soldWords(s, event), column)))
	}
	about, _ := describeFrom(s, event, &es.tickets, column, height-2-len(chart))
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
		return []string{t.faint.Render(fit("How this event sold cannot be read: "+model.Sentence(es.historyErr), width))}
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
