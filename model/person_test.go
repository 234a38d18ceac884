package model

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// put is a record as somebody wrote it.
func put(key, value string) Change { return Change{Key: key, Value: []byte(value)} }

func gone(key string) Change { return Change{Key: key, Deleted: true} }

func TestAPersonSeesTheirOwnRecordsAndNobodyElses(t *testing.T) {
	t.Parallel()
	john, problems := NewPerson("john").With([]Change{
		put("user:john", `{"name":"John","email":"j@b.cd","role":"admin"}`),
		put("user:johndoe", `{"name":"Doe","email":"d@b.cd","role":"user"}`),
		put("favourite:john", `["jazz","rock"]`),
		put("favourite:johndoe", `["opera"]`),
		put("purchase:john:jazz", `[{"id":"A","date":"2027-01-01 10:00:00","tickets":[{"type":"red","quantity":1,"price":2}]}]`),
		put("purchase:johndoe:jazz", `[{"id":"B","date":"2027-01-01 10:00:00","tickets":[]}]`),
		put("notification:john:jazz", `{"limit":"5","active":true}`),
		put("notification:john:rock", `{"limit":7,"active":false}`),
		put("notification:johndoe:rock", `{"limit":9,"active":true}`),
		put("event:jazz", `{"name":"Jazz","current_quantity":3}`),
	})
	require.Empty(t, problems)
	require.True(t, john.Known)
	require.Equal(t, "John", john.User.Name)
	require.Equal(t, RoleAdmin, john.User.Role)
	require.Equal(t, []string{"jazz", "rock"}, john.Favourites())
	require.True(t, john.IsFavourite("rock"))
	require.False(t, john.IsFavourite("opera"))
	require.Len(t, john.Orders(), 1)
	require.Equal(t, "A", john.Orders()[0].ID)
	require.Len(t, john.Notifications(), 2)
	require.Equal(t, 1, john.Unread())
	fired, ok := john.Notification("jazz")
	require.True(t, ok)
	require.Equal(t, 5, fired.Limit)
	_, ok = john.Notification("opera")
	require.False(t, ok)
}

func TestAPersonIsASnapshotThatLaterChangesLeaveAlone(t *testing.T) {
	t.Parallel()
	before, _ := NewPerson("ann").With([]Change{
		put("user:ann", `{"name":"Ann","role":"admin"}`), put("favourite:ann", `["jazz"]`),
		put("purchase:ann:jazz", `[{"id":"A","tickets":[]}]`), put("notification:ann:jazz", `{"limit":5,"active":false}`),
	})
	after, problems := before.With([]Change{
		put("user:ann", `{"name":"Anna","role":"user"}`), put("favourite:ann", `[]`),
		put("purchase:ann:jazz", `[]`), gone("notification:ann:jazz"), put("notification:ann:rock", `{"limit":1,"active":true}`),
	})
	require.Empty(t, problems)
	require.Equal(t, "Ann", before.User.Name)
	require.Equal(t, RoleAdmin, before.User.Role)
	require.Equal(t, []string{"jazz"}, before.Favourites())
	require.Len(t, before.Orders(), 1)
	require.Len(t, before.Notifications(), 1)
	require.Zero(t, before.Unread())

	require.Equal(t, "Anna", after.User.Name)
	require.Equal(t, RoleUser, after.User.Role, "who is no longer an admin is seen as that")
	require.Empty(t, after.Favourites())
	require.Empty(t, after.Orders())
	require.Equal(t, 1, after.Unread())

	nobody, problems := after.With([]Change{
		gone("user:ann"), gone("favourite:ann"), gone("purchase:ann:jazz"), gone("notification:ann:rock"),
	})
	require.Empty(t, problems)
	require.False(t, nobody.Known)
	require.Equal(t, NewPerson("ann").User, nobody.User, "as of somebody of whom nothing is known")
	require.Empty(t, nobody.Orders())
	require.Empty(t, nobody.Notifications())
}

