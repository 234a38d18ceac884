package cli

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

func (a *app) buyCommand() *cobra.Command {
	var username string
	cmd := &cobra.Command{
		Use:   "buy EVENTID TYPE=N...",
		Short: "Buy tickets for a user",
		Long: "Places one order. It is bought as a whole or not at all, and once, whatever happens on the way. Types of tickets\n" +
			"may be written in capitals or not, with accents or without.\n\n" +
			"Where that runs an event low, those who asked to be told are: by the shops and servers that are open, or else by the\n" +
			"next one that opens.",
		Example: "  ticketcd buy b314e962-1d47-445f-884f-443da6c0db78 red=2 pink=1 --as user",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if username == "" {
				return model.Errorf(model.CodeUsage, "say who buys: --as USER")
			}
			lines, err := parseLines(args[1:])
			if err != nil {
				return err
			}
			order := model.Order{Username: username, EventID: args[0], Lines: lines}
			return a.with(cmd.Context(), func(store *opened) error { return a.buy(cmd, store, order) })
		},
	}
	cmd.Flags().StringVar(&username, "as", "", "the `user` who buys")
	return cmd
}

// parseLines reads arguments such as red=2.
func parseLines(args []string) ([]model.Line, error) {
	var lines []model.Line
	for _, arg := range args {
		ticketType, number, found := strings.Cut(arg, "=")
		if !found || ticketType == "" {
			return nil, model.Errorf(model.CodeUsage, "%q does not say what to buy: write TYPE=N, such as red=2", arg)
		}
		quantity, err := strconv.Atoi(number)
		if errors.Is(err, strconv.ErrRange) {
			err = nil // Atoi returns the largest number there is: the rule says how many are left
		}
		if err != nil || quantity < 0 {
			return nil, model.Errorf(model.CodeUsage, "%q is not a number of tickets: write TYPE=N, such as %s=2", number, ticketType)
		}
		lines = append(lines, model.Line{Type: ticketType, Quantity: quantity})
	}
	return lines, nil
}

func (a *app) buy(cmd *cobra.Command, store *opened, order model.Order) error {
	checking := func() { a.notef("Checking whether the order went through ...") }
	bought, err := store.Buy(cmd.Context(), order, checking)
	if model.CodeOf(err) == model.CodeNotFound { // perhaps a type is called nearly so
		if event, failed := store.Event(cmd.Context(), order.EventID); failed == nil && respell(order.Lines, event) {
			bought, err = store.Buy(cmd.Context(), order, checking)
		}
	}
	if err != nil {
		return err
	}
	if a.flags.json() {
		return a.printJSON(newOrderJSON(bought))
	}
	a.printf("Bought %s%s, %s paid by %s: order %s\n", bought, forEvent(cmd.Context(), store, bought.EventID), bought.Total(), bought.Username, bought.ID)
	return nil
}

// forEvent names an event for which tickets were bought. That they were is said in any case, so it is not waited for long.
func forEvent(parent context.Context, store *opened, id string) string {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	event, err := store.Event(ctx, id)
	if err != nil {
		return ""
	}
	return " for " + event.Title()
}

// respell writes types of tickets as the event does, and says whether anything is different now.
func respell(lines []model.Line, event model.Event) bool {
	changed := false
	for i, line := range lines {
		if ticket, ok := event.TicketCalled(line.Type); ok && ticket.Type != line.Type {
			lines[i].Type, changed = ticket.Type, true
		}
	}
	return changed
}
