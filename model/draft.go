package model

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// EventDraft is what an admin fills in: a new event, or one as it should become. Only types in Tickets are on sale.
type EventDraft struct {
	Name        string
	Description string
	Location    string
	Type        string
	Date        string // in any form that [ParseDate] reads
	Tickets     []TicketDraft
}

// TicketDraft is one type of ticket of a draft.
type TicketDraft struct {
	Type  string
	Total int // how many there are in all, the sold ones included
	Price Cents
}

// The limits of what an event may have, in characters.
const (
	MaxEventName   = 120
	MaxDescription = 2000
	MaxPlace       = 60 // of a location, a type of event, or a type of ticket: parts of keys, and columns on a screen
)

// maxTicketTypes is how many types of tickets a draft may have: an order for all of them is still one transaction.
const maxTicketTypes = 100

// Draft returns the event as a form shows it before anything is changed.
func (e Event) Draft() EventDraft {
	d := EventDraft{Name: e.Name, Description: e.Description, Location: e.Location, Type: e.Type, Date: e.Date.Raw()}
	for _, t := range e.Tickets {
		d.Tickets = append(d.Tickets, TicketDraft{Type: t.Type, Total: t.Total, Price: t.Price})
	}
	return d
}

// CheckEventName says what is wrong with the name of an event.
func CheckEventName(name string) error { return checkText("a name", name, MaxEventName, true) }

// CheckDescription says what is wrong with the description of an event. It may be empty.
func CheckDescription(text string) error {
	return checkText("a description", text, MaxDescription, false)
}

// CheckLocation says what is wrong with a location.
func CheckLocation(location string) error { return checkPlace("a place", location, ":") }

// CheckEventType says what is wrong with a type of event.
func CheckEventType(eventType string) error { return checkPlace("a type of event", eventType, ":") }

// CheckTicketType says what is wrong with a type of ticket. The command line writes TYPE=N.
func CheckTicketType(ticketType string) error {
	return checkPlace("a type of ticket", ticketType, ":=")
}

// CheckEventDate says what is wrong with the date of an event.
func CheckEventDate(text string) error {
	switch _, ok := ParseDate(text).Time(); {
	case !ok && isNoDay(text):
		return Errorf(CodeRefused, "there is no such day")
	case !ok:
		return Errorf(CodeRefused, "please enter a date such as 2027-06-01 20:00")
	}
	return nil
}

// CheckTotal says what is wrong with a number of tickets. None at all means that there are none to buy yet.
func CheckTotal(total int) error {
	if total < 0 || total > MaxCount {
		return Errorf(CodeRefused, "a number of tickets is between 0 and %s", Thousands(MaxCount))
	}
	return nil
}

// CheckPrice says what is wrong with a price. Tickets may be free.
func CheckPrice(price Cents) error {
	if price < 0 || price > maxPrice {
		return Errorf(CodeRefused, "a price is between %s and %s", Cents(0), maxPrice)
	}
	return nil
}

// checkPlace checks a text that becomes part of a key.
func checkPlace(what, text, reserved string) error {
	if err := checkText(what, text, MaxPlace, true); err != nil {
		return err
	}
	if at := strings.IndexAny(text, reserved); at >= 0 {
		return Errorf(CodeRefused, "%s has no %q in it", what, text[at])
	}
	return nil
}

func checkText(what, text string, limit int, required bool) error {
	text = tidy(text)
	switch {
	case text == "" && required:
		return Errorf(CodeRefused, "please enter %s", what)
	case utf8.RuneCountInString(text) > limit:
		return Errorf(CodeRefused, "%s has at most %s characters", what, Thousands(limit))
	case strings.ContainsRune(text, utf8.RuneError):
		return Errorf(CodeRefused, "%s has only characters that can be shown", what)
	}
	return nil
}

// tidy returns a text as it is stored.
func tidy(text string) string { return strings.TrimSpace(Clean(text)) }

// Check says what is wrong with the draft of a new event, first field first.
func (d EventDraft) Check() error {
	_, err := d.settled(nil)
	return err
}

// settled returns the draft as it is stored, or what is wrong with it. What is as it was is not looked at: events that
// came from elsewhere may break our rules, and must not become impossible to edit.
func (d EventDraft) settled(was *EventDraft) (EventDraft, error) {
	isNew := was == nil
	if isNew {
		was = &EventDraft{}
	}
	for _, field := range []struct {
		text  *string
		was   string
		check func(string) error
		write func(string) string
	}{
		{&d.Name, was.Name, CheckEventName, tidy},
		{&d.Description, was.Description, CheckDescription, tidy},
		{&d.Location, was.Location, CheckLocation, tidy},
		{&d.Type, was.Type, CheckEventType, tidy},
		{&d.Date, was.Date, CheckEventDate, tidyDate},
	} {
		if *field.text == field.was && !isNew {
			continue
		}
		if err := field.check(*field.text); err != nil {
			return EventDraft{}, err
		}
		*field.text = field.write(*field.text)
	}
	return d.settledTickets(was, isNew)
}

// tidyDate writes a readable date in our form, and keeps one without a time of day as such.
func tidyDate(text string) string {
	date := ParseDate(text)
	return date.addDays(0).Raw()
}

// settledTickets does so for the tickets. What they are in all may break our rules as far as it did before.
func (d EventDraft) settledTickets(was *EventDraft, isNew bool) (EventDraft, error) {
	switch n := len(d.Tickets); {
	case n == 0 && (isNew || len(was.Tickets) > 0):
		return EventDraft{}, Errorf(CodeRefused, "an event needs at least one type of ticket")
	case n > max(maxTicketTypes, len(was.Tickets)):
		return EventDraft{}, Errorf(CodeRefused, "an event has at most %d types of tickets", maxTicketTypes)
	}
	d.Tickets = slices.Clone(d.Tickets)
	seen := map[string]bool{}
	for i := range d.Tickets {
		t := &d.Tickets[i]
		if err := t.settle(was.Tickets); err != nil {
			return EventDraft{}, err
		}
		if seen[t.Type] {
			return EventDraft{}, Errorf(CodeRefused, "the %s tickets are there twice", Clean(t.Type))
		}
		seen[t.Type] = true
	}
	if d.total() > max(MaxCount, was.total()) {
		return EventDraft{}, Errorf(CodeRefused, "an event has at most %s tickets in all", Thousands(MaxCount))
	}
	return d, nil
}

// settle makes a type of ticket what is stored of it, or says what is wrong with what was not so before.
func (t *TicketDraft) settle(was []TicketDraft) error {
	before := slices.IndexFunc(was, func(w TicketDraft) bool { return w.Type == t.Type })
	known := before >= 0
	if !known {
		if err := CheckTicketType(t.Type); err != nil {
			return err
		}
		t.Type = tidy(t.Type)
	}
	if !known || t.Total != was[before].Total {
		if err := CheckTotal(t.Total); err != nil {
			return err
		}
	}
	if !known || t.Price != was[before].Price {
		return CheckPrice(t.Price)
	}
	return nil
}

// total is how many tickets there are in all.
func (d EventDraft) total() int {
	sum := 0
	for _, t := range d.Tickets {
		sum += t.Total
	}
	return sum
}
