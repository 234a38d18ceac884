package model

import "time"

// Shop is what a screen draws from: the newest catalogue, and how sure we are that it still holds.
type Shop struct {
	Catalogue  *Catalogue
	People     People      // the users who are here, with their own records
	Statistics *Statistics // what was sold; nil until an admin is here and it is added up
	Loaded     bool        // false until the first complete list has arrived
	Arrival    Arrival     // how far that list is, until then
	Stale      bool        // the connection to the store is lost; Catalogue is the last that was known
	Since      time.Time   // when it became stale
	NoLeader   bool        // the cluster can decide nothing: sales are paused
	Full       bool        // the database has no room left: it is looked at as ever, but nothing can be sold
	Why        string      // what is the matter, in words; empty while all is well
}

// Arrival says how much of the first list has arrived: its events, and then its tickets.
type Arrival struct {
	Tickets     bool // it is the tickets' turn
	Read, Total int  // records; Total is 0 before anything is known
}

// String says it in words: "the events: 1,200 of 5,000".
func (a Arrival) String() string {
	what := "the events"
	if a.Tickets {
		what = "their tickets"
	}
	if a.Total == 0 {
		return what
	}
	return what + ": " + Thousands(a.Read) + " of " + Thousands(a.Total)
}

// Live hands the newest [Shop] to any number of readers. Nothing is queued, so a slow reader delays nobody and misses
// nothing but what is out of date. One goroutine publishes.
type Live struct{ board *Board[Shop] }

// NewLive returns a Live that shows an empty shop, not yet loaded.
func NewLive() *Live {
	return &Live{NewBoard(Shop{Catalogue: NewCatalogue()})}
}

// Shop returns the newest shop, and a channel that is closed when there is a newer one.
func (l *Live) Shop() (Shop, <-chan struct{}) { return l.board.Read() }

// Publish replaces the shop and wakes everybody who waits.
func (l *Live) Publish(shop Shop) { l.board.Post(shop) }
