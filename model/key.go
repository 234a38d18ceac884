package model

import (
	"strconv"
	"strings"
)

// Keys of the three lists of allowed values. They share a prefix with real records and are never taken for one.
const (
	KeyLocations   = "event:locations"
	KeyTypes       = "event:types"
	KeyTicketTypes = "ticket:types"
)

// Prefixes of the record families. Each ends in a colon, so that a prefix read of one name never returns a longer name's.
const (
	PrefixUser           = "user:"
	PrefixEvent          = "event:"
	PrefixTicket         = "ticket:"
	PrefixPurchase       = "purchase:"
	PrefixNotification   = "notification:"
	PrefixFavourite      = "favourite:"
	PrefixSearch         = "search:" // of all lists of the index
	PrefixSearchText     = "search:text:"
	PrefixSearchType     = "search:type:"
	PrefixSearchLocation = "search:location:"
	PrefixInternal       = "ticketcd:" // ours alone: never dumped, never loaded
)

// Family says which kind of record a key belongs to.
type Family int

// The families of the layout. Keys that follow none of them are FamilyOther.
const (
	FamilyOther Family = iota
	FamilyUser
	FamilyEvent
	FamilyTicket
	FamilyPurchase
	FamilyNotification
	FamilyFavourite
	FamilySearchText
	FamilySearchType
	FamilySearchLocation
	FamilyStatic // the lists of locations, event types and ticket types
	FamilyInternal
)

// Key is a key of the layout taken apart. Only the parts that its family has are set.
type Key struct {
	Family     Family
	Username   string
	EventID    string
	TicketType string
	Term       string // the word, type or location of an index key
	Part       int    // 0, or n of an index list's n-th continuation
}

// UserKey returns the key of a user's record.
func UserKey(username string) string { return PrefixUser + username }

// EventKey returns the key of an event's record.
func EventKey(eventID string) string { return PrefixEvent + eventID }

// TicketKey returns the key of one ticket type of an event.
func TicketKey(eventID, ticketType string) string { return TicketPrefix(eventID) + ticketType }

// TicketPrefix returns the prefix of all ticket types of an event.
func TicketPrefix(eventID string) string { return PrefixTicket + eventID + ":" }

// PurchaseKey returns the key of a user's orders for an event.
func PurchaseKey(username, eventID string) string { return PrefixPurchase + username + ":" + eventID }

// NotificationKey returns the key of a user's notification for an event.
func NotificationKey(username, eventID string) string {
	return PrefixNotification + username + ":" + eventID
}

// FavouriteKey returns the key of a user's favourites.
func FavouriteKey(username string) string { return PrefixFavourite + username }

// IndexKey returns the key of the part-th piece of an index list; prefix is one of the PrefixSearch constants.
func IndexKey(prefix, term string, part int) string {
	if part == 0 {
		return prefix + term
	}
	return prefix + term + ":" + strconv.Itoa(part)
}

// FirstPart returns the key of the list that a part of the search index belongs to.
func FirstPart(key string) string {
	if part := ParseKey(key).Part; part > 0 {
		return strings.TrimSuffix(key, ":"+strconv.Itoa(part))
	}
	return key
}

// ParseKey takes a key apart. A key with missing, empty or surplus parts belongs to no family.
func ParseKey(key string) Key {
	switch key {
	case KeyLocations, KeyTypes, KeyTicketTypes:
		return Key{Family: FamilyStatic}
	}
	switch {
	case strings.HasPrefix(key, PrefixInternal):
		return Key{Family: FamilyInternal}
	case strings.HasPrefix(key, PrefixSearchText):
		return parseIndexKey(FamilySearchText, key[len(PrefixSearchText):])
	case strings.HasPrefix(key, PrefixSearchType):
		return parseIndexKey(FamilySearchType, key[len(PrefixSearchType):])
	case strings.HasPrefix(key, PrefixSearchLocation):
		return parseIndexKey(FamilySearchLocation, key[len(PrefixSearchLocation):])
	}
	return parseRecordKey(key)
}

func parseRecordKey(key string) Key {
	family, rest, _ := strings.Cut(key, ":")
	first, second, pair := strings.Cut(rest, ":")
	if first == "" || pair && (second == "" || strings.Contains(second, ":")) {
		return Key{}
	}
	switch {
	case !pair && family == "user":
		return Key{Family: FamilyUser, Username: first}
	case !pair && family == "event":
		return Key{Family: FamilyEvent, EventID: first}
	case !pair && family == "favourite":
		return Key{Family: FamilyFavourite, Username: first}
	case pair && family == "ticket":
		return Key{Family: FamilyTicket, EventID: first, TicketType: second}
	case pair && family == "purchase":
		return Key{Family: FamilyPurchase, Username: first, EventID: second}
	case pair && family == "notification":
		return Key{Family: FamilyNotification, Username: first, EventID: second}
	}
	return Key{}
}

func parseIndexKey(family Family, rest string) Key {
	term, part, split := strings.Cut(rest, ":")
	if term == "" {
		return Key{}
	}
	if !split {
		return Key{Family: family, Term: term}
	}
	n, err := strconv.Atoi(part)
	if err != nil || n < 1 || strconv.Itoa(n) != part {
		return Key{}
	}
	return Key{Family: family, Term: term, Part: n}
}
