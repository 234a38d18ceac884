package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// purchase is the form in which quantities are chosen. It remembers what the person chose, by ticket type; prices and
// what is left are always those of the newest catalogue.
type purchase struct {
	id     string
	name   string // of the event, as it was last in the shop
	ticket string // the type under the cursor
	wanted map[string]int
	digits int // which of the keys that the person pressed was the last digit
	drawn  ticketRows
}

func newPurchase(e *model.Event) *purchase {
	p := &purchase{id: e.ID, name: e.Title(), wanted: map[string]int{}}
	for _, ticket := range e.ByPrice() {
		if ticket.Left > 0 {
			p.ticket = ticket.Type
			break
		}
	}
	return p
}

func (p *purchase) title(*Session) string { return "Buy tickets" }

// tickets returns the ticket types on offer, and which of them the cursor is on; -1 if there are none.
func (p *purchase) tickets(s *Session) (event *model.Event, tickets []model.Ticket, at int) {
	event, ok := s.shop.Catalogue.Event(p.id)
	if !ok {
		return &model.Event{ID: p.id}, nil, -1
	}
	p.name, tickets = event.Title(), event.ByPrice()
	for i, ticket := range tickets {
		if ticket.Type == p.ticket {
			return event, tickets, i
		}
	}
	return event, tickets, min(0, len(tickets)-1)
}

// lines is the order as it stands in the form, at the prices that it shows.
func (p *purchase) lines(tickets []model.Ticket) []model.Line {
	var lines []model.Line
	for _, ticket := range tickets {
		if n := p.wanted[ticket.Type]; n > 0 {
			lines = append(lines, model.Line{Type: ticket.Type, Quantity: n, Price: ticket.Price, Agreed: true})
		}
	}
	slices.SortFunc(lines, func(a, b model.Line) int { return strings.Compare(a.Type, b.Type) }) // as the receipt has them
	return lines
}

func (p *purchase) actions(s *Session) []action {
	_, tickets, at := p.tickets(s)
	buy := bind([]string{"enter"}, "buy", func() tea.Cmd { return p.ask(s, p.lines(tickets)) }).unless(p.cannotBuy(s))
	if at < 0 {
		return []action{buy.inHelp()} // it says why there is nothing to choose
	}
	current := tickets[at]
	n := p.wanted[current.Type]
	tooMany := ""
	if n >= current.Left {
		tooMany = onlyLeft(current)
	}
	tooFew := ""
	if n == 0 {
		tooFew = "There are none to take away"
	}
	set := func(to int) func() tea.Cmd { return func() tea.Cmd { return p.want(s, current.Type, to) } }
	actions := []action{
		buy,
		bind([]string{"right", "+", "=", "l"}, "one more", set(n+1)).unless(tooMany),
		bind([]string{"left", "-", "h"}, "one less", set(n-1)).unless(tooFew),
		bind([]string{"down", "j", "tab"}, "next type", func() tea.Cmd { return p.move(tickets, at, 1) }).around(),
		bind([]string{"up", "k", "shift+tab"}, "type before", func() tea.Cmd { return p.move(tickets, at, -1) }).moving().around(),
		bind([]string{"backspace", "delete"}, "remove a digit", func() tea.Cmd {
			p.digits = s.pressed
			return set(n / 10)()
		}).moving(),
	}
	for digit := range 10 {
		typed := bind([]string{strconv.Itoa(digit)}, "type a number", func() tea.Cmd { return p.typed(s, current.Type, digit) })
		if digit > 0 {
			typed = typed.moving()
		}
		actions = append(actions, typed.named("0-9").always())
	}
	return actions
}

// choosing says whether any tickets are chosen.
func (p *purchase) choosing() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(p.wanted)), func(n int) bool { return n > 0 })
}

// typed takes a digit. It goes on with a number only right after another digit: whoever has done something else in between, or
// was told that a number will not do, means another number.
func (p *purchase) typed(s *Session, ticketType string, digit int) tea.Cmd {
	n := digit
	if p.digits == s.pressed-1 {
		n += 10 * p.wanted[ticketType]
	}
	if n > model.MaxCount {
		return s.refuse("No event has that many tickets")
	}
	p.digits = s.pressed
	return p.want(s, ticketType, n)
}

