package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

func (a *app) eventCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "event ID",
		Short: "Show one event with its tickets; create, edit and remove events",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(store *opened) error {
				event, err := store.Event(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				return a.printEvent(event)
			})
		},
	}
	cmd.AddCommand(a.eventCreateCommand(), a.eventEditCommand(), a.eventRemoveCommand())
	return cmd
}

func (a *app) printEvent(e model.Event) error {
	if a.flags.json() {
		tickets := []ticketJSON{}
		for _, t := range e.ByPrice() {
			tickets = append(tickets, ticketJSON{t.Type, t.Price, t.Left, t.Total})
		}
		return a.printJSON(struct {
			eventJSON
			Tickets []ticketJSON `json:"tickets"`
		}{newEventJSON(&e), tickets})
	}
	facts := slices.DeleteFunc([]string{e.Type, e.Location, e.Date.String()}, func(fact string) bool { return fact == "" })
	a.printf("%s\n%s\n\n%s\n\n", e.Title(), strings.Join(facts, ", "), e.Description)
	var rows [][]string
	for _, t := range e.ByPrice() {
		rows = append(rows, []string{t.Name(), t.Price.String(), model.Thousands(t.Left), model.Thousands(t.Total)})
	}
	return a.printTable([]string{"TICKET", "PRICE", "LEFT", "OF"}, rows, 1, 2, 3)
}
