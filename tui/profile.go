package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// profile shows who the person is, what they bought and what they marked.
type profile struct {
	marked     bool // the favourites are shown, not the orders
	byShow     bool // the orders are sorted by when their shows are
	list       []model.Order
	listOf     ordersOf // what the list was made of
	orders     cursor
	favourites cursor
	unmarked   []string // events whose mark was taken off in the list of favourites since it was opened
}

// orderRows are orders as rows.
type orderRows []model.Order

func (r orderRows) len() int        { return len(r) }
func (r orderRows) id(i int) string { return r[i].EventID + ":" + r[i].ID }

// theProfile is the one of this person's, which is as they left it.
func (s *Session) theProfile() *profile {
	if s.profile == nil {
		s.profile = &profile{}
	}
	s.profile.orders.resume()
	s.profile.unmarked = nil
	return s.profile
}

func (p *profile) title(*Session) string { return "Profile" }

// goneName stands for an event that is no longer in the shop.
const goneName = "(removed event)"

func (p *profile) actions(s *Session) []action {
	var actions []action
	other := "favourites"
	if p.marked {
		other = "orders"
		actions = p.favouriteActions(s)
	} else {
		actions = p.orderActions(s)
	}
	actions = append(actions, bind([]string{"tab"}, other, p.turn).called("other-list"))
	if !p.marked && len(actions) > 1 { // there are orders
		actions = append(actions, bind([]string{"s"}, "sort by "+orderSorting(!p.byShow), p.sort).called("sort"))
	}
	return append(actions, s.accountActions()...)
}

// accountActions are what somebody does about their account: on the profile by a key, elsewhere among all commands.
func (s *Session) accountActions() []action {
	return []action{
		bind([]string{"e"}, "edit name and email", func() tea.Cmd { return s.open(newDetails(s)) }).inHelp(),
		bind([]string{"w"}, "change password", func() tea.Cmd { return s.open(newPassword()) }).inHelp(),
		bind([]string{"l"}, "keys to log in with", func() tea.Cmd { return s.open(&sshKeys{}) }).inHelp(),
		bind([]string{"ctrl+o"}, "log out", func() tea.Cmd { return s.leaving(s.stack, s.goodbye) }).unless(s.stillBusy()).inHelp(),
	}
}

const (
	// profileTop is how many rows stand above the lists, their heading included, and tabsRow the one with the lists' names.
	profileTop, tabsRow = 5, 2
	// sortedGap stands between those and how the list is sorted.
	sortedGap = 3
)

func (p *profile) click(s *Session, x, row int) bool {
	if s.isBeside(x) {
		return false
	}
	if p.marked {
		return p.favourites.click(eventRows(p.favouriteEvents(s)), row-profileTop)
	}
	return p.orders.click(orderRows(p.listed(s)), row-profileTop)
}

// turn goes to the other list.
func (p *profile) turn() tea.Cmd {
	p.marked, p.unmarked = !p.marked, nil
	return nil
}

// tabs name the two lists, with how many there are of each.
func (p *profile) tabs(s *Session) (orders, favourites string) {
	return many(len(p.listed(s)), "order", s.unread()), many(len(s.person.Favourites()), "favourite", s.unreadFavourites())
}

// sortedBy says how the list is sorted that is shown; empty where there is nothing to sort.
func (p *profile) sortedBy(s *Session) string {
	if p.marked && len(p.favouriteEvents(s)) > 0 || !p.marked && len(p.listed(s)) > 0 {
		return "Sorted by " + orderSorting(p.byShow || p.marked)
	}
	return ""
}

// push goes to the list whose name was clicked, or sorts the orders otherwise.
func (p *profile) push(s *Session, x, row int) (tea.Cmd, bool) {
	if row != tabsRow {
		return nil, false
	}
	const around = 2 // a space before and behind each name
	orders, favourites := p.tabs(s)
	second := 1 + cells(orders) + around + 1
	sorted := second + cells(favourites) + around + sortedGap
	switch {
	case x >= 1 && x < second-1:
		return p.show(false), true
	case x >= second && x < sorted-sortedGap:
		return p.show(true), true
	case !p.marked && x >= sorted && x < sorted+cells(p.sortedBy(s)):
		return p.sort(), true
	}
	return nil, false
}

// show goes to one of the lists, if it is not there already.
func (p *profile) show(marked bool) tea.Cmd {
	if p.marked == marked {
		return nil
	}
	return p.turn()
}

func (p *profile) orderActions(s *Session) []action {
	orders := p.listed(s)
	at := p.orders.find(orderRows(orders))
	if at < 0 {
		return nil
	}
	order := orders[at]
	actions := []action{
		bind([]string{"enter"}, "open ticket", func() tea.Cmd { return s.open(newTicket(s, order)) }),
		s.openEventAction(order.EventID).inHelp(),
		bind([]string{"c"}, "cancel order", func() tea.Cmd { return p.askCancel(s, order) }).unless(cannotCancel(s, order)),
		s.copyAction(order.ID),
	}
	return append(actions, p.orders.actions(orderRows(orders), false)...)
}

