package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

// draftJSON is what scripts say of an event: what "ticketcd event ID -w json" prints may be fed back. What is left out
// stays as it is; what a script cannot decide (the id, what is left) is passed over.
type draftJSON struct {
	ID          json.RawMessage    `json:"id"`
	Left        json.RawMessage    `json:"current_quantity"`
	Name        *string            `json:"name"`
	Description *string            `json:"description"`
	Location    *string            `json:"location"`
	Type        *string            `json:"type"`
	Date        *string            `json:"date"`
	Tickets     *[]ticketDraftJSON `json:"tickets"`
}

type ticketDraftJSON struct {
	Type  string          `json:"type"`
	Left  json.RawMessage `json:"current_quantity"`
	Total *int            `json:"total_quantity"`
	Price *model.Cents    `json:"price"`
}

// onto returns a draft with what the script says.
func (j draftJSON) onto(d model.EventDraft) (model.EventDraft, error) {
	for _, field := range []struct {
		to   *string
		from *string
	}{{&d.Name, j.Name}, {&d.Description, j.Description}, {&d.Location, j.Location}, {&d.Type, j.Type}, {&d.Date, j.Date}} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
	if j.Tickets == nil {
		return d, nil
	}
	d.Tickets = nil
	for _, t := range *j.Tickets {
		if t.Total == nil || t.Price == nil {
			return d, model.Errorf(model.CodeUsage, "the %q tickets need a total_quantity and a price", model.Clean(t.Type))
		}
		if err := model.CheckPrice(*t.Price); err != nil {
			return d, model.Errorf(model.CodeUsage, "the %q tickets: %s", model.Clean(t.Type), model.Sentence(err))
		}
		d.Tickets = append(d.Tickets, model.TicketDraft{Type: t.Type, Total: *t.Total, Price: *t.Price})
	}
	return d, nil
}

// readJSON reads one JSON document from a file, or from standard input.
func (a *app) readJSON(ctx context.Context, args []string, into any) error {
	name := append(args, stdio)[0]
	if name == stdio && term.IsTerminal(a.In.Fd()) {
		return model.Errorf(model.CodeUsage, "name a file that says in JSON what the event should be, or write to standard input")
	}
	raw, err := a.readDocument(ctx, name)
	if err != nil {
		return err
	}
	if name == stdio {
		name = "standard input"
	}
	switch string(bytes.TrimSpace(raw)) {
	case "":
		return model.Errorf(model.CodeUsage, "%s is empty: it has to say in JSON what the event should be", name)
	case "null": // which the library takes for an object without fields
		raw = []byte("[]")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err = decoder.Decode(into); err == nil && len(bytes.TrimSpace(raw[decoder.InputOffset():])) > 0 {
		err = errors.New("there is more after its end")
	}
	if err != nil {
		return model.Wrap(model.CodeUsage, err, "%s is not the JSON of an event: %s", name, notJSON(raw, into, err))
	}
	return nil
}

func (a *app) eventCreateCommand() *cobra.Command {
	var admin string
	cmd := &cobra.Command{
		Use:   "create [FILE]",
		Short: "Put an event on sale, as JSON in a file or on standard input says",
		Long: "Puts a new event on sale and prints it. FILE, or standard input, holds one JSON object:\n\n" +
			`  {"name": "Tosca", "description": "An opera", "location": "London", "type": "opera", "date": "2027-06-01 20:00",` + "\n" +
			`   "tickets": [{"type": "red", "total_quantity": 100, "price": 23.99}]}`,
		Example: "  ticketcd event create tosca.json --as admin",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.asAdmin(admin, func() error {
				var wanted draftJSON
				if err := a.readJSON(cmd.Context(), args, &wanted); err != nil {
					return err
				}
				draft, err := wanted.onto(model.EventDraft{})
				if err != nil {
					return err
				}
				return a.with(cmd.Context(), func(store *opened) error {
					event, err := store.CreateEvent(cmd.Context(), admin, draft)
					if err != nil {
						return err
					}
					a.notef("Created event %s", event.ID)
					if event.IsPast(model.WallClock(time.Now())) {
						a.notef("It is over already: nobody can buy tickets for it")
					}
					return a.printEvent(event)
				})
			})
		},
	}
	adminFlag(cmd, &admin)
	return cmd
}

func (a *app) eventEditCommand() *cobra.Command {
	var admin, seen string
	cmd := &cobra.Command{
		Use:   "edit ID [FILE]",
		Short: "Change an event as JSON in a file or on standard input says",
		Long: "Changes an event and prints it as it then is. FILE, or standard input, holds one JSON object with what is to\n" +
			"change; what it leaves out stays. Where it names tickets, it names all types: others are removed.\n" +
			"There cannot be fewer tickets than are sold, and a new price is for later orders only.\n\n" +
			"With --seen, nothing is changed if the event is no longer as that file says.",
		Example: "  echo '{\"name\": \"The Kestrel Orchestra: Night Music\"}' | ticketcd event edit b314e962-1d47-445f-884f-443da6c0db78 --as admin",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needValue(cmd.Flags(), "seen"); err != nil {
				return err
			}
			return a.asAdmin(admin, func() error { return a.editEvent(cmd, admin, seen, args) })
		},
	}
	adminFlag(cmd, &admin)
	cmd.Flags().StringVar(&seen, "seen", "", "`file` with the event as it was seen, from ticketcd event ID -w json")
	return cmd
}

