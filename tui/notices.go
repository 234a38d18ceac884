package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// notices lists what the person asked to be told: what has fired first, then what still waits.
type notices struct{ cursor cursor }

// noticeRows are notifications as rows.
type noticeRows []model.Notification

func (r noticeRows) len() int        { return len(r) }
func (r noticeRows) id(i int) string { return r[i].EventID }

// theNotices is the screen of this person's, which is as they left it.
func (s *Session) theNotices() *notices {
	if s.notices == nil {
		s.notices = &notices{}
	}
	s.notices.cursor.resume()
	return s.notices
}

func (ns *notices) title(*Session) string { return "Notifications" }

func (ns *notices) list(s *Session) noticeRows {
	list := s.person.Notifications()
	slices.SortStableFunc(list, func(a, b model.Notification) int {
		switch {
		case a.Active == b.Active:
			return 0
		case a.Active:
			return -1
		}
		return 1
	})
	return list
}

func (ns *notices) click(s *Session, x, row int) bool {
	return !s.isBeside(x) && ns.cursor.click(ns.list(s), row-1)
}

func (ns *notices) actions(s *Session) []action {
	list := ns.list(s)
	at := ns.cursor.find(list)
	if at < 0 {
		return nil
	}
	n := list[at]
	gone := ""
	if n.Gone != "" {
		gone = n.Gone + " was called off"
	}
	actions := []action{
		bind([]string{"enter"}, "open event", func() tea.Cmd { return s.open(&eventScreen{id: n.EventID}) }).unless(gone),
		bind([]string{"r"}, "tell me again", func() tea.Cmd { return s.arm(n) }).unless(cmp.Or(gone, s.holdsAlready(n), s.stillBusy())),
		bind([]string{"e"}, "change", func() tea.Cmd { return s.open(newTellMe(s, n.EventID)) }).unless(gone),
		s.removeNotificationAction(n),
	}
	return append(actions, ns.cursor.actions(list, false)...)
}

// holdsAlready is the reason why nobody has to be told once more of what is so now; empty if it is not.
func (s *Session) holdsAlready(n model.Notification) string {
	e, ok := s.shop.Catalogue.Event(n.EventID)
	switch {
	case !ok || !n.Active || !n.IsDue(e.Left):
		return ""
	case n.Back:
		return "It has tickets now: " + s.keyOf("change", "e") + " has you told of something else"
	}
	return fmt.Sprintf("%s now: %s has you told of another number", capital(fewLeft(n.Limit)), s.keyOf("change", "e"))
}

// removeNotificationAction asks whether to forget what was asked about an event: in a list, the key pressed twice would take the
// next one as well.
func (s *Session) removeNotificationAction(n model.Notification) action {
	return bind([]string{"d"}, "do not tell me", func() tea.Cmd {
		return s.open(&confirm{
			step:     "Remove a notification",
			question: "Remove this notification?\n\n" + capital(s.describeNotification(n)) + ".",
			yes:      "do not tell me", no: "keep it",
			deed: func() tea.Cmd { return s.removeNotification(n.EventID) },
		})
	}).unless(s.stillBusy())
}

// removeNotification forgets what was asked about an event, and says of which.
func (s *Session) removeNotification(eventID string) tea.Cmd {
	store, username, said := s.cfg.Store, s.me.Username, "Removed: you will not be told"
	if e, ok := s.shop.Catalogue.Event(eventID); ok {
		said += " of " + e.Title()
	}
	return s.do("Removing the notification", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		return said, nil, store.RemoveNotification(ctx, username, eventID)
	})
}

func (ns *notices) view(s *Session, width, height int) string {
	t := s.theme
	list := ns.list(s)
	if why := s.unread(); why != "" && len(list) == 0 {
		return vacant(t, why, "", width, height)
	}
	if len(list) == 0 {
		return vacant(t, "No notifications yet.", "Press "+s.keyOf("tell-me-when", "n")+
			" on an event to be told when it runs low, or when tickets come back.", width, height)
	}
	return abreast(t, width, height, func(width, height int) string { return ns.viewList(s, list, width, height) },
		func(width, height int) string {
			e, ok := s.shop.Catalogue.Event(list[max(ns.cursor.find(list), 0)].EventID)
			if !ok {
				return t.faint.Render("This event is no longer in the shop.")
			}
			return describeUnder(s, e, s.keyOf("open-event", "enter"), width, height)
		})
}

func (ns *notices) viewList(s *Session, list noticeRows, width, height int) string {
	t := s.theme
	lines := []string{t.faint.Render(noticeLine("Event", "Tell me when", "Left", width))}
	for i, selected := range ns.cursor.shown(list, height-len(lines)) {
		lines = append(lines, ns.row(s, list[i], width, selected))
	}
	return strings.Join(lines, "\n")
}

func noticeLine(name, when, left string, width int) string {
	const lefts = 8
	whens := 32
	if width < 72 {
		whens = 27
	}
	return "    " + fit(name, width-whens-lefts-7) + "  " + fit(when, whens) + number(left, lefts) + " "
}

func (ns *notices) row(s *Session, n model.Notification, width int, selected bool) string {
	t := s.theme
	name, left := goneName, ""
	if e, ok := s.shop.Catalogue.Event(n.EventID); ok {
		name, left = e.Title(), model.Thousands(e.Left)
	}
	when := fmt.Sprintf("fewer than %s are left", model.Thousands(n.Limit))
	if n.Limit == 1 {
		when = "fewer than 1 is left"
	}
	if n.Back {
		when = "tickets come back"
	}
	style, sign := t.text, "  · "
	if n.Active {
		style, sign, when = t.warning, "  ! ", "told: "+strings.TrimSuffix(strings.TrimSuffix(when, " are left"), " is left")
	}
	if n.Gone != "" {
		name, when, left = n.Gone, "called off", ""
		if n.Refunded > 0 {
			when = "called off, " + n.Refunded.String() + " returned"
		}
	}
	if selected {
		style = t.on(style)
		sign = "› " + strings.TrimLeft(sign, " ")
	}
	line := noticeLine(name, when, left, width)
	return style.Render(fit(sign+strings.TrimPrefix(line, "    "), width))
}

// notificationLine says on the event what was asked.
func notificationLine(t theme, n model.Notification, width int) string {
	style := t.accent
	if n.Active {
		style = t.warning
	}
	return style.Render(wrap(notificationWords(n), width, 2))
}

func notificationWords(n model.Notification) string {
	if n.Gone != "" {
		return "! " + calledOff(n) + "."
	}
	when := "when " + fewLeft(n.Limit)
	if n.Back {
		when = "when tickets come back"
	}
	if n.Active {
		return "! Told: " + strings.TrimPrefix(when, "when ") + "."
	}
	return "You will be told " + when + "."
}

// fewLeft is below which number of tickets somebody is told.
func fewLeft(limit int) string {
	return "fewer than " + model.Plural(limit, "ticket") + model.OneOrMany(limit, " is left", " are left")
}
