package seed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// Generate makes a whole shop: users (their passwords in plain text, to be hashed when they are loaded), events with
// tickets, orders, favourites, notifications, the lists of allowed values and the search index, sorted by key. Every
// event lies after the day of today and every order before it; nothing else of today is used. An error has
// [model.CodeUsage] if the configuration makes no sense. A large shop takes a minute: it stops soon after ctx ends.
func Generate(ctx context.Context, cfg Config, seed uint64, today time.Time) ([]model.Record, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	wall := model.WallClock(today)
	day := time.Date(wall.Year(), wall.Month(), wall.Day(), 0, 0, 0, 0, time.UTC)
	users, err := people(ctx, cfg.Users, cfg.AdminProbability, newDice(seed, streamPeople))
	if err != nil {
		return nil, err
	}
	events, err := programme(ctx, cfg, day, newDice(seed, streamEvents))
	if err != nil {
		return nil, err
	}
	trade := trade{cfg: cfg, dice: newDice(seed, streamShopping), day: day, users: users, events: events}
	if err := trade.run(ctx); err != nil {
		return nil, fmt.Errorf("generating the orders: %w", err)
	}
	records := staticLists(cfg)
	for _, user := range users {
		records = append(records, model.Record{Key: model.UserKey(user.Username), Value: user.Encode()})
	}
	for _, event := range trade.events {
		records = append(records, model.Record{Key: model.EventKey(event.ID), Value: event.Encode()})
		for _, ticket := range event.Tickets {
			records = append(records, model.Record{Key: model.TicketKey(event.ID, ticket.Type), Value: ticket.Encode()})
		}
	}
	records = slices.Concat(records, trade.records, model.IndexRecords(trade.events))
	slices.SortFunc(records, func(a, b model.Record) int { return cmp.Compare(a.Key, b.Key) })
	return records, nil
}

func staticLists(cfg Config) []model.Record {
	var ticketTypes []string
	for _, t := range cfg.TicketTypes {
		ticketTypes = append(ticketTypes, t.Name)
	}
	return []model.Record{
		{Key: model.KeyLocations, Value: model.EncodeList(cfg.Locations)},
		{Key: model.KeyTypes, Value: model.EncodeList(cfg.Types)},
		{Key: model.KeyTicketTypes, Value: model.EncodeList(ticketTypes)},
	}
}