func TestOrdersAreListedNewestFirstAndUnreadableDatesLast(t *testing.T) {
	t.Parallel()
	ann, problems := NewPerson("ann").With([]Change{
		put("purchase:ann:jazz", `[{"id":"old","date":"26-05-2024, 23:46:15","tickets":[]},{"id":"odd","date":"some day","tickets":[]}]`),
		put("purchase:ann:rock", `[{"id":"new","date":"2027-01-01 10:00:00","tickets":[]},{"id":"older","date":"3/14/2024, 1:45:00 PM","tickets":[]}]`),
	})
	require.Empty(t, problems)
	var ids []string
	for _, order := range ann.Orders() {
		ids = append(ids, order.ID)
	}
	require.Equal(t, []string{"new", "old", "older", "odd"}, ids)
}

func TestOrdersOfTheSameSecondAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	const second = `"date":"2027-01-01 10:00:00","tickets":[]}`
	list := func(eventID string, revision int64, ids ...string) Change {
		var orders []string
		for _, id := range ids {
			orders = append(orders, `{"id":"`+id+`",`+second)
		}
		return Change{Key: PurchaseKey("ann", eventID), Value: []byte("[" + strings.Join(orders, ",") + "]"), Revision: revision}
	}
	ann, problems := NewPerson("ann").With([]Change{list("jazz", 5, "M", "Z", "A"), list("opera", 7, "B"), list("rock", 6, "Y")})
	require.Empty(t, problems)
	var ids []string
	for _, order := range ann.Orders() {
		ids = append(ids, order.ID)
	}
	require.Equal(t, []string{"B", "Y", "A", "Z", "M"}, ids)
}

func TestWhatCannotBeReadOfAPersonIsReportedAndOrdersAreNeverHidden(t *testing.T) {
	t.Parallel()
	ann, problems := NewPerson("ann").With([]Change{
		put("user:ann", `[]`), put("favourite:ann", `{}`), put("purchase:ann:jazz", `{"no":"list"}`),
		put("purchase:ann:rock", `[{"id":"A","tickets":[{"type":"red","quantity":null}]}]`),
		put("notification:ann:jazz", `{"active":true}`),
	})
	var keys []string
	for _, problem := range problems {
		require.Error(t, problem.Err)
		keys = append(keys, problem.Key)
	}
	require.Equal(t, []string{"user:ann", "favourite:ann", "purchase:ann:jazz", "notification:ann:jazz"}, keys)
	require.False(t, ann.Known)
	require.Equal(t, "ann", ann.User.Username)
	require.NotEqual(t, RoleAdmin, ann.User.Role)
	require.Empty(t, ann.Favourites())
	require.Empty(t, ann.Notifications())
	require.Len(t, ann.Orders(), 2)
	for _, order := range ann.Orders() {
		require.NotEmpty(t, order.Damage)
		require.NotEmpty(t, order.EventID)
		require.Equal(t, "ann", order.Username)
	}
}

func TestPeopleComeAndGo(t *testing.T) {
	t.Parallel()
	var nobody People
	_, ok := nobody.Person("ann")
	require.False(t, ok)
	require.Empty(t, nobody.Names())
	require.Empty(t, nobody.With("ann", nil).Names())

	john, doe := NewPerson("john"), NewPerson("johndoe")
	both := nobody.With("johndoe", doe).With("john", john)
	require.Equal(t, []string{"john", "johndoe"}, both.Names())
	one := both.With("john", nil)
	require.Equal(t, []string{"johndoe"}, one.Names())
	found, ok := one.Person("johndoe")
	require.True(t, ok)
	require.Same(t, doe, found)
	_, ok = one.Person("john")
	require.False(t, ok)
	require.Len(t, both.Names(), 2, "who looks at both still does")
}

func TestTheKeysOfAPersonAreThoseOfNobodyElse(t *testing.T) {
	t.Parallel()
	keys, prefixes := PersonPrefixes("john")
	require.Equal(t, []string{"user:john", "favourite:john"}, keys)
	require.Equal(t, []string{"purchase:john:", "notification:john:"}, prefixes)
}
