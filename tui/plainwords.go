package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// atOnce is how many entries of a list are told before more is asked for.
const atOnce = 10

// results are the events that the person's search finds now, best first.
func (p *Plain) results() (*search, model.Results) {
	home, ok := p.stack[0].(*search)
	if !ok {
		home = newSearch()
	}
	return home, home.results(p.Session)
}

// search tells the events that are found by some words.
func (p *Plain) search(words string) tea.Cmd {
	home, _ := p.results()
	home.input.SetValue(words)
	_, found := p.results()
	var ids []string
	for _, e := range found.Events() {
		ids = append(ids, e.ID)
	}
	p.list(ids, p.found)
	p.tellAge()
	switch {
	case found.Len() > 0:
		p.tell(sentence(capital(home.tally(p.Session, found))))
		p.more()
	case !p.shop.Loaded || p.shop.Catalogue.Len() == 0:
		what, todo := home.nothing(p.Session)
		p.tell(what, todo)
	case home.wordless():
		p.tell("Nothing found. Type letters or digits.")
	case words == "":
		p.tell(home.noneOf(), "The commands type all, place all and date all find events of any type, place and date.")
	default:
		p.tell("Nothing found. Try fewer letters" + p.narrowed(home) + ".")
	}
	return nil
}

// narrowed says how to lift what a search is narrowed to.
func (p *Plain) narrowed(home *search) string {
	if !home.narrowed() {
		return ""
	}
	return ", or type all, place all and date all for events of any type, place and date"
}

// list begins a list of what has to do with events, of which more then tells the entries.
func (p *Plain) list(ids []string, entry func(i int) string) {
	p.listed, p.entry, p.further = ids, entry, 0
}

// more goes on with the list.
func (p *Plain) more() {
	if p.further >= len(p.listed) {
		p.tell("That is all.")
		return
	}
	until := min(p.further+atOnce, len(p.listed))
	for ; p.further < until; p.further++ {
		p.tellf("%d. %s", p.further+1, p.entry(p.further))
	}
	if left := len(p.listed) - until; left > 0 {
		p.tellf("And %s more: type more to list them.", model.Thousands(left))
	}
}

// narrowType has search find one type only.
func (p *Plain) narrowType(name string) tea.Cmd {
	home, _ := p.results()
	return p.narrow("type", name, p.shop.Catalogue.Types(), &home.kind)
}

// narrowPlace has search find one place only.
func (p *Plain) narrowPlace(name string) tea.Cmd {
	home, _ := p.results()
	return p.narrow("place", name, p.shop.Catalogue.Locations(), &home.location)
}

// narrowDate has search find events on some dates only.
func (p *Plain) narrowDate(name string) tea.Cmd {
	home, _ := p.results()
	return p.narrow("date", name, p.shop.Catalogue.Dates(p.now()), (*string)(&home.dates))
}

func (p *Plain) narrow(what, name string, known []string, into *string) tea.Cmd {
	at := slices.IndexFunc(known, func(one string) bool { return model.Fold(one) == model.Fold(name) })
	switch {
	case strings.EqualFold(name, "all"):
		*into = ""
	case at < 0:
		if name != "" {
			p.tellf("There is no %s %s. It stays as it was: %s.", what, model.Truncate(name, 60), cmp.Or(*into, "all"))
		}
		p.tellf("The %ss are: all, %s.", what, strings.Join(known, ", "))
		return nil
	default:
		*into = known[at]
	}
	return p.search("")
}

