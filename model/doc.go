// Package model is the domain of the ticket shop: events, tickets, orders, users and the rules between them.
//
// It is pure. It knows no etcd, no terminal and no clock of its own: whoever asks a question that depends on the time
// passes the time in. The same rules therefore serve the store (which judges an order on the state that the
// transaction compares), the screens (which say beforehand what would be refused) and the tests.
//
// It also holds the data layout that the shop shares with the original web prototype: how keys are spelled (key.go),
// how values are written, and all the odd forms in which they are read (record.go, number.go, date.go). Text that comes
// from a database is never trusted: decoding passes every string that a person may see through [Clean].
//
// What is on sale is a [Catalogue], an immutable snapshot from which every screen draws. A change makes a new one that
// shares nearly everything with the old one.
package model
