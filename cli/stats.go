package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

// salesJSON is what is sold of one type, as scripts see it.
type salesJSON struct {
	Type    string      `json:"type"`
	Revenue model.Cents `json:"revenue"`
	Tickets int         `json:"tickets_sold"`
}

// topEventJSON is a best seller.
type topEventJSON struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Revenue     model.Cents `json:"revenue"`
	Tickets     int         `json:"tickets_sold"`
	SellThrough float64     `json:"sell_through"` // from 0 to 1
}

// statsJSON is what was sold.
type statsJSON struct {
	Revenue     model.Cents    `json:"revenue"`
	Tickets     int            `json:"tickets_sold"`
	Orders      int            `json:"orders"`
	EventTypes  []salesJSON    `json:"by_event_type"`
	TicketTypes []salesJSON    `json:"by_ticket_type"`
	Top         []topEventJSON `json:"top_events"`
	SellThrough float64        `json:"sell_through"`
	Estimated   model.Cents    `json:"estimated"` // the part of the revenue for which the price was not recorded
}

func (a *app) statsCommand() *cobra.Command {
	var query model.Query
	var top int
	cmd := &cobra.Command{
		Use:   "stats [WORDS...]",
		Short: "Show revenue and sales by event type and ticket type",
		Long: "Adds up all orders, or those for events that match: revenue as it was paid, and tickets. Orders of the original\n" +
			"prototype do not say what was paid; they count at the price that their tickets had first.",
		RunE: func(cmd *cobra.Command, words []string) error {
			if top < 0 {
				return model.Errorf(model.CodeUsage, "%d is not a number of best sellers: --top takes 0 or more", top)
			}
			query.Text = strings.Join(words, " ")
			return a.with(cmd.Context(), func(store *opened) error {
				catalogue, statistics, err := store.Statistics(cmd.Context())
				if err != nil {
					return err
				}
				report, of := statistics.Report(catalogue, top), "all tickets"
				if query.Text != "" || query.Type != "" || query.Location != "" {
					if query, err = asSpelled(query, catalogue); err != nil {
						return err
					}
					query.Now = model.WallClock(time.Now())
					found := catalogue.Search(query)
					report, of = statistics.ReportOn(found.Events()[:found.Exact], top), "the tickets of "+model.Plural(found.Exact, "event")
				}
				return a.printStats(report, of)
			})
		},
	}
	cmd.Flags().StringVar(&query.Type, "type", "", "only events of this `type`")
	cmd.Flags().StringVar(&query.Location, "location", "", "only events at this `location`")
	cmd.Flags().IntVar(&top, "top", 10, "`number` of best sellers to list")
	return cmd
}

// printStats writes a report on what was sold of some tickets.
func (a *app) printStats(report model.SalesReport, of string) error {
	if a.flags.json() {
		return a.printJSON(newStatsJSON(report))
	}
	total := report.Total
	a.printf("%s paid for %s in %s; %s of %s are sold\n", total.Revenue,
		model.Plural(total.Tickets, "ticket"), model.Plural(total.Orders, "order"), percent(total), of)
	if total.Estimated > 0 {
		a.printf("(%s of it for orders whose price was not recorded, at the first price of their tickets)\n", total.Estimated)
	}
	for _, table := range []struct {
		heading string
		types   []model.TypeSales
	}{{"EVENT TYPE", report.EventTypes}, {"TICKET TYPE", report.TicketTypes}} {
		var rows [][]string
		for _, t := range table.types {
			rows = append(rows, []string{t.Type, t.Revenue.String(), model.Thousands(t.Tickets), percent(t.Sales)})
		}
		a.printf("\n")
		if err := a.printTable([]string{table.heading, "REVENUE", "TICKETS", "SOLD"}, rows, 1, 2, 3); err != nil {
			return err
		}
	}
	var rows [][]string
	for _, e := range report.Best {
		rows = append(rows, []string{model.Clean(e.ID), e.Name, e.Revenue.String(), model.Thousands(e.Tickets), percent(e.Sales)})
	}
	a.printf("\n")
	return a.printTable([]string{"ID", "BEST SELLER", "REVENUE", "TICKETS", "SOLD"}, rows, 2, 3, 4)
}

func percent(s model.Sales) string { return fmt.Sprintf("%.0f %%", 100*s.SellThrough()) }

func newStatsJSON(report model.SalesReport) statsJSON {
	out := statsJSON{
		Revenue: report.Total.Revenue, Tickets: report.Total.Tickets, Orders: report.Total.Orders,
		SellThrough: report.Total.SellThrough(), Estimated: report.Total.Estimated,
		EventTypes: newSalesJSON(report.EventTypes), TicketTypes: newSalesJSON(report.TicketTypes), Top: []topEventJSON{},
	}
	for _, e := range report.Best {
		out.Top = append(out.Top, topEventJSON{model.Clean(e.ID), e.Name, e.Revenue, e.Tickets, e.SellThrough()})
	}
	return out
}

func newSalesJSON(types []model.TypeSales) []salesJSON {
	list := make([]salesJSON, 0, len(types))
	for _, t := range types {
		list = append(list, salesJSON{t.Type, t.Revenue, t.Tickets})
	}
	return list
}
