package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
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

func (ns *notices) click(s *Session, row int) bool { return ns.cursor.click(ns.list(s), row-1) }

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
		bind([]string{"e"}, "change", func() tea.Cmd { return s.open(newWatch(s, n.EventID)) }).unless(gone),
		s.removeNotificationAction(n.EventID),
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
	return fmt.Sprintf("There are fewer than %s left now: %s has you told of another number", model.Thousands(n.Limit), s.keyOf("change", "e"))
}

// tellMeAction asks when the person wants to be told of an event.
func (s *Session) tellMeAction(id string, ok bool) action {
	why := ""
	if !ok {
		why = "No event is selected"
	}
	return bind([]string{"n"}, "tell me when", func() tea.Cmd { return s.open(newWatch(s, id)) }).unless(why)
}

// removeNotificationAction forgets what was asked about an event. It says which, for pressed once too often it takes the next.
func (s *Session) removeNotificationAction(eventID string) action {
	store, username, said := s.cfg.Store, s.me.Username, "Removed: you will not be told"
	if e, ok := s.shop.Catalogue.Event(eventID); ok {
		said += " of " + e.Name
	}
	return bind([]string{"d"}, "do not tell me", func() tea.Cmd {
		return s.do("Removing the notification", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
			return said, nil, store.RemoveNotification(ctx, username, eventID)
		})
	}).unless(s.stillBusy())
}

// arm sets a notification, or sets it again.
func (s *Session) arm(n model.Notification) tea.Cmd {
	store, seen := s.cfg.Store, "That has happened already: "+s.keyOf("notifications", "f2")+" shows it"
	if _, here := s.top().(*notices); here {
		seen = "That has happened already"
	}
	n.Username, n.Active = s.me.Username, false
	return s.do("Setting the notification", patience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		set, err := store.Notify(ctx, n)
		switch {
		case err != nil:
			return "", nil, err
		case set.Active:
			return seen, nil, nil
		}
		return "You will be told", nil, nil
	})
}

func (ns *notices) view(s *Session, width, height int) string {
	t := s.theme
	list := ns.list(s)
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
			return describe(s, e, width, height)
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
		name, left = e.Name, model.Thousands(e.Left)
	}
	when := fmt.Sprintf("fewer than %s are left", model.Thousands(n.Limit))
	if n.Back {
		when = "tickets come back"
	}
	style, sign := t.text, "  · "
	if n.Active {
		style, sign, when = t.warning, "  ! ", "told: "+strings.TrimSuffix(when, " are left")
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

// watchLine says on the event what was asked.
func watchLine(t theme, n model.Notification, width int) string {
	style := t.accent
	if n.Active {
		style = t.warning
	}
	return style.Render(wrap(watchWords(n), width, 2))
}

func watchWords(n model.Notification) string {
	when := fmt.Sprintf("when fewer than %s are left", model.Plural(n.Limit, "ticket"))
	if n.Back {
		when = "when tickets come back"
	}
	if n.Active {
		return "! Told: " + strings.TrimPrefix(when, "when ") + "."
	}
	return "You will be told " + when + "."
}

// watch is a box that asks for the number below which the person wants to be told.
type watch struct {
	form
	eventID string
}

func newWatch(s *Session, eventID string) *watch {
	w := &watch{eventID: eventID}
	w.form = newForm(newField("Fewer than", "a number of tickets", func(text string) error { return w.check(s, text) }))
	e, known := s.shop.Catalogue.Event(eventID)
	n, ok := s.person.Notification(eventID)
	switch {
	case w.soldOut(s): // then it asks by default to be told when tickets come back
	case ok && !n.Back:
		w.set(0, strconv.Itoa(n.Limit))
	case known:
		w.set(0, strconv.Itoa(max(e.Left/2, 1)))
	default:
	}
	w.fields[0].offer = true
	return w
}

// soldOut says whether the event is sold out now: others may buy or return tickets while the box is open.
func (w *watch) soldOut(s *Session) bool {
	e, ok := s.shop.Catalogue.Event(w.eventID)
	return ok && e.Left == 0
}

// renewed takes back the number that was offered when the event has sold out since: no number means anything any more.
func (w *watch) renewed(s *Session) {
	if w.fields[0].offer && w.soldOut(s) {
		w.set(0, "")
	}
}

// check says what is wrong with a limit. For a sold-out event none has to be given.
func (w *watch) check(s *Session, text string) error {
	text = strings.TrimSpace(text)
	if text == "" && w.soldOut(s) {
		return nil
	}
	total := model.MaxCount
	if e, ok := s.shop.Catalogue.Event(w.eventID); ok {
		total = e.Total()
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil || n < 1:
		return model.Errorf(model.CodeRefused, "please enter a whole number, 1 or more")
	case n > total:
		return model.Errorf(model.CodeRefused, "there are only %s in all", model.Plural(total, "ticket"))
	}
	return nil
}

func (w *watch) overlay() {}

func (w *watch) title(*Session) string { return "Tell me when" }

func (w *watch) actions(s *Session) []action {
	set := func(n model.Notification) tea.Cmd {
		n.EventID = w.eventID
		s.close(w)
		return s.arm(n)
	}
	return w.form.actions("tell me", s.stillBusy(), func() tea.Cmd {
		text := strings.TrimSpace(w.value(0))
		if text == "" { // for what is sold out
			return set(model.Notification{Back: true})
		}
		limit, err := strconv.Atoi(text)
		if err != nil {
			return s.say(warning, "Please enter a whole number")
		}
		return set(model.Notification{Limit: limit})
	})[:1]
}

func (w *watch) view(s *Session, width, _ int) string {
	return box("Tell me when", "\n"+w.now(s)+"\n\n"+w.form.view(s.theme, min(width-8, 56)), s.theme)
}

// now says what there is of the event at the moment, and what no number means where that means something.
func (w *watch) now(s *Session) string {
	e, ok := s.shop.Catalogue.Event(w.eventID)
	switch {
	case !ok:
		return "This event is no longer in the shop."
	case e.Left > 0:
		return "Tickets left now: " + model.Thousands(e.Left) + "."
	case strings.TrimSpace(w.value(0)) != "":
		return "Sold out: leave it empty to hear when tickets come back."
	}
	return "Sold out. " + s.theme.keys.Render(s.keyOf("accept", "enter")) + " tells you when tickets come back."
}
