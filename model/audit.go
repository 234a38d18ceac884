package model

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Rule names what a [Violation] breaks.
type Rule string

// The rules that an audit checks.
const (
	RuleUnreadable   Rule = "unreadable"   // every record of the layout can be read
	RuleRange        Rule = "range"        // 0 <= left <= total
	RuleSum          Rule = "sum"          // an event's count is the sum of its tickets'
	RuleSold         Rule = "sold"         // what is gone is what was bought
	RuleIndex        Rule = "index"        // every event is found, and every event that is found exists
	RuleOrder        Rule = "order"        // every order is there once, by a user and for an event that exist
	RuleNotification Rule = "notification" // every notification has a limit, a user and an event
	RuleAllowed      Rule = "allowed"      // what events use is among the allowed values: only ever a note
)

// AuditReport is what an audit found at one revision of the store. Its JSON form is a contract.
type AuditReport struct {
	Revision   int64       `json:"revision"`
	Checked    AuditCounts `json:"checked"`
	Violations []Violation `json:"violations"` // by key; never nil
	// Notes are of things that might be tidier, and harm nobody.
	Notes []Violation `json:"notes,omitempty"`
	// Repairs mend those of the violations and notes that can be mended safely, by key.
	Repairs []Repair `json:"-"`
}

// AuditCounts says how many records of each kind were checked, the unreadable ones included.
type AuditCounts struct {
	Users         int `json:"users"`
	Events        int `json:"events"`
	Tickets       int `json:"tickets"`
	Orders        int `json:"orders"`
	Notifications int `json:"notifications"`
}

// Violation is one broken rule. Key is the record as the store spells it: it must be cleaned before it is shown.
type Violation struct {
	Rule    Rule   `json:"rule"`
	Key     string `json:"key"`
	Message string `json:"message"` // one plain sentence, safe to show
}

// Audit checks the invariants of the layout on the records of one revision, which may come in any order. Records that
// are not of the layout are passed over. What could not be read is reported once, and not again for the sums that it
// would have been part of.
func Audit(revision int64, records iter.Seq[Record]) AuditReport {
	a := auditor{
		report: AuditReport{Revision: revision, Violations: []Violation{}},
		users:  map[string]bool{}, events: map[string]*auditedEvent{}, orders: map[string]string{},
		lists: auditedLists{allowed: map[string][]string{}, repairs: map[string]*Repair{}},
	}
	for record := range records {
		a.take(record)
	}
	for _, event := range a.events {
		a.checkCounts(event)
		a.checkListed(event)
	}
	a.checkLists()
	a.checkPurchases()
	a.checkNotifications()
	a.checkAllowed()
	a.report.Repairs = a.plan()
	slices.SortFunc(a.report.Violations, func(x, y Violation) int {
		return cmp.Or(strings.Compare(x.Key, y.Key), cmp.Compare(x.Rule, y.Rule), strings.Compare(x.Message, y.Message))
	})
	return a.report
}

// auditor gathers what the records say about each other, so that it can be compared when all of them are known.
type auditor struct {
	report        AuditReport
	users         map[string]bool
	events        map[string]*auditedEvent // all that are named anywhere
	orders        map[string]string        // stored order id -> key of the list that has it
	purchases     []auditedLink
	notifications []auditedLink
	lists         auditedLists
	repairs       []Repair // those that are not of lists
}

// auditedEvent is an event with all that the other records say about it.
type auditedEvent struct {
	id      string
	stored  bool   // there is a record of it
	event   *Event // nil if there is none, or an unreadable one
	draft   *Event // the event, or what it would be if only its count were readable; nil if it is not that either
	tickets map[string]*auditedTicket
	words   []string // the words under which it is listed
	lists   []string // the lists of types and locations that have it
}

// auditedTicket is a type of ticket with what was bought of it.
type auditedTicket struct {
	stored, readable    bool
	sound               bool // it is sold by the shop
	total, left, bought int
}

// auditedLink is a record of a user about an event.
type auditedLink struct {
	key      string
	username string
	event    *auditedEvent // nil for one that is known to be gone
	count    int           // orders in it
}

