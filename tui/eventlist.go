package tui

import (
	"strings"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// columns are the widths of a list of events; 0 leaves a column out.
type columns struct{ name, when, where, price, left int }

// One more column comes only where it leaves the names what they have in a small window.
func listColumns(width int) columns {
	c := columns{when: 16, left: 8}
	if width >= leastList {
		c.where = 12
	}
	if width >= leastList+10 {
		c.price = 8
	}
	return c.within(width)
}

// within gives the names what the other columns leave.
func (c columns) within(width int) columns {
	c.name = width - 3
	for _, w := range []int{c.when, c.where, c.price, c.left} {
		if w > 0 {
			c.name -= w + 2
		}
	}
	return c
}

func (c columns) heading() string { return "  " + c.line("Event", "When", "Where", "From", "Left") }

// sortingAt is by what the list is sorted whose heading stands at a column of the screen; not every one sorts.
func (c columns) sortingAt(x int) (model.Sorting, bool) {
	const margin, gap = 2, 2
	when := margin + c.name + gap
	left := when + c.when + gap
	for _, w := range []int{c.where, c.price} {
		if w > 0 {
			left += w + gap
		}
	}
	switch {
	case x >= margin && x < margin+c.name:
		return model.SortName, true
	case x >= when && x < when+c.when:
		return model.SortDate, true
	case x >= left && x < left+c.left:
		return model.SortLeft, true
	}
	return 0, false
}

// line puts texts into the columns.
func (c columns) line(name, when, where, price, left string) string {
	out := fit(name, c.name) + "  " + fit(when, c.when)
	if c.where > 0 {
		out += "  " + fit(where, c.where)
	}
	if c.price > 0 {
		out += "  " + fitRight(price, c.price)
	}
	return out + "  " + fitRight(left, c.left) + " "
}

// row draws one event of a list, with the price from which one can buy.
func (c columns) row(s *Session, e *model.Event, marks []int, selected bool) string {
	return c.rowWith(s, e, cheapest(e), marks, selected)
}

// rowWith draws one event of a list, with a number before the one of what is left.
func (c columns) rowWith(s *Session, e *model.Event, number string, marks []int, selected bool) string {
	t := s.theme
	past := e.IsPast(s.now())
	text, faint, mark := t.text, t.faint, t.match
	left, leftStyle := leftWords(t, e, past)
	if s.shop.Stale { // it may be otherwise by now
		leftStyle = t.faint
	}
	if past {
		text = t.faint
	}
	pointer := "  "
	if selected {
		pointer = "› "
		text, faint, mark, leftStyle = t.on(text), t.on(faint), t.on(mark), t.on(leftStyle)
	}
	name := fit(e.Title(), c.name)
	if s.person.IsFavourite(e.ID) {
		pointer = pointer[:len(pointer)-1] + "★"
	}
	rest := columns{when: c.when, where: c.where, price: c.price}.line("", listDate(e.Date, s.now()), e.Location, number, "")
	rest = strings.TrimSuffix(rest, "   ")
	return text.Render(pointer) + marked(name, marks, text, mark) +
		faint.Render(rest) + leftStyle.Render("  ") + t.count(left, c.left, leftStyle, s.fell(e)) + leftStyle.Render(" ")
}

// leftWords says how many tickets are left, and how urgent that is.
func leftWords(t theme, e *model.Event, past bool) (string, ink) {
	left := e.OnSale()
	switch {
	case past:
		return "over", t.faint
	case len(e.Tickets) == 0 && left == 0:
		return "none", t.faint
	case e.IsSoldOut():
		return "sold out", t.bad
	case left*10 < e.Total():
		return model.Thousands(left), t.warning
	}
	return model.Thousands(left), t.good
}

// cheapest returns the lowest price at which a ticket is left, or the lowest of all if none is.
func cheapest(e *model.Event) string {
	price, found, left := model.Cents(0), false, false
	for _, ticket := range e.Tickets {
		better := !found || ticket.Price < price
		if ticket.Left > 0 && !left || better && (ticket.Left > 0 || !left) {
			price, found, left = ticket.Price, true, left || ticket.Left > 0
		}
	}
	if !found {
		return ""
	}
	return price.String()
}

// listDate writes a date into 16 characters: the day in words where it is near, the time of day for the year to come, the
// year for what is further away.
func listDate(d model.Date, now time.Time) string {
	at, ok := d.Time()
	if !ok {
		return d.String()
	}
	day, clock := relativeDay(d, now), at.Format(" 15:04")
	if d.DayOnly() {
		clock = ""
	}
	switch {
	case day == "today", day == "tomorrow", day == "yesterday":
		return day + clock
	case at.Sub(now).Abs() < 300*24*time.Hour:
		return at.Format("Mon _2 Jan") + clock
	}
	return at.Format("Mon _2 Jan 2006")
}