// want changes how many of a type are wanted. What was wrong with another number is not said of this one.
func (p *purchase) want(s *Session, ticketType string, n int) tea.Cmd {
	if s.toast.why {
		s.hush()
	}
	p.wanted[ticketType] = n
	return nil
}

func (p *purchase) move(tickets []model.Ticket, at, by int) tea.Cmd {
	p.digits = 0 // the wheel is no key
	if len(tickets) > 0 {
		p.ticket = tickets[(at+by+len(tickets))%len(tickets)].Type
	}
	return nil
}

// cannotBuy is the reason why the form cannot be sent as it stands; empty if it can.
func (p *purchase) cannotBuy(s *Session) string {
	event, tickets, _ := p.tickets(s)
	_, ok := s.shop.Catalogue.Event(p.id)
	switch why := notForSale(s, event, ok); {
	case !ok && s.busy == "":
		return p.removed()
	case why != "":
		return why
	}
	if s.busy != "" {
		return s.stillBusy()
	}
	for _, ticket := range tickets {
		if p.wanted[ticket.Type] > ticket.Left {
			return onlyLeft(ticket)
		}
	}
	if len(p.lines(tickets)) == 0 {
		return "Choose how many first: press " + s.keyOf("one-more", "→") + " or type a number"
	}
	return ""
}

func onlyLeft(ticket model.Ticket) string {
	switch ticket.Left {
	case 0:
		return fmt.Sprintf("The %s tickets are sold out", ticket.Name())
	case 1:
		return fmt.Sprintf("Only 1 %s ticket is left", ticket.Name())
	}
	return fmt.Sprintf("Only %s %s tickets are left", model.Thousands(ticket.Left), ticket.Name())
}

// ask shows the order once more.
func (p *purchase) ask(s *Session, lines []model.Line) tea.Cmd { return s.open(p.question(s, lines)) }

// removed says that the event has gone while somebody chose.
func (p *purchase) removed() string {
	name := "This event"
	if p.name != "" {
		shown, _ := cut(p.name, 40)
		name = "“" + shown + "”"
	}
	return name + " was removed meanwhile: nothing was charged"
}

// buy places the order that was confirmed. Whatever the person does meanwhile, its result is told.
func (p *purchase) buy(s *Session, order model.Order) tea.Cmd {
	store, removed := s.cfg.Store, p.removed()
	return s.doOrCheck("Buying "+order.String(), "Checking whether your order went through", func(ctx context.Context, inDoubt func()) (string, func() tea.Cmd, error) {
		bought, err := store.Buy(ctx, order, inDoubt)
		switch {
		case model.CodeOf(err) == model.CodeNotFound && strings.Contains(model.Sentence(err), order.EventID):
			return "", nil, model.Wrap(model.CodeNotFound, err, "%s", removed) // nobody knows an event by its id
		case err != nil:
			return "", nil, nothingCharged(err)
		}
		return "Bought " + bought.String() + ": order " + bought.ID, func() tea.Cmd { return p.bought(s, bought) }, nil
	})
}

// nothingCharged adds to a refusal what the buyer wants to know first, where the store has not settled it. Of an order whose fate
// is not known nobody can say it.
func nothingCharged(err error) error {
	switch code := model.CodeOf(err); code {
	case model.CodeRefused, model.CodeConflict, model.CodeNotFound, model.CodeDenied:
		if !model.IsSettled(err) {
			return model.Wrap(code, err, "%s, so nothing was charged", model.Sentence(err))
		}
	default:
	}
	return err
}

// bought shows the receipt, if the person is still where the order was placed.
func (p *purchase) bought(s *Session, order model.Order) tea.Cmd {
	if s.top() != p {
		p.wanted = map[string]int{}
		return nil
	}
	s.close(p)
	return s.open(newReceipt(s, order))
}
