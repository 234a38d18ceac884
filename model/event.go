package model

import (
	"cmp"
	"slices"
	"time"
)

// Event is something that tickets are sold for.
type Event struct {
	ID          string
	Name        string
	Description string
	Location    string
	Type        string
	Date        Date
	Left        int      // tickets of all types that are left, as the event's own record says
	Changed     Date     // when an order last moved its count; empty if something else did. The prototype ignores it
	Tickets     []Ticket // by type name; empty where only the event's own record was read

	// Damaged says why the records of some types cannot be read: they are neither sold nor given back. A catalogue, which only
	// shows what can be read, leaves it empty.
	Damaged map[string]error

	stored stored
}

// Ticket is one type of ticket of an event.
type Ticket struct {
	Type  string
	Left  int
	Total int
	Price Cents

	stored stored
}

// Title is the event's name as it is shown: never nothing.
func (e Event) Title() string { return TitleOf(e.Name) }

// TitleOf is a name of an event as it is shown.
func TitleOf(name string) string { return cmp.Or(name, "an event without a name") }

// DecodeEvent reads the record of an event, without its tickets. An unreadable current_quantity is an error, like
// everything else that a shopper relies on.
func DecodeEvent(id string, raw []byte) (Event, error) {
	if e, ok := decodeOwnEvent(id, raw); ok {
		return e, nil
	}
	fields, err := decodeRecord(raw)
	if err != nil {
		return Event{}, err
	}
	e := Event{ID: id, stored: stored(raw)}
	date := ""
	for _, field := range []struct {
		name string
		into *string
	}{
		{"name", &e.Name}, {"description", &e.Description}, {"location", &e.Location}, {"type", &e.Type}, {"date", &date},
	} {
		if *field.into, err = fields.text(field.name); err != nil {
			return Event{}, err
		}
	}
	e.Date = ParseDate(date)
	if changed, changedErr := fields.text("changed"); changedErr == nil {
		e.Changed = ParseDate(changed)
	}
	if e.Left, err = fields.count("current_quantity"); err != nil {
		return Event{}, err
	}
	return e, nil
}

// Encode writes the event's own record as the layout has it.
func (e Event) Encode() []byte {
	if e.stored == "" {
		return e.encodeOwn()
	}
	fields := e.stored.fields()
	fields.setText("name", e.Name)
	fields.setText("description", e.Description)
	fields.setText("location", e.Location)
	fields.setText("type", e.Type)
	fields.setText("date", e.Date.Raw())
	fields.set("current_quantity", e.Left)
	if e.Changed.Raw() != "" {
		fields.setText("changed", e.Changed.Raw())
	} else {
		delete(fields, "changed")
	}
	return fields.encode("name", "description", "location", "type", "date", "current_quantity", "changed")
}

// DecodeTicket reads the record of one ticket type. More left than there ever were is an error.
func DecodeTicket(ticketType string, raw []byte) (Ticket, error) {
	if t, ok := decodeOwnTicket(ticketType, raw); ok {
		return t, nil
	}
	fields, err := decodeRecord(raw)
	if err != nil {
		return Ticket{}, err
	}
	t := Ticket{Type: ticketType, stored: stored(raw)}
	if t.Total, err = fields.count("total_quantity"); err != nil {
		return Ticket{}, err
	}
	if t.Left, err = fields.count("current_quantity"); err != nil {
		return Ticket{}, err
	}
	if t.Price, err = fields.price("price"); err != nil {
		return Ticket{}, err
	}
	if t.Left > t.Total {
		return Ticket{}, Errorf(CodeFailed, "%s left of only %s", areOf(t.Left), Thousands(t.Total))
	}
	return t, nil
}

// Name is the ticket's type as it may be shown.
func (t Ticket) Name() string { return Clean(t.Type) }

// Sold returns how many tickets of the type are sold.
func (t Ticket) Sold() int { return t.Total - t.Left }

// Encode writes the ticket's record as the layout has it, numbers as numbers.
func (t Ticket) Encode() []byte {
	if t.stored == "" {
		return t.encodeOwn()
	}
	fields := t.stored.fields()
	fields.set("total_quantity", t.Total)
	fields.set("current_quantity", t.Left)
	fields.set("price", t.Price)
	return fields.encode("total_quantity", "current_quantity", "price")
}

// OnSale returns how many tickets can be had. Where the tickets are at hand they tell, and not the event's own count: somebody
// else may have left that wrong, and the next order puts it right.
func (e Event) OnSale() int {
	if len(e.Tickets) > 0 {
		return leftOf(e.Tickets)
	}
	return e.Left
}

// IsSoldOut says whether no ticket can be had.
func (e Event) IsSoldOut() bool { return e.OnSale() == 0 }

// Total returns how many tickets of all types there were at first.
func (e Event) Total() int {
	sum := 0
	for _, t := range e.Tickets {
		sum += t.Total
	}
	return sum
}

// Sold returns how many tickets of all types are sold.
func (e Event) Sold() int {
	sum := 0
	for _, t := range e.Tickets {
		sum += t.Sold()
	}
	return sum
}

// Ticket returns the ticket of a type.
func (e Event) Ticket(ticketType string) (Ticket, bool) {
	i := slices.IndexFunc(e.Tickets, func(t Ticket) bool { return t.Type == ticketType })
	if i < 0 {
		return Ticket{}, false
	}
	return e.Tickets[i], true
}

// ByPrice returns the tickets from the cheapest to the dearest, and by type where they cost the same: as they are shown.
func (e Event) ByPrice() []Ticket {
	return slices.SortedStableFunc(slices.Values(e.Tickets), func(a, b Ticket) int { return cmp.Compare(a.Price, b.Price) })
}

// TicketCalled returns the ticket that somebody means by a name: the one of that type, or else the only one that is spelled
// the same but for capitals and accents.
func (e Event) TicketCalled(name string) (Ticket, bool) {
	if ticket, exact := e.Ticket(name); exact {
		return ticket, true
	}
	var alike []Ticket
	for _, ticket := range e.Tickets {
		if Fold(ticket.Name()) == Fold(name) {
			alike = append(alike, ticket)
		}
	}
	if len(alike) != 1 {
		return Ticket{}, false
	}
	return alike[0], true
}

// IsPast says whether the event is over at now, a wall-clock time.
func (e Event) IsPast(now time.Time) bool { return e.Date.IsPast(now) }

// Words returns the distinct words under which the event stands in the stored search index, sorted.
func (e Event) Words() []string {
	words := storedWords(e.Name, e.Description, e.Location)
	slices.Sort(words)
	return slices.Compact(words)
}

// with returns the event with other tickets and the count that goes with them, where it is not an order that moves it: then
// nobody is to take it for a sale.
func (e Event) with(tickets []Ticket) Event {
	after := e
	after.Tickets, after.Left = tickets, e.leftWith(tickets)
	if after.Left != e.Left {
		after.Changed = Date{}
	}
	return after
}

// leftWith returns the event's count once its tickets are these: their sum, or the largest that can be read where tickets
// from elsewhere are more than that. Where the record of a type cannot be read, nobody knows the sum. Then the count moves by
// as much as the other types do, and what it says of the damaged one stays.
func (e Event) leftWith(tickets []Ticket) int {
	if len(e.Damaged) == 0 {
		return min(leftOf(tickets), MaxCount)
	}
	return min(max(e.Left+leftOf(tickets)-leftOf(e.Tickets), 0), MaxCount)
}

// leftOf returns how many tickets of some types are left.
func leftOf(tickets []Ticket) int {
	sum := 0
	for _, t := range tickets {
		sum += t.Left
	}
	return sum
}
