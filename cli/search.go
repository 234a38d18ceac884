package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

// foundJSON is an event that was found, as scripts see it.
type foundJSON struct {
	eventJSON
	Similar bool `json:"similar"` // it does not have the words, but others that are nearly the same
}

func (a *app) searchCommand() *cobra.Command {
	var query model.Query
	var days daysFlags
	cmd := &cobra.Command{
		Use:   "search [WORDS...]",
		Short: "List events, all or those that match",
		Long: "Lists the events in which every word begins a word of the name, the description or the location, and then\n" +
			"those that are similar. The best matches come first: words with which the name begins, then words elsewhere in\n" +
			"the name, in the location, in the description, and of those alike the soonest. Events that are over come last.\n" +
			"Without words it lists all events, soonest first. --from and --until name the first and the last of the days to be\n" +
			"searched; either may be left out, and with one of them an event whose date cannot be read is not found.",
		Example: "  ticketcd search kestrel orch --location Liverpool\n" +
			"  ticketcd search --type concert --from 2026-12-24 --until 2099-12-31",
		RunE: func(cmd *cobra.Command, words []string) (err error) {
			if query.Days, err = days.days(); err != nil {
				return err
			}
			query.Text = strings.Join(words, " ")
			return a.with(cmd.Context(), func(store *opened) error { return a.search(cmd, store, query) })
		},
	}
	cmd.Flags().StringVar(&query.Type, "type", "", "only events of this `type`")
	cmd.Flags().StringVar(&query.Location, "location", "", "only events at this `location`")
	days.register(cmd.Flags())
	return cmd
}

func (a *app) search(cmd *cobra.Command, store *opened, query model.Query) error {
	catalogue, err := store.Catalogue(cmd.Context())
	if err != nil {
		return err
	}
	if query, err = asSpelled(query, catalogue); err != nil {
		return err
	}
	query.Now = model.WallClock(time.Now())
	found := catalogue.Search(query)
	events := found.Events()
	if a.flags.json() {
		list := make([]foundJSON, 0, len(events))
		for i, e := range events {
			list = append(list, foundJSON{newEventJSON(e), i >= found.Exact})
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
	a.notef("%s", tally(found))
	return nil
}

// tally says how many events were found, and how many of them only because they are similar.
func tally(found model.Results) string {
	similar := found.Len() - found.Exact
	switch {
	case similar == 0:
		return model.Plural(found.Exact, "event") + " found"
	case found.Exact == 0:
		return model.Plural(similar, "similar event") + " found"
	}
	return model.Plural(found.Exact, "event") + " found, and then " + model.Plural(similar, "similar one")
}

// left says how many tickets of an event are left.
func left(e *model.Event) string {
	if e.IsSoldOut() && len(e.Tickets) > 0 {
		return "sold out"
	}
	return model.Thousands(e.OnSale())
}

// asSpelled returns a query for a type and a place as the shop shows them, however they were typed: London for london. What
// the shop does not know is refused, for it may be a slip of the finger.
func asSpelled(query model.Query, catalogue *model.Catalogue) (_ model.Query, err error) {
	if query.Type, err = alike("type", query.Type, catalogue.Types()); err != nil {
		return query, err
	}
	query.Location, err = alike("location", query.Location, catalogue.Locations())
	return query, err
}

// maxChoices is how many characters of what can be chosen are listed.
const maxChoices = 400

// alike returns the one among those known that was meant. Where none is known, as in an empty shop, there is none to choose.
func alike(what, typed string, known []string) (string, error) {
	for _, value := range known {
		if model.Fold(value) == model.Fold(model.Clean(typed)) {
			return value, nil
		}
	}
	if typed == "" || len(known) == 0 {
		return typed, nil
	}
	return "", model.Errorf(model.CodeUsage, "there is no %s %s: choose from %s",
		what, model.Excerpt(typed, 40), model.Excerpt(strings.Join(known, ", "), maxChoices))
}