// copyAction puts an order's id into the clipboard, where the terminal allows it. Its key answers no question: pressed once too
// often, that would copy the id of another order over what was just said.
func (s *Session) copyAction(id string) action {
	return bind([]string{"i"}, "copy the order id", func() tea.Cmd {
		return tea.Batch(tea.SetClipboard(id), s.say(good, "Copied "+id+", if your terminal allows it"))
	}).inHelp()
}

// cannotCancel is the reason why an order cannot be cancelled now; empty if it can.
func cannotCancel(s *Session, order model.Order) string {
	e, ok := s.shop.Catalogue.Event(order.EventID)
	switch {
	case order.Damage != "":
		return "This order's record cannot be read, so it cannot be cancelled"
	case !ok:
		return "The event of this order is gone, so there is nothing to give back"
	case e.CannotCancel(s.now()) != "":
		return capital(e.CannotCancel(s.now()))
	}
	return s.stillBusy()
}

func (p *profile) askCancel(s *Session, order model.Order) tea.Cmd {
	name := ""
	if e, ok := s.shop.Catalogue.Event(order.EventID); ok {
		name = " for " + e.Title()
	}
	money := order.MoneyBack() + " comes back to you"
	return s.open(&confirm{
		step:     "Cancel an order",
		question: fmt.Sprintf("Cancel order %s?\n\nYou give back %s%s, and %s.", order.ID, order, name, money),
		yes:      "cancel the order", no: "keep it",
		deed: func() tea.Cmd { return p.cancel(s, order) },
	})
}

func (p *profile) cancel(s *Session, order model.Order) tea.Cmd {
	store := s.cfg.Store
	return s.doOrCheck("Cancelling order "+order.ID, "Checking whether your order is cancelled", func(ctx context.Context, inDoubt func()) (string, func() tea.Cmd, error) {
		cancelled, err := store.Cancel(ctx, order, inDoubt)
		switch {
		case err != nil:
			return "", nil, err
		case cancelled.Gone:
			return fmt.Sprintf("Order %s is cancelled already", cancelled.ID), nil, nil
		}
		return fmt.Sprintf("Cancelled order %s: %s given back, you get %s back", cancelled.ID, cancelled, cancelled.MoneyBack()), nil, nil
	})
}

func (p *profile) view(s *Session, width, height int) string {
	t := s.theme
	orders, favourites := p.tabs(s)
	tab := func(words string, chosen bool) string {
		if chosen {
			return t.brand.Render(" " + words + " ")
		}
		return t.faint.Render(" " + words + " ")
	}
	who := t.strong.Render(s.me.Name) + t.faint.Render("  "+s.me.Email)
	who += t.accent.Render("  " + string(s.me.Role))
	sorted := strings.Repeat(" ", sortedGap) + t.faint.Render(p.sortedBy(s))
	lines := []string{
		" " + who, "",
		" " + tab(orders, !p.marked) + " " + tab(favourites, p.marked) + sorted, "",
	}
	list := p.orderList(s, p.listed(s))
	if p.marked {
		list = p.favouriteList(s, p.favouriteEvents(s))
	}
	return strings.Join(append(lines, list.view(t, width, height-len(lines))), "\n")
}

// many says how many there are of something of the person's own, where that is known.
func many(n int, noun, unread string) string {
	if unread != "" && n == 0 {
		return noun + "s"
	}
	return model.Plural(n, noun)
}

// listing is a list, what is told of the one that is selected, and what there is to say if there is none.
type listing struct {
	none, todo     string
	list, selected func(width, height int) string
}

func (l listing) view(t theme, width, height int) string {
	if l.none != "" {
		return vacant(t, l.none, l.todo, width, height)
	}
	return abreast(t, width, height, l.list, l.selected)
}

// detailRows is how many lines the order under the cursor takes below the list.
const detailRows = 6

func (p *profile) orderList(s *Session, orders []model.Order) listing {
	if why := s.unread(); why != "" && len(orders) == 0 {
		return listing{none: why}
	}
	if len(orders) == 0 {
		return listing{none: "No orders yet.", todo: "Press " + s.keyOf("search-all-events", "/") + " to find something."}
	}
	selected := func() model.Order { return orders[max(p.orders.find(orderRows(orders)), 0)] }
	return listing{
		list: func(width, height int) string {
			if s.width >= wide {
				return strings.Join(p.listOrders(s, orders, width, height-1), "\n")
			}
			lines := p.listOrders(s, orders, width, max(height-detailRows-2, 1))
			lines = append(lines, s.theme.border.Render(strings.Repeat("─", width)))
			return strings.Join(append(lines, p.detail(s, selected(), width)...), "\n")
		},
		selected: func(width, height int) string {
			slip := strings.Join(p.slip(s, selected(), width), "\n")
			if strings.Count(slip, "\n") < height {
				return slip
			}
			return readOn(s.theme, slip, s.keyOf("open-ticket", "enter"), width, height)
		},
	}
}
