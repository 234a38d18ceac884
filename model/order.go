package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxOrders is how many orders one user may hold for one event: the list is one value and must stay small.
const MaxOrders = 500

// Order is a purchase of tickets for one event. An order that was placed by the prototype has no stored id; it is given
// one that follows from its content, so that it stays the same from read to read.
type Order struct {
	ID       string
	Username string
	EventID  string
	Date     Date
	Lines    []Line
	Damage   string // why the stored entry cannot be read; empty for a sound one
	Gone     bool   // of an order that was to be cancelled: it was cancelled before, perhaps by somebody else

	stored json.RawMessage // the entry as it stood; nil for one that is not stored yet
}

// Line is a number of tickets of one type.
type Line struct {
	Type     string
	Quantity int
	Price    Cents // paid for each ticket
	Agreed   bool  // of an order to be placed: the buyer was shown Price, sell at no other
	Unpriced bool  // of a stored order: the price was not recorded, as the prototype did not
}

// Name is the line's ticket type as it may be shown.
func (l Line) Name() string { return Clean(l.Type) }

// Total returns what the order cost. Lines without a recorded price count nothing.
func (o Order) Total() Cents {
	var sum Cents
	for _, line := range o.Lines {
		sum = sum.Plus(line.Price * Cents(line.Quantity))
	}
	return sum
}

// Unpriced says whether what was paid is not recorded, for all of the order or for a part of it.
func (o Order) Unpriced() bool {
	return slices.ContainsFunc(o.Lines, func(line Line) bool { return line.Unpriced })
}

// Paid says what the order cost, or why that is not known.
func (o Order) Paid() string {
	switch {
	case o.Damage != "":
		return "unreadable"
	case o.Unpriced():
		return "not recorded"
	}
	return o.Total().String()
}

// Quantity returns the number of tickets of all types.
func (o Order) Quantity() int {
	sum := 0
	for _, line := range o.Lines {
		sum += line.Quantity
	}
	return sum
}

// String says what is ordered: "2 red and 1 pink tickets".
func (o Order) String() string {
	var parts []string
	for _, line := range o.Lines {
		parts = append(parts, Thousands(line.Quantity)+" "+Clean(line.Type))
	}
	if len(parts) == 0 {
		return "no tickets"
	}
	noun := OneOrMany(o.Quantity(), " ticket", " tickets")
	if last := len(parts) - 1; last > 0 {
		return strings.Join(parts[:last], ", ") + " and " + parts[last] + noun
	}
	return parts[0] + noun
}

// Sell judges an order on the state of its event at now (a wall-clock time), and returns the event as the order leaves
// it and the lines as they are sold, one per type with its price. The event passed in is not changed. What is refused
// is a [*Error] that says what would work.
func (e Event) Sell(wanted []Line, now time.Time) (Event, []Line, error) {
	lines, err := mergeLines(wanted)
	if err != nil {
		return Event{}, nil, err
	}
	if e.IsPast(now) {
		return Event{}, nil, Errorf(CodeRefused, "%s took place on %s: its tickets are no longer sold", e.Title(), e.Date)
	}
	after := e
	after.Tickets = slices.Clone(e.Tickets)
	for i, line := range lines {
		at := slices.IndexFunc(after.Tickets, func(t Ticket) bool { return t.Type == line.Type })
		if at < 0 {
			return Event{}, nil, e.noSuchType(line.Type)
		}
		ticket := &after.Tickets[at]
		if line.Quantity > ticket.Left {
			return Event{}, nil, notEnough(*ticket)
		}
		if line.Agreed && line.Price != ticket.Price {
			return Event{}, nil, Errorf(CodeConflict, "the price of the %s tickets is now %s, it was %s",
				Clean(line.Type), ticket.Price, line.Price)
		}
		ticket.Left -= line.Quantity
		lines[i] = Line{Type: line.Type, Quantity: line.Quantity, Price: ticket.Price}
	}
	after.Left = e.leftWith(after.Tickets)
	after.Changed = OrderDate(now)
	return after, lines, nil
}

// mergeLines adds up lines of the same type, in order of type, and refuses quantities that nobody can buy.
func mergeLines(wanted []Line) ([]Line, error) {
	var lines []Line
	for _, line := range wanted {
		if line.Quantity < 0 {
			return nil, Errorf(CodeRefused, "%d is not a number of tickets: choose 1 or more", line.Quantity)
		}
		line.Quantity = min(line.Quantity, MaxCount+1) // more than there can be, and no sum of them overflows
		at, found := slices.BinarySearchFunc(lines, line.Type, func(l Line, name string) int {
			return strings.Compare(l.Type, name)
		})
		switch {
		case found && line.Agreed && lines[at].Agreed && line.Price != lines[at].Price:
			return nil, Errorf(CodeConflict, "the %s tickets cannot have two prices", Clean(line.Type))
		case found:
			lines[at].Quantity += line.Quantity
		case line.Quantity > 0:
			lines = slices.Insert(lines, at, line)
		}
	}
	if len(lines) == 0 {
		return nil, Errorf(CodeRefused, "an order needs at least 1 ticket")
	}
	return lines, nil
}

