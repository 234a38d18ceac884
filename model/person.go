package model

import (
	"cmp"
	"iter"
	"slices"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// Person is what the shop knows of one user who is here: an immutable snapshot of the user's own records.
type Person struct {
	User          User
	Known         bool // there is a readable record of the user
	favourites    []string
	damaged       bool                    // the list of favourites cannot be read
	purchases     *iradix.Tree[purchases] // by event id
	notifications *iradix.Tree[Notification]
}

// purchases are a person's orders for one event, in the order in which they were placed.
type purchases struct {
	orders   []Order
	revision int64 // at which the list was last written
}

// NewPerson returns somebody of whom nothing is known yet.
func NewPerson(username string) *Person {
	return &Person{
		User: User{Username: username}, purchases: iradix.New[purchases](), notifications: iradix.New[Notification](),
	}
}

// PersonPrefixes returns the keys of a user's own records: two that stand alone and two prefixes.
func PersonPrefixes(username string) (keys, prefixes []string) {
	return []string{UserKey(username), FavouriteKey(username)},
		[]string{PrefixPurchase + username + ":", PrefixNotification + username + ":"}
}

// With returns the person after changes of their own records, and the records among them that cannot be read. Records of
// other people are passed over.
func (p *Person) With(changes []Change) (*Person, []Problem) {
	next := *p
	var problems []Problem
	for _, change := range changes {
		key := ParseKey(change.Key)
		if key.Username != p.User.Username {
			continue
		}
		if err := next.apply(key, change); err != nil {
			problems = append(problems, Problem{Key: change.Key, Err: err})
		}
	}
	return &next, problems
}

func (p *Person) apply(key Key, change Change) error {
	var err error
	switch key.Family {
	case FamilyUser:
		p.User, p.Known = User{Username: key.Username}, false
		if !change.Deleted {
			p.User, err = DecodeUser(key.Username, change.Value)
			p.Known = err == nil
			p.User.Username = key.Username
		}
		p.User.Since = change.Since
	case FamilyFavourite:
		p.favourites = nil
		if !change.Deleted {
			p.favourites, err = DecodeList(change.Value)
		}
		p.damaged = err != nil
	case FamilyPurchase:
		var orders []Order
		if !change.Deleted {
			if orders, err = DecodeOrders(key.Username, key.EventID, change.Value); err != nil {
				orders = []Order{{Username: key.Username, EventID: key.EventID, Damage: err.Error()}}
			}
		}
		p.purchases, _, _ = p.purchases.Insert([]byte(key.EventID), purchases{orders, change.Revision})
	case FamilyNotification:
		var n Notification
		if !change.Deleted {
			n, err = DecodeNotification(key.Username, key.EventID, change.Value)
		}
		if change.Deleted || err != nil {
			p.notifications, _, _ = p.notifications.Delete([]byte(key.EventID))
		} else {
			p.notifications, _, _ = p.notifications.Insert([]byte(key.EventID), n)
		}
	default:
	}
	return err
}

// Favourites returns the ids of the events that the person marked, in the order in which they were marked.
func (p *Person) Favourites() []string { return p.favourites }

// FavouritesDamaged says that it cannot be read which events the person marked: there seem to be none then.
func (p *Person) FavouritesDamaged() bool { return p.damaged }

// IsFavourite says whether the person marked an event.
func (p *Person) IsFavourite(eventID string) bool { return slices.Contains(p.favourites, eventID) }

// Orders returns all of the person's orders, newest first; those with an unreadable date come last. Dates tell only seconds:
// of orders in the same one, the list of their event tells which came later, and of two lists, which was written later.
func (p *Person) Orders() []Order {
	var lists []purchases
	p.purchases.Root().Walk(func(_ []byte, list purchases) bool {
		lists = append(lists, list)
		return false
	})
	slices.SortStableFunc(lists, func(a, b purchases) int { return cmp.Compare(b.revision, a.revision) })
	var all []Order
	for _, list := range lists {
		for _, order := range slices.Backward(list.orders) {
			all = append(all, order)
		}
	}
	slices.SortStableFunc(all, func(a, b Order) int { return b.Date.at.Compare(a.Date.at) })
	return all
}

// Bought yields the ids of the events for which the person holds tickets.
func (p *Person) Bought() iter.Seq[string] {
	return func(yield func(string) bool) {
		p.purchases.Root().Walk(func(id []byte, list purchases) bool {
			return len(list.orders) > 0 && !yield(string(id))
		})
	}
}

// Notification returns what the person asked to be told about an event.
func (p *Person) Notification(eventID string) (Notification, bool) {
	return p.notifications.Get([]byte(eventID))
}

// Notifications returns all that the person asked to be told, by event id.
func (p *Person) Notifications() []Notification {
	var all []Notification
	p.notifications.Root().Walk(func(_ []byte, n Notification) bool {
		all = append(all, n)
		return false
	})
	return all
}

// Unread counts the notifications that are active and that the person has not looked at.
func (p *Person) Unread() int {
	n := 0
	for _, notification := range p.Notifications() {
		if notification.Active && !notification.Read {
			n++
		}
	}
	return n
}

// People are the users who are here. The zero value is nobody; a changed copy shares what did not change.
type People struct{ tree *iradix.Tree[*Person] }

// Person returns what is known of somebody who is here.
func (p People) Person(username string) (*Person, bool) {
	if p.tree == nil {
		return nil, false
	}
	return p.tree.Get([]byte(username))
}

// With returns the people with one of them replaced, or gone if person is nil.
func (p People) With(username string, person *Person) People {
	tree := p.tree
	if tree == nil {
		tree = iradix.New[*Person]()
	}
	if person == nil {
		tree, _, _ = tree.Delete([]byte(username))
	} else {
		tree, _, _ = tree.Insert([]byte(username), person)
	}
	return People{tree}
}

// Names returns the user names of the people, sorted.
func (p People) Names() []string {
	var names []string
	if p.tree != nil {
		p.tree.Root().Walk(func(name []byte, _ *Person) bool {
			names = append(names, string(name))
			return false
		})
	}
	return names
}
