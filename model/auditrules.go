package model

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// checkCounts holds an event against its tickets, and its tickets against what was bought of them.
func (a *auditor) checkCounts(e *auditedEvent) {
	sum, summable, sound := 0, true, e.draft != nil
	for ticketType, ticket := range e.tickets {
		key := TicketKey(e.id, ticketType)
		switch {
		case !ticket.stored && e.stored:
			a.violation(RuleSold, key, "%s bought, but there is no such ticket", wasOrWere(ticket.bought))
		case !ticket.stored:
			// Reported with the orders, whose event does not exist.
		case !ticket.readable:
			summable = false
		case ticket.total-ticket.left != ticket.bought && !e.unread:
			a.violation(RuleSold, key, "%s sold by the ticket's count (%s left of %s), but %s bought by the orders",
				wasOrWere(ticket.total-ticket.left), Thousands(ticket.left), Thousands(ticket.total), wasOrWere(ticket.bought))
		}
		if ticket.stored && !e.stored {
			a.violation(RuleSum, key, "the event of these tickets does not exist")
		}
		sum += ticket.left
		sound = sound && (ticket.sound || !ticket.stored)
	}
	wrong := e.event == nil || e.event.Left != sum
	if e.event != nil && summable && wrong {
		differs := newViolation(RuleSum, EventKey(e.id), "the event says %s left, its tickets add up to %s",
			Thousands(e.event.Left)+OneOrMany(e.event.Left, " is", " are"), Thousands(sum))
		if sum > MaxCount {
			differs = differs.because(causeTooMany)
		}
		a.report.Violations = append(a.report.Violations, differs)
	}
	if sound && wrong && sum <= MaxCount { // a larger one could not be read
		e.countable = true
		a.planCount(e, sum)
	}
}

func wasOrWere(n int) string {
	if n < 0 {
		return "fewer than none were"
	}
	return Thousands(n) + OneOrMany(n, " was", " were")
}

// areOf says how many tickets are, or is.
func areOf(n int) string { return Plural(n, "ticket") + OneOrMany(n, " is", " are") }

// checkListed looks an event up under each of its words, its type and its location. The index is read by prefix, and
// the prototype may have split words otherwise, so an event counts as found under a word if a word under which it is
// listed begins with it.
func (a *auditor) checkListed(e *auditedEvent) {
	if e.draft == nil {
		return
	}
	slices.Sort(e.words)
	var missing []string
	for _, list := range e.draft.Lists() {
		found := slices.Contains(e.lists, list)
		if word, isWord := strings.CutPrefix(list, PrefixSearchText); isWord {
			at, _ := slices.BinarySearch(e.words, word)
			found = at < len(e.words) && strings.HasPrefix(e.words[at], word)
		}
		if !found {
			missing = append(missing, list)
		}
		if !found && (e.event != nil || e.countable) { // else it cannot be read when its list is mended either
			repair := a.mend(RepairIndex, list)
			repair.Join = append(repair.Join, e.id)
		}
	}
	if len(missing) > 0 && e.event != nil {
		a.violation(RuleIndex, EventKey(e.id), "the event is missing from %s of the search index: %s",
			Plural(len(missing), "list"), someOf(missing))
	}
}

// checkLists looks up every event that the search index lists.
func (a *auditor) checkLists() {
	for _, list := range a.lists.index {
		var missing, strays []string
		for _, event := range list.events {
			switch {
			case !event.stored:
				missing = append(missing, event.id)
			case (event.event != nil || event.countable) && event.draft.Strays(list.key):
				strays = append(strays, event.id)
			}
		}
		if len(missing)+len(strays) > 0 {
			repair := a.mend(RepairIndex, FirstPart(list.key))
			repair.Leave = slices.Concat(repair.Leave, missing, strays)
		}
		if len(missing) > 0 {
			do := "do"
			if len(missing) == 1 {
				do = "does"
			}
			a.violation(RuleIndex, list.key, "the list has %s that %s not exist: %s", Plural(len(missing), "event id"), do, someOf(missing))
		}
		if len(strays) > 0 {
			a.violation(RuleIndex, list.key, "the list has %s of another type or place: %s", Plural(len(strays), "event"), someOf(strays))
		}
	}
}

func (a *auditor) checkPurchases() {
	for _, p := range a.purchases {
		if p.count == 0 {
			continue
		}
		if !p.event.stored {
			a.violation(RuleOrder, p.key, "the event of %s does not exist", Plural(p.count, "order"))
		}
		if !a.users[p.username] {
			a.violation(RuleOrder, p.key, "the user of %s does not exist", Plural(p.count, "order"))
		}
	}
}

func (a *auditor) checkNotifications() {
	for _, n := range a.notifications {
		gone, nobodys := n.event != nil && !n.event.stored, !a.users[n.username]
		switch {
		case gone && n.damage != nil:
			a.unheard(n, "the notification cannot be read, and its event does not exist")
		case gone:
			a.unheard(n, "the event of the notification does not exist")
		case n.damage != nil:
			a.report.Violations = append(a.report.Violations, *n.damage)
		case n.waits != nil && n.event != nil && n.event.event != nil && n.waits.IsDue(n.event.event.Left):
			// No shop may have been open when the tickets went: whichever opens next tells the user.
			due := newViolation(RuleNotification, n.key, "the notification is due, but not told yet")
			a.report.Notes = append(a.report.Notes, due.because(causeDue))
		}
		if nobodys {
			a.unheard(n, "the user of the notification does not exist")
		}
		if gone || nobodys {
			a.planNotification(n, nobodys)
		}
	}
}

// unheard reports a notification that nobody is told, or that tells of nothing.
func (a *auditor) unheard(n auditedLink, why string) {
	a.report.Violations = append(a.report.Violations, newViolation(RuleNotification, n.key, "%s", why).because(causeGone))
}

func (a *auditor) checkFavourites() {
	for username, key := range a.favourites {
		if !a.users[username] {
			a.note(RuleFavourite, key, "the user of these favourites does not exist")
		}
	}
}

// checkAllowed looks up what events use in the lists of allowed values. The shop works without: it is noted, and is no
// violation.
func (a *auditor) checkAllowed() {
	used := map[string]map[string]bool{KeyLocations: {}, KeyTypes: {}, KeyTicketTypes: {}}
	use := func(list, value string) {
		if isKeyPart(value) && !strings.ContainsRune(Clean(value), utf8.RuneError) { // what cannot be shown is not offered
			used[list][value] = true
		}
	}
	for _, e := range a.events {
		if e.draft == nil {
			continue
		}
		kind, location := e.draft.spelled()
		use(KeyTypes, kind)
		use(KeyLocations, location)
		for ticketType, ticket := range e.tickets {
			if ticket.stored {
				use(KeyTicketTypes, ticketType)
			}
		}
	}
	for list, values := range used {
		for _, known := range a.lists.allowed[list] {
			delete(values, known)
		}
		if len(values) == 0 {
			continue
		}
		missing := slices.Sorted(maps.Keys(values))
		a.mend(RepairAllowed, list).Join = missing
		a.note(RuleAllowed, list, "events use %s that the list does not have: %s", Plural(len(missing), "value"), someOf(missing))
	}
}

// someOf names the first few of many.
func someOf(names []string) string {
	const few = 3
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:few], ", ") + " and " + Thousands(len(names)-few) + " more"
}
