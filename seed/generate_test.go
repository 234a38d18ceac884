package seed_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/seed"
)

var update = flag.Bool("update", false, "write the golden file anew")

// monday is a Monday, late enough in the evening to be Tuesday elsewhere.
var monday = time.Date(2026, 11, 23, 23, 30, 0, 0, time.FixedZone("", -3600))

func defaults(t *testing.T) seed.Config {
	t.Helper()
	cfg, err := seed.Default()
	require.NoError(t, err)
	return cfg
}

func generate(t *testing.T, cfg seed.Config, number uint64, today time.Time) []model.Record {
	t.Helper()
	records, err := seed.Generate(t.Context(), cfg, number, today)
	require.NoError(t, err)
	return records
}

// sharedConfig is the configuration file that the prototype came with.
func sharedConfig(t *testing.T) seed.Config {
	t.Helper()
	raw, err := os.ReadFile("testdata/configurations.json")
	require.NoError(t, err)
	cfg, err := seed.ParseConfig(raw)
	require.NoError(t, err)
	return cfg
}

// shop is what a data set says, by event id.
type shop struct {
	users   map[string]model.User
	events  map[string]model.Event
	tickets map[string][]model.Ticket
	orders  []model.Order
	asked   []model.Notification
	liked   map[string][]string
}

func read(t *testing.T, records []model.Record) shop {
	t.Helper()
	s := shop{
		users: map[string]model.User{}, events: map[string]model.Event{}, tickets: map[string][]model.Ticket{}, liked: map[string][]string{},
	}
	for _, r := range records {
		key := model.ParseKey(r.Key)
		var err error
		switch key.Family {
		case model.FamilyUser:
			s.users[key.Username], err = model.DecodeUser(key.Username, r.Value)
		case model.FamilyEvent:
			s.events[key.EventID], err = model.DecodeEvent(key.EventID, r.Value)
		case model.FamilyTicket:
			var ticket model.Ticket
			ticket, err = model.DecodeTicket(key.TicketType, r.Value)
			s.tickets[key.EventID] = append(s.tickets[key.EventID], ticket)
		case model.FamilyPurchase:
			var orders []model.Order
			orders, err = model.DecodeOrders(key.Username, key.EventID, r.Value)
			s.orders = append(s.orders, orders...)
		case model.FamilyNotification:
			var asked model.Notification
			asked, err = model.DecodeNotification(key.Username, key.EventID, r.Value)
			s.asked = append(s.asked, asked)
		case model.FamilyFavourite:
			s.liked[key.Username], err = model.DecodeList(r.Value)
		case model.FamilyOther, model.FamilyInternal:
			t.Errorf("%s is no key of the layout", r.Key)
		default:
		}
		require.NoError(t, err, r.Key)
	}
	return s
}

func TestTheSameNumberGivesTheSameShop(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	first := generate(t, cfg, 42, monday)
	for range 3 {
		require.Equal(t, first, generate(t, cfg, 42, monday))
	}
	require.Equal(t, first, generate(t, cfg, 42, monday.Add(-20*time.Hour)), "only the day counts")
	require.NotEqual(t, first, generate(t, cfg, 43, monday))
	require.NotEqual(t, first, generate(t, cfg, 42, monday.AddDate(0, 0, 1)))
}

func TestTheSameNumberGivesTheSameShopOnEveryMachine(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	cfg.Events, cfg.Users = 3, 2
	var out bytes.Buffer
	_, err := model.WriteDataSet(&out, func(yield func(model.Record, error) bool) {
		for _, record := range generate(t, cfg, 7, monday) {
			if !yield(record, nil) {
				return
			}
		}
	})
	require.NoError(t, err)
	const golden = "testdata/seed7.json"
	if *update {
		require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String(), "go test ./seed -update writes it anew; every shop of every seed changes with it")
}

// patience is a context that ends when it was asked so many times whether it has.
type patience struct {
	context.Context
	asked, ends int
}

func (p *patience) Err() error {
	if p.asked++; p.asked > p.ends {
		return context.Canceled
	}
	return nil
}

