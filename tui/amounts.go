package tui

import (
	"strconv"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// parsePrice reads a price as people write it: with a currency sign and separators, or without.
func parsePrice(text string) (model.Cents, error) {
	text = strings.NewReplacer("£", "", ",", "", " ", "").Replace(text)
	_, decimals, _ := strings.Cut(text, ".")
	price, err := model.ParsePrice(text)
	switch {
	case text == "":
		return 0, model.Errorf(model.CodeRefused, "please enter a price such as 23.99")
	case err != nil:
		return 0, err
	case len(decimals) > 2:
		return 0, model.Errorf(model.CodeRefused, "a price has at most two decimals")
	}
	return price, model.CheckPrice(price)
}

// parseTotal reads a number of tickets, with separators or without.
func parseTotal(text string) (int, error) {
	text = strings.NewReplacer(",", "", " ", "").Replace(text)
	if text == "" {
		return 0, model.Errorf(model.CodeRefused, "please enter how many tickets there are")
	}
	total, err := strconv.Atoi(text)
	if err != nil {
		return 0, model.Errorf(model.CodeRefused, "please enter a whole number of tickets")
	}
	return total, model.CheckTotal(total)
}
