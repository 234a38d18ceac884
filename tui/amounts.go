package tui

import (
	"strconv"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// parsePrice reads a price as people write it: with a currency sign and separators, or without. A comma is no decimal point:
// a hundred times the price would be on sale before anybody noticed.
func parsePrice(text string) (model.Cents, error) {
	text = strings.NewReplacer("£", "", " ", "").Replace(text)
	whole, ok := withoutCommas(text)
	_, decimals, _ := strings.Cut(whole, ".")
	price, err := model.ParsePrice(whole)
	switch {
	case text == "":
		return 0, model.Errorf(model.CodeRefused, "please enter a price such as 23.99")
	case !ok:
		return 0, model.Errorf(model.CodeRefused, "please write 12.50 with a point: a comma only stands before three digits")
	case err != nil:
		return 0, err
	case len(decimals) > 2:
		return 0, model.Errorf(model.CodeRefused, "a price has at most two decimals")
	}
	return price, model.CheckPrice(price)
}

// parseTotal reads a number of tickets, with separators or without.
func parseTotal(text string) (int, error) {
	text, ok := withoutCommas(strings.ReplaceAll(text, " ", ""))
	switch {
	case text == "":
		return 0, model.Errorf(model.CodeRefused, "please enter how many tickets there are")
	case !ok:
		return 0, model.Errorf(model.CodeRefused, "please write 1,250 or 1250: a comma only stands before three digits")
	}
	total, err := strconv.Atoi(text)
	if err != nil {
		return 0, model.Errorf(model.CodeRefused, "please enter a whole number of tickets")
	}
	return total, model.CheckTotal(total)
}

// withoutCommas takes out the commas that separate thousands, and says whether there are no others.
func withoutCommas(text string) (string, bool) {
	whole, decimals, _ := strings.Cut(text, ".")
	first, others, found := strings.Cut(whole, ",")
	ok := !strings.Contains(decimals, ",") && (!found || first != "")
	if found {
		for _, group := range strings.Split(others, ",") {
			ok = ok && len(group) == 3
		}
	}
	return strings.ReplaceAll(text, ",", ""), ok
}
