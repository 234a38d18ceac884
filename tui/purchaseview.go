package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

// ticketRows is where the rows of the form were when it was last drawn, for the mouse.
type ticketRows struct {
	top, page int // the row of the screen where they begin, and how many there are
	first     int // which ticket type is in the first of them
	steps     int // the column where the steppers end
}

func (p *purchase) view(s *Session, width, height int) string {
	t := s.theme
	event, tickets, at := p.tickets(s)
	if at < 0 {
		return vacant(t, p.cannotBuy(s)+".", "Press "+s.keyOf("back", "esc")+" to go back.", width, height)
	}
	column := min(width-4, 76)
	lines := []string{"", t.strong.Render(fit(event.Title(), column))}
	for _, line := range placeAndDate(event, column) {
		lines = append(lines, t.faint.Render(line))
	}
	lines = append(lines, "")
	order := model.Order{Lines: p.lines(tickets)}
	below := []string{
		"  " + t.border.Render(strings.Repeat("─", column-2)),
		t.strong.Render("  " + spread("You pay", order.Total().String(), column-2)),
		"",
		"  " + p.hint(s, order),
	}
	p.drawn.top = len(lines) + 1
	lines = append(lines, p.table(s, tickets, at, column, height-len(lines)-len(below))...)
	placed, left, top := inTheMiddle(strings.Join(append(lines, below...), "\n"), column, width, height)
	p.drawn.top += top
	p.drawn.steps += left
	return placed
}

// hint says what enter does now, or why it does nothing, unless that is being said already.
func (p *purchase) hint(s *Session, order model.Order) string {
	switch why := p.cannotBuy(s); why {
	case "":
	case s.toast.text:
		return ""
	default:
		return s.theme.warning.Render(why)
	}
	return s.theme.keys.Render(s.keyOf("buy", "enter")) + " asks before it buys " + s.theme.strong.Render(order.String())
}

// table draws a row for each ticket type: price, what is left, and how many are wanted. Where there is no room for all, the
// chosen one is among those that are shown.
func (p *purchase) table(s *Session, tickets []model.Ticket, at, width, height int) []string {
	t := s.theme
	price, left, quantity, sum := 12, 12, 13, 13
	if width < 70 {
		price, left, quantity, sum = 10, 9, 12, 12
	}
	for _, ticket := range tickets {
		price, left = roomFor(price, ticket.Price.String()), roomFor(left, model.Thousands(ticket.Left))
		quantity, sum = roomFor(quantity, p.stepper(ticket, true)), roomFor(sum, p.sum(ticket))
	}
	names := max(width-price-left-quantity-sum-2, badgeCells+6)
	sum = min(sum, max(width-names-price-left-quantity-2, 8))
	heading := t.faint.Render("  " + fit("Ticket", names) + fitRight("Price", price) + fitRight("Left", left) +
		fitRight("You want  ", quantity) + fitRight("", sum))
	var rows []string
	for i, ticket := range tickets {
		pointer, count, wanted := "  ", t.text, t.text
		if i == at {
			pointer, wanted = t.accent.Render("› "), t.strong
		}
		have := model.Thousands(ticket.Left)
		if ticket.Left == 0 {
			have, count = "sold out", t.bad
		}
		if p.wanted[ticket.Type] > ticket.Left {
			count, wanted = t.bad, t.bad
		}
		rows = append(rows, pointer+t.badge(ticket.Type, ticket.Name())+t.ticket(ticket.Type).Render(fit(ticket.Name(), names-badgeCells))+
			number(ticket.Price.String(), price)+t.count(have, left, count, s.ticketFell(p.id, ticket))+
			wanted.Render(number(p.stepper(ticket, i == at), quantity))+number(p.sum(ticket), sum))
	}
	room := max(height-1, 3) // a row, and a mark above and below it
	first := min(max(at-room/2, 0), max(len(rows)-room, 0))
	p.drawn.first, p.drawn.page, p.drawn.steps = first, room, 2+names+price+left+quantity
	return append([]string{heading}, clipped(t, rows, first, room)...)
}

// push chooses the ticket type that was clicked; where it is chosen already, its stepper has two buttons.
func (p *purchase) push(s *Session, x, row int) (tea.Cmd, bool) {
	_, tickets, at := p.tickets(s)
	i := row - p.drawn.top + p.drawn.first
	if row < p.drawn.top || row >= p.drawn.top+p.drawn.page || i >= len(tickets) || p.hides(row, len(tickets)) {
		return nil, false
	}
	from := p.drawn.steps - cells(p.stepper(tickets[i], true))
	switch {
	case i != at:
		p.ticket = tickets[i].Type
	case x >= from-1 && x <= from+1:
		return s.strike(tea.KeyPressMsg{Code: tea.KeyLeft}, p.actions(s)), true
	case x >= p.drawn.steps-2 && x <= p.drawn.steps:
		return s.strike(tea.KeyPressMsg{Code: tea.KeyRight}, p.actions(s)), true
	}
	return nil, true
}

// hides says whether a row of the form tells of types above or below it instead of showing its own.
func (p *purchase) hides(row, tickets int) bool {
	last := p.drawn.top + p.drawn.page - 1
	return row == p.drawn.top && p.drawn.first > 0 || row == last && p.drawn.first+p.drawn.page < tickets
}

// stepper shows how many are wanted, and which keys change that.
func (p *purchase) stepper(ticket model.Ticket, chosen bool) string {
	n := model.Thousands(p.wanted[ticket.Type])
	if chosen {
		return "− " + n + " +"
	}
	return "  " + n + "  "
}

// sum is what those cost that are wanted.
func (p *purchase) sum(ticket model.Ticket) string {
	n := p.wanted[ticket.Type]
	if n == 0 {
		return ""
	}
	return (ticket.Price * model.Cents(n)).String()
}