func notEnough(t Ticket) error {
	switch t.Left {
	case 0:
		return Errorf(CodeRefused, "the %s tickets are sold out", Clean(t.Type))
	case 1:
		return Errorf(CodeRefused, "only 1 %s ticket is left", Clean(t.Type))
	}
	return Errorf(CodeRefused, "only %s %s tickets are left", Thousands(t.Left), Clean(t.Type))
}

func (e Event) noSuchType(ticketType string) error {
	var types []string
	for _, t := range e.Tickets {
		types = append(types, Clean(t.Type))
	}
	if len(types) == 0 {
		return Errorf(CodeNotFound, "%s has no tickets on sale", e.Title())
	}
	return Errorf(CodeNotFound, "%s has no %q tickets: choose from %s", e.Title(), Clean(ticketType), strings.Join(types, ", "))
}

// AddOrder returns a buyer's list with one more order. A full list refuses it.
func AddOrder(orders []Order, order Order) ([]Order, error) {
	if len(orders) >= MaxOrders {
		return nil, Errorf(CodeRefused, "you hold %d orders for this event, the most that one buyer may have", len(orders))
	}
	return append(slices.Clip(orders), order), nil
}

// FindOrder returns the order with an id.
func FindOrder(orders []Order, id string) (Order, bool) {
	i := slices.IndexFunc(orders, func(o Order) bool { return o.ID == id })
	if i < 0 {
		return Order{}, false
	}
	return orders[i], true
}

// DecodeOrders reads a user's orders for an event. One that cannot be read is returned with its Damage, so that it is
// neither hidden nor lost at the next write; only a value that is no list at all is an error.
func DecodeOrders(username, eventID string, raw []byte) ([]Order, error) {
	if len(raw) > MaxValue {
		return nil, fmt.Errorf("the list of orders has %s bytes", Thousands(len(raw)))
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, fmt.Errorf("the value is not a list of orders: %w", notAsExpected(err))
	}
	orders := make([]Order, 0, len(entries))
	twins := map[string]int{}
	for _, entry := range entries {
		order, err := decodeOrder(entry)
		if err != nil {
			order.Damage = err.Error()
		}
		if order.ID == "" {
			content := compact(entry)
			order.ID = derivedID(username, eventID, twins[content], content)
			twins[content]++
		}
		order.Username, order.EventID = username, eventID
		orders = append(orders, order)
	}
	return orders, nil
}

func decodeOrder(entry json.RawMessage) (Order, error) {
	if order, ok := decodeOwnOrder(entry); ok {
		return order, nil
	}
	order := Order{stored: entry}
	var fields record
	if err := json.Unmarshal(entry, &fields); err != nil {
		return order, fmt.Errorf("the order is not readable: %w", notAsExpected(err))
	}
	if fields == nil {
		return order, errors.New("the order is null")
	}
	var err error
	if order.ID, err = fields.text("id"); err != nil {
		return order, fmt.Errorf("the order is not readable: %w", err)
	}
	if date, dated := fields["date"]; dated {
		if err = order.Date.UnmarshalJSON(date); err != nil {
			return order, fmt.Errorf("the order is not readable: %w", err)
		}
	}
	order.Lines, err = decodeLines(fields["tickets"])
	return order, err
}

func decodeLines(raw json.RawMessage) ([]Line, error) {
	if raw == nil {
		return nil, nil
	}
	var all []record
	if err := json.Unmarshal(raw, &all); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			wrong.Field = "tickets"
		}
		return nil, fmt.Errorf("the order is not readable: %w", notAsExpected(err))
	}
	var lines []Line
	for _, fields := range all {
		ticketType, err := fields.verbatim("type")
		if err != nil {
			return lines, fmt.Errorf("the order is not readable: %w", err)
		}
		quantity, err := parseCount(fields["quantity"])
		if err != nil {
			return lines, fmt.Errorf("the quantity of %s tickets is not readable: %w", Clean(ticketType), err)
		}
		price, err := ParsePrice(unquote(fields["price"]))
		lines = append(lines, Line{Type: ticketType, Quantity: quantity, Price: price, Unpriced: err != nil})
	}
	return lines, nil
}

// derivedID names an order that was stored without an id, by its content and how many others like it come before. It
// does not change when the list is written anew.
func derivedID(username, eventID string, twins int, content string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d\x00%s", username, eventID, twins, content))
	return hex.EncodeToString(sum[:8])
}

// compact spells JSON without needless spaces.
func compact(raw json.RawMessage) string {
	var out bytes.Buffer
	if json.Compact(&out, raw) != nil {
		return string(raw)
	}
	return out.String()
}

// EncodeOrders writes a user's orders for an event; those that were read are written as they stood.
func EncodeOrders(orders []Order) []byte {
	out := make([]byte, 0, 160)
	out = append(out, '[')
	for i, order := range orders {
		if i > 0 {
			out = append(out, ',')
		}
		if order.stored != nil {
			out = append(out, order.stored...)
		} else {
			out = order.appendOwn(out)
		}
	}
	return append(out, ']')
}
