package tui

import (
	"context"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

func (e *editor) saveAction(s *Session) action {
	return bind([]string{"ctrl+s"}, "save", func() tea.Cmd { return e.askSave(s) }).unless(e.cannotSave(s))
}

// cannotSave is the reason why nothing can be saved now; empty if it can be tried.
func (e *editor) cannotSave(s *Session) string {
	_, still := e.now(s)
	switch {
	case !still:
		return "Somebody has removed this event, so it cannot be changed"
	case !e.isNew() && !e.changed():
		return "Nothing is changed yet"
	}
	return s.stillBusy()
}

// changed says whether the form differs from what it was filled with.
func (e *editor) changed() bool {
	kept := 0
	for _, t := range e.tickets {
		if _, known := e.seen.Ticket(t.kind); known {
			kept++
		}
	}
	return len(e.tickets) != len(e.seen.Tickets) || kept != len(e.tickets) ||
		slices.ContainsFunc(e.fields, func(f *field) bool { return f.input.Value() != f.was })
}

func (e *editor) unsaved(*Session) string {
	switch {
	case !e.changed():
		return ""
	case e.isNew():
		return "The new event is not saved."
	}
	return "What you changed of " + e.seen.Title() + " is not saved."
}

// draft is what the form says. What was not touched is as it was, even where it cannot be shown as it is.
func (e *editor) draft() model.EventDraft {
	draft := e.seen.Draft()
	for i, text := range []*string{&draft.Name, &draft.Description, &draft.Type, &draft.Location, &draft.Date} {
		if f := e.fields[i]; f.input.Value() != f.was {
			*text = f.input.Value()
		}
	}
	draft.Tickets = nil
	for _, t := range e.tickets {
		was, _ := e.seen.Ticket(t.kind)
		ticket := model.TicketDraft{Type: t.kind, Total: was.Total, Price: was.Price}
		if price, err := parsePrice(t.price.input.Value()); err == nil {
			ticket.Price = price
		}
		if total, err := parseTotal(t.total.input.Value()); err == nil {
			ticket.Total = total
		}
		draft.Tickets = append(draft.Tickets, ticket)
	}
	return draft
}

// checked says what is wrong with the form as a whole, and shows where.
func (e *editor) checked(s *Session) (model.EventDraft, error) {
	if !e.check() {
		return model.EventDraft{}, model.Errorf(model.CodeRefused, "%s", e.fields[e.focus].wrong)
	}
	draft := e.draft()
	event, _ := e.now(s)
	_, err := event.Edit(draft)
	switch {
	case e.isNew():
		err = draft.Check()
	case len(model.Differences(e.seen, *event)) > 0: // what others have changed comes first: the store tells of it
		_, err = e.seen.Edit(draft)
	}
	if err != nil {
		e.focusOn(len(e.fields) - 2)
	}
	return draft, err
}

// askSave saves, if all is well; first it asks where that could make an event twice, or move one that is sold.
func (e *editor) askSave(s *Session) tea.Cmd {
	draft, err := e.checked(s)
	switch {
	case err != nil:
		return s.say(warning, "Not saved: "+model.Sentence(err))
	case e.inDoubt:
		return s.open(&confirm{
			step:     "Save once more",
			question: "It is not known whether this event was created. Look in the list first: saving again could create it twice.",
			yes:      "save again", no: "not yet",
			deed: func() tea.Cmd { return e.create(s, draft) },
		})
	case e.isNew():
		return e.create(s, draft)
	}
	return e.askMove(s, e.seen, draft)
}

func (e *editor) create(s *Session, draft model.EventDraft) tea.Cmd {
	sent := e.texts()
	store, actor, name, now := s.cfg.Store, s.me.Username, model.Clean(strings.TrimSpace(draft.Name)), s.now()
	return s.do("Putting "+name+" on sale", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		event, err := store.CreateEvent(ctx, actor, draft)
		if err != nil {
			return "", func() tea.Cmd { e.inDoubt = e.inDoubt || model.CodeOf(err) == model.CodeUnknown; return nil }, err
		}
		made := event.Title() + " is on sale, with " + model.Plural(event.Left, "ticket")
		if event.IsPast(now) {
			made = "Saved " + event.Title() + ", which is over: nobody can buy tickets for it"
		}
		return made, func() tea.Cmd {
			e.list.made(s, event)
			return e.saved(s, event, sent)
		}, nil
	})
}

// save changes the event as it was seen to what a draft says.
func (e *editor) save(s *Session, seen model.Event, draft model.EventDraft) tea.Cmd {
	sent := e.texts()
	store, actor, since := s.cfg.Store, s.me.Username, s.waiting()
	return s.do("Saving "+seen.Title(), patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		event, err := store.EditEvent(ctx, actor, seen, draft)
		switch model.CodeOf(err) {
		case "":
		case model.CodeConflict:
			return "", func() tea.Cmd { s.failed(err); return e.conflicted(s, event, draft, since) }, nil
		case model.CodeNotFound:
			return "", nil, model.Wrap(model.CodeNotFound, err, "somebody has removed this event: nothing was saved")
		default:
			return "", nil, err
		}
		return "Saved " + event.Title(), func() tea.Cmd { return e.saved(s, event, sent) }, nil
	})
}

// texts are what stands in the fields.
func (e *editor) texts() map[*field]string {
	texts := map[*field]string{}
	for _, f := range e.fields {
		if !f.button {
			texts[f] = f.input.Value()
		}
	}
	return texts
}

// saved closes the form, whose event is saved with what stood in its fields. What has been typed since is kept, and changes
// the event as it is now.
func (e *editor) saved(s *Session, event model.Event, sent map[*field]string) tea.Cmd {
	if maps.Equal(e.texts(), sent) {
		s.close(e)
		return nil
	}
	for f, text := range sent {
		f.was = text
	}
	e.seen, e.inDoubt = event, false
	if now, ok := e.now(s); ok {
		e.shown = *now
	}
	e.arrange(s)
	e.focusOn(e.focus)
	if !s.holds(e) {
		return nil
	}
	return s.say(warning, "Saved "+event.Title()+", but not what you have typed since")
}
