package etcdstore

import (
	"context"

	"github.com/ticketcd/ticketcd/model"
)

// AddLocation adds to the locations that events may have, for an admin. One that is there already is fine.
func (s *Store) AddLocation(ctx context.Context, actor, location string) error {
	return s.allow(ctx, actor, membership{model.KeyLocations, location}, model.CheckLocation)
}

// AddType adds to the types that events may have, for an admin. One that is there already is fine.
func (s *Store) AddType(ctx context.Context, actor, eventType string) error {
	return s.allow(ctx, actor, membership{model.KeyTypes, eventType}, model.CheckEventType)
}

// AddTicketType adds to the types that tickets may have, for an admin. One that is there already is fine.
func (s *Store) AddTicketType(ctx context.Context, actor, ticketType string) error {
	return s.allow(ctx, actor, membership{model.KeyTicketTypes, ticketType}, model.CheckTicketType)
}

// nobodysEvent stands at a desk where no event is worked on: its record never exists, since no id holds a colon.
const nobodysEvent = ":"

func (s *Store) allow(ctx context.Context, actor string, m membership, check func(string) error) error {
	seen, err := s.readDesk(ctx, actor, nobodysEvent)
	if err != nil {
		return nothingChanged(err)
	}
	var open doubt
	for {
		if seen.denied != nil && !open.open {
			return seen.denied
		}
		if err := check(m.member); err != nil {
			return err
		}
		if err := s.readLists(ctx, seen, []membership{m}); err != nil {
			return nothingChanged(err)
		}
		for _, p := range seen.lists[m.list] {
			if p.damaged {
				return model.Errorf(model.CodeFailed, "the list %s cannot be read: it has to be repaired first", m.list)
			}
		}
		records := seen.lists.with(m)
		switch {
		case len(records) == 0:
			return nil
		case seen.denied != nil:
			return model.Errorf(model.CodeUnknown, "it is not known yet whether %q was added", model.Clean(m.member))
		}
		r := seen.request(records)
		resp, err := s.insist(ctx, r, &open)
		switch {
		case err != nil:
			return nothingChanged(err)
		case resp.Succeeded:
			return nil
		}
		next, over := seen.after(r, resp)
		open.open = open.open && !over
		seen = next
	}
}
