package seed

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ticketcd/ticketcd/model"
)

// programme makes the events of a season, nothing of them sold yet. Their names differ as long as the vocabulary lasts,
// which is for some hundred thousand.
func programme(ctx context.Context, cfg Config, day time.Time, d dice) ([]model.Event, error) {
	events := make([]model.Event, 0, cfg.Events)
	taken := make(map[string]bool, cfg.Events)
	for range cfg.Events {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		event := model.Event{
			ID:       d.eventID(),
			Type:     pick(d, cfg.Types),
			Location: pick(d, cfg.Locations),
			Date:     model.EventDate(evening(day, d)),
			Tickets:  tickets(cfg.TicketTypes, d),
		}
		event.Name, event.Description = billing(event.Type, event.Location, taken, d)
		for _, ticket := range event.Tickets {
			event.Left += ticket.Left
		}
		events = append(events, event)
	}
	return events, nil
}

// evening picks when an event takes place: mostly within half a year, sooner rather than later, at a quarter of an hour
// in the evening or, on some weekends, in the afternoon.
func evening(day time.Time, d dice) time.Time {
	ahead := 1 + int(180*d.Float64()*d.Float64()) + d.IntN(30)
	if d.chance(0.05) {
		ahead += 180
	}
	at := day.AddDate(0, 0, ahead)
	matinee := d.chance(0.4)
	quarters := d.between(18*4+2, 21*4) // 18:30 to 21:00
	if weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday; weekend && matinee {
		quarters -= 5 * 4
	}
	return at.Add(time.Duration(quarters) * 15 * time.Minute)
}

func tickets(types TicketTypes, d dice) []model.Ticket {
	tickets := make([]model.Ticket, 0, len(types))
	for _, t := range types {
		total := d.between(t.MinQuantity, t.MaxQuantity)
		tickets = append(tickets, model.Ticket{Type: t.Name, Total: total, Left: total, Price: price(t, d)})
	}
	slices.SortFunc(tickets, func(a, b model.Ticket) int { return cmp.Compare(a.Type, b.Type) })
	return tickets
}

// price picks a price in steps of 50, or the lowest one where no step lies within the bounds.
func price(t TicketType, d dice) model.Cents {
	const step = 50
	low, high := (t.MinPrice+step-1)/step, t.MaxPrice/step
	if low > high {
		return t.MinPrice
	}
	return model.Cents(d.between(int(low), int(high))) * step
}

// maxName is how many characters of a name a screen has room for.
const maxName = 60

// billing writes the name and the description of an event: what its poster says.
func billing(eventType, city string, taken map[string]bool, d dice) (name, description string) {
	kinds, known := genres[strings.ToLower(eventType)]
	if !known {
		kinds = otherGenres
	}
	var words poster
	for try := range 8 {
		kind := pick(d, kinds)
		words = poster{dice: d, chosen: map[string]string{"city": city, "type": eventType}}
		name = words.fill(pick(d, kind.names))
		if try > 3 {
			name += words.fill(" with {guest}")
		}
		description = words.fill(pick(d, kind.abouts))
		if !taken[name] && utf8.RuneCountInString(name) <= maxName {
			break
		}
	}
	taken[name] = true
	if d.chance(0.8) {
		description += " " + words.fill(pick(d, places))
	}
	if d.chance(0.4) {
		description += " " + words.fill(pick(d, asides))
	}
	return name, description
}