func TestAShopThatIsNoLongerWantedIsNotFinished(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	whole := &patience{Context: t.Context(), ends: 1 << 20}
	_, err := seed.Generate(whole, cfg, 1, monday)
	require.NoError(t, err)
	require.GreaterOrEqual(t, whole.asked, cfg.Events+3*cfg.Users, "for every event and, whatever is made for them, every user")
	for _, ends := range []int{0, whole.asked / 3, whole.asked / 2, whole.asked - 1} {
		stopped := &patience{Context: t.Context(), ends: ends}
		records, err := seed.Generate(stopped, cfg, 1, monday)
		require.ErrorIs(t, err, context.Canceled)
		require.Empty(t, records)
		require.Equal(t, ends+1, stopped.asked)
	}
}

func TestMoreUsersDoNotChangeTheProgramme(t *testing.T) {
	t.Parallel()
	small, large := defaults(t), defaults(t)
	small.Users, large.Users = 0, 80
	names := func(cfg seed.Config) map[string]string {
		byID := map[string]string{}
		for id, event := range read(t, generate(t, cfg, 3, monday)).events {
			byID[id] = event.Name + event.Date.Raw()
		}
		return byID
	}
	require.Equal(t, names(small), names(large))
}

func TestAnAuditOfAnyGeneratedShopIsClean(t *testing.T) {
	t.Parallel()
	extremes := defaults(t)
	extremes.Users, extremes.Events = 30, 30
	extremes.EventPurchaseProbability, extremes.TicketPurchaseProbability, extremes.EventPurchaseLimit = 1, 1, 20
	extremes.FavouriteProbability, extremes.NotificationProbability, extremes.AdminProbability = 1, 1, 1
	few := defaults(t)
	few.TicketTypes = seed.TicketTypes{{Name: "standing", MinPrice: 1999, MaxPrice: 1999}, {Name: "box", MaxQuantity: 2}}
	for name, cfg := range map[string]seed.Config{
		"the default": defaults(t), "the prototype's": sharedConfig(t), "everybody buys everything": extremes, "hardly a ticket": few,
	} {
		for number := range uint64(3) {
			records := generate(t, cfg, number, monday)
			report := model.Audit(1, slices.Values(records))
			require.Empty(t, report.Violations, "%s, seed %d", name, number)
			require.Equal(t, cfg.Events, report.Checked.Events)
			require.Equal(t, cfg.Users+2, report.Checked.Users)
			require.True(t, slices.IsSortedFunc(records, func(a, b model.Record) int { return strings.Compare(a.Key, b.Key) }))
		}
	}
}

func TestTheDemoShopIsBelievable(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	for number := range uint64(5) {
		s := read(t, generate(t, cfg, number, monday))
		names := map[string]bool{}
		soldOut, nearly := 0, 0
		for id, event := range s.events {
			require.False(t, names[event.Name], "%q twice", event.Name)
			names[event.Name] = true
			require.NotContains(t, event.Name+event.Description, "{")
			require.LessOrEqual(t, len([]rune(event.Name)), 80)
			require.Contains(t, cfg.Locations, event.Location)
			require.Contains(t, cfg.Types, event.Type)
			require.Len(t, s.tickets[id], len(cfg.TicketTypes))
			switch {
			case event.Left == 0:
				soldOut++
			case event.Left <= 20:
				nearly++
			}
		}
		require.GreaterOrEqual(t, soldOut, 2, "some events are sold out")
		require.LessOrEqual(t, soldOut, 12)
		require.GreaterOrEqual(t, nearly, 2, "some events are nearly sold out")
		require.NotEmpty(t, s.liked["user"])
		require.NotEmpty(t, s.asked)
		require.True(t, slices.ContainsFunc(s.asked, func(n model.Notification) bool { return n.Active }))
	}
}

