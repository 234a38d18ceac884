package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// favouriteEvents are the marked events, the next show first, and those whose mark was taken off while they are looked at: so
// the same key puts it back. Of one that is gone only the id is known.
func (p *profile) favouriteEvents(s *Session) []*model.Event {
	var events []*model.Event
	ids := slices.Clone(s.person.Favourites())
	for _, id := range p.unmarked {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		e, ok := s.shop.Catalogue.Event(id)
		if !ok {
			e = &model.Event{ID: id, Name: goneName}
		}
		events = append(events, e)
	}
	slices.SortStableFunc(events, func(a, b *model.Event) int { return s.showOf(a.ID).compare(s.showOf(b.ID)) })
	return events
}

// unmarkAction is favouriteAction in the list of favourites, where the row stays.
func (p *profile) unmarkAction(s *Session, id string) action {
	a := s.favouriteAction(id, true)
	mark := a.do
	a.do = func() tea.Cmd {
		if !slices.Contains(p.unmarked, id) {
			p.unmarked = append(p.unmarked, id)
		}
		return mark()
	}
	return a
}

func (p *profile) favouriteActions(s *Session) []action {
	events := p.favouriteEvents(s)
	at := p.favourites.find(eventRows(events))
	if at < 0 {
		return nil
	}
	actions := []action{
		bind([]string{"enter"}, "open", func() tea.Cmd { return s.open(&eventScreen{id: events[at].ID}) }),
		p.unmarkAction(s, events[at].ID),
	}
	return append(actions, p.favourites.actions(eventRows(events), false)...)
}

func (p *profile) favouriteList(s *Session, events []*model.Event) listing {
	if why := s.unreadFavourites(); why != "" && len(events) == 0 {
		return listing{none: why}
	}
	if len(events) == 0 {
		return listing{none: "No favourites yet.", todo: "Press " + s.keyOf("favourite", "f") + " on an event to keep it here."}
	}
	return listing{
		list: func(width, height int) string {
			cols := listColumns(width)
			lines := []string{s.theme.faint.Render(cols.heading())}
			for i, selected := range p.favourites.shown(eventRows(events), height-1) {
				lines = append(lines, cols.row(s, events[i], nil, selected))
			}
			return strings.Join(lines, "\n")
		},
		selected: func(width, height int) string {
			e := events[max(p.favourites.find(eventRows(events)), 0)]
			if _, ok := s.shop.Catalogue.Event(e.ID); !ok {
				return s.theme.faint.Render("This event is no longer in the shop.")
			}
			return describe(s, e, width, height)
		},
	}
}
