package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/ticketcd/ticketcd/model"
)

// printJSON writes the one document of a command.
func (a *app) printJSON(value any) error {
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return model.Wrap(model.CodeFailed, err, "the output could not be written")
	}
	return nil
}

// printTable writes rows below a heading, in columns.
func (a *app) printTable(heading []string, rows [][]string) error {
	out := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, strings.Join(heading, "\t"))
	for _, row := range rows {
		fmt.Fprintln(out, strings.Join(row, "\t"))
	}
	if err := out.Flush(); err != nil {
		return model.Wrap(model.CodeFailed, err, "the output could not be written")
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
	Type     string      `json:"type"`
	Quantity int         `json:"quantity"`
	Price    model.Cents `json:"price"`
}

// orderJSON is an order as scripts see it.
type orderJSON struct {
	ID       string      `json:"order_id"`
	Username string      `json:"username"`
	EventID  string      `json:"event_id"`
	Date     string      `json:"date"`
	Tickets  []lineJSON  `json:"tickets"`
	Total    model.Cents `json:"total"`
}

func newOrderJSON(o model.Order) orderJSON {
	out := orderJSON{
		ID: o.ID, Username: o.Username, EventID: o.EventID, Date: model.Clean(o.Date.Raw()),
		Tickets: []lineJSON{}, Total: o.Total(),
	}
	for _, line := range o.Lines {
		out.Tickets = append(out.Tickets, lineJSON{line.Type, line.Quantity, line.Price})
	}
	return out
}
