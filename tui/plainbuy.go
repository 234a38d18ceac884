package tui

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// buy asks whether to buy what is wanted of the open event.
func (p *Plain) buy(wanted string) tea.Cmd {
	e, ok := p.openEvent()
	if !ok {
		return nil
	}
	form := newPurchase(e)
	if why := p.choose(form, e, wanted); why != "" {
		p.tell(why)
		return nil
	}
	if why := form.cannotBuy(p.Session); why != "" {
		return p.say(warning, why)
	}
	_, tickets, _ := form.tickets(p.Session)
	question := form.question(p.Session, form.lines(tickets))
	question.renews = nil // what was told cannot be told otherwise, and is what a yes agrees to
	return p.Session.open(question)
}

// choose fills a form with quantities such as "2 red and 1 pink" or "red=2", and says what it does not understand.
func (p *Plain) choose(form *purchase, e *model.Event, wanted string) string {
	words := strings.Fields(strings.NewReplacer("=", " ", ",", " ").Replace(wanted))
	words = slices.DeleteFunc(words, func(word string) bool { return strings.EqualFold(word, "and") })
	for len(words) > 0 {
		number, name, rest := nextLine(words)
		words = rest
		n, err := strconv.Atoi(number)
		ticket, ok := ticketCalled(e, name)
		if err != nil || !ok || n < 1 || n > model.MaxCount {
			return p.howToBuy(e)
		}
		form.wanted[ticket.Type] += n
	}
	if len(form.wanted) == 0 {
		return p.howToBuy(e)
	}
	return ""
}

// nextLine takes the first number and the name that goes with it: "2 red" is as good as "red 2".
func nextLine(words []string) (number, name string, rest []string) {
	if isNumber(words[0]) {
		number, words = words[0], words[1:]
	}
	until := slices.IndexFunc(words, isNumber)
	if until < 0 {
		until = len(words)
	}
	name, rest = strings.Join(words[:until], " "), words[until:]
	if number == "" && len(rest) > 0 {
		number, rest = rest[0], rest[1:]
	}
	return number, name, rest
}

func isNumber(word string) bool {
	_, err := strconv.Atoi(word)
	return !errors.Is(err, strconv.ErrSyntax)
}

// ticketCalled returns the ticket type with a name. Where there is only one, it needs no name.
func ticketCalled(e *model.Event, name string) (model.Ticket, bool) {
	if name == "" && len(e.Tickets) == 1 {
		return e.Tickets[0], true
	}
	return e.TicketCalled(name)
}

func (p *Plain) howToBuy(e *model.Event) string {
	if why := notForSale(p.Session, e, true); why != "" {
		return sentence(why)
	}
	var names []string
	for _, ticket := range e.ByPrice() {
		names = append(names, ticket.Name())
	}
	return "Say how many of which type, such as buy 2 " + names[0] + ". The types are " + strings.Join(names, ", ") + "."
}
