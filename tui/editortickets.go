package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// ticketFields are what can be said of one type of ticket.
type ticketFields struct {
	kind         string
	price, total *field
}

// ticketPlaces is where the types of tickets were when the form was last drawn, for the mouse.
type ticketPlaces struct {
	rows   []int // of the screen, one for each type; -1 for one that had no room
	counts int   // the column from which on the counts stand, right of the prices
}

// click gives the focus to the price or the count that stands there; the name of a type stands for its price.
func (e *editor) click(_ *Session, x, row int) bool {
	at := slices.Index(e.drawn.rows, row)
	if at < 0 || at >= len(e.tickets) {
		return false
	}
	to := editTickets + 2*at
	if x >= e.drawn.counts {
		to++
	}
	e.focusOn(to)
	return true
}

// ticketFields makes the fields of a type of ticket, empty for a type that is new.
func (e *editor) ticketFields(s *Session, ticket model.Ticket) ticketFields {
	kind := ticket.Type
	fields := ticketFields{kind: kind}
	fields.price = newField("", "", func(text string) error {
		_, err := parsePrice(text)
		return err
	})
	fields.total = newField("", "", func(text string) error {
		total, err := parseTotal(text)
		if err != nil {
			return err
		}
		return e.sold(s, kind).CheckTotal(total)
	})
	for _, f := range []*field{fields.price, fields.total} {
		f.input.CharLimit = 12
	}
	if _, known := e.seen.Ticket(kind); known {
		fields.price.input.SetValue(strings.TrimPrefix(ticket.Price.String(), "£"))
		fields.total.input.SetValue(model.Thousands(ticket.Total))
	}
	fields.price.was, fields.total.was = fields.price.input.Value(), fields.total.input.Value()
	return fields
}

// sold is a type of ticket as it is now.
func (e *editor) sold(s *Session, kind string) model.Ticket {
	event, _ := e.now(s)
	ticket, _ := event.Ticket(kind)
	return ticket
}

// addTicket asks for one more type of ticket.
func (e *editor) addTicket(s *Session) tea.Cmd {
	has := func(kind string) bool {
		return slices.ContainsFunc(e.tickets, func(t ticketFields) bool { return t.kind == kind })
	}
	options := slices.DeleteFunc(slices.Sorted(slices.Values(s.shop.Catalogue.TicketTypes())), has)
	check := func(kind string) error {
		if has(strings.TrimSpace(kind)) {
			return model.Errorf(model.CodeRefused, "there are %s tickets already", model.Clean(strings.TrimSpace(kind)))
		}
		return model.CheckTicketType(kind)
	}
	return s.choose("Type of ticket", options, "", check, func(chosen string) tea.Cmd {
		ticket, _ := e.seen.Ticket(chosen) // one that was taken away comes back as it was
		ticket.Type = chosen
		e.tickets = append(e.tickets, e.ticketFields(s, ticket))
		e.arrange(s)
		e.focusOn(editTickets + 2*len(e.tickets) - 2)
		return nil
	})
}

// ticketAt is which type of ticket has the focus; -1 for none.
func (e *editor) ticketAt() int {
	at := (e.focus - editTickets) / 2
	if e.focus < editTickets || at >= len(e.tickets) {
		return -1
	}
	return at
}

func (e *editor) removeTicket(s *Session, at int) tea.Cmd {
	e.tickets = slices.Delete(e.tickets, at, at+1)
	e.arrange(s)
	e.focus = min(e.focus, len(e.fields)-2) // the button that adds another, after the last
	e.fields[e.focus].input.Focus()
	return nil
}
