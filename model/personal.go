package model

import "maps"

// Notification asks to be told when an event runs low.
type Notification struct {
	Username string
	EventID  string
	Limit    int  // tell when fewer than this are left
	Active   bool // it has happened

	stored record
}

// DecodeNotification reads a user's notification for an event.
func DecodeNotification(username, eventID string, raw []byte) (Notification, error) {
	fields, err := decodeRecord(raw)
	if err != nil {
		return Notification{}, err
	}
	n := Notification{Username: username, EventID: eventID, stored: fields}
	if n.Limit, err = fields.count("limit"); err != nil {
		return Notification{}, err
	}
	active, err := fields.text("active")
	if err != nil {
		return Notification{}, err
	}
	n.Active = active == "true"
	return n, nil
}

// Encode writes the notification as the layout has it.
func (n Notification) Encode() []byte {
	fields := maps.Clone(n.stored)
	if fields == nil {
		fields = record{}
	}
	fields.set("limit", n.Limit)
	fields.set("active", n.Active)
	return fields.encode("limit", "active")
}
