package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

func (a *app) searchCommand() *cobra.Command {
	var query model.Query
	cmd := &cobra.Command{
		Use:   "search [WORDS...]",
		Short: "List events, all or those that match",
		Long: "Lists the events in which every word begins a word of the name, the description or the location, and then\n" +
			"those that are similar. Without words it lists all events, soonest first.",
		Example: "  ticketcd search kestrel orch --location Liverpool",
		RunE: func(cmd *cobra.Command, words []string) error {
			query.Text = strings.Join(words, " ")
			return a.with(cmd.Context(), func(store *opened) error { return a.search(cmd, store, query) })
		},
	}
	cmd.Flags().StringVar(&query.Type, "type", "", "only events of this `type`")
	cmd.Flags().StringVar(&query.Location, "location", "", "only events at this `location`")
	return cmd
}

func (a *app) search(cmd *cobra.Command, store *opened, query model.Query) error {
	catalogue, err := store.Catalogue(cmd.Context())
	if err != nil {
		return err
	}
	query.Now = model.WallClock(time.Now())
	events := catalogue.Search(asSpelled(query, catalogue)).Events()
	if a.flags.json() {
		list := make([]eventJSON, 0, len(events))
		for _, e := range events {
			list = append(list, newEventJSON(e))
		}
		return a.printJSON(list)
	}
	rows := make([][]string, 0, len(events))
	for _, e := range events {
		rows = append(rows, []string{e.ID, e.Title(), e.Date.String(), e.Location, e.Type, left(e)})
	}
	if err := a.printTable([]string{"ID", "EVENT", "WHEN", "WHERE", "TYPE", "LEFT"}, rows, 5); err != nil {
		return err
	}
	a.notef("%s found", model.Plural(len(events), "event"))
	return nil
}

// left says how many tickets of an event are left.
func left(e *model.Event) string {
	if e.IsSoldOut() && len(e.Tickets) > 0 {
		return "sold out"
	}
	return model.Thousands(e.OnSale())
}

// asSpelled returns a query for a type and a place as the shop shows them, however they were typed: London for london.
func asSpelled(query model.Query, catalogue *model.Catalogue) model.Query {
	query.Type, query.Location = alike(query.Type, catalogue.Types()), alike(query.Location, catalogue.Locations())
	return query
}

func alike(typed string, known []string) string {
	for _, value := range known {
		if model.Fold(value) == model.Fold(model.Clean(typed)) {
			return value
		}
	}
	return typed
}
