package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// receipt is the ticket of an order: shown when it was placed, and opened again from the list of orders. It follows the shop,
// so that nobody takes for a ticket what was given back.
type receipt struct {
	order  model.Order
	event  *model.Event // as it was last in the shop
	again  bool         // it was not bought just now
	listed bool         // the order has been among the person's: if it is not any more, it was given back
	lines  scroll
}

// newReceipt shows an order that was just placed.
func newReceipt(s *Session, order model.Order) *receipt {
	r := &receipt{order: order, event: &model.Event{ID: order.EventID, Name: goneName}}
	r.renewed(s)
	return r
}

// newTicket shows an order of the person's list.
func newTicket(s *Session, order model.Order) *receipt {
	r := newReceipt(s, order)
	r.again, r.listed = true, true
	return r
}

func (r *receipt) title(*Session) string { return "Your tickets" }

func (r *receipt) renewed(s *Session) {
	if e, ok := s.shop.Catalogue.Event(r.order.EventID); ok {
		r.event = e
	}
	if now, ok := r.stands(s); ok {
		r.listed = true
		if now.Damage == "" { // else what it was is still known
			r.order = now
		}
	}
}

// stands returns the order as it is among the person's now, and whether it is. Where the whole list cannot be read, that is
// what there is to say of it.
func (r *receipt) stands(s *Session) (model.Order, bool) {
	orders := s.person.Orders()
	at := slices.IndexFunc(orders, func(o model.Order) bool {
		return o.EventID == r.order.EventID && (o.ID == r.order.ID || o.ID == "" || r.order.ID == "")
	})
	if at < 0 {
		return r.order, false
	}
	return orders[at], true
}

func (r *receipt) actions(s *Session) []action {
	gone := ""
	if e, ok := s.shop.Catalogue.Event(r.order.EventID); !ok {
		gone = notForSale(s, e, ok)
	}
	return append([]action{
		bind([]string{"enter"}, "done", s.back),
		s.openEventAction(r.order.EventID).barred(gone),
		s.copyAction(r.order.ID),
	}, r.lines.actions()...)
}

// openEventAction opens the event of an order.
func (s *Session) openEventAction(id string) action {
	return bind([]string{"v"}, "open event", func() tea.Cmd { return s.open(&eventScreen{id: id}) })
}

// fate says what the ticket is worth now.
func (r *receipt) fate(s *Session, order model.Order, stands bool) (sign, words string, style ink) {
	t := s.theme
	_, known := s.shop.Catalogue.Event(order.EventID)
	n, _ := s.person.Notification(order.EventID)
	switch {
	case r.listed && !stands && n.Gone != "":
		return "✗ ", capital(s.describeNotification(n)) + ".", t.bad
	case r.listed && !stands:
		return "✗ ", "This order was cancelled: " + order.MoneyBack() + " comes back to you.", t.bad
	case !known:
		return "! ", "This event is no longer in the shop, or cannot be read.", t.warning
	case order.Damage != "":
		return "! ", "This order cannot be read: " + model.Clean(order.Damage) + ".", t.warning
	case r.event.IsPast(s.now()):
		return "", "This event is over.", t.faint
	case r.again:
		return "✓ ", "Enjoy the show!", t.good
	}
	return "✓ ", "Bought. Enjoy the show!", t.good
}

func (r *receipt) view(s *Session, width, height int) string {
	t := s.theme
	column := min(width-8, 60)
	order, stands := r.stands(s)
	sign, words, style := r.fate(s, order, stands)
	fate := balanced(words, column, 3)
	where := strings.Split(t.strong.Render(wrap(r.event.Title(), column, 2)), "\n")
	where = append(where, placeAndDate(r.event, column)...)
	paidFor := "Paid"
	if order.Damage == "" {
		paidFor += " for " + model.Plural(order.Quantity(), "ticket")
	}
	const besides = 9 // the edges of the ticket, what is paid, who bought it, the order, and what it is worth
	what := append(r.lines.view(t, boughtLines(t, order, column), height-len(where)-besides-strings.Count(fate, "\n")),
		t.strong.Render(spread(paidFor, order.Paid(), column)))
	about := []string{spread("Order "+t.accent.bold().Render(order.ID), t.faint.Render(order.Date.String()), column)}
	if name := model.Clean(s.me.Name); name != "" {
		about = append([]string{name}, about...)
	}
	return centred(ticket(t, column, where, what, about)+"\n\n  "+style.Render(sign)+fate, width, height)
}
