package model

// Notification asks to be told when an event runs low, or when a sold-out one has tickets again.
type Notification struct {
	Username string
	EventID  string
	Limit    int  // tell when fewer than this are left
	Back     bool // tell instead when any are left; a field of ours, which the prototype ignores
	Active   bool // it has happened
	Read     bool // and the user has looked at it; a field of ours, too

	// Of an event that was removed: fields of ours, with which the prototype shows an active notification.
	Gone     string // the event's name; empty while it exists
	Refunded Cents  // what the user got back for its orders

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
	back, err := fields.text("back")
	n.Back = err == nil && back == "true"
	read, err := fields.text("read")
	n.Read = n.Active && err == nil && read == "true"
	if n.Gone, err = fields.text("gone"); err != nil {
		n.Gone = ""
	}
	if n.Refunded, err = fields.sum("refunded"); err != nil {
		n.Refunded = 0
	}
	return n, nil
}

// IsDue says whether a count is what the notification waits for.
func (n Notification) IsDue(left int) bool {
	if n.Back {
		return left > 0
	}
	return left < n.Limit
}

// Encode writes the notification as the layout has it.
func (n Notification) Encode() []byte {
	fields := n.stored.copied()
	fields.set("limit", n.Limit)
	fields.set("active", n.Active)
	delete(fields, "back")
	if n.Back {
		fields.set("back", true)
	}
	delete(fields, "read")
	if n.Active && n.Read {
		fields.set("read", true)
	}
	delete(fields, "gone")
	delete(fields, "refunded")
	if n.Gone != "" {
		fields.set("gone", n.Gone)
		fields.set("refunded", n.Refunded)
	}
	return fields.encode("limit", "active")
}

// Rearmed returns the notification with what another one asks for, keeping the fields of the record that we do not know.
func (n Notification) Rearmed(as Notification) Notification {
	n.Limit, n.Back, n.Active, n.Read = as.Limit, as.Back, as.Active, false
	n.Gone, n.Refunded = "", 0
	return n
}

// Told returns the notification as one that tells its user that the event was removed, and what was refunded for it.
func (n Notification) Told(event string, refunded Cents) Notification {
	n.Active, n.Read, n.Gone = true, false, TitleOf(event)
	n.Refunded = n.Refunded.Plus(refunded)
	return n
}
