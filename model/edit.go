package model

import (
	"slices"
	"strings"
)

// Removal is what the removal of an event did. Its JSON form is printed for scripts.
type Removal struct {
	EventID  string `json:"event_id"`
	Name     string `json:"name"`
	Orders   int    `json:"orders"`  // that were refunded
	Tickets  int    `json:"tickets"` // in those orders
	Refunded Cents  `json:"refunded"`
}

// Refunds is what the removal of an event would give back. Buyers are those with at least one order.
type Refunds struct {
	Buyers, Orders, Tickets int
	Money                   Cents
}

// Event returns a new event, all of its tickets on sale, or what is wrong with the draft.
func (d EventDraft) Event(id string) (Event, error) {
	d, err := d.settled(nil)
	if err != nil {
		return Event{}, err
	}
	return Event{ID: id}.filled(d), nil
}

// Edit returns the event as a draft wants it. What is sold stays sold: there cannot be fewer tickets than that, nor can
// their type be removed. A new price is for later orders only. Fields of the records that we do not know are kept, and so
// is what the draft leaves as it was, even where it breaks the rules for new events.
func (e Event) Edit(draft EventDraft) (Event, error) {
	was := e.Draft()
	draft, err := draft.settled(&was)
	if err != nil {
		return Event{}, err
	}
	for _, t := range e.Tickets {
		i := slices.IndexFunc(draft.Tickets, func(d TicketDraft) bool { return d.Type == t.Type })
		if i < 0 {
			err = t.CheckRemoval()
		} else {
			err = t.CheckTotal(draft.Tickets[i].Total)
		}
		if err != nil {
			return Event{}, err
		}
	}
	return e.filled(draft), nil
}

// CheckTotal says why there cannot be so few tickets of the type in all: what is sold stays sold.
func (t Ticket) CheckTotal(total int) error {
	if sold := t.Sold(); total < sold {
		return Errorf(CodeRefused, "%s: there cannot be fewer", areSold(sold, t.Type))
	}
	return nil
}

// CheckRemoval says why the type of ticket cannot be removed.
func (t Ticket) CheckRemoval() error {
	if sold := t.Sold(); sold > 0 {
		return Errorf(CodeRefused, "%s: that type cannot be removed", areSold(sold, t.Type))
	}
	return nil
}

// filled returns the event with what a sound draft says.
func (e Event) filled(d EventDraft) Event {
	after := e
	after.Name, after.Description, after.Location, after.Type = d.Name, d.Description, d.Location, d.Type
	if d.Date != e.Date.Raw() {
		after.Date = ParseDate(d.Date)
	}
	var tickets []Ticket
	for _, draft := range d.Tickets {
		t, known := e.Ticket(draft.Type)
		sold := t.Sold()
		if known && t.Price != draft.Price {
			t.stored = t.withFirstPrice()
		}
		t.Type, t.Total, t.Left, t.Price = draft.Type, draft.Total, draft.Total-sold, draft.Price
		tickets = append(tickets, t)
	}
	slices.SortFunc(tickets, func(a, b Ticket) int { return strings.Compare(a.Type, b.Type) })
	return after.with(tickets)
}

// Closed returns the event with nothing left to buy, and of its tickets only those that are sold.
func (e Event) Closed() Event {
	tickets := slices.Clone(e.Tickets)
	for i := range tickets {
		t := &tickets[i]
		t.Total, t.Left = t.Total-t.Left, 0
	}
	return e.with(tickets)
}

// Refund returns a closed event without the tickets of some orders, which neither come back nor stay sold. Where the
// store's counts are damaged, this does not make them worse.
func (e Event) Refund(orders []Order) Event {
	after := e.Closed()
	for _, order := range orders {
		for _, line := range order.Lines {
			for i := range after.Tickets {
				if t := &after.Tickets[i]; t.Type == line.Type {
					t.Total = max(t.Total-line.Quantity, 0)
				}
			}
		}
	}
	return after
}

