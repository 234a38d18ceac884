package tui_test

import (
	"fmt"
	"testing"

	"github.com/ticketcd/ticketcd/model"
)

// manyTypes is a shop with an event that has so many types of tickets, row01 the cheapest.
func manyTypes(n int) []model.Record {
	e := model.Event{
		ID: jazzID, Name: "Café Noir Jazz Night", Description: "Smoke, brass and a double bass.", Location: "London", Type: "concert",
		Date: model.ParseDate("2027-03-05 20:30"), Left: 10 * n,
	}
	records := []model.Record{user("ann", "Ann Lee"), user("bob", "Bob Ray"), {Key: model.EventKey(jazzID), Value: e.Encode()}}
	for i := range n {
		ticket := model.Ticket{Type: fmt.Sprintf("row%02d", i+1), Left: 10, Total: 10, Price: model.Cents(1000 + 100*i)}
		records = append(records, model.Record{Key: model.TicketKey(jazzID, ticket.Type), Value: ticket.Encode()})
	}
	return records
}

func TestTenTypesOfTicketsAndWhatTheEventIsHaveRoomInTheUsualWindow(t *testing.T) {
	t.Parallel()
	shop := openShop(t, manyTypes(10)...)
	ann := shop.sits("ann").logsIn("ann", "ann-secret").opens("jazz", "Café Noir")
	ann.sees("Smoke, brass", "row01", "row10", "In all", "100 of 100", "No tickets sold or returned yet")
}

func TestTheTicketsThatHaveNoRoomAreMarkedAndReached(t *testing.T) {
	t.Parallel()
	shop := openShop(t, manyTypes(21)...)
	ann := shop.sitsAt("ann", 60, 20).logsIn("ann", "ann-secret").opens("jazz", "Café Noir")
	ann.sees("row01", "↓ 17 more", "In all", "210 of 210", "Smoke", "No tickets sold or returned yet").seesNo("↑")
	ann.presses("down", "j").sees("↑ 3 more", "row04", "↓ 15 more", "210 of 210").presses("k", "up").sees("row01").seesNo("↑")
	ann.presses("pgdown", "pgdown").sees("↑ 7 more").presses("end").sees("row21", "210 of 210").seesNo("↓").presses("pgup", "g").sees("row01")
	ann.presses("down", "b", "1").sees("buys 1 row01 ticket", "↓ ", "You pay").presses("up").seesRow("›", "row21", "− 0 +").sees("↑ ", "buys 1 row01").seesNo("↓")
	ann.presses("1", "down", "down", "down", "down", "down", "down").seesRow("›", "row06").sees("↑ ", "↓ ", "buys 1 row01 and 1 row21")
}

func TestAnOrderOfManyTypesIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	shop := openShop(t, manyTypes(10)...)
	ann := shop.sitsAt("ann", 60, 20).logsIn("ann", "ann-secret").opens("jazz", "Café Noir").presses("b")
	for range 10 {
		ann.presses("1", "down")
	}
	ann.presses("enter").sees("Confirm the order").presses("y").sees("Paid for 10 tickets", "£145.00", "Order ", "1 × row01", "↓ 6 more")
	ann.presses("end").sees("1 × row10", "↑ ", "Paid for 10 tickets").seesNo("↓")
}

func TestADescriptionThatIsTooLongIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	e := model.Event{ID: jazzID, Name: "Café Noir Jazz Night", Left: 60, Description: "Kieran Archer is the ringmaster. At midnight all the lamps " +
		"go out, and whoever is still there sees the horses. Bring a warm coat and nothing else."}
	records := manyTypes(6)
	records[2].Value = e.Encode()
	shop := openShop(t, records...)
	ann := shop.sitsAt("ann", 60, 20).logsIn("ann", "ann-secret").opens("jazz", "Café Noir")
	ann.sees("Kieran Archer", "…", "row01").seesNo("nothing else")
	ann.presses("down").sees("go out, and", "…", "row01").seesNo("Kieran").presses("pgdown").sees("coat and nothing else.", "row01")
	ann.presses("end").sees("nothing else.", "row06", "60 of 60").presses("home").sees("Kieran Archer", "row01")
}
