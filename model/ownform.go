package model

import (
	"encoding/json"
	"strconv"
	"strings"
)

// ownForm reads a record that has the very form in which we write it, which most have: no spaces, the fields in the
// layout's order, texts without escapes that can be shown as they are, numbers as numbers. Such a record is read without
// a copy of each of its parts, in a tenth of the time. Of anything else it says that it is not ok, and reads nothing.
type ownForm struct {
	rest string
	ok   bool
}

// decodeOwnEvent reads an event's record if [Event.Encode] would write just the same.
func decodeOwnEvent(id string, raw []byte) (Event, bool) {
	const changed = `,"changed":`
	if len(raw) > MaxValue {
		return Event{}, false
	}
	r := ownForm{string(raw), true}
	e := Event{ID: id}
	e.Name = r.text(`{"name":`)
	e.Description = r.text(`,"description":`)
	e.Location = r.text(`,"location":`)
	e.Type = r.text(`,"type":`)
	date := r.text(`,"date":`)
	e.Left = r.count(`,"current_quantity":`)
	if strings.HasPrefix(r.rest, changed) {
		at := r.text(changed)
		e.Changed = ParseDate(at)
		r.ok = r.ok && at != ""
	}
	if r.end() {
		e.Date = ParseDate(date)
	}
	return e, r.ok
}

// decodeOwnTicket reads a ticket's record if [Ticket.Encode] would write just the same.
func decodeOwnTicket(ticketType string, raw []byte) (Ticket, bool) {
	const longest = 100
	if len(raw) > longest {
		return Ticket{}, false
	}
	r := ownForm{string(raw), true}
	t := Ticket{Type: ticketType}
	t.Total = r.count(`{"total_quantity":`)
	t.Left = r.count(`,"current_quantity":`)
	t.Price = r.price(`,"price":`)
	return t, r.end() && t.Left <= t.Total
}

// decodeOwnOrder reads one entry of a list of orders in our form or in the prototype's, whose quantities may be texts. What
// is written in the end is the entry itself.
func decodeOwnOrder(entry json.RawMessage) (Order, bool) {
	const line, price, name = `{"type":`, `,"price":`, `,"id":`
	r := ownForm{string(entry), true}
	date := r.text(`{"date":`)
	r.skip(`,"tickets":[`)
	var lines []Line
	for r.ok && !strings.HasPrefix(r.rest, "]") {
		if lines != nil {
			r.skip(",")
		}
		l := Line{Type: r.text(line), Unpriced: true}
		if quantity := r.take(`,"quantity":`, ",}"); strings.HasPrefix(quantity, `"`) {
			l.Quantity = r.digits(strings.TrimSuffix(quantity[1:], `"`), MaxCount)
		} else {
			l.Quantity = r.digits(quantity, MaxCount)
		}
		if strings.HasPrefix(r.rest, price) {
			l.Price, l.Unpriced = r.price(price), false
		}
		r.skip("}")
		lines = append(lines, l)
	}
	r.skip("]")
	id := ""
	if strings.HasPrefix(r.rest, name) {
		id = r.text(name)
	}
	if !r.end() {
		return Order{}, false
	}
	return Order{ID: id, Date: ParseDate(date), Lines: lines, stored: entry}, true
}

// skip passes over what has to come next.
func (r *ownForm) skip(next string) {
	rest, found := strings.CutPrefix(r.rest, next)
	r.rest, r.ok = rest, r.ok && found
}

// take returns what follows a name up to one of the ends.
func (r *ownForm) take(name, ends string) string {
	rest, found := strings.CutPrefix(r.rest, name)
	end := strings.IndexAny(rest, ends)
	if !found || end < 0 {
		r.ok, r.rest = false, ""
		return ""
	}
	r.rest = rest[end:]
	return rest[:end]
}