// Paid returns what orders of the event cost. Lines whose price was not recorded count at [Ticket.FirstPrice]. Where that is
// not known either, because the ticket's record is damaged or gone, it says so: money is never guessed.
func (e Event) Paid(orders []Order) (Cents, error) {
	var sum Cents
	for _, order := range orders {
		sum = sum.Plus(order.Total())
		for _, line := range order.Lines {
			if !line.Unpriced || line.Quantity == 0 {
				continue
			}
			ticket, ok := e.Ticket(line.Type)
			if !ok {
				return 0, e.noPrice(order.Username, line.Type)
			}
			sum = sum.Plus(ticket.FirstPrice() * Cents(line.Quantity))
		}
	}
	return sum, nil
}

// noPrice says why nobody knows what somebody paid for tickets of a type, and what to do.
func (e Event) noPrice(username, ticketType string) error {
	says := "it is not recorded what %s paid for %s tickets, and there is no record of such tickets any more, so it has to be loaded again first"
	damage := e.Damaged[ticketType]
	if damage != nil {
		says = "it is not recorded what %s paid for %s tickets, and the record of these tickets cannot be read, so it has to be repaired first"
	}
	return Wrap(CodeFailed, damage, says, Clean(username), Clean(ticketType))
}

// fieldFirstPrice is a field of ours in the record of a ticket: the price before it was first edited, at which orders
// without a recorded price were placed. The prototype recorded none, and could not edit.
const fieldFirstPrice = "first_price"

func (t Ticket) withFirstPrice() stored {
	fields := t.stored.fields()
	if _, edited := fields[fieldFirstPrice]; edited {
		return t.stored
	}
	fields.set(fieldFirstPrice, t.Price)
	return stored(fields.encode())
}

// FirstPrice returns the price of the tickets before anybody edited it.
func (t Ticket) FirstPrice() Cents {
	if t.stored == "" {
		return t.Price
	}
	if price, err := t.stored.fields().price(fieldFirstPrice); err == nil {
		return price
	}
	return t.Price
}

// Differences says in words what an admin changed of an event between two looks at it, or would change; none if nothing.
// That tickets are sold or come back is no such change.
func Differences(before, after Event) []string {
	var words []string
	say := func(format string, args ...any) { words = append(words, Errorf("", format, args...).Message) }
	for _, field := range []struct{ name, before, after string }{
		{"name", before.Name, after.Name},
		{"description", before.Description, after.Description},
		{"place", before.Location, after.Location},
		{"type", before.Type, after.Type},
	} {
		if field.before != field.after {
			was, is := excerpts(field.before, field.after)
			say("the %s from “%s” to “%s”", field.name, Clean(was), Clean(is))
		}
	}
	if before.Date.String() != after.Date.String() {
		say("the date from %s to %s", before.Date, after.Date)
	}
	for _, was := range before.Tickets {
		if is, still := after.Ticket(was.Type); !still {
			say("no %s tickets any more", Clean(was.Type))
		} else {
			if was.Total != is.Total {
				say("the number of %s tickets from %s to %s", Clean(was.Type), Thousands(was.Total), Thousands(is.Total))
			}
			if was.Price != is.Price {
				say("the price of %s tickets from %s to %s", Clean(was.Type), was.Price, is.Price)
			}
		}
	}
	for _, is := range after.Tickets {
		if _, known := before.Ticket(is.Type); !known {
			say("new: %s at %s", numberOf(is.Total, is.Type), is.Price)
		}
	}
	return words
}

// excerpts cuts two texts that differ to where they do.
func excerpts(a, b string) (string, string) {
	const limit, lead = 160, 20
	first, second := []rune(a), []rune(b)
	same := 0
	for same < min(len(first), len(second)) && first[same] == second[same] {
		same++
	}
	cut := func(text []rune) string {
		if len(text) <= limit || same <= lead {
			return Truncate(string(text), limit)
		}
		return Truncate("…"+string(text[same-lead:]), limit)
	}
	return cut(first), cut(second)
}

// numberOf says how many tickets of a type: "1 red ticket", "12 red tickets".
func numberOf(n int, ticketType string) string { return Plural(n, Clean(ticketType)+" ticket") }

func areSold(n int, ticketType string) string {
	return numberOf(n, ticketType) + OneOrMany(n, " is sold", " are sold")
}
