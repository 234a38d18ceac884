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
	RuleFavourite    Rule = "favourite"    // every list of favourites is a user's: only ever a note
	RuleAllowed      Rule = "allowed"      // what events use is among the allowed values: only ever a note
)

// AuditReport is what an audit found at one revision of the store. Its JSON form is a contract.
type AuditReport struct {
	Revision   int64       `json:"revision"`
	Checked    AuditCounts `json:"checked"`
	Violations []Violation `json:"violations"` // by key; never nil
	// Notes are of things that might be tidier, and harm nobody; by key.
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

	cause cause
}

// cause tells apart the violations of one rule that are mended in different ways. The message cannot: it quotes what is stored.
type cause int

const (
	causeOther     cause = iota
	causeGone            // of a notification: its event or its user
	causeDue             // of a notification: it will be told
	causeNoTickets       // of an order: it is of none
	causeTooMany         // of an event: its tickets, more than it can say
)

func (v Violation) because(of cause) Violation {
	v.cause = of
	return v
}

// Audit checks the invariants of the layout on the records of one revision, which may come in any order. Records that
// are not of the layout are passed over. What could not be read is reported once, and not again for the sums that it
// would have been part of.
func Audit(revision int64, records iter.Seq[Record]) AuditReport {
	a := auditor{
		report: AuditReport{Revision: revision, Violations: []Violation{}},
		users:  map[string]bool{}, events: map[string]*auditedEvent{}, orders: map[string]string{}, favourites: map[string]string{},
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
	a.checkFavourites()
	a.checkAllowed()
	a.report.Repairs = a.plan()
	sortViolations(a.report.Violations)
	sortViolations(a.report.Notes)
	return a.report
}

func sortViolations(all []Violation) {
	slices.SortFunc(all, func(x, y Violation) int {
		return cmp.Or(strings.Compare(x.Key, y.Key), cmp.Compare(x.Rule, y.Rule), strings.Compare(x.Message, y.Message))
	})
}

// auditor gathers what the records say about each other, so that it can be compared when all of them are known.
type auditor struct {
	report        AuditReport
	users         map[string]bool
	events        map[string]*auditedEvent // all that are named anywhere
	orders        map[string]string        // stored order id -> key of the list that has it
	favourites    map[string]string        // key by user
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
	// countable says that its count will be mended, from its tickets.
	countable bool
	// unread says that some of its orders cannot be read, so that nobody knows what was bought of its tickets.
	unread bool
	words  []string // the words under which it is listed
	lists  []string // the lists of types and locations that have it
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
	damage   *Violation    // what to say of one that cannot be read
	waits    *Notification // a notification that has not happened yet
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
	return Violation{Rule: rule, Key: key, Message: Excerpt(message, maxMessage)}
}

func (a *auditor) violation(rule Rule, key, format string, args ...any) {
	a.report.Violations = append(a.report.Violations, newViolation(rule, key, format, args...))
}

func (a *auditor) note(rule Rule, key, format string, args ...any) {
	a.report.Notes = append(a.report.Notes, newViolation(rule, key, format, args...))
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