// inShort tells in a sentence what matters of an event of the list.
func (p *Plain) inShort(i int) string {
	e, ok := p.shop.Catalogue.Event(p.listed[i])
	if !ok {
		return capital(strings.Trim(goneName, "()")) + "."
	}
	parts := []string{e.Title()}
	for _, part := range []string{aboutEvent(e), e.Date.String()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	price := cheapest(e)
	switch {
	case e.IsPast(p.now()):
		parts = append(parts, "over")
	case len(e.Tickets) == 0:
		parts = append(parts, "no tickets on sale")
	case e.IsSoldOut():
		parts = append(parts, "sold out")
	default:
		parts = append(parts, model.Plural(e.OnSale(), "ticket")+" left from "+price)
	}
	return strings.Join(parts, ", ") + "."
}

// found tells an event of a search, and whether it is a favourite.
func (p *Plain) found(i int) string {
	if words := p.favoured(p.listed[i]); words != "" {
		return strings.TrimSuffix(p.inShort(i), ".") + words + "."
	}
	return p.inShort(i)
}

// favoured says that an event is a favourite, if it is one.
func (p *Plain) favoured(id string) string {
	if p.person.IsFavourite(id) {
		return ", a favourite"
	}
	return ""
}

// aboutEvent says what kind of event it is, and where.
func aboutEvent(e *model.Event) string {
	if e.Type == "" || e.Location == "" {
		return e.Type + e.Location
	}
	return e.Type + " in " + e.Location
}

// open tells all about an event of the last list, to which buy, favourite and tell then apply.
func (p *Plain) open(number string) tea.Cmd {
	id, ok := p.number(number, p.listed[:p.further])
	if !ok {
		return nil
	}
	p.event = id
	e, ok := p.openEvent()
	if !ok {
		return nil
	}
	p.tellAge()
	p.tell(sentence(e.Title() + p.favoured(e.ID)))
	when := e.Date.String()
	if relative := relativeDay(e.Date, p.now()); relative != "" {
		when += ", " + relative
	}
	p.tell(sentence(capital(strings.TrimPrefix(aboutEvent(e)+", "+when, ", "))))
	p.tell(e.Description)
	for _, ticket := range e.ByPrice() {
		left := fmt.Sprintf("%s of %s left", model.Thousands(ticket.Left), model.Thousands(ticket.Total))
		if ticket.Left == 0 {
			left = "sold out"
		}
		p.tellf("%s: %s, %s.", ticket.Name(), ticket.Price, left)
	}
	if len(e.Tickets) > 1 {
		p.tellf("In all %s of %s are left.", model.Thousands(e.OnSale()), model.Thousands(e.Total()))
	}
	if n, set := p.person.Notification(e.ID); set {
		p.tell(strings.TrimPrefix(notificationWords(n), "! "))
	}
	if why := notForSale(p.Session, e, true); why != "" {
		p.tell(sentence(why))
	}
	return nil
}

func (p *Plain) tellOrders() {
	orders := p.person.Orders()
	p.orders = []string{}
	var ids []string
	for _, order := range orders {
		ids = append(ids, order.EventID)
	}
	p.list(ids, func(i int) string {
		p.orders = append(p.orders, orders[i].ID)
		return p.orderWords(orders[i])
	})
	if len(orders) == 0 {
		p.tell(cmp.Or(sentence(p.unread()), "You have no orders."))
		return
	}
	p.tellf("You have %s, the newest first. Type cancel and a number to cancel one.", model.Plural(len(orders), "order"))
	p.more()
}

func (p *Plain) orderWords(order model.Order) string {
	what, money := order.String(), "paid "+order.Total().String()
	switch {
	case order.Damage != "":
		what, money = "An unreadable order", "what was paid cannot be read"
	case order.Unpriced():
		money = "what was paid is not recorded"
	}
	show := []string{eventName(p.Session, order.EventID)}
	if e, ok := p.shop.Catalogue.Event(order.EventID); ok {
		if e.Location != "" {
			show[0] += " in " + e.Location
		}
		show = append(show, e.Date.String())
	}
	return fmt.Sprintf("%s for %s, bought %s, %s, order %s.",
		what, strings.Join(slices.DeleteFunc(show, isEmpty), ", "), order.Date, money, order.ID)
}

func (p *Plain) tellFavourites() {
	favourites := p.person.Favourites()
	p.list(favourites, p.inShort)
	if len(favourites) == 0 {
		p.tell(cmp.Or(sentence(p.unreadFavourites()), "You have no favourites. Open an event and type favourite to keep it here."))
		return
	}
	p.tellAge()
	p.tellf("You have %s.", model.Plural(len(favourites), "favourite"))
	p.more()
}

func (p *Plain) tellNotifications() {
	list := (&notices{}).list(p.Session)
	var ids []string
	for _, n := range list {
		ids = append(ids, n.EventID)
	}
	p.list(ids, func(i int) string { return sentence(p.describeNotification(list[i])) })
	if len(list) == 0 {
		p.tell(cmp.Or(sentence(p.unread()),
			"You have no notifications. Open an event and type tell 50 to be told when fewer than 50 tickets are left."))
		return
	}
	count := model.Plural(len(list), "notification")
	if fresh := p.fresh(); fresh > 0 {
		count = fmt.Sprintf("%s to read, %s in all", model.Plural(fresh, "notification"), model.Thousands(len(list)))
	}
	p.see()
	p.tellf("You have %s. Type a number to open an event, and then tell off to remove its notification.", count)
	p.more()
}

func (p *Plain) tellAccount() {
	p.tellf("You are %s, user name %s, email %s, role %s.", p.me.Name, p.me.Username, p.me.Email, p.me.Role)
}

// tellAge says how old the counts are that are about to be told, if they are not live.
func (p *Plain) tellAge() {
	if p.shop.Stale {
		p.tellf("There is no connection: the counts are %s old.", model.Span(p.cfg.Now().Sub(p.shop.Since)))
	}
}
