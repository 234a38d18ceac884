package model

import (
	"maps"
	"strings"
)

// ArmedNotifications are those that wait for their moment. They take the changes of the store in their order and look at
// every count between, so that a count that falls and rises again within one batch is not missed. Each arming is due at
// most once. They are for one goroutine.
type ArmedNotifications struct {
	armed map[string]map[string]armedNotification // by event id, then by key
}

// armedNotification is one that waits, as of a revision of its record.
type armedNotification struct {
	Notification
	revision int64
}

// Due is a notification that has to become active. It stands for one arming: the record at one mod revision.
type Due struct {
	Notification Notification
	Key          string
	Revision     int64 // the mod revision of the record that waits
}

// NewArmedNotifications returns none yet.
func NewArmedNotifications() *ArmedNotifications {
	return &ArmedNotifications{armed: map[string]map[string]armedNotification{}}
}

// Clone returns a copy with a life of its own.
func (a *ArmedNotifications) Clone() *ArmedNotifications {
	clone := NewArmedNotifications()
	for id, keys := range a.armed {
		clone.armed[id] = maps.Clone(keys)
	}
	return clone
}

// Apply takes changes, and the catalogue as it was before them, and returns what has become due: because a count fell, or
// because a notification was armed when it had fallen already. A record that cannot be read waits for nothing.
func (a *ArmedNotifications) Apply(before *Catalogue, changes []Change) []Due {
	var due []Due
	changed := map[string]Change{} // by event id
	for _, change := range changes {
		switch key := ParseKey(change.Key); key.Family {
		case FamilyEvent:
			changed[key.EventID] = change
			if len(a.armed[key.EventID]) > 0 {
				due = append(due, a.counted(key.EventID, change)...)
			}
		case FamilyNotification:
			left, known := countOf(key.EventID, changed, before)
			if n, ok := a.arm(key, change); ok && known && n.IsDue(left) {
				due = append(due, a.take(key.EventID, change.Key))
			}
		default:
		}
	}
	return due
}

// counted returns what is due by an event's new count.
func (a *ArmedNotifications) counted(id string, change Change) []Due {
	left, known := decodeLeft(id, change)
	if !known {
		return nil
	}
	var due []Due
	for key, waiting := range a.armed[id] {
		// The history may be read again for a notification that was armed later: what was before it does not count.
		if change.Revision >= waiting.revision && waiting.IsDue(left) {
			due = append(due, a.take(id, key))
		}
	}
	return due
}

// arm takes the new state of a notification's record, and says whether it waits.
func (a *ArmedNotifications) arm(key Key, change Change) (Notification, bool) {
	keys := a.armed[key.EventID]
	if delete(keys, change.Key); len(keys) == 0 {
		delete(a.armed, key.EventID)
	}
	if change.Deleted {
		return Notification{}, false
	}
	n, err := DecodeNotification(key.Username, key.EventID, change.Value)
	if err != nil || n.Active {
		return Notification{}, false
	}
	if a.armed[key.EventID] == nil {
		a.armed[key.EventID] = map[string]armedNotification{}
	}
	// The key is kept as long as it waits: it must not hold on to the message that it came in.
	a.armed[key.EventID][strings.Clone(change.Key)] = armedNotification{n, change.Revision}
	return n, true
}

// take returns a notification that waits as due, after which it waits no longer.
func (a *ArmedNotifications) take(id, key string) Due {
	waiting := a.armed[id][key]
	if delete(a.armed[id], key); len(a.armed[id]) == 0 {
		delete(a.armed, id)
	}
	return Due{waiting.Notification, key, waiting.revision}
}

// countOf returns how many tickets an event has left: by its last change, if it changed, or by the catalogue before that.
func countOf(id string, changed map[string]Change, before *Catalogue) (int, bool) {
	if change, ok := changed[id]; ok {
		return decodeLeft(id, change)
	}
	if event, ok := before.Event(id); ok {
		return event.Left, true
	}
	return 0, false
}

func decodeLeft(id string, change Change) (int, bool) {
	if change.Deleted {
		return 0, false
	}
	event, err := DecodeEvent(id, change.Value)
	return event.Left, err == nil
}

// Waiting returns the events that somebody waits for, each with the lowest revision at which a notification for it was
// armed.
func (a *ArmedNotifications) Waiting() map[string]int64 {
	waiting := map[string]int64{}
	for id, keys := range a.armed {
		for _, notification := range keys {
			if earliest, ok := waiting[id]; !ok || notification.revision < earliest {
				waiting[id] = notification.revision
			}
		}
	}
	return waiting
}
