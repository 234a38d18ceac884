package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ticketcd/ticketcd/model"
)

// output is standard output. What is lost there makes the command fail in the end, whoever writes it: help, too.
type output struct{ app *app }

// Write writes, and notes the first time that it cannot.
func (o output) Write(text []byte) (int, error) {
	n, err := o.app.Out.Write(text)
	if err != nil && o.app.outErr == nil {
		o.app.outErr = err
	}
	return n, err
}

// printf writes to standard output.
func (a *app) printf(format string, args ...any) {
	fmt.Fprintf(output{a}, format, args...) //nolint:errcheck // it is noted
}

// printJSON writes the one document of a command. Parts of keys are in it as they are, for scripts to use; what a terminal
// would obey in them is escaped, beyond what JSON asks for.
func (a *app) printJSON(value any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return model.Wrap(model.CodeFailed, err, "the output could not be written: %s", reason(err))
	}
	if _, err := a.Out.Write(escapeUnprintable(text.Bytes())); err != nil {
		return model.Wrap(model.CodeFailed, err, "the output could not be written: %s", reason(err))
	}
	return nil
}

// escapeUnprintable escapes those characters of a JSON document that JSON lets stand and that draw nothing.
func escapeUnprintable(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r < utf8.RuneSelf && r != '\x7f' || unicode.IsPrint(r):
			out = append(out, text[:size]...)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		}
		text = text[size:]
	}
	return out
}

// millis is a length of time in milliseconds, to the microsecond.
func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// printTable writes rows below a heading, in columns. In those of numbers, counted from 0, they end below one another.
func (a *app) printTable(heading []string, rows [][]string, numbers ...int) error {
	out := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	all := append([][]string{heading}, rows...)
	for _, column := range numbers {
		width := 0
		for _, row := range all {
			width = max(width, utf8.RuneCountInString(row[column]))
		}
		for _, row := range all {
			row[column] = strings.Repeat(" ", width-utf8.RuneCountInString(row[column])) + row[column]
		}
	}
	for _, row := range all {
		fmt.Fprintln(out, strings.Join(row, "\t")) //nolint:errcheck // Flush says what went wrong
	}
	if err := out.Flush(); err != nil {
		return model.Wrap(model.CodeFailed, err, "the output could not be written: %s", reason(err))
	}
	return nil
}

// eventJSON is an event as scripts see it.
type eventJSON struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Location    string `json:"location"`
	Type        string `json:"type"`
	Date        string `json:"date"`
	Left        int    `json:"current_quantity"`
}

func newEventJSON(e *model.Event) eventJSON {
	return eventJSON{
		ID: e.ID, Name: e.Name, Description: e.Description, Location: e.Location, Type: e.Type,
		Date: model.Clean(e.Date.Raw()), Left: e.Left,
	}
}

// ticketJSON is a ticket type as scripts see it.
type ticketJSON struct {
	Type  string      `json:"type"`
	Price model.Cents `json:"price"`
	Left  int         `json:"current_quantity"`
	Total int         `json:"total_quantity"`
}

// lineJSON is a line of an order as scripts see it.
type lineJSON struct {
	Type     string       `json:"type"`
	Quantity int          `json:"quantity"`
	Price    *model.Cents `json:"price"` // null where the prototype did not record it
}

// orderJSON is an order as scripts see it.
type orderJSON struct {
	ID       string       `json:"order_id"`
	Username string       `json:"username"`
	EventID  string       `json:"event_id"`
	Date     string       `json:"date"`
	Tickets  []lineJSON   `json:"tickets"`
	Total    *model.Cents `json:"total"`            // null where a price was not recorded, or the order cannot be read
	Damage   string       `json:"damage,omitempty"` // why it cannot be read
}

func newOrderJSON(o model.Order) orderJSON {
	out := orderJSON{
		ID: o.ID, Username: o.Username, EventID: o.EventID, Date: model.Clean(o.Date.Raw()),
		Tickets: []lineJSON{}, Damage: model.Clean(o.Damage),
	}
	for _, line := range o.Lines {
		listed := lineJSON{Type: line.Type, Quantity: line.Quantity}
		if !line.Unpriced {
			listed.Price = &line.Price
		}
		out.Tickets = append(out.Tickets, listed)
	}
	if total := o.Total(); !o.Unpriced() && o.Damage == "" {
		out.Total = &total
	}
	return out
}
