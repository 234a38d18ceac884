package etcdstore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ticketcd/ticketcd/model"
)

// CreateEvent puts a new event on sale, for an admin, and returns it. It appears at once with its tickets, its search
// index and the values that it adds to the allowed ones; or, where it has more words than a transaction may hold, its index
// comes first.
//
// What is wrong with the draft is [model.CodeRefused]; an actor who is no admin, or is none any more at the moment of the
// writing, [model.CodeDenied]. Lost answers are treated as [Store.Buy] treats them.
func (s *Store) CreateEvent(ctx context.Context, actor string, draft model.EventDraft) (model.Event, error) {
	id := uuid.NewString()
	e := editing{store: s, what: "it is not known yet whether event " + id + " was created: the list of events will show it"}
	made, err := e.start(ctx, actor, id, func(now desk) (model.Event, error) {
		switch {
		case now.eventErr == nil:
			return now.event, nil // by a copy whose answer was lost
		case now.removal != nil:
			return model.Event{}, model.Errorf(model.CodeConflict, "the event was created, but somebody else has removed it since")
		case model.CodeOf(now.eventErr) != model.CodeNotFound:
			return model.Event{}, now.eventErr
		}
		return draft.Event(id)
	})
	if err == nil {
		s.noteEvent("an event was created", actor, id, made.Name)
	}
	return made, err
}

// EditEvent changes an event to what a draft says, for an admin who has seen it as it was, and returns it as it then is.
// The event, its tickets and the words of its search index change together; only what differs is written. (Where it has
// more new words than a transaction may hold, they come first and the old ones go last.)
//
// That tickets are sold meanwhile does no harm. If somebody else edited the event since it was seen, nothing is changed:
// that is a [model.CodeConflict] that says what is different, returned with the event as it is now. An event that already
// is as the draft says is fine, whoever did it. What is wrong with the draft, and totals below what is sold, are
// [model.CodeRefused]; there being no such event [model.CodeNotFound]; an actor who is no admin [model.CodeDenied].
func (s *Store) EditEvent(ctx context.Context, actor string, seen model.Event, draft model.EventDraft) (model.Event, error) {
	if !isEventID(seen.ID) {
		return model.Event{}, noSuchEvent(seen.ID)
	}
	e := editing{store: s, what: "it is not known yet whether the event was changed: look at it again in a moment"}
	edited, err := e.start(ctx, actor, seen.ID, func(now desk) (model.Event, error) {
		if now.eventErr != nil {
			return now.event, now.eventErr
		}
		after, err := now.event.Edit(draft)
		if err == nil && len(model.Differences(now.event, after)) == 0 {
			return now.event, nil
		}
		if news := model.Differences(seen, now.event); len(news) > 0 {
			return now.event, model.Errorf(model.CodeConflict, "somebody else has changed this event: %s", strings.Join(news, "; "))
		}
		for _, t := range after.Tickets {
			if damage := now.event.Damaged[t.Type]; damage != nil {
				return now.event, model.Wrap(model.CodeFailed, damage,
					"the record of the %s tickets cannot be read: it has to be repaired first", model.Clean(t.Type))
			}
		}
		return after, err
	})
	if err != nil {
		return edited, err
	}
	if changes := model.Differences(seen, edited); len(changes) > 0 {
		s.noteEvent("an event was edited", actor, seen.ID, seen.Name, "changes", strings.Join(changes, "; "))
	}
	return edited, nil
}

// editing is the making or changing of an event, under way.
type editing struct {
	store *Store
	what  string                          // to say where the outcome is not known
	judge func(desk) (model.Event, error) // how the event should be; the same as it is if there is nothing to do
	seen  desk                            // what it was judged on
	doubt doubt
	loose []string // lists in which the event may stand without belonging there
}

func (e *editing) start(ctx context.Context, actor, id string, judge func(desk) (model.Event, error)) (model.Event, error) {
	soon, stop := context.WithTimeout(ctx, patience)
	defer stop()
	release, err := e.store.turns.take(soon, id)
	if err != nil {
		return model.Event{}, turnFailure(err, "nothing was changed, try again")
	}
	defer release()
	e.judge, e.doubt.tell = judge, release
	if e.seen, err = e.store.readDesk(soon, actor, id); err != nil {
		return model.Event{}, nothingChanged(err)
	}
	event, err := e.carryOut(ctx)
	if len(e.loose) > 0 && model.CodeOf(err) != model.CodeUnknown {
		if untidy := e.store.tidyIndex(ctx, id, e.loose); untidy != nil {
			e.store.log.Warn("the search index lists an event under words that it does not have", "event", id, "error", untidy)
		}
	}
	return event, err
}

