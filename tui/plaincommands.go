package tui

import (
	"cmp"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// command is something that a plain session does.
type command struct {
	name string
	with string // what follows the name; empty if nothing does
	does string
	do   func(rest string) tea.Cmd
}

// telling makes a command that only tells something.
func telling(name, does string, tell func()) command {
	return command{name, "", does, func(string) tea.Cmd { tell(); return nil }}
}

// commands are all that can be done now, in the order in which help tells them.
func (p *Plain) commands() []command {
	own := p.ofCustomers()
	if p.me.Username == "" {
		own = p.ofStrangers()
	}
	return append(own,
		telling("help", "lists the commands", p.help),
		command{"quit", "", "leaves the shop; so does exit", func(string) tea.Cmd { return p.end("you leave") }})
}

// ofStrangers are the commands of somebody who is not logged in.
func (p *Plain) ofStrangers() []command {
	return []command{
		{"login", "NAME", "logs you in; you are asked for your password", p.logIn},
		{"register", "", "makes an account for you", func(string) tea.Cmd { return p.register() }},
	}
}

// ofCustomers are the commands of somebody who is.
func (p *Plain) ofCustomers() []command {
	return []command{
		{"search", "WORDS", "finds events whose name, place or description has words that begin so, in that order; without words, all, the soonest first", p.search},
		telling("more", "lists more of the events found", p.more),
		{"type", "TYPE", "finds only one type of event from now on; alone it lists the types; type all finds all again", p.narrowType},
		{"place", "PLACE", "finds only events in one place from now on; alone it lists the places; place all finds all again", p.narrowPlace},
		{"date", "DATE", "finds only events on some dates from now on, such as today, this weekend or a month; alone it lists the dates; date all finds all again", p.narrowDate},
		{"open", "NUMBER", "opens an event of the last list; so does the number alone", p.open},
		{"buy", "2 red", "buys tickets for the open event, and asks first; for several types, buy 2 red 1 pink", p.buy},
		telling("orders", "lists your orders, the newest first", p.tellOrders),
		{"cancel", "NUMBER", "cancels an order of the last list of orders, and asks first", p.cancel},
		{"favourite", "", "makes the open event a favourite, or no longer one", func(string) tea.Cmd { return p.favourite() }},
		telling("favourites", "lists your favourites", p.tellFavourites),
		{"tell", "50", "asks to be told when fewer than 50 tickets are left for the open event; tell back, when a sold-out event has tickets again; tell off takes it back", p.tellMe},
		{"notifications", "", "lists your notifications", func(string) tea.Cmd { p.tellNotifications(); return p.markRead() }},
		telling("account", "tells your name, email and role", p.tellAccount),
		{"password", "", "changes your password", func(string) tea.Cmd { pw := newPassword(); return p.fill(pw, &pw.form, 0) }},
		{"logout", "", "logs you out", func(string) tea.Cmd { return p.goOut() }},
	}
}

// command does what a line says.
func (p *Plain) command(line string) tea.Cmd {
	name, rest, _ := strings.Cut(line, " ")
	name, rest = strings.ToLower(name), strings.TrimSpace(rest)
	switch name {
	case "":
		return nil
	case "exit":
		name = "quit"
	}
	if _, err := strconv.Atoi(name); err == nil {
		name, rest = "open", line
	}
	if c, ok := named(p.commands(), name); ok {
		return c.do(rest)
	}
	if _, ok := named(p.ofCustomers(), name); ok {
		p.tell("Please log in first: type login, or register for an account.")
		return nil
	}
	if _, ok := named(p.ofStrangers(), name); ok {
		p.tell("You are logged in. Type logout first.")
		return nil
	}
	var names []string
	for _, c := range p.commands() {
		names = append(names, c.name)
	}
	words := "There is no command " + name + "."
	if nearest := model.Nearest(name, names); nearest != "" {
		words += " Did you mean " + nearest + "?"
	}
	p.tell(words + " Type help for the commands.")
	return nil
}

func named(commands []command, name string) (command, bool) {
	for _, c := range commands {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

func (p *Plain) help() {
	for _, c := range p.commands() {
		p.tellf("%s: %s.", strings.TrimSpace(c.name+" "+c.with), c.does)
	}
}

// logIn asks for what was not given with the command.
func (p *Plain) logIn(username string) tea.Cmd {
	username = cmp.Or(username, p.cfg.Username)
	l, ok := p.stack[0].(*login)
	if !ok {
		return nil
	}
	if username == "" && len(l.demo) > 0 {
		p.tell(l.demoHeading() + " " + strings.ReplaceAll(l.demoHint(), "    ", ", ") + ".")
	}
	l.set(loginUsername, username)
	if username != "" {
		return p.fill(l, &l.form, loginPassword)
	}
	return p.fill(l, &l.form, loginUsername)
}

func (p *Plain) register() tea.Cmd {
	r := newRegister("")
	return p.fill(r, &r.form, 0)
}

func (p *Plain) goOut() tea.Cmd {
	p.forget()
	p.tell("You are logged out.")
	return p.logOut()
}

// forget drops what the numbers of whoever leaves stood for.
func (p *Plain) forget() { p.listed, p.orders, p.event = nil, nil, "" }

// number is what the number at the beginning of a text stands for in a list of ids, as far as it has been told.
func (p *Plain) number(text string, ids []string) (string, bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(text, "."))
	switch {
	case len(ids) == 0:
		p.tell("There is no list yet: search first, and then type a number.")
	case err != nil:
		p.tellf("Say which: a number from 1 to %d.", len(ids))
	case n < 1 || n > len(ids):
		p.tellf("There is no number %d in the last list: it has 1 to %d.%s", n, len(ids), p.thereIsMore())
	default:
		return ids[n-1], true
	}
	return "", false
}

// thereIsMore says that the list goes on, if it does.
func (p *Plain) thereIsMore() string {
	if p.further == len(p.listed) {
		return ""
	}
	return " Type more to list more."
}

// openEvent returns the event that was opened last, or says that there is none.
func (p *Plain) openEvent() (*model.Event, bool) {
	if p.event == "" {
		p.tell("Open an event first: search, and then type its number.")
		return nil, false
	}
	e, ok := p.shop.Catalogue.Event(p.event)
	if !ok {
		p.tell(sentence(notForSale(p.Session, e, false)))
	}
	return e, ok
}

// cancel asks whether to take an order back.
func (p *Plain) cancel(number string) tea.Cmd {
	if len(p.orders) == 0 { // which is said again whenever it is asked for
		p.tellOrders()
	}
	if len(p.orders) == 0 {
		return nil
	}
	id, ok := p.number(number, p.orders)
	if !ok {
		return nil
	}
	for _, order := range p.person.Orders() {
		if order.ID == id {
			if why := cannotCancel(p.Session, order); why != "" {
				return p.say(warning, why)
			}
			return (&profile{}).askCancel(p.Session, order)
		}
	}
	p.tell("That order is cancelled already.")
	return nil
}

func (p *Plain) favourite() tea.Cmd {
	e, ok := p.openEvent()
	if !ok {
		return nil
	}
	return p.act(p.favouriteAction(e.ID, true))
}

// tellMe sets, or removes, what the person wants to be told about the open event.
func (p *Plain) tellMe(when string) tea.Cmd {
	e, ok := p.openEvent()
	if !ok {
		return nil
	}
	w := newTellMe(p.Session, e.ID)
	switch strings.ToLower(when) {
	case "":
		p.tell("Say when: tell 50 for fewer than 50 tickets, tell back for a sold-out event, or tell off.")
		return nil
	case "off":
		if _, set := p.person.Notification(e.ID); !set {
			p.tell("You have not asked to be told about this event.")
			return nil
		}
		if why := p.stillBusy(); why != "" {
			return p.say(warning, why)
		}
		return p.removeNotification(e.ID)
	case "back":
		if e.Left > 0 {
			p.tell("This event has tickets now. Say tell 50 to be told when fewer than 50 are left.")
			return nil
		}
		when = ""
	}
	w.set(0, when)
	return p.accept(w, &w.form)
}
