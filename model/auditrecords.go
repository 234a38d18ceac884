package model

import "strings"

// take notes what a record says.
func (a *auditor) take(r Record) {
	key := ParseKey(r.Key)
	switch key.Family {
	case FamilyUser:
		a.takeUser(key.Username, r)
	case FamilyEvent:
		a.takeEvent(key.EventID, r)
	case FamilyTicket:
		a.takeTicket(key, r)
	case FamilyPurchase:
		a.takeOrders(key, r)
	case FamilyNotification:
		a.takeNotification(key, r)
	case FamilyFavourite:
		a.favourites[key.Username] = r.Key
		if _, err := DecodeList(r.Value); err != nil {
			a.unreadable(r.Key, err)
		}
	case FamilyStatic:
		a.takeAllowed(r)
	case FamilySearchText, FamilySearchType, FamilySearchLocation:
		a.takeList(key, r)
	case FamilyOther:
		a.takeOther(r)
	case FamilyInternal:
	}
}

// takeOther reports keys that nearly are of the layout: what they hold is lost to the shop. An index key with a surplus
// part is still found by prefix, as the prototype does.
func (a *auditor) takeOther(r Record) {
	if r.Key == PrefixSearchText || strings.HasPrefix(r.Key, PrefixSearchType) || strings.HasPrefix(r.Key, PrefixSearchLocation) {
		a.note(RuleUnreadable, r.Key, "the key does not follow the layout, so nothing reads it")
		return
	}
	if strings.HasPrefix(r.Key, PrefixSearchText) {
		a.takeList(Key{Family: FamilySearchText, Term: r.Key[len(PrefixSearchText):]}, r)
		return
	}
	for _, prefix := range []string{
		PrefixUser, PrefixEvent, PrefixTicket, PrefixPurchase, PrefixNotification, PrefixFavourite,
	} {
		if strings.HasPrefix(r.Key, prefix) {
			a.violation(RuleUnreadable, r.Key, "the key does not follow the layout, so nothing reads it")
		}
	}
}

func (a *auditor) takeUser(username string, r Record) {
	a.report.Checked.Users++
	a.users[username] = true
	if _, err := DecodeUser(username, r.Value); err != nil {
		a.unreadable(r.Key, err)
	}
}

func (a *auditor) takeEvent(id string, r Record) {
	a.report.Checked.Events++
	known := a.event(id)
	known.stored = true
	event, err := DecodeEvent(id, r.Value)
	if err == nil {
		known.event, known.draft = &event, &event
		return
	}
	if mended, damage := MendCount(id, r.Value, 0); damage == nil {
		if draft, broken := DecodeEvent(id, mended); broken == nil {
			known.draft = &draft
		}
	}
	if fields, broken := decodeRecord(r.Value); broken == nil {
		if left, ok := signedCount(fields["current_quantity"]); ok && left < 0 {
			a.violation(RuleRange, r.Key, "the event says %s left", areOf(left))
			return
		}
	}
	a.unreadable(r.Key, err)
}

func (a *auditor) takeTicket(key Key, r Record) {
	a.report.Checked.Tickets++
	known := a.event(key.EventID).ticket(key.TicketType)
	known.stored = true
	ticket, err := DecodeTicket(key.TicketType, r.Value)
	if err == nil {
		known.readable, known.sound, known.total, known.left = true, true, ticket.Total, ticket.Left
		return
	}
	if fields, broken := decodeRecord(r.Value); broken == nil {
		total, hasTotal := signedCount(fields["total_quantity"])
		left, hasLeft := signedCount(fields["current_quantity"])
		if hasTotal && hasLeft && (left < 0 || left > total) {
			known.readable, known.total, known.left = true, total, left
			a.violation(RuleRange, r.Key, "%s left of %s", areOf(left), Thousands(total))
			return
		}
	}
	a.unreadable(r.Key, err)
}

func (a *auditor) takeOrders(key Key, r Record) {
	event := a.event(key.EventID)
	orders, err := DecodeOrders(key.Username, key.EventID, r.Value)
	if err != nil {
		a.unreadable(r.Key, err)
		event.unread = true
		return
	}
	a.report.Checked.Orders += len(orders)
	a.purchases = append(a.purchases, auditedLink{key: r.Key, username: key.Username, event: event, count: len(orders)})
	for i, order := range orders {
		if order.Damage != "" {
			a.violation(RuleUnreadable, r.Key, "order %d of %d cannot be read: %s", i+1, len(orders), order.Damage)
			event.unread = true
			continue
		}
		if first, twice := a.orders[order.ID]; twice {
			a.violation(RuleOrder, r.Key, "the order %s stands twice, the other time in %s", order.ID, first)
		}
		a.orders[order.ID] = r.Key
		if len(order.Lines) == 0 {
			empty := newViolation(RuleOrder, r.Key, "the order %s is of no tickets", order.ID)
			a.report.Notes = append(a.report.Notes, empty.because(causeNoTickets))
		}
		for _, line := range order.Lines {
			event.ticket(line.Type).bought += line.Quantity
		}
	}
}

func (a *auditor) takeNotification(key Key, r Record) {
	a.report.Checked.Notifications++
	n, err := DecodeNotification(key.Username, key.EventID, r.Value)
	link := auditedLink{key: r.Key, username: key.Username}
	if _, broken := decodeRecord(r.Value); broken != nil {
		damage := newViolation(RuleUnreadable, r.Key, "the record cannot be read: %v", broken)
		link.damage = &damage
	} else if err != nil {
		damage := newViolation(RuleNotification, r.Key, "the notification cannot be read: %v", err)
		link.damage = &damage
	}
	if err == nil && !n.Active {
		link.waits = &n
	}
	if n.Gone == "" {
		link.event = a.event(key.EventID)
	}
	a.notifications = append(a.notifications, link)
}

func (a *auditor) takeList(key Key, r Record) {
	ids, err := DecodeList(r.Value)
	if err != nil {
		a.unreadable(r.Key, err)
		broken := a.mend(RepairIndex, FirstPart(r.Key))
		broken.Broken = append(broken.Broken, r.Key)
		return
	}
	list := auditedList{key: r.Key}
	var words []string
	if strings.ToLower(key.Term) == key.Term { // else no prefix of a word finds it
		words = storedWords(key.Term)
	}
	for _, id := range ids {
		event := a.event(id)
		list.events = append(list.events, event)
		switch key.Family {
		case FamilySearchType:
			event.lists = append(event.lists, PrefixSearchType+key.Term)
		case FamilySearchLocation:
			event.lists = append(event.lists, PrefixSearchLocation+key.Term)
		default:
			event.words = append(event.words, words...)
		}
	}
	a.lists.index = append(a.lists.index, list)
}

func (a *auditor) takeAllowed(r Record) {
	values, err := DecodeList(r.Value)
	if err != nil {
		a.unreadable(r.Key, err)
		broken := a.mend(RepairAllowed, r.Key)
		broken.Broken = append(broken.Broken, r.Key)
		return
	}
	a.lists.allowed[r.Key] = values
}
