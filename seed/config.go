package seed

import (
	"bytes"
	_ "embed" // for the default configuration
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ticketcd/ticketcd/model"
)

// Config says what to generate. Its JSON names are those of the prototype's configuration file.
type Config struct {
	Users                     int         `json:"NUM_USERS"`                   // besides the two default accounts
	Events                    int         `json:"NUM_EVENTS"`                  //
	AdminProbability          float64     `json:"ADMIN_PROBABILITY"`           // that a user is an admin
	FavouriteProbability      float64     `json:"FAVOURITE_PROBABILITY"`       // that a user marks an event
	EventPurchaseLimit        int         `json:"EVENT_PURCHASE_LIMIT"`        // orders that a user places for an event
	EventPurchaseProbability  float64     `json:"EVENT_PURCHASE_PROBABILITY"`  // that a user buys for an event at all
	TicketPurchaseProbability float64     `json:"TICKET_PURCHASE_PROBABILITY"` // that an order has tickets of a type
	NotificationProbability   float64     `json:"NOTIFICATION_PROBABILITY"`    // that a user asks to be told
	SearchFields              []string    `json:"EVENT_SEARCH_FIELDS"`         // always name, description, location
	Locations                 []string    `json:"EVENT_LOCATIONS"`             //
	Types                     []string    `json:"EVENT_TYPES"`                 //
	TicketTypes               TicketTypes `json:"TICKET_TYPES"`                //
}

// TicketTypes are the kinds of tickets that every event has, in the order of the configuration file.
type TicketTypes []TicketType

// TicketType bounds the price and the number of one kind of tickets, both ends included.
type TicketType struct {
	Name        string      `json:"-"`
	MinPrice    model.Cents `json:"minPrice"`
	MaxPrice    model.Cents `json:"maxPrice"`
	MinQuantity int         `json:"minQuantity"`
	MaxQuantity int         `json:"maxQuantity"`
}

//go:embed default.json
var defaultConfig []byte

// Default returns the configuration of the demo shop: about 200 events and 50 users.
func Default() (Config, error) {
	var c Config
	if err := c.read(defaultConfig); err != nil {
		return Config{}, fmt.Errorf("reading the built-in configuration: %w", err)
	}
	return c, nil
}

// ParseConfig reads a configuration file. What it does not mention is as in [Default]. A name that it does not know, or has
// twice, a value of the wrong kind and numbers that make no sense are errors with [model.CodeUsage].
func ParseConfig(raw []byte) (Config, error) {
	c, err := Default()
	if err != nil {
		return Config{}, err
	}
	if err := c.read(raw); err != nil {
		return Config{}, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return Config{}, err
	}
	if why := model.Objection(compact.Bytes()); why != "" {
		return Config{}, usage("the configuration %s", why)
	}
	return c, c.Check()
}

func (c *Config) read(raw []byte) error {
	return readObject(raw, c, "the configuration")
}

// UnmarshalJSON reads an object of name -> bounds and keeps its order.
func (t *TicketTypes) UnmarshalJSON(raw []byte) error {
	*t = nil
	dec := json.NewDecoder(bytes.NewReader(raw))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return usage("TICKET_TYPES is not an object")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var bounds json.RawMessage
		if err := dec.Decode(&bounds); err != nil {
			return err
		}
		ticketType := TicketType{Name: fmt.Sprint(name)}
		if err := readObject(bounds, &ticketType, "ticket type "+model.Clean(ticketType.Name)); err != nil {
			return err
		}
		*t = append(*t, ticketType)
	}
	return nil
}

// readObject decodes a JSON object whose names must all be known.
func readObject(raw []byte, into any, what string) error {
	var names map[string]json.RawMessage
	if err := json.Unmarshal(raw, &names); err != nil {
		return model.Wrap(model.CodeUsage, err, "%s is not a JSON object", what)
	}
	if names == nil {
		return usage("%s is null, not a JSON object", what)
	}
	known := jsonNames(into)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains(known, name) {
			return unknownName(what, name, known)
		}
		if string(names[name]) == "null" {
			return usage("in %s, %s cannot be null: give it a value, or leave it out", what, name)
		}
	}
	err := json.Unmarshal(raw, into)
	var wrongKind *json.UnmarshalTypeError
	var explained *model.Error
	switch {
	case err == nil, errors.As(err, &explained):
		return err
	case errors.As(err, &wrongKind):
		return model.Wrap(model.CodeUsage, err, "in %s, %s cannot be a %s", what, wrongKind.Field, wrongKind.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return model.Wrap(model.CodeUsage, err, "%s ends in the middle", what)
	}
	return model.Wrap(model.CodeUsage, err, "%s cannot be read: %s", what, model.Clean(err.Error()))
}

// unknownName says that there is no such name, and which one was probably meant.
func unknownName(what, name string, known []string) error {
	if meant := model.Nearest(name, known); meant != "" {
		return usage("%s has no %q: did you mean %s?", what, model.Clean(name), meant)
	}
	return usage("%s has no %q", what, model.Clean(name))
}

