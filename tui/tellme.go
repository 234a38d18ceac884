package tui

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// tellMe is a box that asks for the number below which the person wants to be told.
type tellMe struct {
	form
	eventID string
}

func newTellMe(s *Session, eventID string) *tellMe {
	tm := &tellMe{eventID: eventID}
	tm.form = newForm(newField("Fewer than", "a number of tickets", func(text string) error { return tm.check(s, text) }))
	e, known := s.shop.Catalogue.Event(eventID)
	n, ok := s.person.Notification(eventID)
	switch {
	case tm.soldOut(s): // then there is only one thing to be told of: that tickets come back
	case ok && !n.Back:
		tm.set(0, strconv.Itoa(n.Limit))
	case known:
		tm.set(0, strconv.Itoa(max(e.Left/2, 1)))
	default:
	}
	tm.fields[0].offer = true
	return tm
}

// tellMeAction asks when the person wants to be told of an event.
func (s *Session) tellMeAction(id string, ok bool) action {
	why := ""
	if !ok {
		why = "No event is selected"
	}
	return bind([]string{"n"}, "tell me when", func() tea.Cmd { return s.open(newTellMe(s, id)) }).unless(why)
}

// soldOut says whether the event is sold out now: others may buy or return tickets while the box is open. It goes by the
// event's own count, as notifications do.
func (tm *tellMe) soldOut(s *Session) bool {
	e, ok := s.shop.Catalogue.Event(tm.eventID)
	return ok && e.Left == 0
}

// renewed takes the number away when the event has sold out since: none means anything any more.
func (tm *tellMe) renewed(s *Session) {
	if tm.soldOut(s) {
		tm.set(0, "")
	}
}

// listen takes no number while the event is sold out: none would mean anything.
func (tm *tellMe) listen(s *Session, msg tea.Msg) (tea.Cmd, bool) {
	if !tm.soldOut(s) {
		return tm.form.listen(s, msg)
	}
	press, ok := msg.(tea.KeyPressMsg)
	return nil, !ok || takes(tm.fields[0].input, press)
}

// check says what is wrong with a limit. For a sold-out event none has to be given.
func (tm *tellMe) check(s *Session, text string) error {
	text = strings.TrimSpace(text)
	if text == "" && tm.soldOut(s) {
		return nil
	}
	total := model.MaxCount
	if e, ok := s.shop.Catalogue.Event(tm.eventID); ok {
		total = e.Total()
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil || n < 1:
		return model.Errorf(model.CodeRefused, "please enter a whole number, 1 or more")
	case n > total:
		return model.Errorf(model.CodeRefused, "there are only %s in all", model.Plural(total, "ticket"))
	}
	return nil
}

func (tm *tellMe) overlay() {}

func (tm *tellMe) title(*Session) string { return "Tell me when" }

func (tm *tellMe) actions(s *Session) []action {
	set := func(n model.Notification) tea.Cmd {
		n.EventID = tm.eventID
		s.close(tm)
		return s.arm(n)
	}
	return tm.form.actions("tell me", s.stillBusy(), func() tea.Cmd {
		text := strings.TrimSpace(tm.value(0))
		if text == "" { // for what is sold out
			return set(model.Notification{Back: true})
		}
		limit, err := strconv.Atoi(text)
		if err != nil {
			return s.say(warning, "Please enter a whole number")
		}
		return set(model.Notification{Limit: limit})
	})[:1]
}

func (tm *tellMe) view(s *Session, width, _ int) string {
	column, about := min(width-8, 56), ""
	if e, ok := s.shop.Catalogue.Event(tm.eventID); ok {
		about = s.theme.strong.Render(wrap(e.Title(), column, 2)) + "\n"
	}
	asks := tm.now(s) + "\n"
	if !tm.soldOut(s) {
		asks += "\n" + tm.form.view(s.theme, column)
	}
	return box("Tell me when", "\n"+about+asks, s.theme)
}

// now says what there is of the event at the moment, or of what one can be told if there is nothing.
func (tm *tellMe) now(s *Session) string {
	e, ok := s.shop.Catalogue.Event(tm.eventID)
	switch {
	case !ok:
		return "This event is no longer in the shop."
	case e.Left > 0:
		return "Tickets left now: " + model.Thousands(e.Left) + "."
	}
	return "Sold out. Press " + s.theme.keys.Render(s.keyOf("accept", "enter")) + " to be told when tickets come back."
}

// arm sets a notification, or sets it again.
func (s *Session) arm(n model.Notification) tea.Cmd {
	store, seen := s.cfg.Store, "That has happened already: "+s.keyOf("notifications", "f2")+" shows it"
	if _, here := s.top().(*notices); here {
		seen = "That has happened already"
	}
	n.Username, n.Active = s.me.Username, false
	said := s.willBeTold(n)
	return s.do("Setting the notification", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		set, err := store.Notify(ctx, n)
		switch {
		case err != nil:
			return "", nil, err
		case set.Active:
			return seen, nil, nil
		}
		return said, nil, nil
	})
}

// willBeTold says of which event somebody will be told, and when.
func (s *Session) willBeTold(n model.Notification) string {
	e, ok := s.shop.Catalogue.Event(n.EventID)
	switch {
	case !ok:
		return "You will be told"
	case n.Back:
		return "You will be told when " + e.Title() + " has tickets again"
	}
	return "You will be told when " + e.Title() + " has fewer than " + model.Plural(n.Limit, "ticket") + " left"
}