func TestEventsLieAheadAndOrdersBehind(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	s := read(t, generate(t, defaults(t), 1, monday))
	matinees := 0
	for _, event := range s.events {
		at, ok := event.Date.Time()
		require.True(t, ok)
		require.True(t, at.After(midnight.AddDate(0, 0, 1)), event.Date)
		require.True(t, at.Before(midnight.AddDate(0, 0, 400)), event.Date)
		require.Zero(t, at.Minute()%15)
		require.GreaterOrEqual(t, at.Hour(), 13)
		if at.Hour() < 18 {
			matinees++
			require.Contains(t, []time.Weekday{time.Saturday, time.Sunday}, at.Weekday())
		}
	}
	require.Positive(t, matinees)
	for _, order := range s.orders {
		at, ok := order.Date.Time()
		require.True(t, ok)
		require.True(t, at.Before(midnight), order.Date)
		require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, order.Date.Raw())
		require.GreaterOrEqual(t, s.events[order.EventID].Changed.Raw(), order.Date.Raw(), "the count moved with the last order")
	}
}

func TestPeopleCanLogIn(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	cfg.Users, cfg.Events, cfg.AdminProbability = 3000, 0, 0.5
	users := read(t, generate(t, cfg, 1, monday)).users
	require.Len(t, users, 3002)
	require.Equal(t, "user123", users["user"].Password)
	require.Equal(t, model.RoleUser, users["user"].Role)
	require.Equal(t, "admin123", users["admin"].Password)
	require.Equal(t, model.RoleAdmin, users["admin"].Role)
	admins, mails := 0, map[string]bool{}
	for username, user := range users {
		if username == "user" {
			continue
		}
		require.NoError(t, model.Registration{Username: username, Password: user.Password, Name: user.Name, Email: user.Email}.Check())
		require.True(t, strings.HasPrefix(user.Password, username+"123"))
		mails[user.Email] = true
		if user.Role == model.RoleAdmin {
			admins++
		}
	}
	require.InDelta(t, 1500, admins, 200)
	require.Greater(t, len(mails), 2900)
}

