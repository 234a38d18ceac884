package model

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// keyPart draws what a key part may be, and what it must never be.
func keyPart(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z0-9._-]{2,32}`),
		rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`),
		rapid.SampledFrom([]string{"", ":", "a:b", "locations", "types", "text", "type", "location", "text:x", "1", "\x00", "\xff", "a/b", "é", ":1"}),
		rapid.String(),
	).Draw(t, name)
}

func TestAKeyIsTakenApartIntoWhatItWasBuiltFrom(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, n := keyPart(t, "a"), keyPart(t, "b"), rapid.IntRange(0, 2000).Draw(t, "n")
		for _, built := range []struct {
			key   string
			parts []string
			want  Key
		}{
			{UserKey(a), []string{a}, Key{Family: FamilyUser, Username: a}},
			{EventKey(a), []string{a}, Key{Family: FamilyEvent, EventID: a}},
			{FavouriteKey(a), []string{a}, Key{Family: FamilyFavourite, Username: a}},
			{TicketKey(a, b), []string{a, b}, Key{Family: FamilyTicket, EventID: a, TicketType: b}},
			{PurchaseKey(a, b), []string{a, b}, Key{Family: FamilyPurchase, Username: a, EventID: b}},
			{NotificationKey(a, b), []string{a, b}, Key{Family: FamilyNotification, Username: a, EventID: b}},
			{IndexKey(PrefixSearchText, a, n), []string{a}, Key{Family: FamilySearchText, Term: a, Part: n}},
			{IndexKey(PrefixSearchType, a, n), []string{a}, Key{Family: FamilySearchType, Term: a, Part: n}},
			{IndexKey(PrefixSearchLocation, a, n), []string{a}, Key{Family: FamilySearchLocation, Term: a, Part: n}},
		} {
			got := ParseKey(built.key)
			if soundParts(built.parts) && built.key != KeyLocations && built.key != KeyTypes {
				require.Equal(t, built.want, got)
				continue
			}
			isIndex := strings.HasPrefix(built.key, "search:")
			crosses := got.Family != FamilyOther && got.Family != FamilyStatic && got.Family != built.want.Family
			require.False(t, crosses, "%q is taken for %v", built.key, got)
			require.True(t, isIndex || got.Family == FamilyOther || got.Family == FamilyStatic, "%q is taken for %v", built.key, got)
		}
	})
}

func soundParts(parts []string) bool {
	for _, part := range parts {
		if part == "" || strings.Contains(part, ":") {
			return false
		}
	}
	return true
}

func TestTheListsAreNeverTakenForRecords(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"event:locations", "event:types", "ticket:types"} {
		require.Equal(t, Key{Family: FamilyStatic}, ParseKey(key))
	}
	require.Equal(t, Key{Family: FamilyTicket, EventID: "types", TicketType: "red"}, ParseKey("ticket:types:red"))
}

func TestKeysThatNobodyBuiltBelongToNoFamily(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		"", ":", "user", "user:", "user:a:b", "event:", "event:a:b", "ticket:a", "ticket:a:", "ticket::red", "ticket:a:b:c", "purchase:ann",
		"purchase:ann:", "purchase::e", "purchase:a:b:c", "notification:a", "favourite:", "favourite:a:b", "favorite:a", "search:", "search:text:",
		"search:type::1", "search:text:a:0", "search:text:a:01", "search:text:a:-1", "search:text:a:b", "search:text:a:1:2", "search:other:x", "User:ann",
		"users:ann", " user:ann", "search:text:a:+1", "search:text:a:", "events:x",
	} {
		require.Equal(t, FamilyOther, ParseKey(key).Family, "%q", key)
	}
	require.Equal(t, FamilyInternal, ParseKey("ticketcd:anything:at:all").Family)
}

func TestAPrefixReadOfOneNameNeverReturnsALongerNames(t *testing.T) {
	t.Parallel()
	require.False(t, strings.HasPrefix(NotificationKey("annabel", "e"), PrefixNotification+"ann:"))
	require.False(t, strings.HasPrefix(TicketKey("12", "red"), TicketPrefix("1")))
	for _, prefix := range []string{
		PrefixUser, PrefixEvent, PrefixTicket, PrefixPurchase, PrefixNotification, PrefixFavourite, PrefixSearchText, PrefixSearchType,
		PrefixSearchLocation, PrefixInternal, TicketPrefix("x"),
	} {
		require.True(t, strings.HasSuffix(prefix, ":"), prefix)
	}
}

func FuzzKey(f *testing.F) {
	for _, seed := range []string{"user:ann", "ticket:a:red", "search:text:jazz:12", "event:types", "purchase:a:b:c", "ticketcd:x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		parsed := ParseKey(key)
		var again string
		switch parsed.Family {
		case FamilyUser:
			again = UserKey(parsed.Username)
		case FamilyEvent:
			again = EventKey(parsed.EventID)
		case FamilyTicket:
			again = TicketKey(parsed.EventID, parsed.TicketType)
		case FamilyPurchase:
			again = PurchaseKey(parsed.Username, parsed.EventID)
		case FamilyNotification:
			again = NotificationKey(parsed.Username, parsed.EventID)
		case FamilyFavourite:
			again = FavouriteKey(parsed.Username)
		case FamilySearchText:
			again = IndexKey(PrefixSearchText, parsed.Term, parsed.Part)
		case FamilySearchType:
			again = IndexKey(PrefixSearchType, parsed.Term, parsed.Part)
		case FamilySearchLocation:
			again = IndexKey(PrefixSearchLocation, parsed.Term, parsed.Part)
		default:
			return
		}
		require.Equal(t, key, again)
	})
}