// auditedLists are what the lists say, and how to mend them.
type auditedLists struct {
	index   []auditedList
	allowed map[string][]string // by key
	repairs map[string]*Repair  // by the key of a list's first part
}

// auditedList is one value of the search index.
type auditedList struct {
	key    string
	events []*auditedEvent
}

// maxMessage is how many characters of a message are kept: it may quote what a broken record holds.
const maxMessage = 300

func newViolation(rule Rule, key, format string, args ...any) Violation {
	message := Errorf(CodeFailed, format, args...).Message
	return Violation{Rule: rule, Key: key, Message: Truncate(Clean(message), maxMessage)}
}

func (a *auditor) violation(rule Rule, key, format string, args ...any) {
	a.report.Violations = append(a.report.Violations, newViolation(rule, key, format, args...))
}

func (a *auditor) unreadable(key string, err error) {
	a.violation(RuleUnreadable, key, "the record cannot be read: %v", err)
}

// event returns what is known of an event, from its first mention on.
func (a *auditor) event(id string) *auditedEvent {
	known := a.events[id]
	if known == nil {
		known = &auditedEvent{id: strings.Clone(id), tickets: map[string]*auditedTicket{}}
		a.events[known.id] = known
	}
	return known
}

func (e *auditedEvent) ticket(ticketType string) *auditedTicket {
	known := e.tickets[ticketType]
	if known == nil {
		known = &auditedTicket{}
		e.tickets[ticketType] = known
	}
	return known
}

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
			a.violation(RuleRange, r.Key, "the event says %d tickets are left", left)
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
			a.violation(RuleRange, r.Key, "%d tickets are left of %d", left, total)
			return
		}
	}
	a.unreadable(r.Key, err)
}

func (a *auditor) takeOrders(key Key, r Record) {
	orders, err := DecodeOrders(key.Username, key.EventID, r.Value)
	if err != nil {
		a.unreadable(r.Key, err)
		return
	}
	a.report.Checked.Orders += len(orders)
	event := a.event(key.EventID)
	a.purchases = append(a.purchases, auditedLink{key: r.Key, username: key.Username, event: event, count: len(orders)})
	for i, order := range orders {
		if order.Damage != "" {
			a.violation(RuleUnreadable, r.Key, "order %d of %d cannot be read: %s", i+1, len(orders), order.Damage)
			continue
		}
		if first, twice := a.orders[order.ID]; twice {
			a.violation(RuleOrder, r.Key, "the order %s stands twice, the other time in %s", order.ID, first)
		}
		a.orders[order.ID] = r.Key
		for _, line := range order.Lines {
			event.ticket(line.Type).bought += line.Quantity
		}
	}
}

func (a *auditor) takeNotification(key Key, r Record) {
	a.report.Checked.Notifications++
	n, err := DecodeNotification(key.Username, key.EventID, r.Value)
	if _, broken := decodeRecord(r.Value); broken != nil {
		a.unreadable(r.Key, broken)
	} else if err != nil {
		a.violation(RuleNotification, r.Key, "the notification cannot be read: %v", err)
	}
	link := auditedLink{key: r.Key, username: key.Username}
	if n.Gone == "" {
		link.event = a.event(key.EventID)
	}
	a.notifications = append(a.notifications, link)
}

func (a *auditor) takeList(key Key, r Record) {
	ids, err := DecodeList(r.Value)
	if err != nil {
		a.unreadable(r.Key, err)
		broken := a.mend(RepairIndex, firstPart(r.Key))
		broken.Broken = append(broken.Broken, r.Key)
		return
	}
	list := auditedList{key: r.Key}
	words := Words(key.Term)
	for _, id := range ids {
		event := a.event(id)
		list.events = append(list.events, event)
		switch key.Family {
		case FamilySearchType:
			event.lists = append(event.lists, PrefixSearchType+Clean(key.Term))
		case FamilySearchLocation:
			event.lists = append(event.lists, PrefixSearchLocation+Clean(key.Term))
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
