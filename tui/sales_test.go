package tui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// employs adds an admin, whose password is "boss-secret", to records.
func employs(records []model.Record) []model.Record {
	boss := model.User{Username: "boss", Name: "The Boss", Password: "boss-secret", Role: model.RoleAdmin}
	return append(records, model.Record{Key: model.UserKey("boss"), Value: boss.Encode()},
		model.Record{Key: model.KeyTicketTypes, Value: []byte(`["pink","yellow","green","red"]`)})
}

// looked are the sizes at which frames are looked at.
var looked = []struct{ width, height int }{{80, 24}, {120, 40}, {60, 20}}

func TestTheSalesMoveWhenSomebodyBuysExactToTheCent(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	orders := []model.Order{shop.buys("ann", jazzID, "red", 2)}
	admin := shop.sitsAt("boss", 120, 40)
	admin.logsIn("boss", "boss-secret").presses("f5").sees("Sales", "3 events", "£120.00")
	orders = append(orders, shop.buys("ann", jazzID, "pink", 3), shop.buys("bob", magicID, "red", 1))
	revenue := model.Cents(0)
	for _, order := range orders {
		revenue += order.Total()
	}
	require.Equal(t, "£531.50", revenue.String())
	admin.sees("£531.50").seesRow("£531.50", "6", "3", "▁█ 3").seesRow("pink", "£361.50", "3").seesRow("red", "£170.00", "3")
	admin.seesRow("concert", "£481.50", "5", "1 %").seesRow("magic", "£50.00", "100 %")
	admin.seesRow("› Café Noir", "£481.50", "1 %").seesRow("The Vanishing Act", "£50.00", "100 %")
	_, err := shop.store.Cancel(t.Context(), orders[0], nil)
	require.NoError(t, err)
	admin.sees("£411.50").seesRow("concert", "£361.50", "3")
	admin.presses("down").seesRow("› The Vanishing Act").presses("enter").sees("One last seat", "1 ticket sold for £50.00, in 1 order").presses("esc").sees("Best sellers")
	shop.audit()
}

func TestTheSalesCanBeNarrowedAndTakenBack(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 2)
	shop.buys("bob", magicID, "red", 1)
	admin := shop.sitsAt("boss", 120, 40)
	admin.logsIn("boss", "boss-secret").presses("f5").sees("£170.00")
	admin.presses("t", "m", "enter").sees("Type magic", "1 of 3 events", "£50.00").seesNo("Café Noir").sees("Orders a minute in the whole shop")
	admin.presses("x", "w", "pgdown", "enter").sees("Where York", "None of these tickets are sold yet").presses("x").sees("£170.00")
	admin.presses("/").types("xyzzy").sees("Nothing found, so there is nothing to add up").presses("esc").sees("£170.00", "Orders a minute, last ")
	admin.types("jaz").sees("Search jaz", "1 of 3 events", "£120.00").seesNo("Vanishing")
	shop.buys("ann", jazzID, "red", 1)
	admin.sees("£180.00").presses("esc").sees("£230.00").presses("esc", "esc").sees("Sorted by date")
}

func TestOnlyAdminsSeeTheSales(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	ann := shop.sits("ann")
	ann.logsIn("ann", "ann-secret").presses("f5", "f6", "tab").sees("choose type", "3 events")
	admin := shop.sits("boss")
	admin.logsIn("boss", "boss-secret").presses("f5").sees("Sales", "None of these tickets are sold yet")
	require.NoError(t, shop.store.SetRole(t.Context(), "boss", model.RoleUser))
	admin.seesNo("Nothing of this").sees("3 events", "You are no longer an admin")
}

func TestTheSalesLookAsTheyShould(t *testing.T) {
	t.Parallel()
	for _, size := range looked {
		name := fmt.Sprintf("%dx%d", size.width, size.height)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, employs(programme())...)
			admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live}, size.width, size.height)
			admin.logsIn("boss", "boss-secret").presses("f5").sees("None of these tickets are sold yet")
			looksLike(t, "sales-none-"+name, admin.frame())
			shop.buys("ann", jazzID, "red", 120)
			shop.buys("bob", jazzID, "pink", 31)
			shop.buys("bob", magicID, "red", 1)
			admin.sees("£10,985.50")
			looksLike(t, "sales-"+name, admin.frame())
			if size.width < 110 {
				admin.presses("tab").sees("Best sellers")
				looksLike(t, "sales-best-"+name, admin.frame())
			}
		})
	}
}

func TestMoreTicketsBoughtThanOfferedAreAFullBar(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 12)
	for _, kind := range []string{"red", "pink"} { // as a raw write may leave it
		shop.puts(model.TicketKey(jazzID, kind), string(model.Ticket{Type: kind, Total: 1, Price: 100}.Encode()))
	}
	admin := shop.sitsAt("boss", 200, 40)
	admin.logsIn("boss", "boss-secret").presses("f5").seesRow("› Café Noir", "£720.00", "12", "━━━")
}

func TestTheFiguresStandUnderTheirHeadingsInASCIIToo(t *testing.T) {
	t.Parallel()
	shop := openShop(t, grand()...)
	shop.buys("boss", jazzID, "red", 1)
	admin := sit(t, "boss", tui.Config{Store: shop.store, Live: shop.live, ASCII: true}, 80, 24)
	admin.logsIn("boss", "boss-secret").presses("f5").sees("GBP 10,000,000.00")
	lines := strings.Split(ansi.Strip(admin.frame()), "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "Orders a minute") })
	for _, column := range []struct{ heading, figure string }{{"Revenue", "GBP 10,000,000.00"}, {"Tickets", "1 "}, {"Orders", "1 "}, {"Sold", "<1 %"}} {
		from := strings.Index(lines[at], column.heading)
		require.Equal(t, " "+column.figure, lines[at+1][from-1:from+len(column.figure)], lines[at+1])
	}
}

func TestTheSalesAreFilteredAsTheyWereLeftUntilSomebodyLogsOut(t *testing.T) {
	t.Parallel()
	shop := openShop(t, employs(programme())...)
	shop.buys("ann", jazzID, "red", 2)
	shop.buys("bob", magicID, "red", 1)
	admin := shop.sits("boss")
	admin.logsIn("boss", "boss-secret").presses("f5").sees("£170.00").presses("/").types("jazz").presses("tab").sees("£120.00", "1 of 3 events")
	admin.presses("f6").sees("new event").presses("f5").sees("£120.00", "1 of 3 events")
	admin.presses("f3", "ctrl+o").sees("You are logged out")
	admin.logsIn("boss", "boss-secret").presses("f5").sees("£170.00", "3 events").seesNo("1 of 3")
}
