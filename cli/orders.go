package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

// listedOrderJSON is an order in a list, with what scripts would otherwise have to look up.
type listedOrderJSON struct {
	orderJSON
	EventName     string `json:"event_name"` // like the next two, empty where the event has been removed
	EventDate     string `json:"event_date"`
	EventLocation string `json:"event_location"`
	Cancellable   bool   `json:"cancellable"`
}

// cancelledJSON is an order that is cancelled.
type cancelledJSON struct {
	orderJSON
	Before bool `json:"cancelled_before"` // nothing was changed now
}

func (a *app) ordersCommand() *cobra.Command {
	var username, id string
	cmd := &cobra.Command{
		Use:   "orders",
		Short: "List a user's orders, newest first, or find one by its id",
		Long: "Lists the orders of a user, newest first. One whose record cannot be read is listed as well: with -w json its total is\n" +
			"null, and damage says why. With --id it finds one order, whoever's it is, and says whose; it reads all orders for\n" +
			"that, which takes seconds in a large shop. The id may be written in capitals or not.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (username == "") == (id == "") {
				return model.Errorf(model.CodeUsage, "say whose orders with --as USER, or which one with --id ORDERID")
			}
			return a.with(cmd.Context(), func(store *opened) error {
				orders, err := ordersOf(cmd.Context(), store, username, id)
				if err != nil {
					return err
				}
				catalogue, err := store.Catalogue(cmd.Context())
				if err != nil {
					return err
				}
				return a.printOrders(orders, catalogue)
			})
		},
	}
	cmd.Flags().StringVar(&username, "as", "", "the `user` whose orders are listed")
	cmd.Flags().StringVar(&id, "id", "", "the `order` to find, whoever's it is")
	return cmd
}

// ordersOf returns a user's orders or, if an id is given, the one order that has it.
func ordersOf(ctx context.Context, store *opened, username, id string) ([]model.Order, error) {
	if id == "" {
		return store.Orders(ctx, username)
	}
	found, err := store.FindOrder(ctx, id)
	return []model.Order{found}, err
}

func (a *app) printOrders(orders []model.Order, catalogue *model.Catalogue) error {
	now := model.WallClock(time.Now())
	list := make([]listedOrderJSON, 0, len(orders))
	rows := make([][]string, 0, len(orders))
	whose := ""
	for _, order := range orders {
		whose = " of " + model.Clean(order.Username) + "'s"
		listed := listedOrderJSON{orderJSON: newOrderJSON(order)}
		name, when := "(removed event)", ""
		if e, ok := catalogue.Event(order.EventID); ok {
			name, when = e.Title(), e.Date.String()
			listed.EventName, listed.EventDate, listed.EventLocation = e.Name, model.Clean(e.Date.Raw()), e.Location
			listed.Cancellable = order.Damage == "" && e.CannotCancel(now) == ""
		}
		list = append(list, listed)
		what := order.String()
		if order.Damage != "" {
			what = "unreadable"
		}
		rows = append(rows, []string{
			order.ID, order.Date.String(), name, when, what, order.Paid(), yesNo(listed.Cancellable),
		})
	}
	if a.flags.json() {
		return a.printJSON(list)
	}
	if err := a.printTable([]string{"ORDER", "BOUGHT", "EVENT", "WHEN", "TICKETS", "PAID", "CAN BE CANCELLED"}, rows); err != nil {
		return err
	}
	a.notef("%s%s", model.Plural(len(orders), "order"), whose)
	return nil
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func (a *app) cancelCommand() *cobra.Command {
	var username string
	cmd := &cobra.Command{
		Use:   "cancel ORDERID",
		Short: "Cancel an order of a user",
		Long: "Takes one order back: its tickets are on sale again, and its record is gone. Cancelling an order twice at the\n" +
			"same moment gives its tickets back once. Orders of events that are over cannot be cancelled. The order's id may be\n" +
			"written in capitals or not.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if username == "" {
				return model.Errorf(model.CodeUsage, "say whose order: --as USER")
			}
			return a.with(cmd.Context(), func(store *opened) error {
				order, err := a.cancel(cmd.Context(), store, model.Order{ID: args[0], Username: username})
				if err != nil {
					return err
				}
				switch {
				case a.flags.json():
					return a.printJSON(cancelledJSON{newOrderJSON(order), order.Gone})
				case order.Gone:
					a.printf("Order %s is cancelled already: nothing was changed\n", order.ID)
					return nil
				}
				a.printf("Cancelled order %s: %s given back; %s comes back to %s\n", order.ID, order, order.MoneyBack(), model.Clean(order.Username))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&username, "as", "", "the `user` whose order it is")
	return cmd
}

// cancel takes back an order whose id may be written in capitals or not: the shop's own are in capitals, those of the
// prototype's orders are not.
func (a *app) cancel(ctx context.Context, store *opened, order model.Order) (model.Order, error) {
	checking := func() { a.notef("Checking whether the order was cancelled ...") }
	cancelled, err := store.Cancel(ctx, order, checking)
	written := order.ID
	for _, id := range []string{strings.ToUpper(written), strings.ToLower(written)} {
		if id == written || model.CodeOf(err) != model.CodeNotFound {
			continue
		}
		order.ID = id
		if other, failed := store.Cancel(ctx, order, checking); model.CodeOf(failed) != model.CodeNotFound {
			cancelled, err = other, failed
		}
	}
	return cancelled, err
}