func (r *ownForm) text(name string) string {
	rest, found := strings.CutPrefix(r.rest, name)
	if !found || rest == "" || rest[0] != '"' {
		r.ok, r.rest = false, ""
		return ""
	}
	rest = rest[1:]
	end := strings.IndexByte(rest, '"')
	if end < 0 || strings.IndexByte(rest[:end], '\\') >= 0 || Clean(rest[:end]) != rest[:end] {
		r.ok, r.rest = false, ""
		return ""
	}
	r.rest = rest[end+1:]
	return rest[:end]
}

func (r *ownForm) count(name string) int {
	return r.digits(r.take(name, ",}"), MaxCount)
}

// digits reads a whole number without needless zeros.
func (r *ownForm) digits(s string, most int) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || n > most {
			r.ok = false
			return 0
		}
		n = 10*n + int(s[i]-'0')
	}
	if s == "" || s[0] == '0' && len(s) > 1 || n > most {
		r.ok = false
	}
	return n
}

func (r *ownForm) price(name string) Cents {
	s := r.take(name, ",}")
	whole, fraction, point := strings.Cut(s, ".")
	price := Cents(r.digits(whole, int(maxPrice/100))) * 100
	switch {
	case !point:
	case len(fraction) == 1 && fraction != "0":
		price += Cents(r.digits(fraction, 9)) * 10
	case len(fraction) == 2 && fraction[1] != '0':
		price += Cents(r.digits(strings.TrimPrefix(fraction, "0"), 99))
	default:
		r.ok = false
	}
	r.ok = r.ok && price <= maxPrice
	return price
}

// end says whether the record ends here, and was ok.
func (r *ownForm) end() bool {
	r.ok = r.ok && r.rest == "}"
	return r.ok
}

// encodeOwn writes the event's record where nothing of another form is to be kept: as [Event.Encode] would, in a tenth of
// the time.
func (e Event) encodeOwn() []byte {
	out := make([]byte, 0, 160+len(e.Name)+len(e.Description)+len(e.Location)+len(e.Type))
	out = appendText(append(out, `{"name":`...), e.Name)
	out = appendText(append(out, `,"description":`...), e.Description)
	out = appendText(append(out, `,"location":`...), e.Location)
	out = appendText(append(out, `,"type":`...), e.Type)
	out = appendText(append(out, `,"date":`...), e.Date.Raw())
	out = strconv.AppendInt(append(out, `,"current_quantity":`...), int64(e.Left), 10)
	if e.Changed.Raw() != "" {
		out = appendText(append(out, `,"changed":`...), e.Changed.Raw())
	}
	return append(out, '}')
}

// encodeOwn writes the ticket's record like [Ticket.Encode].
func (t Ticket) encodeOwn() []byte {
	out := make([]byte, 0, 80)
	out = strconv.AppendInt(append(out, `{"total_quantity":`...), int64(t.Total), 10)
	out = strconv.AppendInt(append(out, `,"current_quantity":`...), int64(t.Left), 10)
	out = t.Price.appendNumber(append(out, `,"price":`...))
	return append(out, '}')
}

// appendOwn writes an order as the layout spells it. Lines without a known price have none.
func (o Order) appendOwn(out []byte) []byte {
	out = appendText(append(out, `{"date":`...), o.Date.Raw())
	out = append(out, `,"tickets":[`...)
	for i, line := range o.Lines {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, `{"type":`...), line.Type)
		out = strconv.AppendInt(append(out, `,"quantity":`...), int64(line.Quantity), 10)
		if !line.Unpriced {
			out = line.Price.appendNumber(append(out, `,"price":`...))
		}
		out = append(out, '}')
	}
	out = append(out, ']')
	if o.ID != "" {
		out = appendText(append(out, `,"id":`...), o.ID)
	}
	return append(out, '}')
}

// appendText writes a JSON string, without escaping <, > and &.
func appendText(out []byte, s string) []byte {
	if !isPlain(s) || strings.ContainsAny(s, `"\`) {
		return append(out, encodeJSON(s)...)
	}
	return append(append(append(out, '"'), s...), '"')
}