func TestOrdersSayWhatWasPaid(t *testing.T) {
	t.Parallel()
	cfg := sharedConfig(t)
	s := read(t, generate(t, cfg, 1, monday))
	require.NotEmpty(t, s.orders)
	ids := map[string]bool{}
	for _, order := range s.orders {
		require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{12}$`, order.ID)
		require.False(t, ids[order.ID])
		ids[order.ID] = true
		require.NotEmpty(t, order.Lines)
		for _, line := range order.Lines {
			i := slices.IndexFunc(s.tickets[order.EventID], func(ticket model.Ticket) bool { return ticket.Type == line.Type })
			require.Equal(t, s.tickets[order.EventID][i].Price, line.Price)
			require.Positive(t, line.Quantity)
		}
	}
	for _, tickets := range s.tickets {
		for _, ticket := range tickets {
			i := slices.IndexFunc(cfg.TicketTypes, func(kind seed.TicketType) bool { return kind.Name == ticket.Type })
			kind := cfg.TicketTypes[i]
			require.True(t, kind.MinPrice <= ticket.Price && ticket.Price <= kind.MaxPrice && ticket.Price%50 == 0, ticket.Price)
			require.True(t, kind.MinQuantity <= ticket.Total && ticket.Total <= kind.MaxQuantity, ticket.Total)
		}
	}
}

func TestOtherEventTypesGetNamesToo(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	cfg.Types = []string{"opera", "Théâtre d'ombres"}
	for _, event := range read(t, generate(t, cfg, 1, monday)).events {
		require.NotEmpty(t, event.Name)
		require.NotContains(t, event.Name+event.Description, "{")
	}
}

func TestALargeShopHardlyRepeatsAName(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	cfg.Events, cfg.Users = 5_000, 0
	names := map[string]bool{}
	for _, event := range read(t, generate(t, cfg, 1, monday)).events {
		names[event.Name] = true
	}
	require.Greater(t, len(names), 4_990)
}

func TestAConfigurationMayNameOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	cfg, err := seed.ParseConfig([]byte(`{"NUM_EVENTS": 3, "TICKET_TYPES": {"z": {"maxQuantity": 1}, "a": {"minPrice": "1.5", "maxPrice": 2}}}`))
	require.NoError(t, err)
	want := defaults(t)
	want.Events = 3
	want.TicketTypes = seed.TicketTypes{{Name: "z", MaxQuantity: 1}, {Name: "a", MinPrice: 150, MaxPrice: 200}}
	require.Equal(t, want, cfg, "the order of the ticket types is the file's")
}

func TestAWrongConfigurationIsExplained(t *testing.T) {
	t.Parallel()
	for raw, sentence := range map[string]string{
		`{"NUM_EVENT": 3}`:                                 `the configuration has no "NUM_EVENT": did you mean NUM_EVENTS?`,
		`{"num_events": 3}`:                                `the configuration has no "num_events": did you mean NUM_EVENTS?`,
		`{"FAVORITE_PROBABILITY": 0.3}`:                    `the configuration has no "FAVORITE_PROBABILITY": did you mean FAVOURITE_PROBABILITY?`,
		`{"TICKET_TYPES": {"red": {"minprice": 3}}}`:       `ticket type red has no "minprice": did you mean minPrice?`,
		`{"NUM_EVENTS": -1}`:                               `NUM_EVENTS is -1: choose 0 to 1000000`,
		`{"NUM_EVENTS": "many"}`:                           `in the configuration, NUM_EVENTS cannot be a string`,
		`{"NUM_EVENTS": 1.5}`:                              `in the configuration, NUM_EVENTS cannot be a number 1.5`,
		`{"ADMIN_PROBABILITY": 1.1}`:                       `ADMIN_PROBABILITY is 1.1: choose 0 to 1`,
		`{"EVENT_TYPES": []}`:                              `EVENT_TYPES is empty: events need at least one`,
		`{"EVENT_TYPES": ["a:b"]}`:                         `EVENT_TYPES has "a:b": a name is printable text without colons`,
		`{"EVENT_LOCATIONS": ["York", "York"]}`:            `EVENT_LOCATIONS has "York" twice`,
		`{"EVENT_SEARCH_FIELDS": ["name"]}`:                `EVENT_SEARCH_FIELDS is ["name"]: the shop always finds events by "name", "description" and "location"`,
		`{"TICKET_TYPES": {"red": {"minPrice": 3}}}`:       `red tickets cost from £3.00 to £0.00: the first must be the smaller`,
		`{"TICKET_TYPES": {"red": {"minQuantity": 3}}}`:    `there are 3 to 0 red tickets: choose two numbers from 0 to 1000000, the smaller first`,
		`{"TICKET_TYPES": []}`:                             `TICKET_TYPES is not an object`,
		`{"TICKET_TYPES": {"red": {"minPrice": "cheap"}}}`: `ticket type red cannot be read: "cheap" is not a price`,
		`{"TICKET_TYPES": {"red": {"maxPrice": 1e8}}}`:     `red tickets: a price is between £0.00 and £10,000,000.00`,
		`{"TICKET_TYPES": {"red": {"minPrice": -1}}}`:      `ticket type red cannot be read: the price "-1" is not between 0 and 10000000`,
		`{"NUM_USERS": null}`:                              `in the configuration, NUM_USERS cannot be null: give it a value, or leave it out`,
		`{"TICKET_TYPES": {"red": {"minPrice": null}}}`:    `in ticket type red, minPrice cannot be null: give it a value, or leave it out`,
		`{"NUM_USERS": 3, "NUM_USERS": 4}`:                 `the configuration has the field "NUM_USERS" twice`,
		`{"TICKET_TYPES": {"red": {}, "red": {}}}`:         `the configuration has the field "red" twice`,
		`{"TICKET_TYPES": {"red": {"maxQuantity": 600000}, "pink": {"maxQuantity": 400001}}}`: `an event may have up to 1,000,001 tickets: ` +
			`choose at most 1,000,000 of all types together`,
		`{"EVENT_TYPES": ["` + strings.Repeat("é", 61) + `"]}`: `EVENT_TYPES has "` + strings.Repeat("é", 39) + `…": a name has at most 60 characters`,
		`{"EVENT_LOCATIONS": [` + manyNames(20_000) + `]}`:     `EVENT_LOCATIONS has 20,000 names: the list of them would be too long to be read`,
		`{"EVENT_PURCHASE_LIMIT": 500, "TICKET_TYPES": {` + manyTypes(100) + `}}`: `EVENT_PURCHASE_LIMIT is 500: with 100 types of tickets, ` +
			`a list of so many orders would be too long to be read; choose at most 108`,
		`[]`:              `the configuration is not a JSON object`,
		`{"NUM_EVENTS": `: `the configuration is not a JSON object`,
		`null`:            `the configuration is null, not a JSON object`,
	} {
		_, err := seed.ParseConfig([]byte(raw))
		require.Equal(t, model.CodeUsage, model.CodeOf(err), raw)
		require.Equal(t, sentence, model.Sentence(err), raw)
	}
	broken := defaults(t)
	broken.Locations = nil
	_, err := seed.Generate(t.Context(), broken, 1, monday)
	require.Equal(t, model.CodeUsage, model.CodeOf(err))
}

// manyNames are so many names of 60 characters, as a JSON list has them.
func manyNames(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(`"%060d"`, i)
	}
	return strings.Join(names, ",")
}

// manyTypes are so many types of tickets.
func manyTypes(n int) string {
	return strings.ReplaceAll(manyNames(n), `",`, `":{"maxPrice": 10},`) + `:{"maxPrice": 10}`
}

func TestTheLargestListOfOrdersCanBeRead(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	cfg.Events, cfg.Users, cfg.EventPurchaseLimit, cfg.EventPurchaseProbability, cfg.TicketPurchaseProbability = 5, 1, 500, 1, 1
	cfg.TicketTypes = nil
	for i := range 20 {
		cfg.TicketTypes = append(cfg.TicketTypes, seed.TicketType{
			Name: fmt.Sprintf("%03d%s", i, strings.Repeat("\u00e9", 7)), MinPrice: 99_999, MaxPrice: 99_999, MinQuantity: 50_000, MaxQuantity: 50_000,
		})
	}
	longest := 0
	for _, r := range generate(t, cfg, 1, monday) {
		if longest = max(longest, len(r.Value)); len(r.Value) > model.MaxValue/2 {
			require.Equal(t, model.FamilyPurchase, model.ParseKey(r.Key).Family)
		}
		require.LessOrEqual(t, len(r.Value), model.MaxValue)
	}
	require.Greater(t, longest, model.MaxValue/3)
}

func TestTheFirstAndTheLastDaysOfAllMakeShops(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	cfg.Users = 5
	for _, day := range []time.Time{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9997, 12, 31, 0, 0, 0, 0, time.UTC)} {
		require.Empty(t, model.Audit(1, slices.Values(generate(t, cfg, 1, day))).Violations)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(`{"NUM_EVENTS": 3, "TICKET_TYPES": {"red": {"minPrice": 3, "maxPrice": "4"}}}`))
	f.Add([]byte(`{"TICKET_TYPES": {"red": null}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cfg, err := seed.ParseConfig(raw)
		if err != nil {
			require.Equal(t, model.CodeUsage, model.CodeOf(err))
			require.Equal(t, model.Clean(model.Sentence(err)), model.Sentence(err))
			return
		}
		cfg.Events, cfg.Users = min(cfg.Events, 5), min(cfg.Users, 5)
		records, err := seed.Generate(t.Context(), cfg, 1, monday)
		require.NoError(t, err)
		require.True(t, json.Valid(records[0].Value))
	})
}

func BenchmarkGenerate(b *testing.B) {
	cfg, err := seed.Default()
	require.NoError(b, err)
	for b.Loop() {
		_, err := seed.Generate(b.Context(), cfg, 1, monday)
		require.NoError(b, err)
	}
}