// jsonNames returns the names that a struct has in JSON.
func jsonNames(pointer any) []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(pointer).Elem()) {
		if name := field.Tag.Get("json"); name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// Check says what is wrong with a configuration, as an error with [model.CodeUsage].
func (c Config) Check() error {
	for _, n := range []struct {
		name       string
		value, max int
	}{
		{"NUM_USERS", c.Users, maxRecords},
		{"NUM_EVENTS", c.Events, maxRecords},
		{"EVENT_PURCHASE_LIMIT", c.EventPurchaseLimit, model.MaxOrders},
	} {
		if n.value < 0 || n.value > n.max {
			return usage("%s is %d: choose 0 to %d", n.name, n.value, n.max)
		}
	}
	for _, p := range []struct {
		name  string
		value float64
	}{
		{"ADMIN_PROBABILITY", c.AdminProbability},
		{"FAVOURITE_PROBABILITY", c.FavouriteProbability},
		{"EVENT_PURCHASE_PROBABILITY", c.EventPurchaseProbability},
		{"TICKET_PURCHASE_PROBABILITY", c.TicketPurchaseProbability},
		{"NOTIFICATION_PROBABILITY", c.NotificationProbability},
	} {
		if !(p.value >= 0 && p.value <= 1) { // NaN is neither
			return usage("%s is %v: choose 0 to 1", p.name, p.value)
		}
	}
	fields := slices.Sorted(slices.Values(c.SearchFields))
	if !slices.Equal(fields, []string{"description", "location", "name"}) {
		return usage(`EVENT_SEARCH_FIELDS is %q: the shop always finds events by "name", "description" and "location"`, c.SearchFields)
	}
	return c.checkLists()
}

// maxRecords bounds the number of users and events at what a store can hold in memory.
const maxRecords = 1_000_000

// maxTicketTypes keeps an event with its tickets well within one etcd transaction.
const maxTicketTypes = 100

func (c Config) checkLists() error {
	var ticketTypes []string
	for _, t := range c.TicketTypes {
		ticketTypes = append(ticketTypes, t.Name)
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"EVENT_LOCATIONS", c.Locations}, {"EVENT_TYPES", c.Types}, {"TICKET_TYPES", ticketTypes}} {
		if len(list.values) == 0 && c.Events > 0 {
			return usage("%s is empty: events need at least one", list.name)
		}
		for i, value := range list.values {
			if strings.TrimSpace(value) != value || value == "" || strings.Contains(value, ":") || model.Clean(value) != value {
				return usage("%s has %q: a name is printable text without colons", list.name, model.Clean(value))
			}
			if utf8.RuneCountInString(value) > model.MaxPlace {
				return usage("%s has %q: a name has at most %d characters", list.name, model.Excerpt(value, 40), model.MaxPlace)
			}
			if slices.Contains(list.values[:i], value) {
				return usage("%s has %q twice", list.name, value)
			}
		}
		if len(model.EncodeList(list.values)) > model.MaxValue {
			return usage("%s has %s names: the list of them would be too long to be read", list.name, model.Thousands(len(list.values)))
		}
	}
	return c.checkTicketTypes()
}

func (c Config) checkTicketTypes() error {
	if len(c.TicketTypes) > maxTicketTypes {
		return usage("TICKET_TYPES has %d kinds: choose at most %d", len(c.TicketTypes), maxTicketTypes)
	}
	all := 0
	for _, t := range c.TicketTypes {
		if t.MinPrice < 0 || t.MinPrice > t.MaxPrice {
			return usage("%s tickets cost from %s to %s: the first must be the smaller", t.Name, t.MinPrice, t.MaxPrice)
		}
		if err := model.CheckPrice(t.MaxPrice); err != nil {
			return usage("%s tickets: %s", t.Name, model.Sentence(err))
		}
		if t.MinQuantity < 0 || t.MinQuantity > t.MaxQuantity || t.MaxQuantity > model.MaxCount {
			return usage("there are %d to %d %s tickets: choose two numbers from 0 to %d, the smaller first",
				t.MinQuantity, t.MaxQuantity, t.Name, model.MaxCount)
		}
		all += t.MaxQuantity
	}
	if all > model.MaxCount {
		return usage("an event may have up to %s tickets: choose at most %s of all types together",
			model.Thousands(all), model.Thousands(model.MaxCount))
	}
	if most := model.MaxValue / c.largestOrder(); c.EventPurchaseLimit > most {
		return usage("EVENT_PURCHASE_LIMIT is %d: with %s of tickets, a list of so many orders would be too long to be read; choose at most %d",
			c.EventPurchaseLimit, model.Plural(len(c.TicketTypes), "type"), most)
	}
	return nil
}

// largestOrder is how many bytes an order takes at most in the list of somebody's orders.
func (c Config) largestOrder() int {
	order := model.Order{ID: model.OrderID(func(int) int { return 0 }), Date: model.OrderDate(time.Time{})}
	for _, t := range c.TicketTypes {
		order.Lines = append(order.Lines, model.Line{Type: t.Name, Quantity: max(maxPerLine, t.MinQuantity), Price: t.MaxPrice})
	}
	return len(model.EncodeOrders([]model.Order{order}))
}

func usage(format string, args ...any) error { return model.Errorf(model.CodeUsage, format, args...) }