func (a *app) editEvent(cmd *cobra.Command, admin, seen string, args []string) error {
	var wanted draftJSON
	if err := a.readJSON(cmd.Context(), args[1:], &wanted); err != nil {
		return err
	}
	var known draftJSON
	if seen != "" {
		if err := a.readJSON(cmd.Context(), []string{seen}, &known); err != nil {
			return err
		}
	}
	return a.with(cmd.Context(), func(store *opened) error {
		was, err := store.Event(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		draft := was.Draft()
		if seen != "" {
			if draft, err = known.onto(draft); err != nil {
				return err
			}
			was = seenAs(was, draft)
		}
		if draft, err = wanted.onto(draft); err != nil {
			return err
		}
		event, err := store.EditEvent(cmd.Context(), admin, was, draft)
		if err != nil {
			return err
		}
		a.noteBuyers(event)
		return a.printEvent(event)
	})
}

// noteBuyers says how many people may have to be told of a change: no command tells them.
func (a *app) noteBuyers(event model.Event) {
	if sold := event.Sold(); sold > 0 {
		a.notef("Tickets sold for this event: %s", model.Thousands(sold))
	}
}

// seenAs returns an event as a script saw it, whether or not that was ever sound.
func seenAs(now model.Event, d model.EventDraft) model.Event {
	now.Name, now.Description, now.Location, now.Type = d.Name, d.Description, d.Location, d.Type
	now.Date = model.ParseDate(d.Date)
	now.Tickets = nil
	for _, t := range d.Tickets {
		now.Tickets = append(now.Tickets, model.Ticket{Type: t.Type, Total: t.Total, Price: t.Price})
	}
	return now
}

func (a *app) eventRemoveCommand() *cobra.Command {
	var admin string
	var refund, yes bool
	cmd := &cobra.Command{
		Use:   "rm ID",
		Short: "Remove an event",
		Long: "Removes an event with its tickets. Where anybody has bought, that is refused, unless --refund says that all\n" +
			"orders are to be refunded; those who bought find that under their notifications. Interrupted, or done\n" +
			"already, it may be asked for again. On a terminal it says what goes back and asks first, unless --yes says that it\n" +
			"need not.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.asAdmin(admin, func() error {
				return a.with(cmd.Context(), func(store *opened) error {
					if agreed, err := a.agreesToRemove(cmd.Context(), store, admin, args[0], refund, yes); err != nil || !agreed {
						return err
					}
					removed, err := store.RemoveEvent(cmd.Context(), admin, args[0], refund)
					if model.CodeOf(err) == model.CodeRefused && !refund { // somebody has bought
						return model.Wrap(model.CodeRefused, err, "%s, which --refund does", model.Sentence(err))
					}
					if err != nil {
						return err
					}
					if a.flags.json() {
						return a.printJSON(removed)
					}
					a.printf("Removed %s: %s refunded, %s\n", model.TitleOf(removed.Name), model.Plural(removed.Orders, "order"), removed.Refunded)
					return nil
				})
			})
		},
	}
	adminFlag(cmd, &admin)
	cmd.Flags().BoolVar(&refund, "refund", false, "refund those who have bought")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// agreesToRemove asks before an event goes, where somebody is there. What is refused, or done already, needs no question.
func (a *app) agreesToRemove(ctx context.Context, store *opened, admin, id string, refund, yes bool) (bool, error) {
	if yes || !a.canAsk() {
		return true, nil
	}
	back, err := store.Refunds(ctx, admin, id)
	switch {
	case model.CodeOf(err) == model.CodeNotFound, back.Orders > 0 && !refund:
		return true, nil
	case err != nil:
		return false, err
	}
	event, err := store.Event(ctx, id)
	if err != nil {
		return false, err
	}
	question := "Remove " + event.Title()
	if back.Orders > 0 {
		question += " and refund " + model.Plural(back.Orders, "order") + ", " + back.Money.String() + " in all"
	}
	return a.agrees(ctx, yes, question+"?")
}

func adminFlag(cmd *cobra.Command, admin *string) {
	cmd.Flags().StringVar(admin, "as", "", "the `admin` who does it")
}

// asAdmin makes sure that somebody is named; whether that is an admin, the store says.
func (a *app) asAdmin(admin string, do func() error) error {
	if admin == "" {
		return model.Errorf(model.CodeUsage, "say who does it: --as ADMIN")
	}
	return do()
}