// carryOut judges the change, sends it, and does so again while others come first.
func (e *editing) carryOut(ctx context.Context) (model.Event, error) {
	var lost time.Duration
	for {
		began := time.Now()
		after, err := e.judged()
		switch {
		case err != nil && e.doubt.open:
			return model.Event{}, model.Wrap(model.CodeUnknown, err, "%s", e.what)
		case err != nil:
			return after, err
		case e.seen.eventErr == nil && len(model.Differences(e.seen.event, after)) == 0:
			return after, nil
		case ctx.Err() != nil && !e.doubt.open:
			return model.Event{}, model.Wrap(model.CodeUnavailable, ctx.Err(), "others kept changing this event: nothing was changed, try again")
		}
		records, whole, err := e.plan(ctx, after)
		if err != nil && e.doubt.open {
			return model.Event{}, model.Wrap(model.CodeUnknown, err, "%s", e.what)
		} else if err != nil {
			return model.Event{}, nothingChanged(err)
		}
		r := e.store.askingForGap(e.seen.request(records), e.seen.id, lost)
		resp, err := e.store.insist(ctx, r, &e.doubt)
		switch {
		case model.CodeOf(err) == model.CodeUnknown:
			return model.Event{}, model.Wrap(model.CodeUnknown, err, "%s", e.what)
		case err != nil:
			return model.Event{}, nothingChanged(err)
		case resp.Succeeded && whole:
			return after, nil
		case resp.Succeeded:
			e.doubt.open = false
			e.seen.forget(records)
			continue
		}
		lost = time.Since(began)
		next, over := e.seen.after(r, resp)
		e.doubt.open = e.doubt.open && !over
		e.seen = next
	}
}

func (e *editing) judged() (model.Event, error) {
	if e.seen.denied != nil {
		return model.Event{}, e.seen.denied
	}
	after, err := e.judge(e.seen)
	if err == nil && e.seen.eventErr != nil {
		after.Changed = model.OrderDate(e.store.wallClock())
	}
	return after, err
}

// plan returns what the next transaction writes, and whether it brings about the whole change. Otherwise it is only a part
// of the search index, which comes before the event.
func (e *editing) plan(ctx context.Context, after model.Event) (records batch, whole bool, err error) {
	before := e.seen.event
	more := missingIn(before.Lists(), after.Lists())
	fewer := missingIn(after.Lists(), before.Lists())
	joins := append(memberships(after.ID, more), newValues(before, after)...)
	leaves := memberships(after.ID, fewer)
	if err = e.store.readLists(ctx, e.seen, slices.Concat(joins, leaves)); err != nil {
		return nil, false, err
	}
	own, err := e.seen.rewritten(after)
	if err != nil {
		return nil, false, err
	}
	var joining, leaving batch
	for _, m := range joins {
		joining = joined(joining, e.seen.lists, m)
	}
	for _, m := range leaves {
		leaving = append(leaving, e.seen.lists.without(m)...)
	}
	const room = maxOps - deskOps
	all := slices.Concat(joining, leaving, own)
	if len(split(all, room)) == 1 {
		return all, true, nil
	}
	e.loose = append(e.loose, slices.Concat(more, fewer)...)
	parts := split(slices.Concat(joining, own), room)
	return parts[0], len(parts) == 1, nil
}

// joined adds to records what makes a list have one more member. Several members may join the same list.
func joined(records batch, lists lists, m membership) batch {
	for _, record := range lists.with(m) {
		i := slices.IndexFunc(records, func(r model.Record) bool { return r.Key == record.Key })
		if i < 0 {
			records = append(records, record)
			continue
		}
		if members, err := model.DecodeList(records[i].Value); err == nil {
			records[i].Value = model.EncodeList(append(members, m.member))
		}
	}
	return records
}

// newValues are those that the event has and that may not be among the allowed ones yet.
func newValues(before, after model.Event) []membership {
	var values []membership
	if after.Type != before.Type {
		values = append(values, membership{model.KeyTypes, after.Type})
	}
	if after.Location != before.Location {
		values = append(values, membership{model.KeyLocations, after.Location})
	}
	for _, t := range after.Tickets {
		if _, known := before.Ticket(t.Type); !known {
			values = append(values, membership{model.KeyTicketTypes, t.Type})
		}
	}
	return values
}

// rewritten returns the records of the event and of those of its tickets that an edit changes, the event last.
func (d desk) rewritten(after model.Event) (batch, error) {
	var records batch
	for _, t := range d.event.Tickets {
		if _, still := after.Ticket(t.Type); !still {
			records = append(records, model.Record{Key: model.TicketKey(d.id, t.Type)})
		}
	}
	for _, t := range after.Tickets {
		was, known := d.event.Ticket(t.Type)
		if !known || was.Total != t.Total || was.Left != t.Left || was.Price != t.Price {
			records = append(records, model.Record{Key: model.TicketKey(d.id, t.Type), Value: t.Encode()})
		}
	}
	records = append(records, model.Record{Key: model.EventKey(d.id), Value: after.Encode()})
	if len(split(records, maxOps-deskOps)) > 1 {
		return nil, model.Errorf(model.CodeRefused, "that is too much for one change: change fewer types of tickets at a time")
	}
	return records, nil
}
